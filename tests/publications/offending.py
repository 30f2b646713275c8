"""Proven offences, index events and cohorts counted again, a person at a time in plain Python, from what sources sent."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

import polars as pl

from tests.publications.sent import Sent


CAUTIONS = ("CAUTION", "COND_CAUTION", "REPRIMAND", "WARNING", "YOUTH_CAUTION")
COURT = {"1116": "COMMUNITY", "1097": "YOUTH_ORDER", "1142": "YOUTH_ORDER", "1015": "FINE", "1016": "DISCHARGE",
         "1017": "DISCHARGE", "1115": "SUSPENDED", "1134": "SUSPENDED"}  # fmt: skip
CUSTODY = {"1002", "1003", "1007", "1024", "1081", "1114"}
DISCHARGED = {"CR", "HR", "HU", "PX", "NP", "SC", "D1", "D2", "D3", "D4", "D5", "D6"}
HEAVIEST = ["CUSTODY", "CUSTODY_LIFE", "CUSTODY_LONG", "CUSTODY_4Y", "CUSTODY_12M", "CUSTODY_6M", "CUSTODY_UNKNOWN",
            "SUSPENDED", "COMMUNITY", "YOUTH_ORDER", "FINE", "DISCHARGE", "OTHER_COURT", "COND_CAUTION", "CAUTION",
            "WARNING", "REPRIMAND", "YOUTH_CAUTION"]  # fmt: skip


@dataclass
class Offence:
    """A proven offence."""

    committed: dt.date
    proven: dt.date
    ho_class: str
    serious: bool
    occasion: tuple[str, int]
    force: str


@dataclass
class Someone:
    """A person of the PNC, with what was proven and the events that re-offending may be counted from."""

    sex: str = ""
    appearance: str = ""
    born: tuple[int, int] | None = None
    offences: list[Offence] = field(default_factory=list)
    events: list[tuple[dt.date, int, str, str]] = field(default_factory=list)  # day, weight, disposal, prison or class

    def age(self, day: dt.date) -> int | None:
        """Whole years by the month of birth."""
        return None if self.born is None else day.year - self.born[0] - (day.month < self.born[1])

    def reoffences(self, day: dt.date, months: int = 12, waiting: int = 18) -> list[Offence]:
        """What was committed in the months after a day and proven in time."""
        return [each for each in self.offences
                if day < each.committed <= later(day, months) and each.proven <= later(day, waiting)]  # fmt: skip


def later(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (dt.date(year + month // 11, (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))


def now(sent: Sent) -> dict[str, str]:
    """For each PNC number that was merged, the one that stands for the person."""
    merged = sent.states("pnc.pnc_merge").filter(reason="MERGED")
    into = dict(merged.select("old_pnc_id", "new_pnc_id").iter_rows())
    return {old: into.get(new, new) for old, new in into.items()}


def people(sent: Sent) -> dict[str, Someone]:
    """Everybody with a record on the PNC, by number."""
    stands, found = now(sent), defaultdict(Someone)
    for row in sent.states("pnc.pnc_person").iter_rows(named=True):
        one = found[row["pnc_id"]]
        one.sex, one.appearance = row["sex"], row["ethnic_appearance"] or ""
        one.born = row["dob"].year, row["dob"].month
    occasions = {(r["pnc_id"], r["occasion_no"]): r for r in sent.states("pnc.pnc_occasion").iter_rows(named=True)}
    disposals = defaultdict(list)
    for row in sent.states("pnc.pnc_disposal").iter_rows(named=True):
        disposals[row["pnc_id"], row["occasion_no"], row["offence_seq"]].append(row)
    given: dict[tuple[str, int], list[tuple[int, int, str, str]]] = defaultdict(list)
    for row in sent.states("pnc.pnc_offence").iter_rows(named=True):
        key = row["pnc_id"], row["occasion_no"]
        occasion = occasions[key]
        kind = occasion["occasion_type"]
        guilty = row["adjudication"] == "GUILTY" if kind == "COURT" else kind in CAUTIONS
        if not (row["recordable"] and guilty):
            continue
        person = stands.get(row["pnc_id"], row["pnc_id"])
        found[person].offences.append(
            Offence(
                row["offence_start"], occasion["occasion_date"], row["ho_class"], bool(row["serious"]), key,
                occasion["force_owner"],
            )
        )  # fmt: skip
        for each in disposals[*key, row["offence_seq"]] or [{"disposal": "", "suspended": False}]:
            name = kind if kind != "COURT" else _court(each["disposal"], each["suspended"])
            given[key].append((HEAVIEST.index(name), row["offence_seq"], name, row["ho_class"]))
    for key, all_given in given.items():
        weight, _, name, ho_class = min(all_given)
        if name != "CUSTODY":
            person = stands.get(key[0], key[0])
            found[person].events.append((occasions[key]["occasion_date"], weight, name, ho_class))
    for row in discharges(sent).filter(pl.col("person").is_not_null()).iter_rows(named=True):
        name = row["disposal"]
        found[row["person"]].events.append((row["movement_date"], HEAVIEST.index(name), name, row["from_agy"]))
    return found


def _court(result: str, suspended: bool) -> str:
    if suspended:
        return "SUSPENDED"
    return "CUSTODY" if result in CUSTODY else COURT.get(result, "OTHER_COURT")


def discharges(sent: Sent) -> pl.DataFrame:
    """Discharges from sentences, with ``disposal``, and ``person`` where the PNC knows of the prisoner."""
    stands, known = now(sent), set(sent.states("pnc.pnc_person")["pnc_id"])
    number = dict(sent.states("nomis_iis.prisoner").select("noms_no", "pnc_id").iter_rows())
    number = {noms: stands.get(pnc, pnc) for noms, pnc in number.items() if stands.get(pnc, pnc) in known}
    days: dict[str, int] = {}
    for row in sent.states("nomis_iis.sentence").iter_rows(named=True):
        term = 365 * (row["term_years"] or 0) + 30 * (row["term_months"] or 0) + (row["term_days"] or 0)
        term = 10**6 if row["imprisonment_status"] in ("LIFE", "IPP", "LR_LIFE") else term
        days[row["book_id"]] = max(days.get(row["book_id"], 0), term)
    rows = sent.states("nomis_iis.movement").filter(
        pl.col("reason").is_in(sorted(DISCHARGED)), movement_type="REL"
    ).join(sent.states("nomis_iis.booking").select("book_id", "noms_no"), on="book_id")  # fmt: skip
    return rows.with_columns(
        disposal=pl.Series([_length(days.get(each, 0)) for each in rows["book_id"]], dtype=pl.String),
        person=pl.Series([number.get(each) for each in rows["noms_no"]], dtype=pl.String),
    )


def _length(days: int) -> str:
    if not days:
        return "CUSTODY_UNKNOWN"
    if days >= 10**6:
        return "CUSTODY_LIFE"
    bounds = [(183, "CUSTODY_6M"), (359, "CUSTODY_12M"), (1459, "CUSTODY_4Y")]
    return next((name for most, name in bounds if days <= most), "CUSTODY_LONG")


@dataclass
class Member:
    """An offender of a cohort."""

    someone: Someone
    day: dt.date
    disposal: str
    of: str
    reoffences: list[Offence]
    previous: int

    @property
    def type(self) -> str:
        """Adult or youth, or not known."""
        age = self.someone.age(self.day)
        return "not_known" if age is None else "ADULT" if age >= 18 else "YOUTH"


def cohort(sent: Sent, first: dt.date, last: dt.date) -> list[Member]:
    """The offenders of a cohort, by their first event in it."""
    members = []
    for one in people(sent).values():
        inside = sorted(each for each in one.events if first <= each[0] <= last)
        if inside:
            day, _, disposal, of = inside[0]
            previous = sum(each.proven < day for each in one.offences)
            members.append(Member(one, day, disposal, of, one.reoffences(day), previous))
    return members
