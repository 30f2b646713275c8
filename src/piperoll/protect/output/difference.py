"""Differencing: hidden or small counts that can be worked out from an output and from what was released before.

Bounds of every cell are narrowed along every total and its parts until nothing changes any more (in integers).
What comes out is what anybody can infer by adding and taking away; where a bound comes from is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from piperoll.protect.output.facts import Cell, Facts, Sum
from piperoll.protect.output.families import gap
from piperoll.protect.output.rules import Finding, Place, Rules, Verdict


_SWEEPS = 100
# Terms of a sum that are told.
_TERMS = 6
_NO_BOUND = 1 << 60


@dataclass(frozen=True)
class Leak:
    """A cell that is hidden, and what can be inferred of it: between ``low`` and ``high``, and by which sentence."""

    cell: Cell
    low: int
    high: int
    sentence: str
    places: tuple[str, ...]
    where: str


def check_differences(facts: Facts, rules: Rules, place: Place) -> list[Finding]:
    """Findings over a whole output, with what was released before; what is alike is told together."""
    told = _Together(place)
    _two_figures(facts, rules, told)
    _was_hidden(facts, rules, told)
    _partial(facts, told)
    leaks, clashes, strange = infer(facts, rules.threshold)
    for leak in leaks:
        if leak.high == leak.low == 0 and leak.cell not in facts.of:
            told.add(
                f"counts that are left out of {leak.where} are 0",
                Verdict.REVIEW,
                f"The count of {facts.name(leak.cell)} is left out and is 0: {leak.sentence}",
                "Rows of nobody are usually left out; hide another count if this tells of anybody.",
                leak.places,
            )
            continue
        absent = leak.cell in facts.of and all(fact.absent for fact in facts.of[leak.cell])
        if absent and leak.high - leak.low < rules.width:
            told.add(
                f"counts marked as not there follow from sums in {leak.where}",
                Verdict.REVIEW,
                f"The count of {facts.name(leak.cell)} is marked as not there, and would be {leak.low}"
                f"{'' if leak.low == leak.high else f' to {leak.high}'}: {leak.sentence}",
                "See whether the mark means that it was hidden.",
                leak.places,
            )
        if absent:
            continue
        if leak.high == leak.low:
            small = leak.low < rules.threshold
            text = f"is {leak.low}"
        elif leak.high - leak.low < rules.width and leak.low < rules.threshold:
            small, text = True, f"lies between {leak.low} and {leak.high}"
        else:
            continue
        told.add(
            f"hidden counts follow from sums in {leak.where}",
            Verdict.FAIL if small else Verdict.REVIEW,
            f"The hidden count of {facts.name(leak.cell)} {text}: {leak.sentence}",
            "Hide another count of the same total, or round; what is released already cannot be taken back."
            if small
            else "It is no small count; see whether it was hidden to protect one.",
            leak.places,
        )
    _rest(facts, rules, strange, told)
    for clash in clashes:
        told.add(
            f"totals in {clash.where} are not the sums of their parts",
            Verdict.REVIEW,
            f"The parts of {facts.name(clash.total)} in {clash.where} do not add up to it.",
            "See whether both count the same things; the difference may count somebody.",
        )
    _not_looked_at(facts, strange, told)
    return told.findings() or [place.passed("differencing", "No hidden count follows from totals or earlier releases.")]


@dataclass(frozen=True)
class Strange:
    """An axis of a table along which parts do not make up totals: they overlap, or stand among their own subtotals.

    Attributes:
        wrong: Lines in which they do not, of ``lines`` in which all is shown.
    """

    where: str
    axis: str
    wrong: int
    lines: int


def infer(facts: Facts, threshold: int = 10) -> tuple[list[Leak], list[Sum], list[Strange]]:
    """Hidden cells whose bounds got narrower.

    Also sums that contradict themselves, and axes that are none of parts of a whole; neither is used.
    """
    low: dict[Cell, int] = {}
    high: dict[Cell, int] = {}
    reason: dict[Cell, Sum] = {}
    for cell, known in facts.of.items():
        low[cell] = max(f.low for f in known)
        high[cell] = min(f.high if f.high is not None else _NO_BOUND for f in known)
        if low[cell] > high[cell]:
            # Two figures for one cell: told by itself; the newest stands for it here.
            low[cell], high[cell] = known[-1].low, known[-1].high if known[-1].high is not None else _NO_BOUND
    strange = _strange(facts, low, high, threshold)
    out = {(each.where, each.axis) for each in strange}
    hidden = _hidden(facts)
    sums = [each for each in facts.sums if (each.where, each.axis) not in out and _exhaustive(each, facts, hidden)]
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
    return leaks, [each for each in clashes.values() if each.total in facts.of], strange


def _strange(facts: Facts, low: dict[Cell, int], high: dict[Cell, int], threshold: int) -> list[Strange]:
    """Axes most of whose lines, where all is shown, are far from adding up; a category left out takes little."""
    lines: dict[tuple[str, str], list[bool]] = {}
    shown = {cell for cell, known in facts.of.items() if any(not f.hidden for f in known)}
    for each in facts.sums:
        if each.total in shown and all(part in shown for part in each.parts):
            least, most = sum(low[p] for p in each.parts), sum(high[p] for p in each.parts)
            wrong = high[each.total] < least or low[each.total] >= most + threshold
            lines.setdefault((each.where, each.axis), []).append(wrong)
    return [
        Strange(where, axis, sum(wrong), len(wrong))
        for (where, axis), wrong in lines.items()
        if sum(wrong) * 2 > len(wrong)
    ]


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
        words = " + ".join(_some([told(part) for part in by.parts]))
    else:
        words = " - ".join([told(by.total), *_some([told(part) for part in by.parts if part != cell])])
    said = f"{low[cell]} = {words}." if low[cell] == high[cell] else f"it is {words}."
    return Leak(cell, low[cell], high[cell], said, tuple(places), by.where)


def _some(terms: list[str]) -> list[str]:
    return terms if len(terms) <= _TERMS else [*terms[: _TERMS - 2], f"... ({len(terms)} counts in all)"]


def _two_figures(facts: Facts, rules: Rules, told: _Together) -> None:
    """One cell with two figures: those that one counts and the other does not."""
    for cell, known in facts.of.items():
        for a, b in combinations([f for f in known if not f.hidden], 2):
            apart = gap((a.low, a.high), (b.low, b.high))
            if apart > 0 and (a.new or b.new):
                told.add(
                    f"counts differ between {a.source} and {b.source}",
                    Verdict.FAIL if apart < rules.threshold else Verdict.REVIEW,
                    f"{facts.name(cell)} is {a.shown} in {a.where} and {b.shown} in {b.where}: "
                    f"they differ by {apart}, which counts those in one and not in the other.",
                    "Make both from the same records, or round; say why they differ.",
                    (a.where, b.where),
                )


def _was_hidden(facts: Facts, rules: Rules, told: _Together) -> None:
    """A cell that is hidden in one place and shown in another."""
    for cell, known in facts.of.items():
        hidden = next((f for f in known if f.hidden), None)
        shown = next((f for f in known if not f.hidden), None)
        if hidden is None or shown is None or not (hidden.new or shown.new):
            continue
        was = "is" if hidden.new else "was"
        told.add(
            f"counts hidden in {hidden.source} are shown in {shown.source}",
            Verdict.FAIL if shown.low < rules.threshold else Verdict.REVIEW,
            f"{facts.name(cell)} {was} hidden in {hidden.where} and is {shown.shown} in {shown.where}.",
            "Hide it in both. One that was hidden to protect another gives that one away.",
            (hidden.where, shown.where),
        )


def _partial(facts: Facts, told: _Together) -> None:
    """Totals that add up only what is shown."""
    if facts.partial:
        told.add(
            "totals are sums of what is shown",
            Verdict.REVIEW,
            f"{len(facts.partial)} totals are the sum of the counts that are shown beside hidden ones: "
            "they were made after hiding, or every hidden count is 0.",
            "Say which. The true total, in any other table, gives a single hidden count away.",
            tuple(fact.where for _, fact in facts.partial),
            check="totals of what is shown",
        )


def _rest(facts: Facts, rules: Rules, strange: Sequence[Strange], told: _Together) -> None:
    """A total that exceeds its parts, all shown, by a small number: a category that is not listed."""
    out = {(each.where, each.axis) for each in strange}
    for each in facts.sums:
        if (each.where, each.axis) in out:
            continue
        total = next((f for f in facts.of.get(each.total, []) if not f.hidden and f.low == f.high), None)
        parts = [next((f for f in facts.of.get(p, []) if not f.hidden and f.low == f.high), None) for p in each.parts]
        shown = [f for f in parts if f is not None]
        if total is None or len(shown) < len(parts) or not any(f.new for f in (total, *shown)):
            continue
        rest = total.low - sum(f.low for f in shown)
        if 0 < rest < rules.threshold:
            told.add(
                f"totals exceed their categories in {each.where} by small numbers",
                Verdict.FAIL,
                f"{facts.name(each.total)} is {total.shown} in {total.where}, and its categories in {each.where} "
                f"add up to {total.low - rest}: {rest} are in a category that is not listed.",
                "List all categories and hide what must be, or merge the small one with another.",
                (total.where,),
            )


def _not_looked_at(facts: Facts, strange: Sequence[Strange], told: _Together) -> None:
    """What was not compared, and why."""
    for one, two, apart in facts.apart:
        told.add(
            "pairs of tables share the names of counts and not the figures",
            Verdict.REVIEW,
            f"{one} and {two} share the names of {apart.shared} counts and differ in {apart.apart} of them, mostly by "
            f"much (in {apart.near} by less than the threshold): they were taken to count different things and not "
            "held against each other.",
            "Give them different names if they do; if they count the same, each difference counts somebody.",
            check="not compared",
        )
    for each in strange:
        axis = facts.words.get(each.axis, each.axis).strip("\x00") or "what stands across the top"
        told.add(
            "lists of categories do not make up their totals",
            Verdict.REVIEW,
            f"Along {axis} of {each.where} the parts do not make up the total in {each.wrong} of {each.lines} lines: "
            "they overlap, stand among subtotals, or the total counts something else. Nothing was added up along it.",
            "Look by eye whether a hidden count follows from one of its subtotals.",
            check="not compared",
        )


class _Together:
    """Findings of a kind: each by itself while they are few, else one for all with the first of them."""

    FEW = 5
    EXAMPLES = 3

    def __init__(self, place: Place) -> None:
        self._place = place
        self._of: dict[tuple[str, Verdict, str], list[Finding]] = {}

    def add(
        self,
        kind: str,
        verdict: Verdict,
        sentence: str,
        cure: str,
        places: tuple[str, ...] = (),
        check: str = "differencing",
    ) -> None:
        """Note a finding; ``kind`` says in words what those like it are."""
        self._of.setdefault((check, verdict, kind), []).append(
            self._place.finding(check, verdict, sentence, cure, places)
        )

    def findings(self) -> list[Finding]:
        out: list[Finding] = []
        for (check, verdict, kind), found in self._of.items():
            if len(found) <= self.FEW:
                out += found
                continue
            sentence = f"{len(found):,} {kind}. The first: " + " ".join(f.sentence for f in found[: self.EXAMPLES])
            places = tuple(dict.fromkeys(place for f in found for place in f.places))
            out.append(self._place.finding(check, verdict, sentence, found[0].cure, places))
        return out
