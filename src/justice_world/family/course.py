"""What happens in family cases: applications, orders, refusals, withdrawals, closing and opening again."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from justice_world.family.cases import A, Begun, C, D, F, P
from justice_world.family.volumes import CARE_WEEKS, near
from justice_world.rooms import spread
from piperoll.periods import Period


# Of care and supervision among public law applications; Cafcass counted 10,255 care applications in 2011/12.
CARE = 0.7
FURTHER = {P: 0.25, C: 0.15}  # of cases with a further application
NAMED = 0.9  # of applications that name the children; the others mean every child of the case
# How care proceedings end: by an order, by withdrawal, by no order, by refusal.
CARE_ENDS = {"order": 0.89, "withdrawn": 0.05, "no_order": 0.05, "refused": 0.01}
PRIVATE_ENDS = {"order": 0.74, "withdrawn": 0.06, "no_order": 0.02, "refused": 0.02, "nothing": 0.16}
PRIVATE_WEEKS = 15.0  # median, to the first final order
CLOSED, REOPENED = 0.8, 0.03
TWICE = 0.0025  # of lists of order types that name one twice, as in the Ministry's own count
_PRIVATE_TYPES = np.array(["CN", "RES", "CN,RES", "PS", "CN,PS", "SI", "PR", "RES,PS", "SGO", "CN,RES,PS"])
_PRIVATE_SHARE = np.cumsum([0.34, 0.2, 0.12, 0.08, 0.06, 0.06, 0.05, 0.04, 0.03, 0.02])
_CARE_TYPES = np.array(["CRO", "CRO,SO", "SO", "CRO,EPO"])
_CARE_SHARE = np.cumsum([0.72, 0.18, 0.08, 0.02])
_PUBLIC_TYPES = np.array(["EPO", "DCO", "SSC", "OC", "ARC", "ESO", "XEPO", "DSO", "WEP"])
_ABUSE_TYPES = np.array(["ENM", "ONM", "ENM,EO", "ONM,ONO", "ONO"])
_ABUSE_SHARE = np.cumsum([0.58, 0.18, 0.14, 0.07, 0.03])


@dataclass
class Course:
    """Events in the making; a case is its position. What does not apply to an event is None or -1."""

    parts: list[pl.DataFrame] = field(default_factory=list)

    def add(
        self, case: np.ndarray, model: str, day: np.ndarray, types: pl.Series | None = None,
        order: np.ndarray | None = None, issued: np.ndarray | None = None, named: np.ndarray | None = None,
    ) -> None:  # fmt: skip
        """Events of one kind, one a case given."""
        count = len(case)
        self.parts.append(pl.DataFrame({
            "case": case, "model": pl.repeat(model, count, eager=True, dtype=pl.String), "day": day,
            "types": types if types is not None else pl.Series([None] * count, dtype=pl.String),
            "order": order if order is not None else np.full(count, -1),
            "issued": issued if issued is not None else np.full(count, -1),
            "named": named if named is not None else np.zeros(count, bool),
        }))  # fmt: skip

    def frame(self) -> pl.DataFrame:
        """All events, in order of case and day."""
        return pl.concat(self.parts).sort("case", "day", maintain_order=True)


@dataclass(frozen=True)
class Care:
    """Care proceedings of a month, for the monitoring system: positions of cases, kinds, and when they end.

    Attributes:
        ends: Day on which they end; ``how``: position in `CARE_ENDS`.
        order: Number of the final order, -1 where there is none.
        interim: Day of the first interim order, -1 where there is none.
    """

    case: np.ndarray
    types: np.ndarray
    issued: np.ndarray
    ends: np.ndarray
    how: np.ndarray
    order: np.ndarray
    interim: np.ndarray


def run(month: Period, begun: Begun, rng: np.random.Generator) -> tuple[pl.DataFrame, Care]:
    """Everything that will happen in the cases of a month."""
    course = Course()
    letter, received = begun.letter, begun.received
    count = len(letter)
    types = np.full(count, "DIV", dtype=object)
    types[letter == P] = _pick(rng, _PRIVATE_TYPES, _PRIVATE_SHARE, int((letter == P).sum()))
    types[letter == F] = _pick(rng, _ABUSE_TYPES, _ABUSE_SHARE, int((letter == F).sum()))
    types[letter == A] = "ADO"
    public = letter == C
    care = public & (rng.random(count) < CARE)
    types[care] = _pick(rng, _CARE_TYPES, _CARE_SHARE, int(care.sum()))
    rest = public & ~care
    types[rest] = _PUBLIC_TYPES[rng.integers(0, len(_PUBLIC_TYPES), int(rest.sum()))]
    issued = received + rng.choice([-1, 0, 0, 0, 1, 1, 2, 3], count)
    texts = _twice(rng, types)
    named = (rng.random(count) < NAMED) & np.isin(letter, (P, C, A))
    course.add(np.arange(count), "U22", received, texts, issued=issued, named=named)
    _further(course, begun, types, rng)
    kept = _care(course, begun, np.flatnonzero(care), types, issued, near(CARE_WEEKS, month.start.year), rng)
    _private(course, begun, rng)
    _others(course, begun, np.flatnonzero(rest), rng)
    return course.frame(), kept


def _pick(rng: np.random.Generator, texts: np.ndarray, edges: np.ndarray, count: int) -> np.ndarray:
    return texts[np.minimum(np.searchsorted(edges, rng.random(count), side="right"), len(texts) - 1)]


def _twice(rng: np.random.Generator, types: np.ndarray) -> pl.Series:
    texts = pl.Series(types.tolist(), dtype=pl.String)
    slip = pl.Series(rng.random(len(types)) < TWICE)
    return pl.select(pl.when(slip).then(texts + "," + texts.str.split(",").list.first()).otherwise(texts)).to_series()


def _further(course: Course, begun: Begun, types: np.ndarray, rng: np.random.Generator) -> None:
    for which, share in FURTHER.items():
        case = np.flatnonzero((begun.letter == which) & (rng.random(len(begun.letter)) < share))
        day = begun.received[case] + 20 + spread(rng, 90, 0.7, len(case))
        again = _pick(rng, _PRIVATE_TYPES, _PRIVATE_SHARE, len(case)) if which == P else types[case]
        course.add(case, "G50", day, _twice(rng, again.astype(object)), named=rng.random(len(case)) < NAMED)


def _finish(
    course: Course, case: np.ndarray, day: np.ndarray, how: np.ndarray, ends: dict[str, float], types: pl.Series,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Ends other than by an order, and the closing of cases."""
    kinds = list(ends)
    for kind, model in (("withdrawn", "G63"), ("no_order", "ORDNOM"), ("refused", "ORDREF")):
        here = np.flatnonzero(how == kinds.index(kind))
        course.add(case[here], model, day[here], types.gather(here) if model == "G63" else None)
    closed = np.flatnonzero(rng.random(len(case)) < CLOSED)
    shut = day[closed] + spread(rng, 10, 0.8, len(closed))
    course.add(case[closed], "CLOSE", shut)
    again = np.flatnonzero(rng.random(len(closed)) < REOPENED)
    course.add(case[closed[again]], "REOPEN", shut[again] + 30 + spread(rng, 60, 0.6, len(again)))


