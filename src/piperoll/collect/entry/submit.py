"""What an office entered in a period becomes an ordinary delivery for its slot: same receipt, same store, same split.

Killed half-way and run again, it gives the same: the same records are the same bytes, which collect knows. Before
them the journal notes which versions they are made of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from piperoll.collect.arrived import Arrived
from piperoll.collect.batch import Options, collect
from piperoll.collect.entry.content import Content, table_of
from piperoll.collect.entry.forms import Forms
from piperoll.collect.incoming import NIL_SHA256
from piperoll.collect.limits import Limits
from piperoll.collect.receipt import Receipt
from piperoll.collect.slots import Slot, Stated
from piperoll.collect.staging import alone
from piperoll.errors import UserError
from piperoll.govern import Action
from piperoll.journal import Entry, Sending


WORK = "entry"
# How the records of a delivery were entered, as its receipt names it.
WAYS = {"staff": "entry", "paper": "paper"}
RECORDS = b"piperoll.records"


@dataclass(frozen=True)
class Submitted:
    """What became of an office's records.

    Attributes:
        receipt: Of the delivery.
        records: How many it holds.
        refused: For each refused record its id, the field and the rule.
        left: Ids of drafts of the period that were never saved, and so are not in it.
    """

    receipt: Receipt
    records: int
    refused: tuple[tuple[str, str, str], ...] = ()
    left: tuple[str, ...] = ()


def submit(
    forms: Forms, period: str, *, nil: bool = False, replace_file: bool = False, limits: Limits | None = None
) -> Submitted:
    """Deliver every saved record of an office for a period.

    Submitted again after a correction, the whole takes the place of the delivery before.

    Args:
        forms: The office's.
        period: As written.
        nil: There was nothing in the period: allowed where no record is saved.
        replace_file: Take the place of a delivery that was not made of entered records.

    Raises:
        UserError: PR-C166 when there is nothing to deliver, or a file fills the slot already; PR-C167 when keyed
            forms were not yet keyed twice; PR-G001; and what `collect` raises.
    """
    forms.permit(Action.ENTRY_SUBMIT, period=period)
    slot = forms.slot(period)
    journal, place = forms.place.journal, forms.place
    found = journal.entered(slot.source, slot.dataset, slot.supplier, slot.period)
    ready = [each for each in found if each.state == "saved"]
    left = tuple(each.id for each in found if each.state == "draft")
    _require(forms, slot, ready, nil=nil, replace_file=replace_file)
    with alone(place.home / WORK) as work:
        path = work / f"entered_{slot.period.replace('/', '-')}.parquet"
        if ready:
            contents = [forms.content(each) for each in ready]
            _write(path, contents, ready, forms)
        sending = Sending(
            sha256=hashlib.sha256(path.read_bytes()).hexdigest() if ready else NIL_SHA256,
            source=slot.source,
            dataset=slot.dataset,
            supplier=slot.supplier,
            period=slot.period,
            by=forms.clerk,
            at=place.clock(),
            records=tuple((each.id, each.version) for each in ready),
        )
        journal.begin_sending(sending)
        receipt = _collect(forms, slot, path if ready else None, ready, limits)
    if not receipt.delivery:
        return Submitted(receipt, len(ready), (), left)
    delivery = journal.delivery(receipt.delivery)
    counts = delivery.accepted and delivery.withdrawn is None
    journal.finish_sending(sending, delivery.id, accepted=counts)
    refused = tuple((ready[r.row - 1].id, r.field, r.rule) for r in journal.refused_rows(delivery.id))
    return Submitted(receipt, len(ready), refused, left)


def _require(forms: Forms, slot: Slot, ready: Sequence[Entry], *, nil: bool, replace_file: bool) -> None:
    told = str(slot)
    if not ready and not nil:
        fix = "Save records first; if there was nothing in the period, say so: --nil."
        raise UserError("PR-C166", "No record is saved for this period.", where=told, fix=fix)
    if ready and nil:
        fix = "Leave --nil away, or withdraw the records."
        raise UserError(
            "PR-C166", f"{len(ready):,} records are saved, and it is said that there are none.", where=told, fix=fix
        )
    waiting = [each.id for each in ready if each.way == "paper" and not each.checked]
    if waiting:
        listed = ", ".join(waiting[:8]) + (" ..." if len(waiting) > 8 else "")
        fix = "A second person keys them: `piperoll enter ... --second`; or withdraw them."
        raise UserError("PR-C167", f"Forms not yet keyed twice alike: {listed}.", where=told, fix=fix)
    journal = forms.place.journal
    there = journal.in_force(slot.source, slot.dataset, slot.supplier, slot.period)
    if there is None or replace_file:
        return
    ours = {each.sha256 for each in journal.sendings(slot.source, slot.dataset, slot.supplier, slot.period)}
    if there.sha256 not in ours:
        message = f"Delivery {there.id}, which was not entered here, fills this slot with {there.rows_kept:,} rows."
        fix = "To put the entered records in its place: --replace."
        raise UserError("PR-C166", message, where=told, fix=fix)


def _write(path: Path, contents: Sequence[Content], ready: Sequence[Entry], forms: Forms) -> None:
    """The records as a file. Their ids and versions are in it: going back to what was delivered before is new."""
    table = table_of(contents, forms.dataset)
    named = json.dumps([[each.id, each.version] for each in ready]).encode()
    path.touch(mode=0o600)
    pq.write_table(table.replace_schema_metadata({RECORDS: named}), path, compression="zstd")


def _collect(forms: Forms, slot: Slot, path: Path | None, ready: Sequence[Entry], limits: Limits | None) -> Receipt:
    place = forms.place
    stated = Stated(
        source=slot.source, dataset=slot.key, supplier=slot.supplier, period=slot.period, nil=path is None
    )  # fmt: skip
    # What was refused is checked again: its parents may have come since, or the contract changed.
    options = Options(stated=stated, again=True, entered=forms.resource.key, limits=limits or Limits(), parallel=1)
    way = ", ".join(dict.fromkeys(WAYS[each.way] for each in ready)) or WAYS["staff"]
    name = path.name if path is not None else "nil"
    simulated = bool(place.journal.get_state(simulated_key(slot)))
    arrived = Arrived(path, name, name, provenance={"way": way}, simulated=simulated)
    (receipt,) = collect(
        place.register,
        place.store,
        place.vault,
        place.journal,
        place.keyring,
        place.actor,
        place.clock(),
        [arrived],
        options,
        staging=place.home / "staging",
    )
    return receipt


def simulated_key(slot: Slot) -> str:
    """Of the journal's state that tells that simulated records were entered for a slot."""
    return f"simulated entries/{slot.key}/{slot.supplier}/{slot.period}"
