"""Reminders to suppliers that are late, as drafts: a text for each supplier, with all that it owes."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from piperoll.collect.owed import SlotState, slots
from piperoll.collect.returns.choose import file_name, place
from piperoll.desk import Desk
from piperoll.govern import Action
from piperoll.periods import Period
from piperoll.register.declared import require_declared
from piperoll.register.model.codes import Supplier
from piperoll.register.model.register import Register


@dataclass(frozen=True)
class Reminder:
    """A draft: to whom, about which slots, and its words."""

    supplier: Supplier
    slots: tuple[SlotState, ...]
    text: str

    @property
    def name(self) -> str:
        """Name of its file: keys of different groups may be alike, so the supplier's name is in it."""
        plain = re.sub(r"[^0-9a-z]+", "_", self.supplier.name.casefold()).strip("_")
        return f"reminder_{re.sub(r'[^0-9A-Za-z]+', '_', self.supplier.key)}_{plain}.txt"


def draft_reminders(
    desk: Desk, period: str, out: Path | None = None, source: str | None = None, supplier: str | None = None
) -> list[Reminder]:
    """Draft a reminder for each supplier that has slots late, or of which only refused deliveries came.

    Nothing is sent. Slots that are not due yet, nil, or said not to be available, are not reminded of.

    Args:
        period: Slots within it are looked at.
        out: Folder for the drafts, a file each; none to write nothing.
        source, supplier: Keys, to choose.

    Returns:
        In order of supplier.

    Raises:
        UserError: PR-W005 for a name that is not declared, PR-C191 where a draft cannot be written.
    """
    require_declared(desk.register, source, None, supplier)
    desk.act(Action.RETURN_REMIND, f"period {period}")
    today = desk.now().date()
    found: dict[tuple[str, str], list[SlotState]] = defaultdict(list)
    people: dict[tuple[str, str], Supplier] = {}
    for each in slots(desk.register, desk.journal.deliveries(), today, source=source, supplier=supplier, period=period):
        if each.state == "late" or (each.state == "refused" and today > each.due):
            group = desk.register.suppliers[desk.register.dataset(each.slot.key).suppliers]
            who = group.get(each.slot.supplier)
            assert who is not None
            found[who.key, who.name].append(each)
            people.setdefault((who.key, who.name), who)
    drafts = []
    for place_, states in sorted(found.items()):
        states.sort(key=lambda s: (s.due, s.slot))
        text = _words(desk.register, people[place_], states, desk)
        drafts.append(Reminder(people[place_], tuple(states), text))
    for draft in drafts if out is not None else ():
        place(out / draft.name, draft.text.encode())  # type: ignore[operator]
    return drafts


def _words(register: Register, who: Supplier, states: list[SlotState], desk: Desk) -> str:
    today = desk.now().date()
    plural = len(states) != 1
    lines = [
        f"To: {who.name}" + (f" ({who.contact})" if who.contact else ""),
        f"Subject: {len(states)} return{'s' if plural else ''} overdue",
        "",
        f"{'These returns' if plural else 'This return'} of yours {'are' if plural else 'is'} overdue:",
        "",
    ]
    for each in states:
        dataset = register.dataset(each.slot.key)
        late = (today - each.due).days
        name = file_name(
            each.slot.source, dataset, who.key, each.slot.period, Path(dataset.file.pattern).suffix or ".csv"
        )
        lines.append(f"- {dataset.title}, {Period.parse(each.slot.period).words}: due {each.due}, {late} days ago.")
        if each.state == "refused" and each.delivery is not None:
            lines.append(f"  What came was refused (delivery {each.delivery.id}); its receipt says why.")
        lines.append(f"  File: {name}")
    lines += [
        "",
        "If there was nothing to report, please send a nil return.",
        "If you cannot supply the figures, please say so and why.",
        "Until then, tables show these figures as not available, [x], and say that yours are missing.",
        "",
    ]
    return "\n".join(lines)
