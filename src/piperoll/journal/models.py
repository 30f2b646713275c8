"""Tables of the journal. Used by this room alone; everyone else sees the dataclasses of `records`.

JSON is kept as canonical text, so that equal content is equal bytes in both databases. Nothing is ordered by
a text column: databases disagree about the order of text.
"""

from __future__ import annotations

from django.db import models

# Django finds the tables of a room through this module alone.
from piperoll.journal import signing_models  # noqa: F401


class Counter(models.Model):
    """Last number given, by name: ``clock`` (vintages), ``audit``, ``query``, ``override``, ``word``."""

    name = models.CharField(max_length=20, primary_key=True)
    value = models.BigIntegerField(default=0)


class DeliveryRow(models.Model):
    """A delivery; its key is the reading of the clock when it was committed."""

    sequence = models.BigIntegerField(primary_key=True)
    id = models.TextField(unique=True)
    sha256 = models.TextField()
    filename = models.TextField()
    source = models.TextField()
    dataset = models.TextField()
    supplier = models.TextField()
    period = models.TextField()
    mode = models.TextField()
    received_at = models.DateTimeField()
    verdict = models.TextField()
    rows_in = models.BigIntegerField()
    rows_kept = models.BigIntegerField()
    rows_refused = models.BigIntegerField()
    object = models.TextField()
    vault_object = models.TextField()
    refused_object = models.TextField()
    original_object = models.TextField()
    contract_version = models.TextField()
    contract_hash = models.TextField()
    supersedes = models.TextField(null=True)
    batch = models.TextField()
    receipt = models.TextField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.TextField(default="")
    withdrawn_reason = models.TextField(default="")
    withdrawn_sequence = models.BigIntegerField(null=True)

    class Meta:
        db_table = "journal_delivery"
        indexes = [
            models.Index(fields=["source", "dataset", "supplier", "period"], name="delivery_slot"),
            models.Index(fields=["sha256"], name="delivery_sha256"),
            models.Index(fields=["batch"], name="delivery_batch"),
            models.Index(fields=["object"], name="delivery_object"),
        ]


class FindingRow(models.Model):
    """A rule's outcome over a delivery."""

    delivery = models.ForeignKey(DeliveryRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    rule = models.TextField()
    field = models.TextField()
    severity = models.TextField()
    count = models.BigIntegerField()
    sentence = models.TextField()

    class Meta:
        db_table = "journal_finding"
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="finding_number")]


class RefusedRowRow(models.Model):
    """A place in a delivery whose row was refused, and by which rule."""

    delivery = models.ForeignKey(DeliveryRow, on_delete=models.PROTECT)
    file = models.TextField()
    sheet = models.TextField()
    row = models.BigIntegerField()
    field = models.TextField()
    rule = models.TextField()
    kind = models.TextField()

    class Meta:
        db_table = "journal_refused_row"


class QueryRow(models.Model):
    """A question to a supplier."""

    number = models.BigIntegerField(primary_key=True)
    delivery = models.ForeignKey(DeliveryRow, on_delete=models.PROTECT)
    rule = models.TextField()
    key = models.TextField()
    sentence = models.TextField()
    state = models.TextField()

    class Meta:
        db_table = "journal_query"
        indexes = [
            models.Index(fields=["key", "state"], name="query_key"),
            models.Index(fields=["state"], name="query_state"),
        ]


