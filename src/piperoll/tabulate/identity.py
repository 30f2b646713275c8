"""The identity of a cell: measure, codes, geography version, period, as canonical text.

The same cell in two tables, publications or releases has the same identity. So a dimension at its whole (all kinds of
claim, England and Wales) is left out, as it is in a table that has no such dimension; and a code that is its parent's
only child is written as the parent.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from piperoll.periods import Period
from piperoll.register.model.publication import Measure, Publication
from piperoll.register.model.register import Register
from piperoll.tabulate.hierarchy import Hierarchy


_SAFE = " !#$&'()*+,/:?@[]^`{}~<>\""


def quote_code(text: str) -> str:
    """A name or code as it stands in an identity: signs of its grammar (``; = | %``) percent-encoded."""
    return quote(text, _SAFE)


def canonical_codes(codes: Mapping[str, str]) -> str:
    """``dimension=code`` sorted by dimension and joined by ``;``; signs of this grammar are percent-encoded."""
    return ";".join(f"{quote_code(name)}={quote_code(codes[name])}" for name in sorted(codes))


def cell_identity(measure: str, codes: Mapping[str, str], geography_version: str, period: str) -> str:
    """Canonical text ``measure|codes|geography_version|period``.

    Args:
        measure: Name of the measure.
        codes: Code of each dimension that is not at its whole.
        geography_version: Version of the geography, or empty where no place below the whole is named.
        period: As written, for example ``2012Q2``.
    """
    return "|".join((quote_code(measure), canonical_codes(codes), quote_code(geography_version), period))


def identity_of(
    register: Register, publication: Publication, measure: Measure, period: Period, codes: Mapping[str, str]
) -> str:
    """The identity of a cell by codes as a publication declares them: at the whole, or standing for another, too."""
    canonical: dict[str, str] = {}
    placed = False
    for dimension in publication.dimensions:
        if dimension.name not in codes:
            continue
        hierarchy = Hierarchy(register, dimension)
        code = hierarchy.canonical.get(codes[dimension.name], codes[dimension.name])
        if code is not None:
            canonical[dimension.name] = code
            placed = placed or any(step.national for step in hierarchy.steps)
    return cell_identity(measure.name, canonical, publication.geography_version if placed else "", str(period))
