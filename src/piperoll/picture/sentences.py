"""What the picture of a source says in sentences, for the terminal and for the page alike."""

from __future__ import annotations

from collections.abc import Sequence

from piperoll.collect.owed import STATES
from piperoll.picture.gather import Held, Picture
from piperoll.present.words import counted, joined, number
from piperoll.quality import Emptiness, Volume
from piperoll.quality.burden import Asked


MOST_NAMED = 6
NOTABLE = 0.10  # share of empty rows, or change of it, that a reader should look at
HEADINGS = (
    ("description", "What it is"),
    ("collection", "How it is collected"),
    ("application", "What it is used for"),
)
MADE = (
    ("statistical", "Statistical publications"),
    ("non_statistical", "Other publications"),
    ("synergies", "Synergies"),
)
KINDS = {
    "publication": "Publication made here",
    "linkage": "Linkage",
    "dataset": "Made of a linkage",
    "measures": "Measured",
    "forecast": "Projected",
}


def lead(picture: Picture) -> str:
    """The first sentences: where the source works, and how it stands."""
    entry = picture.entry
    out = []
    if entry is not None:
        out.append(f"{entry.domain}; {entry.state_words}.")
    if not picture.held:
        out.append("No contract of its datasets is declared yet, so nothing is owed or taken in.")
        return " ".join(out)
    total = {state: sum(each.counts[state] for each in picture.held) for state in STATES}
    owed = sum(total.values())
    if not owed:
        out.append("Nothing is owed yet.")
    else:
        parts = [f"{total['in']:,} in"] + [f"{total[each]:,} {each}" for each in ("late", "refused") if total[each]]
        parts += [f"{total['owed']:,} not yet due"] if total["owed"] else []
        parts += [f"{total['not_available']:,} not available"] if total["not_available"] else []
        out.append(f"Of {counted(owed, 'slot')} owed, {joined(parts)}.")
    open_ = sum(each.queries for each in picture.asked)
    out.append(f"{counted(open_, 'query', 'queries')} open or answered.".capitalize())
    if picture.judged:
        out.append(
            "Quality reaches what is required."
            if picture.judged.reached
            else "Quality falls short of what is required."
        )
    return " ".join(out)


def wanting(held: Held, names: dict[str, str], most: int = MOST_NAMED) -> list[str]:
    """Suppliers with late or refused slots, those with the most first, with the periods."""
    by_supplier: dict[str, list[str]] = {}
    for each in sorted(held.wanting, key=lambda s: s.due):
        word = f"{each.slot.period}{'' if each.state == 'late' else ' (refused)'}"
        by_supplier.setdefault(each.slot.supplier, []).append(word)
    ranked = sorted(by_supplier.items(), key=lambda item: (-len(item[1]), item[0]))
    out = [f"{names.get(supplier, supplier)}: {_some(periods)}" for supplier, periods in ranked[:most]]
    if len(ranked) > most:
        out.append(f"and {counted(len(ranked) - most, 'more supplier')}")
    return out


def _some(periods: Sequence[str]) -> str:
    if len(periods) <= 6:
        return joined(list(periods))
    return f"{len(periods)} periods from {periods[0]} to {periods[-1].removesuffix(' (refused)')}"


def year_before(volumes: Sequence[Volume], volume: Volume) -> float | None:
    """Change of the rows kept against the same period a year before, per cent; None where that is not known."""
    earlier = {each.period: each for each in volumes}.get(volume.period.shift(-(12 // volume.period.months)))
    if earlier is None or not earlier.rows_kept or not (earlier.whole and volume.whole):
        return None
    return 100 * (volume.rows_kept - earlier.rows_kept) / earlier.rows_kept


def notable(fields: Sequence[Emptiness]) -> list[Emptiness]:
    """Fields with anything empty: those whose missingness moved most first, then the emptiest."""
    some = [each for each in fields if each.overall > 0]
    return sorted(some, key=lambda each: (-round(abs(each.moved), 3), -each.overall, each.field))


def moved_words(each: Emptiness) -> str:
    """``+3.1`` percentage points, or nothing below a tenth."""
    points = 100 * each.moved
    return "" if abs(points) < 0.05 else f"{points:+.1f}"


def share(value: float) -> str:
    """A share (0 to 1) as per cent; what is there and rounds to nought says so."""
    return "<0.1%" if 0 < value < 0.0005 else f"{100 * value:.1f}%"


def asked_words(asked: Asked, names: dict[str, str]) -> str:
    """How much is asked of a supplier."""
    name = names.get(asked.supplier, asked.supplier)
    again = f"; {counted(asked.brought_again, 'delivery', 'deliveries')} of {number(asked.deliveries)} brought again"
    if not asked.queries:
        return f"{name}: nothing is asked{again if asked.brought_again else ''}."
    groups = len(asked.first) + len(asked.later)
    waits = f", of which {len(asked.later)} wait" if asked.later else ""
    return (
        f"{name}: {counted(asked.queries, 'query', 'queries')} in {counted(groups, 'question')}{waits}"
        f"{again if asked.brought_again else ''}."
    )
