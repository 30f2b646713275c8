"""Quality notes on disclosure control: what is not shown, what rounding does, what can still be concluded.

For readers of the release, in the bulletin and on a sheet of the workbook. Every number comes from the run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from piperoll.present.words import counted, percent
from piperoll.present.workbook import Cell, Column, Table, Value
from piperoll.register.model.policy import Policy
from piperoll.release.loss import Loss
from piperoll.release.protection import apart_words
from piperoll.release.why import Why


HIDDEN = "What is not shown"
SHEET = "Not_shown"
TITLE = "Counts that are not shown, and what can be concluded about them"
CASES = (
    "'Cases not shown' is the share of everything counted that the published figures of the finest breakdown do not "
    "account for. It is worked out from published figures alone, so it is approximate where they are rounded, and "
    "gives nothing away that they do not."
)


@dataclass(frozen=True)
class Notes:
    """The quality notes.

    Attributes:
        groups: Headings with their paragraphs.
        table: Counts not shown, by table and level; None if nothing is withheld.
    """

    groups: tuple[tuple[str, tuple[str, ...]], ...]
    table: Table | None

    @property
    def lines(self) -> tuple[str, ...]:
        """All paragraphs, for a sheet without headings."""
        return tuple(text for _, texts in self.groups for text in texts)


def notes_of(policy: Policy | None, loss: Loss, content: Mapping[str, Any], why: Why | None = None) -> Notes:
    """Write the quality notes.

    Args:
        policy: The policy that was applied; None if there is none.
        loss: What it took.
        content: What protection says of itself for the manifest (`piperoll.release.protection.Protection.content`).
        why: Why the policy applies, or does not.
    """
    reasons = [(why.heading, why.sentences)] if why is not None else []
    if policy is None:
        return Notes(tuple(group for group in reasons if group[1]), None)
    groups = [
        *reasons,
        (HIDDEN, tuple(_hidden(policy, loss, content))),
        ("What rounding does", tuple(_rounding(policy))),
        ("What a reader can still conclude", tuple(_concluded(policy, loss, content))),
        ("How this was checked", tuple(_checked(content))),
    ]
    hides = policy.suppress_below is not None
    return Notes(tuple((head, texts) for head, texts in groups if texts), _table(loss) if hides else None)


def small_words(policy: Policy) -> str:
    """What counts as small: ``fewer than 8, zero included``, ``from 1 to 4``."""
    least = policy.suppress_below or 0
    if policy.suppress_zero:
        return f"fewer than {least}, zero included"
    return f"from 1 to {least - 1}" if least > 2 else "1"


def _hidden(policy: Policy, loss: Loss, content: Mapping[str, Any]) -> Iterator[str]:
    if policy.suppress_below is not None:
        yield _counts(policy, loss, content)
        if loss.also and content.get("secondary"):
            yield _optimality(content.get("gap"))
    if loss.derived and loss.withheld:
        yield (
            f"{loss.withheld:,} of {counted(loss.derived, 'percentage or rate', 'percentages and rates')} "
            f"{'is' if loss.withheld == 1 else 'are'} not shown, because a count that they are made from is not shown, "
            "or because there were too few cases in the earlier period."
        )
    if policy.suppress_below is not None:
        yield f"The table gives the numbers. {CASES}"


def _counts(policy: Policy, loss: Loss, content: Mapping[str, Any]) -> str:
    rule, share = small_words(policy), _share(loss.small, loss.counts)
    text = f"This release has {counted(loss.counts, 'different count')}."
    if not loss.small:
        text += f" None of them is small ({rule})."
    elif loss.small == 1:
        text += f" 1 of them ({share}) is not shown because it is small ({rule})."
    else:
        text += f" {loss.small:,} of them ({share}) are not shown because they are small ({rule})."
    if loss.also:
        more = "is" if loss.also == 1 else "are"
        return (
            f"{text} {loss.also:,} more ({_share(loss.also, loss.counts)}) {more} not shown, because with "
            f"{'it' if loss.also == 1 else 'them'} a small count could be worked out by adding and subtracting."
        )
    if content.get("secondary_suppression") is False:
        return text
    return f"{text} No other count had to be left out for their sake." if loss.small else text


def _share(part: int, whole: int) -> str:
    share = 100 * part / whole if whole else 0.0
    return "less than 0.1%" if 0 < share < 0.05 else percent(share, 1)


def _optimality(gap: float | None) -> str:
    chosen = "The further counts were chosen so that as few cases as possible are lost."
    if gap is None:
        return f"{chosen} How near this is to the least that would do is not known."
    if gap <= 0:
        return f"{chosen} No other choice that is as safe would lose fewer."
    return f"{chosen} They hold at most {max(100 * gap, 0.1):.1f}% more cases than the best choice there can be."


def _rounding(policy: Policy) -> Iterator[str]:
    base = policy.round_to
    if base is None or base < 2:
        return
    figure = 4 * base
    low, high = figure - base // 2, figure + (base - 1) // 2
    counts = "Below the national level, counts" if policy.applies == "subnational" else "Counts"
    yield (
        f"{counts} that are shown are given to the nearest {base}: {figure} stands for any count from {low} to "
        f"{high}, so a figure differs from the count by at most {base // 2}. Each figure is rounded by itself, so "
        "parts may not add up to the whole."
    )
    if policy.change_from == "published":
        yield (
            "Percentages and rates of those counts are made from the rounded figures, since one made from exact counts "
            "would give these away. They are the less precise the smaller the counts."
        )


def _concluded(policy: Policy, loss: Loss, content: Mapping[str, Any]) -> Iterator[str]:
    if policy.suppress_below is not None and content.get("apart"):
        yield apart_words(content["apart"])
    if policy.suppress_below is None or not loss.small or (content.get("apart") and content.get("verdict") is None):
        return
    if content.get("verdict") is None:
        yield str(content.get("statement", ""))
        return
    width, limited = int(content["width"]), int(content.get("limited") or 0)
    text = (
        "Somebody who reads every table of this release and of those before it, adds and subtracts, knows these rules "
        "and can tell which hidden counts are small, still cannot tell how large one of them is: at least "
        f"{width + 1} different values remain possible for "
    )
    if limited >= int(content["primary"]):
        yield f"{text}each, except where figures that have to be shown leave fewer, which is so for all of them here."
    elif limited:
        yield (
            f"{text}each but {limited:,}. For those, figures that have to be shown (exact totals, what was published "
            "before) leave fewer, whatever else is hidden."
        )
    else:
        yield f"{text}each."


def _checked(content: Mapping[str, Any]) -> Iterator[str]:
    if content.get("verdict") is None:
        return
    if content.get("certificate"):
        apart = "as far apart as said above" if content.get("limited") else f"at least {content['width']} apart"
        yield (
            "This has been proven. For every small count two complete sets of counts were found that agree with all "
            f"that is published here and before, and in which that count is {apart}. They contain the exact counts and "
            "stay with the producer; manifest.json has their SHA-256, so that they cannot be exchanged unnoticed. "
            "Whoever is shown them can check them with the command piperoll verify --certificate."
        )
    elif content.get("relations") is not None:
        yield (
            "This was checked by adding up and by narrowing down, again and again, what each count can be. That no "
            "other reasoning tells more has not been proven for this release."
        )
    yield (
        "Anyone can check the published files with the command piperoll verify: it needs nothing else, and looks for "
        "hidden counts that can be worked out from them by adding up."
    )


def _table(loss: Loss) -> Table:
    levels = any(part.level for part in loss.parts)
    columns = [Column("table", "Table")]
    columns += [Column("level", "Level")] if levels else []
    columns += [
        Column("counts", "Counts", "integer"),
        Column("small", "Small, not shown", "integer"),
        Column("also", "Others, not shown", "integer"),
        Column("share", "Counts not shown", "percent", unit="%"),
        Column("cases", "Cases not shown", "percent", unit="%", places=0),
    ]
    rows: list[tuple[Cell | Value, ...]] = []
    for part in loss.parts:
        cases = Cell(None, ("x",)) if part.cases is None else Cell(math.floor(100 * part.cases + 0.5))
        head: list[Cell | Value] = [f"Table {part.number}"]
        head += [part.level or "All"] if levels else []
        rows.append((*head, part.counts, part.small, part.also, round(100 * part.share, 1), cases))
    whole: list[Cell | Value] = ["All tables, each count once"]
    whole += ["All"] if levels else []
    share = 100 * (loss.small + loss.also) / loss.counts if loss.counts else 0.0
    rows.append((*whole, loss.counts, loss.small, loss.also, round(share, 1), Cell(None, ("z",))))
    key = ("table", "level") if levels else ("table",)
    return Table(SHEET, "Counts that are not shown, by table", tuple(columns), tuple(rows), key=key)


__all__ = ["Notes", "notes_of", "small_words"]