class QueryEventRow(models.Model):
    """A step in a query's life."""

    query = models.ForeignKey(QueryRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    by = models.TextField()
    at = models.DateTimeField()
    state = models.TextField()
    text = models.TextField()

    class Meta:
        db_table = "journal_query_event"
        constraints = [models.UniqueConstraint(fields=["query", "number"], name="query_event_number")]


class ReturnWordRow(models.Model):
    """What a supplier says of its figures as counted: confirmed, or to be corrected. Appended, never changed."""

    number = models.BigIntegerField(primary_key=True)
    delivery = models.ForeignKey(DeliveryRow, on_delete=models.PROTECT)
    state = models.TextField()
    by = models.TextField()
    recorded_by = models.TextField()
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        db_table = "journal_return_word"


class OverrideRow(models.Model):
    """A value set by hand."""

    number = models.BigIntegerField(primary_key=True)
    sequence = models.BigIntegerField(unique=True)
    source = models.TextField()
    dataset = models.TextField()
    key = models.TextField()
    field = models.TextField()
    value = models.TextField(null=True)
    mark = models.TextField()
    reason = models.TextField()
    approver = models.TextField()
    made_by = models.TextField()
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.TextField(default="")
    withdrawn_reason = models.TextField(default="")
    withdrawn_sequence = models.BigIntegerField(null=True)

    class Meta:
        db_table = "journal_override"
        indexes = [models.Index(fields=["source", "dataset"], name="override_dataset")]


class VintageRow(models.Model):
    """A named moment of the clock."""

    name = models.TextField(primary_key=True)
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        db_table = "journal_vintage"


class ReleaseRow(models.Model):
    """What told figures: an edition of a publication, an answer, what was taken in from before."""

    number = models.BigAutoField(primary_key=True)
    id = models.TextField(unique=True)
    publication = models.TextField()
    period = models.TextField()
    edition = models.TextField()
    vintage = models.BigIntegerField()
    definitions_hash = models.TextField()
    manifest_sha256 = models.TextField()
    out = models.TextField()
    status = models.TextField()
    at = models.DateTimeField()
    by = models.TextField()
    kind = models.TextField(default="release")
    purpose = models.TextField(default="")
    cells_sha256 = models.TextField(default="")

    class Meta:
        db_table = "journal_release"
        constraints = [models.UniqueConstraint(fields=["publication", "period", "edition"], name="release_edition")]


class ImprintRow(models.Model):
    """What is said of an edition beside its figures: when it was published, what it corrects and why."""

    release = models.OneToOneField(ReleaseRow, on_delete=models.PROTECT, primary_key=True)
    published = models.TextField()
    basis = models.TextField(default="")
    corrects = models.TextField(default="")
    what = models.TextField(default="")
    reason = models.TextField(default="")
    tables = models.TextField(default="[]")
    figures = models.BigIntegerField(default=0)
    unlisted = models.BigIntegerField(default=0)
    withdrawn_after = models.BigIntegerField(null=True)

    class Meta:
        db_table = "journal_imprint"


class CellRow(models.Model):
    """A cell that was ever published: one row for each identity."""

    id = models.BigAutoField(primary_key=True)
    measure = models.TextField()
    codes = models.TextField()
    geography_version = models.TextField()
    period = models.TextField()

    class Meta:
        db_table = "journal_cell"
        constraints = [
            models.UniqueConstraint(fields=["measure", "codes", "geography_version", "period"], name="cell_identity")
        ]


class PublishedRow(models.Model):
    """A cell as a release's table shows it."""

    release = models.ForeignKey(ReleaseRow, on_delete=models.PROTECT, db_index=False)
    cell = models.ForeignKey(CellRow, on_delete=models.PROTECT)
    table = models.TextField()
    value = models.TextField()
    marks = models.TextField()

    class Meta:
        db_table = "journal_published"
        constraints = [models.UniqueConstraint(fields=["release", "table", "cell"], name="published_once")]


class AuditRow(models.Model):
    """An entry of the audit chain. Appended, never changed."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.TextField()
    actor_kind = models.TextField()
    action = models.TextField()
    resource_kind = models.TextField()
    resource_key = models.TextField()
    allowed = models.BooleanField()
    reason = models.TextField()
    purpose = models.TextField()
    details = models.TextField()
    previous = models.TextField()
    hash = models.TextField()

    class Meta:
        db_table = "journal_audit"
        indexes = [
            models.Index(fields=["resource_kind", "resource_key"], name="audit_resource"),
            models.Index(fields=["action"], name="audit_action"),
            models.Index(fields=["actor"], name="audit_actor"),
        ]


class CheckpointRow(models.Model):
    """A signed reading of the audit chain."""

    number = models.BigIntegerField()
    hash = models.TextField()
    at = models.DateTimeField()
    public_key = models.TextField()
    signature = models.TextField()

    class Meta:
        db_table = "journal_checkpoint"


class EntryRow(models.Model):
    """A record entered by hand, as it is now. What it says lies in the vault alone."""

    number = models.BigIntegerField(primary_key=True)
    source = models.TextField()
    dataset = models.TextField()
    supplier = models.TextField()
    period = models.TextField()
    way = models.TextField()
    state = models.TextField()
    version = models.IntegerField()
    revision = models.IntegerField()
    draft = models.TextField()
    key_token = models.TextField()
    checked = models.BooleanField()
    evidence = models.TextField()
    made_by = models.TextField()
    made_at = models.DateTimeField()
    changed_by = models.TextField()
    changed_at = models.DateTimeField()
    sent_version = models.IntegerField()
    delivery = models.TextField()

    class Meta:
        db_table = "journal_entry"
        indexes = [models.Index(fields=["source", "dataset", "supplier", "period"], name="entry_slot")]


class EntryVersionRow(models.Model):
    """A version of an entered record: who made it, when, why, and which fields it changed."""

    entry = models.ForeignKey(EntryRow, on_delete=models.PROTECT)
    version = models.IntegerField()
    act = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()
    reason = models.TextField()
    item = models.TextField()
    fields = models.TextField()

    class Meta:
        db_table = "journal_entry_version"
        constraints = [models.UniqueConstraint(fields=["entry", "version"], name="entry_version_number")]


class EntryKeyingRow(models.Model):
    """A form keyed a second time, and what became of the differences."""

    entry = models.ForeignKey(EntryRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    version = models.IntegerField()
    by = models.TextField()
    at = models.DateTimeField()
    item = models.TextField()
    differs = models.TextField()
    resolved_by = models.TextField(default="")
    resolved_at = models.DateTimeField(null=True)
    reason = models.TextField(default="")

    class Meta:
        db_table = "journal_entry_keying"
        constraints = [models.UniqueConstraint(fields=["entry", "number"], name="entry_keying_number")]


class EntrySentRow(models.Model):
    """What of an office's records went into a delivery: written before it is brought in, completed after."""

    sha256 = models.TextField()
    source = models.TextField()
    dataset = models.TextField()
    supplier = models.TextField()
    period = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()
    records = models.TextField()
    delivery = models.TextField(default="")

    class Meta:
        db_table = "journal_entry_sent"
        constraints = [
            models.UniqueConstraint(
                fields=["sha256", "source", "dataset", "supplier", "period"], name="entry_sent_once"
            )
        ]


class WaiverRow(models.Model):
    """Leave to publish a period although suppliers of a dataset are missing. Appended, never changed."""

    number = models.BigIntegerField(primary_key=True)
    rule = models.TextField()
    dataset = models.TextField()
    period = models.TextField()
    suppliers = models.TextField()
    reason = models.TextField()
    approver = models.TextField()
    made_by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "journal_waiver"


class ProblemRow(models.Model):
    """A problem with a source that people look after until it is closed."""

    number = models.BigIntegerField(primary_key=True)
    source = models.TextField()
    office = models.TextField()
    rule = models.TextField()
    what = models.TextField()

    class Meta:
        db_table = "journal_problem"


class ProblemStepRow(models.Model):
    """How a problem stood from a moment on: owner, decision and state. Appended, never changed."""

    problem = models.ForeignKey(ProblemRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    state = models.TextField()
    owner = models.TextField()
    decision = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "journal_problem_step"
        constraints = [models.UniqueConstraint(fields=["problem", "number"], name="problem_step_number")]


class DispatchRow(models.Model):
    """An edition on its way to a recipient: written before anything leaves. Appended, never changed."""

    number = models.BigIntegerField(primary_key=True)
    release = models.TextField()
    manifest_sha256 = models.TextField()
    recipient = models.TextField()
    way = models.TextField()
    attempt = models.IntegerField()
    marking = models.TextField()
    files = models.TextField()
    bytes = models.BigIntegerField()
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "journal_dispatch"
        constraints = [
            models.UniqueConstraint(
                fields=["release", "manifest_sha256", "recipient", "way", "attempt"], name="dispatch_attempt"
            )
        ]


class DispatchStepRow(models.Model):
    """What became of a dispatch, as far as is known. Appended, never changed."""

    dispatch = models.ForeignKey(DispatchRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    state = models.TextField()
    answer = models.TextField()
    reason = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "journal_dispatch_step"
        constraints = [models.UniqueConstraint(fields=["dispatch", "number"], name="dispatch_step_number")]


class StateRow(models.Model):
    """A small setting, as canonical JSON."""

    key = models.TextField(primary_key=True)
    value = models.TextField()

    class Meta:
        db_table = "journal_state"
