"""Occasions in courts and on the Police National Computer, counted again in plain Python from what sources sent."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from tests.publications.sent import Sent


KINDS = {"1002": "CUSTODY", "1003": "CUSTODY", "1007": "CUSTODY", "1024": "CUSTODY", "1081": "CUSTODY",
         "1114": "CUSTODY", "1115": "SUSPENDED", "1134": "SUSPENDED", "1116": "COMMUNITY", "1142": "COMMUNITY",
         "1097": "COMMUNITY", "1015": "FINE", "1017": "DISCHARGE", "1016": "OTHER"}  # fmt: skip
HEAVIEST = ["CUSTODY", "SUSPENDED", "COMMUNITY", "FINE", "DISCHARGE", "OTHER", None]
CAUTIONS = {"CAUTION", "COND_CAUTION", "REPRIMAND", "WARNING", "YOUTH_CAUTION"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Dealt:
    """An occasion, by its principal offence.

    Attributes:
        source: ``MAGISTRATES``, ``CROWN`` or ``PNC``.
        outcome: Kind of sentence; ``CAUTION`` of an occasion without a court; none without a sentence.
        days, fine: Of the principal sentence.
        beside: What was ordered beside it.
        previous, person: Proven occasions before it, and whose they are (PNC).
    """

    source: str
    day: dt.date
    area: str
    code: str
    convicted: bool
    outcome: str | None
    days: int | None
    fine: float | None
    beside: tuple[str, ...] = ()
    sex: str = "0"
    age: int | None = None
    remand: str | None = None
    kind: str = ""
    ho_class: str = ""
    previous: int = 0
    person: str = ""

    @property
    def age_group(self) -> str:
        if self.age is None:
            return "not_known"
        return "JUVENILE" if self.age < 18 else "YOUNG_ADULT" if self.age < 21 else "ADULT"


def magistrates(sent: Sent) -> list[Dealt]:
    """Occasions in magistrates' courts."""
    longest = _longest(sent)
    people = {(p["case_no"], p["def_id"]): p for p in sent.states("libra.mc_defendant").iter_rows(named=True)}
    found = []
    for (case, number, day), offences in _grouped(
        sent.states("libra.mc_offence"), "case_no", "def_id", "completion_date"
    ):
        row = min(
            offences,
            key=lambda o: (
                _standing(o),
                o["fine"] is None,
                -(o["fine"] or 0),
                -longest.get(o["offence_code"], 0),
                o["seq"],
            ),
        )
        who = people[case, number]
        sentence = KINDS.get(row["final_result"])
        extra = {"FINE": row["fine"], "COMPENSATION": row["compensation"], "DISQUALIFICATION": row["disqual_days"]}
        beside = tuple(name for name, amount in extra.items() if sentence and amount and name != sentence)
        age = _age(who["dob"] and _day(who["dob"]), who["first_hearing_date"])
        age = 17 if age is None and who["youth"] else age  # The court said so, whatever day of birth it took down.
        found.append(Dealt("MAGISTRATES", day, row["_supplier"], row["offence_code"], row["verdict"] == "G", sentence,
                           row["custody_days"], row["fine"], beside, who["sex"] or "0", age, who["remand_status"]))  # fmt: skip
    return found


def _standing(offence: Row) -> tuple[int, int, int]:
    """How an offence in a magistrates' court stands to others of its day: the least is the principal one."""
    if offence["verdict"] == "G" and offence["committed_to_cc_date"]:
        return 0, -1, 0
    if offence["verdict"] == "G":
        return 0, HEAVIEST.index(KINDS.get(offence["final_result"])), -(offence["custody_days"] or 0)
    return (1 if offence["committed_to_cc_date"] else 2), 0, 0


def crown(sent: Sent) -> list[Dealt]:
    """Occasions in the Crown Court, appeals apart."""
    longest = _longest(sent)
    cases = {(c["court_code"], c["case_no"]): c for c in sent.states("crest.cc_case").iter_rows(named=True)}
    people = {
        (d["court_code"], d["case_no"], d["def_no"]): d for d in sent.states("crest.cc_defendant").iter_rows(named=True)
    }
    counts = sent.states("crest.cc_count").filter(pl.col("disposal_date").is_not_null())
    found = []
    for (court, case, number, day), group in _grouped(counts, "court_code", "case_no", "def_no", "disposal_date"):
        kind = cases[court, case]["case_type"]
        if kind == "APPEAL":
            continue
        row = min(group, key=lambda c: (c["verdict"] != "G", HEAVIEST.index(KINDS.get(c["result"])), -(c["custody_days"] or 0),
                                        -(c["fine"] or 0), -longest.get(c["offence_code"], 0), c["count_no"]))  # fmt: skip
        who = people[court, case, number]
        guilty = row["verdict"] == "G" and kind != "SENTENCE"
        age = _age(who["dob"], who["receipt_date"])
        found.append(Dealt("CROWN", day, who["_supplier"], row["offence_code"], guilty, KINDS.get(row["result"]),
                           row["custody_days"], row["fine"], (), who["sex"] or "0", age))  # fmt: skip
    return found


