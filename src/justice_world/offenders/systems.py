"""The seven systems and what links them: people are drawn once, and what each sends is given out month by month."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from justice_world.offenders.areas import read_areas
from justice_world.offenders.chunks import Chunks
from justice_world.offenders.counts import Outstanding, Prisoners
from justice_world.offenders.kept import Kept
from justice_world.offenders.linked import rates
from justice_world.offenders.predictors import Scales
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import Delivery


ENGLAND_AND_WALES = 10_000_000  # people with a record at scale 1
# Of them, those with whom the police or a court deal in the years of this world. With fewer or more the courts would
# not have the 1.6 million defendants a year of 2008 to 2012 (Criminal Justice Statistics, Ministry of Justice).
ACTIVE = 0.44
FIRST, LAST = Period.parse("2008-01"), Period.parse("2013-12")
# Table of `Kept` -> dataset, and the columns that put its rows in order.
MONTHLY = {
    "mc_case": ("libra.mc_case", ("case_no",)),
    "mc_defendant": ("libra.mc_defendant", ("case_no", "def_id")),
    "mc_offence": ("libra.mc_offence", ("case_no", "def_id", "seq")),
    "cc_case": ("crest.cc_case", ("court_code", "case_no")),
    "cc_defendant": ("crest.cc_defendant", ("court_code", "case_no", "def_no")),
    "cc_count": ("crest.cc_count", ("court_code", "case_no", "def_no", "count_no")),
    "pnc_person": ("pnc.pnc_person", ("pnc_id",)),
    "pnc_occasion": ("pnc.pnc_occasion", ("pnc_id", "occasion_no")),
    "prisoner": ("nomis_iis.prisoner", ("noms_no",)),
    "supervision": ("probation.supervision", ("order_ref",)),
    "requirement": ("iaps.requirement", ("requirement_id",)),
    "mc_hearing": ("libra.mc_hearing", ("case_no", "hearing_no")),
    "fines_account": ("libra.fines_account", ("account_no",)),
    "cc_hearing": ("crest.cc_hearing", ("court_code", "case_no", "hearing_no")),
    "pnc_offence": ("pnc.pnc_offence", ("pnc_id", "occasion_no", "offence_seq")),
    "pnc_disposal": ("pnc.pnc_disposal", ("pnc_id", "occasion_no", "offence_seq", "disposal_seq")),
    "pnc_merge": ("pnc.pnc_merge", ("old_pnc_id",)),
    "booking": ("nomis_iis.booking", ("book_id",)),
    "movement": ("nomis_iis.movement", ("book_id", "movement_seq")),
    "sentence": ("nomis_iis.sentence", ("book_id", "sentence_seq")),
    "imprisonment_status": ("nomis_iis.imprisonment_status", ("book_id", "status_seq")),
    "charge": ("nomis_iis.charge", ("book_id", "charge_seq")),
    "adjudication": ("nomis_iis.adjudication", ("adjudication_no", "charge_seq")),
    "hdc": ("nomis_iis.hdc", ("book_id", "hdc_seq")),
    "rotl": ("nomis_iis.rotl", ("rotl_no",)),
    "caseload": ("probation.caseload", ("order_ref",)),
    "court_report": ("probation.court_report", ("report_id",)),
    "session": ("iaps.session", ("requirement_id", "session_no")),
}
# Whose each record is, by table: the field of the key that tells a record from others, with what stands before it.
_KEYS = {
    "mc_defendant": ("case_no", "def_id"), "cc_defendant": ("court_code", "case_no", "def_no"),
    "pnc_person": ("pnc_id",), "prisoner": ("noms_no",), "supervision": ("order_ref",),
    "requirement": ("requirement_id",), "assessment": ("assessment_id",),
}  # fmt: skip


class Offenders:
    """People of the justice system from month ``first`` on, of whom systems know from 2008 to 2013.

    Args:
        register: Whose list of forces says which region and trust serves whom.
        scale: Share of about 10 million people.
        directory: For files that hold what later months send, until the end.
        last: Last month that is asked for.

    Attributes:
        size: How many people, of those with a record, are heard of in these years.
        young: Who of them has a PNC record and was under 18 once systems began, as `identities` are; nobody before the
            first month is asked for.
        sentenced: ``person`` and ``day`` of the end of their cases in magistrates' courts while they were under 18.
    """

    def __init__(
        self, register: Register, streams: Streams, scale: float, first: Period, directory: Path, last: Period = LAST
    ) -> None:
        self._areas, self._scales = read_areas(register), Scales(register)
        self._prisoners, self._outstanding = Prisoners(), Outstanding()
        self._streams = streams
        self.size = max(round(ENGLAND_AND_WALES * ACTIVE * scale), 1)
        self._first = first
        self._kept = Kept(directory, first, last)
        self._drawn = False
        self.young, self.sentenced = pl.DataFrame(), pl.DataFrame()

    def month(self, month: Period) -> tuple[list[Delivery], dict[str, pl.DataFrame]]:
        """What systems send for a month (and for the quarter that it ends), and the truth behind it."""
        if not max(FIRST.start, self._first.start) <= month.start <= LAST.start:
            return [], {}
        truth: dict[str, pl.DataFrame] = {}
        if not self._drawn:
            truth["people"] = self._draw()
        deliveries, records = [], []
        for table, (dataset, order) in MONTHLY.items():
            rows = self._kept.take(table, month)
            if table == "prisoner":
                rows = rows.sort("updated_date", maintain_order=True).unique("noms_no", keep="last")
            if table == "cc_case":
                workload = self._outstanding.month(month, rows)
                deliveries += list(_split("crest.cc_workload", month, workload))
            deliveries += list(_split(dataset, month, rows.sort(order)))
            if table in _KEYS:
                records.append(_whose(dataset, table, month, rows.filter(pl.col("began") == pl.col("entered"))))
        snapshots, daily = self._prisoners.month(month, self._kept.take("segment", month))
        deliveries += list(_split("nomis_iis.snapshot_population", month, snapshots))
        deliveries += list(_split("nomis_iis.daily_population", month, daily))
        quarter = Period.containing(month.start, "quarter")
        if month.end == quarter.end:
            inside = [each for each in quarter.within("month") if each.start >= self._first.start]
            rows = self._kept.take("assessment", *inside).sort("assessment_id")
            deliveries += list(_split("oasys.assessment", quarter, rows))
            records.append(_whose("oasys.assessment", "assessment", quarter, rows))
            linked = self._kept.take("linked_case", *inside).sort("mc_case_no", "def_id")
            deliveries += list(_split("linked.linked_case", quarter, linked))
            if linked.height:
                deliveries += list(_split("linked.match_rate", quarter, rates(linked)))
        links = self._kept.take("links", month)
        truth["person_records"] = pl.concat(records)
        truth["court_links"] = links.sort("court_code", "case_no", "def_no").drop("began", "entered")
        return deliveries, truth

    def _draw(self) -> pl.DataFrame:
        """Draw everybody, put what the systems will send into files, and give who the people are."""
        chunks = Chunks(self.size, self._streams, self._areas, self._scales, self._kept)
        people, self.young, self.sentenced = chunks.draw()
        self._drawn = True
        return people


def _split(dataset: str, period: Period, rows: pl.DataFrame) -> Iterator[Delivery]:
    """A delivery for each supplier that has something to tell."""
    for (supplier,), mine in sorted(rows.partition_by("supplier", as_dict=True, maintain_order=True).items()):
        yield Delivery(dataset, str(supplier), period, mine)


def _whose(dataset: str, table: str, period: Period, rows: pl.DataFrame) -> pl.DataFrame:
    """The truth of records: dataset, supplier, period of the delivery, key (its parts with a space between), person."""
    return rows.select(
        pl.lit(dataset).alias("dataset"), "supplier", pl.lit(str(period)).alias("period"),
        pl.concat_str([pl.col(each).cast(pl.String) for each in _KEYS[table]], separator=" ").alias("key"),
        pl.col("person").cast(pl.Int64),
    ).sort("key")  # fmt: skip
