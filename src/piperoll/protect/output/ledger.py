"""Cells of the ledger as what an output may be compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from urllib.parse import unquote

from piperoll.journal import PublishedCell
from piperoll.protect.output.rules import Released


def from_ledger(cells: Iterable[PublishedCell], source: str, base: int | None = None) -> Iterator[Released]:
    """Published counts, and counts that were hidden.

    Args:
        cells: Of one release.
        source: Its name; tables are told after it.
        base: What the policy rounds counts below the national level to.

    Yields:
        A cell each; figures that are no counts (rates, medians) and cells that are not available are left out. A cell
        without a geography version is national, and exact.
    """
    for cell in cells:
        identity = cell.identity
        value = _count(cell.value)
        if value is None and not (cell.value.strip() == "" and "c" in cell.marks):
            continue
        codes = [tuple(map(unquote, pair.partition("=")[::2])) for pair in identity.codes.split(";") if pair]
        rounded = base if base and identity.geography_version and value is not None and value % base == 0 else 1
        yield Released(
            codes=tuple((name, code) for name, code in [*codes, ("period", identity.period)]),
            value=value,
            source=f"{source} {cell.table}",
            measure=identity.measure,
            base=rounded,
        )


def _count(text: str) -> int | None:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return int(number) if number == number.to_integral_value() and number >= 0 else None
