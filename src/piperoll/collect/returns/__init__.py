"""Spreadsheet returns: the form that a supplier fills in, its figures as counted, its word on them, reminders."""

from piperoll.collect.returns.figures import write_figures
from piperoll.collect.returns.reminders import Reminder, draft_reminders
from piperoll.collect.returns.template import write_templates
from piperoll.collect.returns.word import slot_in_force, standing, take_word


__all__ = [
    "Reminder",
    "draft_reminders",
    "slot_in_force",
    "standing",
    "take_word",
    "write_figures",
    "write_templates",
]
