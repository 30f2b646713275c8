"""Tables of what people decide of editions before they are published."""

from __future__ import annotations

from django.db import models


class DraftRow(models.Model):
    """A draft that somebody looked at. Its figures lie in the store."""

    number = models.BigIntegerField(primary_key=True)
    publication = models.TextField()
    period = models.TextField()
    vintage = models.BigIntegerField()
    fingerprint = models.TextField()
    object = models.TextField()
    cells = models.BigIntegerField()
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "journal_draft"
        indexes = [models.Index(fields=["publication", "period"], name="draft_edition")]


class SignoffRow(models.Model):
    """A second person's word on an edition. Appended, never changed."""

    number = models.BigIntegerField(primary_key=True)
    release = models.TextField()
    fingerprint = models.TextField()
    manifest_sha256 = models.TextField()
    rests_on = models.TextField()
    signer = models.TextField()
    mode = models.TextField()
    recorded_by = models.TextField()
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "journal_signoff"
        indexes = [models.Index(fields=["release"], name="signoff_release")]


class ApprovalRow(models.Model):
    """Leave to publish an edition. Appended, never changed."""

    number = models.BigIntegerField(primary_key=True)
    release = models.TextField(unique=True)
    signoff = models.TextField()
    approver = models.TextField()
    mode = models.TextField()
    recorded_by = models.TextField()
    waiver = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "journal_approval"


class QualityWaiverRow(models.Model):
    """Leave to approve editions whose sources are not assured as they have to be. Appended, never changed."""

    number = models.BigIntegerField(primary_key=True)
    publication = models.TextField()
    period = models.TextField()
    shortfalls = models.TextField()
    reason = models.TextField()
    approver = models.TextField()
    made_by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "journal_quality_waiver"
