"""Whom the other systems meet: residents, some of them known to the criminal courts, and what is written of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from justice_world.places import Places
from justice_world.population.addresses import geography
from justice_world.population.people import CHUNK, People, draw_people
from justice_world.population.rates import Rates
from justice_world.population.residents import YEAR, Residents
from piperoll.periods import Period
from piperoll.simulate.errors import Dates, misheard, mistype, swapped
from piperoll.simulate.streams import Streams


_HELD = 10  # chunks of offenders, of about 15 MB each
NEAR = 200  # days between the birth asked for and that of somebody whom the criminal courts know
_NEVER_SWAPPED = 16 * YEAR  # a child's day and month are not swapped: it would not be born yet
TRUE = ("person", "forename", "surname", "maiden", "born", "household")


@dataclass(frozen=True)
class _Chunk:
    """A chunk of the offenders; its men and its women, positions by date of birth."""

    people: People
    by_age: tuple[np.ndarray, np.ndarray]


@dataclass
class Population:
    """Everybody of a world: offenders by number from 0, residents by theirs.

    Attributes:
        offenders: How many people the criminal courts' systems know.
        share: Of the country's people, in sources of persons.
        end: Day after the last that the criminal courts tell of, to which their people are drawn.
        parties: Adult residents before family courts in the last month that these were asked for, by number.
    """

    streams: Streams
    places: Places
    offenders: int
    share: float
    end: int
    parties: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    residents: Residents = field(init=False)
    _drawn: dict[int, _Chunk] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.residents = Residents.of(self.streams, self.places, self.share)

    def adults(
        self, rng: np.random.Generator, month: Period, woman: np.ndarray, born: np.ndarray, known: float,
        whole: bool = False,
    ) -> pl.DataFrame:  # fmt: skip
        """People of this sex, born on these days or, if they are offenders, about then; see `Residents.who`.

        Args:
            known: Share of them whom the criminal courts know; of the ``whole`` country's people the world holds the
                offenders of its share only.
            whole: Whether to draw of the whole country.
        """
        on = np.full(len(born), int(np.datetime64(month.start).astype(np.int64)))
        number = self.residents.adults(rng, woman, born, whole)
        return self.some_known(rng, month, self.residents.who(number, on), known * (self.share if whole else 1.0))

    def some_known(self, rng: np.random.Generator, month: Period, who: pl.DataFrame, known: np.ndarray | float
                   ) -> pl.DataFrame:  # fmt: skip
        """These people, but for a share of offenders of the same sex and about the same age in their place.

        Of one month they are of one chunk of the offenders, which is drawn once more and held for a while.
        """
        rows = np.flatnonzero(rng.random(who.height) < known)
        if not len(rows) or not self.offenders:
            return who
        chunk = self._chunk(month)
        people = chunk.people
        woman, born = who["woman"].to_numpy()[rows], who["born"].to_numpy()[rows]
        found = np.zeros(len(rows), np.int64)
        for sex in (False, True):
            mine, some = chunk.by_age[sex], woman == sex
            if not len(mine):
                continue
            low, high = (np.searchsorted(people.born[mine], born[some] + step) for step in (-NEAR, NEAR))
            place = low + (rng.random(int(some.sum())) * (high - low)).astype(np.int64)
            found[some] = mine[np.minimum(place, len(mine) - 1)]
        fits = (people.woman[found] == woman) & (np.abs(people.born[found] - born) <= NEAR)
        rows, found = rows[fits], found[fits]
        place = np.arange(who.height)
        place[rows] = who.height + np.arange(len(rows))
        day = np.full(len(rows), int(np.datetime64(month.start).astype(np.int64)))
        others = identities(people, found, day, self.residents.names.codes).with_columns(
            authority=who["authority"].gather(rows)
        )
        return pl.concat([who, others.select(who.columns).cast(who.schema)])[place]

    def _chunk(self, month: Period) -> _Chunk:
        chunks = -(-self.offenders // CHUNK)
        chunk = (month.start.year * 12 + month.start.month) % chunks
        if chunk not in self._drawn:
            # Months ask for one after the other, and then for the first again.
            while len(self._drawn) >= _HELD:
                del self._drawn[next(iter(self._drawn))]
            count = min(self.offenders - chunk * CHUNK, CHUNK)
            people = draw_people(self.residents.names, self.streams, chunk, count, Rates(), self.end)
            by_age = []
            for sex in (False, True):
                mine = np.flatnonzero(people.woman == sex)
                by_age.append(mine[np.argsort(people.born[mine], kind="stable")])
            self._drawn[chunk] = _Chunk(people, (by_age[0], by_age[1]))
        return self._drawn[chunk]


def identities(people: People, rows: np.ndarray, day: np.ndarray, codes: tuple[str, ...]) -> pl.DataFrame:
    """Who these people of a chunk of offenders are on these days: as `Residents.who`, with ``pnc_id``."""
    base = people.chunk * CHUNK
    surname = np.where(day >= people.renamed[rows], people.later[rows], people.surname[rows])
    return pl.DataFrame({
        "person": base + rows,
        "forename": people.texts.gather(people.forename[rows]),
        "surname": people.texts.gather(surname),
        "maiden": people.texts.gather(people.surname[rows]),
        "woman": people.woman[rows],
        "born": people.born[rows],
        "ethnicity": pl.Series(list(codes), dtype=pl.String).gather(people.ethnicity[rows]),
        "household": base + people.household[rows],
        "postcode": geography().postcodes(people.homes.at(rows, day)),
        "pnc_id": people.numbers.pnc.gather(rows),
    })  # fmt: skip


def written(rng: np.random.Generator, who: pl.DataFrame, on: np.ndarray) -> pl.DataFrame:
    """What is taken down of people: ``forename``, ``surname`` and ``dob``, with slips at the rates of `Rates`.

    Args:
        on: Days since 1970.
    """
    rates, count = Rates(), who.height
    columns = {}
    for name, share in (("forename", 0.45), ("surname", 0.55)):
        texts = who[name]
        for spoil, rate in ((misheard, rates.hearing), (mistype, rates.typing)):
            rows = np.flatnonzero(rng.random(count) < rate * share)
            place = np.arange(count)
            place[rows] = count + np.arange(len(rows))
            texts = pl.concat([texts, spoil(rng, texts.gather(rows)).str.to_titlecase().rename(name)]).gather(place)
        columns[name] = texts
    born = who["born"].to_numpy()
    rows = np.flatnonzero((rng.random(count) < rates.date_swapped) & (on - born > _NEVER_SWAPPED))
    dob = born.astype("datetime64[D]")
    turned = swapped(Dates.of(born[rows])).texts()
    dob[rows] = turned.str.to_date(strict=False).to_numpy().astype("datetime64[D]")
    return pl.DataFrame({**columns, "dob": pl.Series(dob)})


def true(who: pl.DataFrame) -> list[pl.Series]:
    """Columns of the truth: who somebody is, ``born`` as a date, and the name that stood before any slip."""
    named = who.select(TRUE).with_columns(pl.col("born").cast(pl.Int32).cast(pl.Date))
    return named.rename({name: f"true_{name}" for name in TRUE if name not in ("person", "household")}).get_columns()
