"""The data share of the Ministry with the Department for Work and Pensions and HM Revenue and Customs.

It comes once, for 2000 to 2010, and is of the world's offenders, most of whom the departments find among their own
records. They give each a pseudonym of 16 letters without vowels: it says nothing, and no name, number or date can be
written in its place. Whose it is, the truth alone tells.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from justice_world.data_share.lives import MONTHS, OPEN, Spells, benefits, days, employment, offending
from justice_world.offenders.draws import age, texts
from justice_world.population.people import CHUNK, draw_people
from justice_world.population.rates import Rates
from justice_world.rooms import Month, Setting, listed
from piperoll.periods import Period
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import Delivery


SENT, LAST, DWP = Period.parse("2010-12"), "2010-12", "DWP"
FOUND = 3.6 / 4.4  # millions of offenders of the share, of those of whom these years' systems know
LETTERS, LENGTH = "BCDFGHJKLMNPQRSTVWXZ", 16
# Of all claims of a benefit, those of offenders: a third of Jobseeker's Allowance (November 2011); the others are ours.
THEIRS = {"JSA": 0.33, "IS": 0.22, "IB": 0.18, "ESA": 0.24, "DLA": 0.12, "CA": 0.1}
# First age of each band; who is younger than the first is no offender.
_BANDS = {10: "10_11", 12: "12_14", 15: "15_17", 18: "18_20", 21: "21_24", 25: "25_29", 30: "30_34", 35: "35_39",
          40: "40_44", 45: "45_49", 50: "50_PLUS"}  # fmt: skip


class DataShare:
    """The one return; a world that tells of no people in December 2010 is not part of it."""

    def __init__(self, setting: Setting) -> None:
        self._setting, self._streams = setting, setting.streams
        self._groups = {code.code: str(code.parent) for code in listed(setting.register, "ethnicity").codes}

    def month(self, month: Period, sent: Sequence[Delivery] = ()) -> Month:
        """The return, in the month in which the last of its years ends."""
        if month != SENT or self._setting.persons.start > month.start or not self._setting.offenders.size:
            return [], {}
        size = self._setting.offenders.size
        made = [self._chunk(chunk, min(size - chunk * CHUNK, CHUNK)) for chunk in range(-(-size // CHUNK))]
        tables = {name: pl.concat([each[name] for each in made]) for name in made[0]}
        truth = tables.pop("truth").sort("study_person")
        assert not truth["study_person"].is_duplicated().any()
        tables["share_claims"] = self._claims(tables["share_benefit"])
        year = Period.containing(month.start, "year")
        order = {"share_claims": ["benefit"]}
        sent_now = [
            Delivery(f"linked.{name}", DWP, year, rows.sort(order.get(name, rows.columns[:2])))
            for name, rows in tables.items()
        ]
        return sent_now, {"data_share_people": truth}

    def _chunk(self, chunk: int, count: int) -> dict[str, pl.DataFrame]:
        """The rows of some people, by table, with the truth of who they are."""
        names = self._setting.population.residents.names
        people = draw_people(names, self._streams, chunk, count, Rates(), self._setting.population.end)
        rng = self._streams.of("data share", chunk)
        found = np.flatnonzero(rng.random(count) < FOUND)
        born, who = people.born[found], _pseudonyms(self._streams, chunk, len(found))
        events = offending(rng, born)
        # Who was never old enough in these years has no event, and is not in the share.
        there = np.isin(np.arange(len(found)), events.person)
        spells = benefits(rng, len(found), events)
        spells = spells.of(there[spells.person])
        person, year, weeks = employment(rng, len(found))
        grown = there[person] & (age(born[person], days((year - 2000) * 12 + 3)) >= 16)
        person, year, weeks = person[grown], year[grown], weeks[grown]
        spells = spells.of(age(born[spells.person], days(spells.first)) >= 16)
        ethnicity = pl.Series([self._groups[each] for each in names.codes]).gather(people.ethnicity[found[there]])
        return {
            "share_person": pl.DataFrame({
                "study_person": who.filter(pl.Series(there)),
                "sex": texts(np.where(people.woman[found[there]], "2", "1").astype(object)),
                "ethnicity": ethnicity,
            }),
            "share_event": pl.DataFrame({
                "study_person": who.gather(events.person), "event_no": events.numbers(),
                "event_kind": texts(events.kind), "event_month": _months(events.first),
                "age_band": _bands(events, born),
            }),
            "share_benefit": pl.DataFrame({
                "study_person": who.gather(spells.person), "spell_no": spells.numbers(), "benefit": texts(spells.kind),
                "start_month": _months(spells.first), "end_month": _months(spells.last),
            }),
            "share_employment": pl.DataFrame({
                "study_person": who.gather(person), "tax_year": _tax_years(year), "weeks_band": texts(weeks),
            }),
            "truth": pl.DataFrame({
                "person": chunk * CHUNK + found[there], "study_person": who.filter(pl.Series(there)),
            }),
        }  # fmt: skip

    def _claims(self, spells: pl.DataFrame) -> pl.DataFrame:
        """All claims open in the last month: those of the share are the part of them that it is said to be."""
        still = spells.filter(pl.col("end_month").is_null() | (pl.col("end_month") == LAST))
        theirs = dict(still["benefit"].value_counts().iter_rows())
        benefit = sorted(THEIRS)
        claims = pl.Series([round(theirs.get(each, 0) / THEIRS[each]) for each in benefit], dtype=pl.Decimal(11, 3))
        return pl.DataFrame({
            "claim_month": _months(np.full(len(benefit), MONTHS - 1)), "benefit": benefit,
            "claims_thousands": (claims / 1000).cast(pl.Decimal(8, 3)),
        })  # fmt: skip


def _pseudonyms(streams: Streams, chunk: int, count: int) -> pl.Series:
    """A stream of their own: nothing else that is drawn of people could be told from them."""
    letters = np.array(list(LETTERS))[
        streams.of("data share pseudonyms", chunk).integers(0, len(LETTERS), (count, LENGTH))
    ]
    return pl.Series(letters.astype("U1").view(f"U{LENGTH}").ravel() if count else [], dtype=pl.String)


def _months(month: np.ndarray) -> pl.Series:
    """As 2008-09; null for what goes on."""
    words = np.array([f"{2000 + each // 12}-{each % 12 + 1:02d}" for each in range(MONTHS)] + [None], dtype=object)
    return texts(words[np.minimum(month, OPEN)])


def _tax_years(year: np.ndarray) -> pl.Series:
    words = {each: f"{each}-{(each + 1) % 100:02d}" for each in range(2000, 2011)}
    return texts(np.array([words[each] for each in year.tolist()], dtype=object))


def _bands(events: Spells, born: np.ndarray) -> pl.Series:
    at = np.searchsorted(list(_BANDS), age(born[events.person], days(events.first)), side="right") - 1
    return texts(np.array(list(_BANDS.values()), dtype=object)[at])
