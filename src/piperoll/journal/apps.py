"""The journal as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Label of the journal's tables and migrations."""

    name = "piperoll.journal"
    label = "journal"
    default_auto_field = "django.db.models.BigAutoField"
