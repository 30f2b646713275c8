"""Differencing: hidden or small counts that can be worked out from an output and from what was released before.

Bounds of every cell are narrowed along every total and its parts until nothing changes any more (in integers).
What comes out is what anybody can infer by adding and taking away; where a bound comes from is told.
"""

from __future__ import annotations

from dataclasses import dataclass

from piperoll.protect.output.facts import Cell, Fact, Facts, Sum
from piperoll.protect.output.rules import Finding, Place, Rules, Verdict


_SWEEPS = 100
# Findings told one by one; beyond these, tables that count different things are the likelier reason.
_MOST = 40
_NO_BOUND = 1 << 60


@dataclass(frozen=True)
class Leak:
    """A cell that is hidden, and what can be inferred of it: between ``low`` and ``high``, and by which sentence."""

    cell: Cell
    low: int
    high: int
    sentence: str
    places: tuple[str, ...]


def check_differences(facts: Facts, rules: Rules, place: Place) -> list[Finding]:
    """Findings over a whole output, with what was released before."""
    found = [
        *_two_figures(facts, rules, place),
        *_was_hidden(facts, rules, place),
        *_partial(facts, rules, place),
    ]
    leaks, clashes = infer(facts)
    for leak in leaks:
        if leak.high == leak.low:
            small = leak.low < rules.threshold
            told = f"is {leak.low}"
        elif leak.high - leak.low < rules.width and leak.low < rules.threshold:
            small, told = True, f"lies between {leak.low} and {leak.high}"
        else:
            continue
        found.append(
            place.finding(
                "differencing",
                Verdict.FAIL if small else Verdict.REVIEW,
                f"The hidden count of {facts.name(leak.cell)} {told}: {leak.sentence}",
                "Hide another count of the same total, or round; what is released already cannot be taken back."
                if small
                else "It is no small count; see whether it was hidden to protect one.",
                leak.places,
            )
        )
    found += _rest(facts, rules, place)
    for clash in clashes:
        found.append(
            place.finding(
                "differencing",
                Verdict.REVIEW,
                f"The parts of {facts.name(clash.total)} in {clash.where} do not add up to it.",
                "See whether both count the same things; the difference may count somebody.",
            )
        )
    if len(found) > _MOST:
        found.sort(key=lambda f: -f.verdict.weight)
        rest = place.finding(
            "differencing",
            found[_MOST].verdict,
            f"{len(found) - _MOST} further findings are not told one by one: tables with the same names of "
            "rows and columns that count different things look so.",
            "Check the tables that belong together in one command, and others in another.",
        )
        found = [*found[:_MOST], rest]
    return found or [place.passed("differencing", "No hidden count follows from totals or earlier releases.")]


def infer(facts: Facts) -> tuple[list[Leak], list[Sum]]:
    """Hidden cells whose bounds got narrower; and sums that contradict themselves, which are not used."""
    low: dict[Cell, int] = {}
    high: dict[Cell, int] = {}
    reason: dict[Cell, Sum] = {}
    for cell, known in facts.of.items():
        low[cell] = max(f.low for f in known)
        high[cell] = min(f.high if f.high is not None else _NO_BOUND for f in known)
        if low[cell] > high[cell]:
            # Two figures for one cell: told by itself; the newest stands for it here.
            low[cell], high[cell] = known[-1].low, known[-1].high if known[-1].high is not None else _NO_BOUND
    hidden = _hidden(facts)
    sums = [each for each in facts.sums if _exhaustive(each, facts, hidden)]
    for each in sums:
        for cell in (each.total, *each.parts):
            low.setdefault(cell, 0)
            high.setdefault(cell, _NO_BOUND)
    clashes: dict[int, Sum] = {}
    for _ in range(_SWEEPS):
        changed = False
        for place, each in enumerate(sums):
            if place in clashes:
                continue
            new = _narrow(each, low, high)
            if new is None:
                clashes[place] = each
                continue
            for cell, (least, most) in new.items():
                if (least, most) != (low[cell], high[cell]):
                    low[cell], high[cell], changed = least, most, True
                    reason[cell] = each
        if not changed:
            break
    leaks = [_leak(facts, cell, low, high, reason[cell]) for cell in sorted(hidden, key=str) if cell in reason]
    return leaks, [each for each in clashes.values() if each.total in facts.of]


def _hidden(facts: Facts) -> set[Cell]:
    """Cells that are hidden somewhere and shown nowhere; one that a table leaves out among its parts too."""
    out = {cell for cell, known in facts.of.items() if all(f.hidden for f in known)}
    return out | {part for each in facts.sums for part in each.parts if part not in facts.of and each.total in facts.of}


def _exhaustive(each: Sum, facts: Facts, hidden: set[Cell]) -> bool:
    """Whether a sum is one: where every part is shown and the total is larger, categories are not listed."""
    if any(part in hidden for part in each.parts):
        return True
    known = facts.of.get(each.total)
    return known is None or all(f.hidden for f in known)


