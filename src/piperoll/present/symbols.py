"""The register of shorthand: what a marker in square brackets means, by version.

Source: Government Analysis Function, "Using symbols and shorthand in tables and reports" (11 January 2022);
the additions of StatsWales where a marker differs. A workbook names the version it was written with, so that
a marker that changes meaning later does not change what was published.
"""

from __future__ import annotations

from dataclasses import dataclass

from piperoll.errors import UserError


@dataclass(frozen=True)
class Shorthand:
    """A marker and what it means.

    Attributes:
        marker: As written between the brackets: ``c`` for ``[c]``.
        meaning: What a reader is told.
        replaces: Whether it stands in place of a value (``[c]``) rather than beside one (``1,234 [r]``).
    """

    marker: str
    meaning: str
    replaces: bool = False


_ANALYSIS_FUNCTION = (
    Shorthand("b", "break in the time series"),
    Shorthand("c", "confidential: the figure is withheld to protect people", replaces=True),
    Shorthand("e", "estimated"),
    Shorthand("er", "earliest revision"),
    Shorthand("f", "forecast"),
    Shorthand("low", "low: the figure rounds to 0 but is not 0", replaces=True),
    Shorthand("p", "provisional"),
    Shorthand("r", "revised"),
    Shorthand("s", "statistically significant at the 5% level"),
    Shorthand("ss", "statistically significant at the 1% level"),
    Shorthand("sss", "statistically significant at the 0.1% level"),
    Shorthand("u", "low reliability"),
    Shorthand("x", "not available", replaces=True),
    Shorthand("z", "not applicable", replaces=True),
)

STANDARD = "af-2022-01"
VERSIONS: dict[str, tuple[Shorthand, ...]] = {
    STANDARD: _ANALYSIS_FUNCTION,
    "statswales": (
        *(s for s in _ANALYSIS_FUNCTION if s.marker != "low"),
        Shorthand("k", "low: the figure rounds to 0 but is not 0", replaces=True),
        Shorthand("w", "none recorded in the survey", replaces=True),
    ),
}


def shorthand(version: str = STANDARD) -> dict[str, Shorthand]:
    """The markers of one version of the register, by marker.

    Raises:
        UserError: ``PR-Y001`` if there is no such version.
    """
    try:
        return {s.marker: s for s in VERSIONS[version]}
    except KeyError:
        raise UserError(
            "PR-Y001",
            f"There is no version {version!r} of the shorthand register.",
            fix=f"Use one of: {', '.join(sorted(VERSIONS))}.",
        ) from None


def brackets(marks: tuple[str, ...]) -> str:
    """``('r', 'e')`` as ``[r][e]``."""
    return "".join(f"[{mark}]" for mark in marks)