def proven(sent: Sent) -> list[Dealt]:
    """Occasions of caution or conviction on the Police National Computer, with what each person had before.

    Nobody of the simulated people has two numbers of which one was merged into the other.
    """
    longest = _longest(sent)
    force = {each.code: each.parent for each in sent.register.codes["police_force"].codes}
    people = {p["pnc_id"]: p for p in sent.states("pnc.pnc_person").iter_rows(named=True)}
    offences = sent.states("pnc.pnc_offence").filter("recordable")
    disposals = sent.states("pnc.pnc_disposal").select(
        "pnc_id", "occasion_no", "offence_seq", "disposal", "duration", "amount", "suspended"
    )
    joined = offences.join(disposals, on=["pnc_id", "occasion_no", "offence_seq"], how="left")
    of = dict(_grouped(joined, "pnc_id", "occasion_no"))
    found = []
    for (number,), occasions in _grouped(sent.states("pnc.pnc_occasion"), "pnc_id"):
        before = min(o["occasion_no"] for o in occasions) - 1
        for occasion in sorted(occasions, key=lambda o: (o["occasion_date"], o["occasion_no"])):
            court = occasion["occasion_type"] == "COURT"
            there = [
                o for o in of.get((number, occasion["occasion_no"]), ()) if not court or o["adjudication"] == "GUILTY"
            ]
            if not there or not (court or occasion["occasion_type"] in CAUTIONS):
                continue
            row = min(there, key=lambda o: (HEAVIEST.index(KINDS.get(o["disposal"])), -(o["duration"] or 0), -(o["amount"] or 0),
                                            -longest.get(o["cjs_code"], 0), o["offence_seq"]))  # fmt: skip
            who, day = people.get(number, {"sex": None, "dob": None}), occasion["occasion_date"]
            born = who["dob"]
            age = None if born is None else day.year - born.year - (day.month < born.month)
            outcome = (KINDS.get(row["disposal"]) or "OTHER") if court else "CAUTION"
            found.append(Dealt("PNC", day, force[occasion["force_owner"]], row["cjs_code"], court, outcome, row["duration"],
                               None, (), who["sex"] or "0", age, None, occasion["occasion_type"], row["ho_class"], before, number))  # fmt: skip
            before += 1
    return found


def brought_to_justice(sent: Sent, first: dt.date, last: dt.date) -> dict[str, int]:
    """Offences brought to justice between two days, by how they were and ``all``, from offences and notices themselves."""
    told = [each.code for each in sent.register.codes["cjs_offence"].codes if each.attributes["notifiable"] == "yes"]
    guilty = (pl.col("verdict") == "G") & pl.col("offence_code").is_in(told)
    libra = sent.states("libra.mc_offence").filter(guilty & pl.col("completion_date").is_between(first, last))
    trials = sent.states("crest.cc_case").filter(pl.col("case_type").str.starts_with("TRIAL"))
    counts = sent.states("crest.cc_count").filter(guilty & pl.col("disposal_date").is_between(first, last))
    occasions = sent.states("pnc.pnc_occasion").filter(pl.col("occasion_date").is_between(first, last))
    keys = ["pnc_id", "occasion_no"]
    offences = (
        sent.states("pnc.pnc_offence").filter("recordable").join(occasions.select(*keys, "occasion_type"), on=keys)
    )
    courts = offences.filter(adjudication="GUILTY", occasion_type="COURT")
    notices = sent.truth("pnd_notices").filter(
        pl.col("issue_date").is_between(first, last), pl.col("offence_code").is_in(["DA04", "DA11", "DA12", "DA18"])
    )
    found = {
        "CONVICTION": libra.height + counts.join(trials, on=["court_code", "case_no"], how="semi").height,
        "TIC": int(courts["tic_count"].sum()),
        "CAUTION": offences.filter(pl.col("occasion_type").is_in(CAUTIONS), pl.col("cjs_code").is_in(told)).height,
        "PND": notices.height,
    }
    return {**found, "all": sum(found.values())}


def tally(rows: Iterable[Dealt], *by: Callable[[Dealt], str | None]) -> Counter[tuple[str, ...]]:
    """How many there are by these, with ``all`` in place of each."""
    found: Counter[tuple[str, ...]] = Counter()
    for each in rows:
        keys: list[tuple[str, ...]] = [()]
        for part in by:
            keys = [(*key, value) for key in keys for value in ("all", part(each) or "not_known")]
        found.update(keys)
    return found


BANDS = {"0": (0, 0), "1_2": (1, 2), "3_6": (3, 6), "7_10": (7, 10), "11_14": (11, 14), "15_PLUS": (15, 10_000)}


def band(each: Dealt) -> str:
    """The band of what was proven before."""
    return next(code for code, (low, high) in BANDS.items() if low <= each.previous <= high)


def same(cells: pl.DataFrame, dimensions: tuple[str, ...], expected: Mapping[tuple[str, ...], float]) -> None:
    """Every cell of one measure and period is as expected; what is not expected is zero, and not all is."""
    found = {row[:-1]: row[-1] for row in cells.select(*dimensions, "value").iter_rows()}
    assert {key for key, value in expected.items() if value} <= found.keys()
    assert found == {key: expected.get(key, 0) for key in found}
    assert sum(found.values()) > 0


def _longest(sent: Sent) -> dict[str, int]:
    return {each.code: int(each.attributes["custody_days"]) for each in sent.register.codes["offence_maximum"].codes}


def _grouped(frame: pl.DataFrame, *by: str) -> Iterable[tuple[tuple[Any, ...], list[Row]]]:
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in frame.iter_rows(named=True):
        groups[tuple(row[name] for name in by)].append(row)
    return groups.items()


def _age(born: dt.date | None, day: dt.date) -> int | None:
    return None if born is None else day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _day(text: str) -> dt.date | None:
    """A date of birth as it was entered; none where there is no such day."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