def _narrow(each: Sum, low: dict[Cell, int], high: dict[Cell, int]) -> dict[Cell, tuple[int, int]] | None:
    """New bounds along one sum; None where it contradicts itself."""
    least, most = sum(low[p] for p in each.parts), sum(high[p] for p in each.parts)
    total = (max(low[each.total], least), min(high[each.total], most))
    if total[0] > total[1]:
        return None
    out = {each.total: total}
    for part in each.parts:
        others_most, others_least = most - high[part], least - low[part]
        here = (max(low[part], total[0] - others_most), min(high[part], total[1] - others_least))
        if here[0] > here[1]:
            return None
        out[part] = here
    return out


def _leak(facts: Facts, cell: Cell, low: dict[Cell, int], high: dict[Cell, int], by: Sum) -> Leak:
    """A leak in words: total less the other parts (or the sum of the parts, where the total is hidden)."""
    places: list[str] = []

    def told(each: Cell) -> str:
        known = [f for f in facts.of.get(each, []) if not f.hidden]
        if known:
            places.append(known[0].where)
            return f"{known[0].shown} ({known[0].where})"
        if low[each] == high[each]:
            return f"{low[each]} ({facts.name(each)}, worked out)"
        return f"{low[each]} to {high[each] if high[each] < _NO_BOUND else 'any'} ({facts.name(each)})"

    if cell == by.total:
        words = " + ".join(told(part) for part in by.parts)
    else:
        words = " - ".join([told(by.total), *(told(part) for part in by.parts if part != cell)])
    said = f"{low[cell]} = {words}." if low[cell] == high[cell] else f"it is {words}."
    return Leak(cell, low[cell], high[cell], said, tuple(places))


def _two_figures(facts: Facts, rules: Rules, place: Place) -> list[Finding]:
    """One cell with two figures: those that one counts and the other does not."""
    out = []
    for cell, known in facts.of.items():
        shown = [f for f in known if not f.hidden]
        for a, b in _pairs(shown):
            apart = max(a.low - (b.high or 0), b.low - (a.high or 0))
            if apart <= 0 or not (a.new or b.new):
                continue
            out.append(
                place.finding(
                    "differencing",
                    Verdict.FAIL if apart < rules.threshold else Verdict.REVIEW,
                    f"{facts.name(cell)} is {a.shown} in {a.where} and {b.shown} in {b.where}: "
                    f"they differ by {apart}, which counts those in one and not in the other.",
                    "Make both from the same records, or round; say why they differ.",
                    (a.where, b.where),
                )
            )
    return out


def _was_hidden(facts: Facts, rules: Rules, place: Place) -> list[Finding]:
    """A cell that is hidden in one place and shown in another."""
    out = []
    for cell, known in facts.of.items():
        hidden = next((f for f in known if f.hidden), None)
        shown = next((f for f in known if not f.hidden), None)
        if hidden is None or shown is None or not (hidden.new or shown.new):
            continue
        was = "is" if hidden.new else "was"
        out.append(
            place.finding(
                "differencing",
                Verdict.FAIL if shown.low < rules.threshold else Verdict.REVIEW,
                f"{facts.name(cell)} {was} hidden in {hidden.where} and is {shown.shown} in {shown.where}.",
                "Hide it in both. One that was hidden to protect another gives that one away.",
                (hidden.where, shown.where),
            )
        )
    return out


def _pairs(facts: list[Fact]) -> list[tuple[Fact, Fact]]:
    return [(a, b) for n, a in enumerate(facts) for b in facts[n + 1 :]]


def _partial(facts: Facts, rules: Rules, place: Place) -> list[Finding]:
    """Totals that add up only what is shown."""
    if not facts.partial:
        return []
    return [
        place.finding(
            "totals of what is shown",
            Verdict.REVIEW,
            f"{len(facts.partial)} totals are the sum of the counts that are shown beside hidden ones: "
            "they were made after hiding, or every hidden count is 0.",
            "Say which. The true total, in any other table, gives a single hidden count away.",
            tuple(fact.where for _, fact in facts.partial),
        )
    ]


def _rest(facts: Facts, rules: Rules, place: Place) -> list[Finding]:
    """A total that exceeds its parts, all shown, by a small number: a category that is not listed."""
    out = []
    for each in facts.sums:
        total = next((f for f in facts.of.get(each.total, []) if not f.hidden and f.low == f.high), None)
        parts = [next((f for f in facts.of.get(p, []) if not f.hidden and f.low == f.high), None) for p in each.parts]
        shown = [f for f in parts if f is not None]
        if total is None or len(shown) < len(parts) or not any(f.new for f in (total, *shown)):
            continue
        rest = total.low - sum(f.low for f in shown)
        if 0 < rest < rules.threshold:
            out.append(
                place.finding(
                    "differencing",
                    Verdict.FAIL,
                    f"{facts.name(each.total)} is {total.shown} in {total.where}, and its categories in {each.where} "
                    f"add up to {total.low - rest}: {rest} are in a category that is not listed.",
                    "List all categories and hide what must be, or merge the small one with another.",
                    (total.where,),
                )
            )
    return out
