"""Find the release and the published cell that an auditor means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.journal import Release
from piperoll.periods import Period
from piperoll.register.model.publication import Dimension, Measure, Publication, Table
from piperoll.register.model.register import Register
from piperoll.release import manifest
from piperoll.release.layout import dimensions_of
from piperoll.tabulate import Hierarchy, identity_of


@dataclass(frozen=True)
class Place:
    """A cell of a table: measure, period, and code of each dimension."""

    measure: Measure
    period: Period
    codes: dict[str, str]
    identity: str

    def __str__(self) -> str:
        codes = ", ".join(f"{name} {code}" for name, code in self.codes.items())
        return f"{self.measure.label}, {self.period.words}" + (f", {codes}" if codes else "")


def find_release(desk: Desk, text: str) -> Release:
    """A release by its id (``publication/2012Q2/1``) or by the directory that holds it.

    Raises:
        UserError: ``PR-E001``, ``PR-E002`` for a directory that is no release; ``PR-E030`` for one this journal does
            not know; ``PR-J013`` for an unknown id.
    """
    path = Path(text)
    if not path.is_dir():
        return desk.journal.release(text)
    content = manifest.read(path)
    sha256 = manifest.file_hash(path / manifest.MANIFEST)
    found = desk.journal.find_release(content["publication"], content["period"], sha256)
    if found is None:
        raise UserError(
            "PR-E030",
            "the journal of this home knows no release with this manifest.",
            where=text,
            fix="Use the --home in which it was made, and check it with `piperoll verify`.",
        )
    return found


def find_cell(register: Register, publication: Publication, table: Table, text: str) -> Place:
    """A cell from words such as ``claims,2012Q2,E12000008,mortgage`` or ``measure=claims,period=2012Q2,...``.

    A dimension that is not named stands at its whole; with one measure in the table, it need not be named.

    Raises:
        UserError: ``PR-E031`` for a word that names nothing in this table, ``PR-E032`` if the period is not named.
    """
    dimensions = dimensions_of(publication, table)
    measures = {m.name: m for m in publication.measures if m.name in table.measures}
    measure: Measure | None = None
    period: Period | None = None
    codes: dict[str, str] = {}
    for word in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = word.partition("=")
        if not equals:
            name, value = "", word
        if name in ("", "measure") and value in measures and measure is None:
            measure = measures[value]
        elif name in ("", "period") and period is None and _is_period(value):
            period = Period.parse(value)
        else:
            where, code = _code(register, dimensions, name, value, codes)
            codes[where] = code
    if period is None:
        raise UserError("PR-E032", "the cell's period is not named.", where=text, fix="Add it, for example 2012Q2.")
    measure = measure or next(iter(measures.values()))
    for dimension in dimensions:
        top = Hierarchy(register, dimension).top
        if dimension.name not in codes and top is not None:
            codes[dimension.name] = top
    ordered = {d.name: codes[d.name] for d in dimensions if d.name in codes}
    return Place(measure, period, ordered, identity_of(register, publication, measure, period, ordered))


def _is_period(text: str) -> bool:
    try:
        Period.parse(text)
    except UserError:
        return False
    return True


def _code(
    register: Register, dimensions: tuple[Dimension, ...], name: str, value: str, taken: Mapping[str, str]
) -> tuple[str, str]:
    wanted = value.casefold()
    for dimension in dimensions:
        levels = [step for step in Hierarchy(register, dimension).steps if name in ("", dimension.name, step.name)]
        if dimension.name in taken:
            continue
        for step in reversed(levels):
            for code in step.codes:
                if wanted in (code.casefold(), step.labels.get(code, code).casefold()):
                    return dimension.name, code
    raise UserError(
        "PR-E031",
        f"`{value}` names no measure, period, code or label of this table.",
        fix=f"The table has the dimensions {', '.join(d.name for d in dimensions) or 'none'}.",
    )
