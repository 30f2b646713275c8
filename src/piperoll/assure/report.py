"""Everything that a second person should look at before an edition is released, from exact figures."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace

import polars as pl

from piperoll.assure.drafts import Since, keep
from piperoll.assure.required import shortfalls, waiver_of
from piperoll.assure.series import Seen, breaks, changes, outliers
from piperoll.assure.signoff import Standing, standing
from piperoll.desk import Desk
from piperoll.journal import Release, Vintage
from piperoll.journal.signing import QualityWaiver
from piperoll.ledger.figures import decimals_of, published_text
from piperoll.periods import Period
from piperoll.protect import apply
from piperoll.quality.assessed import Judged, judge
from piperoll.register.model.publication import Publication
from piperoll.release.edition import policy_of
from piperoll.release.revisions import Revisions, compare
from piperoll.tabulate.vintage import cells_of, missing_of, require_delivered


LOOKED_BACK = 13  # periods at least: a quarter with the same one of three years before


@dataclass(frozen=True)
class Report:
    """What was seen in a draft of an edition.

    Attributes:
        changes, outliers, breaks: Strongest first; see `series`.
        missing: Supplier and dataset of deliveries owed for the edition's period or before, with how many.
        against: The edition before, if any, and the figures that differ from it.
        arrived: Dataset -> deliveries that came since that edition.
        assessed: The assessments of its sources, judged; those that fall short are `short`.
        since: What differs from the draft looked at before.
        standing: How the last edition of the period stands, if one is made.
        refused: What approval will be refused for, each as a clause; empty for what is no official statistics.
        waiver: The override that covers all of that, if there is one.
    """

    publication: str
    period: str
    cells: int
    changes: tuple[Seen, ...]
    outliers: tuple[Seen, ...]
    breaks: tuple[Seen, ...]
    missing: tuple[tuple[str, str, int], ...]
    against: Revisions
    arrived: tuple[tuple[str, int], ...]
    assessed: tuple[Judged, ...]
    since: Since
    standing: Standing | None
    refused: tuple[str, ...]
    waiver: QualityWaiver | None

    @property
    def short(self) -> tuple[Judged, ...]:
        """Assessments that do not reach what is required, or whose review is overdue."""
        return tuple(each for each in self.assessed if each.overdue or not each.reached)


def report(desk: Desk, publication: str, period: str, vintage: Vintage | str | int | None = None) -> Report:
    """Look at a draft of an edition. Nothing is released; the act is recorded, and the draft kept for the next look.

    Args:
        vintage: As of which vintage; the present one by default.

    Raises:
        UserError: ``PR-E021`` if nothing has been delivered for it yet; as `Desk.act`.
    """
    declared, when = desk.publication(publication), Period.parse(period)
    desk.act("qa.read", f"publication {publication}/{when}")
    moment = desk.vintage(vintage)
    parts, corrections = desk.parts(moment), desk.corrections(moment)
    require_delivered(desk.register, declared, parts, when, desk.cache)
    missing = missing_of(desk.register, declared, parts, when, desk.cache)
    # A table may show three quarters: what is unusual shows in a longer series.
    tables = [
        each if each.last is None else replace(each, last=max(each.last, LOOKED_BACK)) for each in declared.tables
    ]
    raw = cells_of(desk, declared, when, parts, corrections, missing, tables)
    seen: dict[str, list[Seen]] = {"change": [], "outlier": [], "break": []}
    shown: set[tuple[str, str, str]] = set()
    for table in declared.tables:
        frame = raw[table.name].filter(~pl.col("support"))
        last = _last(frame)
        if last is None:
            continue
        for each in (
            *changes(frame, table.name, last),
            *outliers(frame, table.name, last),
            *breaks(frame, table.name, last),
        ):
            # A cell that two tables show is one cell.
            if (each.kind, each.place, each.period) not in shown:
                shown.add((each.kind, each.place, each.period))
                seen[each.kind].append(each)
    before = _before(desk, declared, when)
    short = shortfalls(desk.register, declared, desk.now().date())
    gone = Counter((each.supplier, each.dataset) for each in missing)
    return Report(
        publication,
        str(when),
        sum(frame.height for frame in raw.values()),
        _strongest(seen["change"]),
        _strongest(seen["outlier"]),
        _strongest(seen["break"]),
        tuple((supplier, dataset, count) for (supplier, dataset), count in sorted(gone.items())),
        _differences(desk, declared, raw, before),
        _arrived(desk, declared, before),
        _assessed(desk, declared),
        keep(desk, declared, when, moment, raw),
        _standing(desk, declared, when),
        short,
        waiver_of(desk, declared, str(when), short) if short else None,
    )


def _standing(desk: Desk, publication: Publication, when: Period) -> Standing | None:
    made = desk.journal.releases(publication=publication.key, period=str(when))
    return standing(desk, made[-1]) if made else None


def _last(frame: pl.DataFrame) -> Period | None:
    """The last period of a table that is no year beside its parts."""
    periods = [Period.parse(text) for text in frame["period"].unique()]
    shortest = min((each.months for each in periods), default=0)
    return max((each for each in periods if each.months == shortest), key=lambda each: each.end, default=None)


def _strongest(found: list[Seen]) -> tuple[Seen, ...]:
    return tuple(sorted(found, key=lambda each: (-abs(each.strength), each.place, each.period)))


def _before(desk: Desk, publication: Publication, when: Period) -> Release | None:
    """The last edition of this period or an earlier one."""
    made = [
        each
        for each in desk.journal.releases(publication=publication.key)
        if each.kind == "release" and each.status != "withdrawn" and Period.parse(each.period).end <= when.end
    ]
    return made[-1] if made else None


def _differences(
    desk: Desk, publication: Publication, raw: dict[str, pl.DataFrame], before: Release | None
) -> Revisions:
    """Figures as they would be shown (each count judged by itself) beside those of the edition before."""
    if before is None:
        return Revisions()
    places = decimals_of(publication)
    policy = policy_of(desk.register, publication)
    shown = pl.concat(
        [
            apply(frame, policy, places)
            .filter(~pl.col("support"))
            .select("identity", "table", "measure", "period", "shown")
            for frame in raw.values()
        ]
    )
    texts = {
        identity: published_text(value, places.get(measure, 0))
        for identity, measure, value in shown.select("identity", "measure", "shown").iter_rows()
    }
    return compare(before.id, desk.journal.published_cells(before.id), shown, texts)


def _arrived(desk: Desk, publication: Publication, before: Release | None) -> tuple[tuple[str, int], ...]:
    """Deliveries of the publication's sources that the edition before was not made from."""
    if before is None:
        return ()
    came = Counter(
        f"{each.source}.{each.dataset}"
        for each in desk.deliveries()
        if each.sequence > before.vintage and each.source in publication.sources
    )
    return tuple(sorted(came.items()))


def _assessed(desk: Desk, publication: Publication) -> tuple[Judged, ...]:
    today: dt.date = desk.now().date()
    known = desk.register.assessments
    return tuple(judge(known[key], today) for key in publication.sources if key in known)