def _care(
    course: Course, begun: Begun, case: np.ndarray, types: np.ndarray, issued: np.ndarray, weeks: float,
    rng: np.random.Generator,
) -> Care:  # fmt: skip
    count = len(case)
    start = np.maximum(issued[case], begun.received[case])
    ends = start + np.maximum(spread(rng, weeks * 7, 0.38, count), 21)
    kinds = list(CARE_ENDS)
    how = np.searchsorted(np.cumsum(list(CARE_ENDS.values()))[:-1], rng.random(count), side="right")
    chance = rng.random(count)
    order = np.where(chance < 0.55, 1, np.where(chance < 0.75, 2, np.where(chance < 0.92, 14, 29)))
    order = np.where(how == kinds.index("order"), order, -1)
    interim = np.where(rng.random(count) < 0.6, start + rng.integers(2, 15, count), -1)
    early = np.flatnonzero(interim > 0)
    course.add(case[early], "C33", interim[early], order=np.full(len(early), 40), named=np.ones(len(early), bool))
    for number, model in ((1, "C32"), (2, "C35A"), (14, "C43A"), (29, "C43")):
        here = np.flatnonzero(order == number)
        course.add(case[here], model, ends[here], order=order[here], named=np.ones(len(here), bool))
    _finish(course, case, ends, how, CARE_ENDS, pl.Series(types[case].tolist(), dtype=pl.String), rng)
    return Care(case, types[case], issued[case], ends, how, order, interim)


def _private(course: Course, begun: Begun, rng: np.random.Generator) -> None:
    case = np.flatnonzero(begun.letter == P)
    count = len(case)
    kinds = list(PRIVATE_ENDS)
    how = np.searchsorted(np.cumsum(list(PRIVATE_ENDS.values()))[:-1], rng.random(count), side="right")
    day = begun.received[case] + 7 + spread(rng, PRIVATE_WEEKS * 7, 0.6, count)
    made = np.flatnonzero(how == kinds.index("order"))
    numbers = np.array([29, 30, 30, 30, 31, 32, 25, 27])[rng.integers(0, 8, len(made))]
    for number, model in ((29, "C43"), (30, "C43"), (31, "C43"), (32, "C43"), (25, "C45A"), (27, "C43A")):
        here = made[numbers == number]
        course.add(case[here], model, day[here], order=np.full(len(here), number), named=rng.random(len(here)) < 0.9)
    ended = np.flatnonzero(how != kinds.index("nothing"))
    types = pl.repeat("CN", len(ended), eager=True, dtype=pl.String)
    _finish(course, case[ended], day[ended], how[ended], PRIVATE_ENDS, types, rng)


def _others(course: Course, begun: Begun, public: np.ndarray, rng: np.random.Generator) -> None:
    """Other public law, domestic violence, adoption and divorce."""
    day = begun.received[public] + spread(rng, 20, 0.9, len(public))
    made = np.flatnonzero(rng.random(len(public)) < 0.85)
    course.add(public[made], "C23", day[made], order=rng.integers(5, 14, len(made)), named=np.ones(len(made), bool))
    abuse = np.flatnonzero((begun.letter == F) & (rng.random(len(begun.letter)) < 0.85))
    day = begun.received[abuse] + rng.integers(0, 15, len(abuse))
    course.add(abuse, "FL404", day)
    arrest = np.flatnonzero(rng.random(len(abuse)) < 0.15)  # fewer since breach became an offence in 2007
    course.add(abuse[arrest], "FL406", day[arrest])
    adopted = np.flatnonzero((begun.letter == A) & (rng.random(len(begun.letter)) < 0.9))
    days = begun.received[adopted] + 30 + spread(rng, 120, 0.5, len(adopted))
    course.add(adopted, "A76", days, named=np.ones(len(adopted), bool))
    divorced = np.flatnonzero((begun.letter == D) & (rng.random(len(begun.letter)) < 0.93))
    nisi = begun.received[divorced] + 40 + spread(rng, 95, 0.5, len(divorced))
    course.add(divorced, "D84", nisi)
    final = np.flatnonzero(rng.random(len(divorced)) < 0.95)
    course.add(divorced[final], "D37", nisi[final] + 43 + spread(rng, 25, 0.9, len(final)))
