"""Checks of one table: small counts, zeros, classes, percentages, dominance, extremes, degrees of freedom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil, floor

from piperoll.protect.output.rules import Finding, Rules, Verdict
from piperoll.protect.output.tables import Figure, Table


Check = Callable[[Table, Rules], Iterator[Finding]]
_FAIL, _REVIEW = Verdict.FAIL, Verdict.REVIEW


def check_table(table: Table, rules: Rules) -> list[Finding]:
    """What every check says of a table, in fixed order; a check that does not apply says nothing."""
    return [finding for check in CHECKS for finding in check(table, rules)]


def threshold(table: Table, rules: Rules) -> Iterator[Finding]:
    """Counts above zero and below the threshold."""
    figures = [f for _, column in table.of("count") for f in column]
    if not figures:
        return
    small = [f.at for f in figures if f.number is not None and 0 < f.number < rules.threshold]
    low = [f.at for f in figures if f.under is not None and f.under < rules.threshold]
    if small:
        yield table.place.finding(
            "threshold",
            _FAIL,
            f"{len(small)} counts are above 0 and below {rules.threshold}.",
            "Hide or merge these categories, or round; then see that totals do not give them back.",
            small,
        )
    elif low:
        yield table.place.finding(
            "threshold",
            _REVIEW,
            f"{len(low)} counts are told to lie below a number under {rules.threshold}.",
            f'Write "fewer than {rules.threshold}", or a mark.',
            low,
        )
    else:
        yield table.place.passed("threshold", f"No count is above 0 and below {rules.threshold}.")


def zeros(table: Table, rules: Rules) -> Iterator[Finding]:
    """Zeros tell that nobody is there."""
    if not rules.zeros_disclose:
        return
    empty = [f.at for _, column in table.of("count") for f in column if f.number == 0]
    if empty:
        yield table.place.finding(
            "zeros",
            _REVIEW,
            f"{len(empty)} counts are 0.",
            "Let them stand where nobody can be (pregnant men); else hide them with the small counts.",
            empty,
        )


def class_disclosure(table: Table, rules: Rules) -> Iterator[Finding]:
    """Rows and columns of a cross-tabulation where everybody is in one category."""
    places = [p for p, c in enumerate(table.columns) if c.category and not c.total and c.role == "count"]
    if len(places) < 2:
        return
    lines = [
        ("row", " ".join(table.labels[r]) or str(r + 1), [row[p] for p in places])
        for r, row in enumerate(table.figures)
    ]
    body = [r for r in range(len(table.figures)) if not table.total_row(r)]
    if len(body) >= 2:
        lines += [("column", table.columns[p].name, [table.figures[r][p] for r in body]) for p in places]
    found = []
    for _kind, _name, line in lines:
        # What is hidden or empty may hold somebody.
        if any(f.hidden for f in line):
            continue
        some = [f for f in line if f.number]
        if len(some) == 1:
            found.append(some[0].at)
    if found:
        yield table.place.finding(
            "class disclosure",
            _FAIL,
            f"In {len(found)} rows or columns one category holds all: of anybody in it the category is known.",
            "Merge categories until two hold somebody, or hide the row.",
            found,
        )
    else:
        yield table.place.passed("class disclosure", "In no row or column does one category hold all.")


def percentages(table: Table, rules: Rules) -> Iterator[Finding]:
    """Percentages that tell a small count, that all or nobody is in a class, or that are too exact."""
    columns = [(p, c) for p, c in enumerate(table.columns) if c.role == "percent"]
    if not columns:
        return
    bases = [p for p, c in enumerate(table.columns) if c.role == "count" and not c.category]
    every, small, hidden, exact = [], [], [], []
    for row in table.figures:
        counts = [f for p in bases if (f := row[p]).whole]
        for place, _ in columns:
            f = row[place]
            if f.number is None:
                continue
            scale = 1 if f.percent or _hundred(table, place) else 100
            if f.number in (0, 100 // scale):
                every.append(f.at)
            if f.decimals - (2 if scale == 100 else 0) > rules.decimals:
                exact.append(f.at)
            if counts and _implied_small(f, scale, max(c.number or 0 for c in counts), rules.threshold):
                small.append(f.at)
            if bases and any(row[p].hidden for p in bases):
                hidden.append(f.at)
    told = False
    for places, verdict, sentence, cure in (
        (small, _FAIL, f"percentages stand for a count above 0 and below {rules.threshold}, by the count beside them",
         "Hide them, or make them from rounded counts."),
        (hidden, _FAIL, "percentages stand in rows where a count is hidden, and lead back to it",
         "Hide the percentage together with its count."),
        (every, _REVIEW, "percentages are 0 or 100: nobody, or everybody, is in the class",
         "Hide them, or merge categories."),
        (exact, _REVIEW, f"percentages have more than {rules.decimals} decimals and lead back to exact counts",
         f"Round to {rules.decimals} decimals, from rounded counts."),
    ):  # fmt: skip
        if places:
            told = True
            yield table.place.finding("percentages", verdict, f"{len(places)} {sentence}.", cure, places)
    if not told:
        yield table.place.passed(
            "percentages", "No percentage tells a small count, none is 0 or 100, none is too exact."
        )


def _hundred(table: Table, place: int) -> bool:
    """Whether a column is in per cent (and not in shares of one)."""
    shown = [row[place].number or 0 for row in table.figures]
    return (
        max(shown, default=0) > 1 or "%" in table.columns[place].name or "per" in table.columns[place].name.casefold()
    )


def _implied_small(f: Figure, scale: int, base: float, threshold: int) -> bool:
    """Whether every count that would be written so, out of the base, is above 0 and below the threshold."""
    share = Fraction(str(f.number)) * scale / 100
    half = Fraction(scale, 2 * 100 * 10**f.decimals)
    low, high = ceil((share - half) * int(base)), floor((share + half) * int(base))
    return max(low, 1) <= high < threshold and f.number != 0


def dominance(table: Table, rules: Rules) -> Iterator[Finding]:
    """Dominance and p per cent, where columns give the total and the largest contributions."""
    sums = [column for _, column in table.of("sum")]
    first = [column for _, column in table.of("largest")]
    second = [column for _, column in table.of("second")]
    if not sums:
        return
    if not first:
        return
    n, k = rules.dominance
    broken = []
    for row, total in enumerate(sums[0]):
        x, a = total.number, first[0][row].number
        b = second[0][row].number if second else None
        if x is None or a is None or x <= 0:
            continue
        two = a + (b or 0) if n >= 2 else a
        if two > x * k / 100 or (second and x - a - (b or 0) < a * rules.percent / 100):
            broken.append(total.at)
    if broken:
        yield table.place.finding(
            "dominance",
            _FAIL,
            f"In {len(broken)} totals the largest contributors make up more than {k:g} per cent, or one can estimate "
            f"another to within {rules.percent:g} per cent.",
            "Hide these totals and as many others as it needs, or merge cells.",
            broken,
        )
    else:
        yield table.place.passed("dominance", "No total is dominated by its largest contributors.")
    yield table.place.finding(
        "contributions",
        _FAIL,
        "The largest contributions themselves are shown.",
        "Take these columns out before release: they are for the checker alone.",
        [f.at for column in (*first, *second) for f in column if not f.hidden],
    )


def extremes(table: Table, rules: Rules) -> Iterator[Finding]:
    """A minimum or maximum is the figure of one person or firm."""
    least = [column for _, column in table.of("least")]
    most = [column for _, column in table.of("most")]
    places = [f.at for column in (*least, *most) for f in column if not f.hidden]
    if places:
        yield table.place.finding(
            "extremes",
            _REVIEW,
            f"{len(places)} figures are minima or maxima: each is the figure of one person or firm.",
            "Give percentiles that at least the threshold of cases lie beyond.",
            places,
        )


def all_same(table: Table, rules: Rules) -> Iterator[Finding]:
    """Where minimum and maximum agree, or nothing varies, the mean is everybody's own figure."""
    least = [column for _, column in table.of("least")]
    most = [column for _, column in table.of("most")]
    same = [b.at for one, two in zip(least, most, strict=False) for a, b in zip(one, two, strict=True)
            if a.number is not None and a.number == b.number]  # fmt: skip
    same += [f.at for _, column in table.of("spread") for f in column if f.number == 0]
    if same:
        yield table.place.finding(
            "all the same",
            _FAIL,
            f"In {len(same)} cells all cases have the same figure, so it is everybody's own.",
            "Hide these cells, or merge them with others.",
            same,
        )
    elif least or any(True for _ in table.of("spread")):
        yield table.place.passed("all the same", "In no cell do all cases have the same figure.")


def freedom(table: Table, rules: Rules) -> Iterator[Finding]:
    """A model with few degrees of freedom may give single cases back."""
    figures = [f for _, column in table.of("freedom") for f in column if f.number is not None]
    for row, labels in enumerate(table.labels):
        if any(_is_freedom(label) for label in labels):
            figures += [f for f in table.figures[row] if f.number is not None][:1]
    if not figures:
        return
    few = [f.at for f in figures if (f.number or 0) < rules.freedom]
    if few:
        yield table.place.finding(
            "degrees of freedom",
            _FAIL,
            f"{len(few)} models have fewer than {rules.freedom} degrees of freedom.",
            "Use more cases or fewer parameters.",
            few,
        )
    else:
        yield table.place.passed("degrees of freedom", f"Every model has at least {rules.freedom}.")


def _is_freedom(label: str) -> bool:
    bare = label.casefold().strip(" :.")
    return bare in {"df", "dof", "d.f", "df residuals", "df resid", "residual df", "degrees of freedom",
                    "residual degrees of freedom"}  # fmt: skip


CHECKS: tuple[Check, ...] = (
    threshold, zeros, class_disclosure, percentages, dominance, extremes, all_same, freedom,
)  # fmt: skip
