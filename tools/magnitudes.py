"""Make docs/reference/magnitudes.md: the simulated world beside published figures.

    python tools/magnitudes.py [--keep DIR]

A world of some years is simulated without faults, counted with the queries of ``tools/magnitudes.yaml`` and set
beside what that file quotes. Where a folder of published tables is at hand (``../shared/data/statistics``), the figures
that the file says come from it are read there and must be those quoted. ``--keep`` writes the world's tables to a
folder, or takes them from there.
"""

from __future__ import annotations

import argparse
import gzip
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import yaml

from piperoll.periods import Period
from piperoll.register import load
from piperoll.simulate import build
from piperoll.simulate.world import Persons, World


ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "tools" / "magnitudes.yaml"
PAGE = ROOT / "docs" / "reference" / "magnitudes.md"
DATA = ROOT.parent / "shared" / "data" / "statistics"
# County courts begin early, as what follows from a claim takes years; other systems begin when most of them send.
COURTS_FROM, FIRST, LAST = "2007-01", "2010-04", "2012-12"
# Share of possession claims and of people; returns and counts (`whole`) are simulated in full.
SHARES = {"courts": 0.05, "persons": 0.01, "whole": 1.0}
PLAUSIBLE = (0.8, 1.25)
KINDS = {"set": "set to it", "check": "independent"}
KNOWN = {"data": "published table, read", "domain": "quoted in the specification", "recalled": "from memory"}


@dataclass(frozen=True)
class Figure:
    """A published figure and how it is counted in the simulated world.

    Attributes:
        sources: Keys of the sources it is counted from.
        kind: ``set`` where a rate of the world was taken from it, ``check`` where nothing was fitted to it.
        of: ``persons``, ``courts`` or ``whole`` for counts to be scaled up; ``share`` for parts and medians.
        known: How its published value is known (`KNOWN`).
        sql: One row: the value, and the number of records it rests on.
        table: SQL of the published value over ``data``, a file's name.
    """

    key: str
    theme: str
    title: str
    sources: tuple[str, ...]
    period: str
    published: float
    citation: str
    kind: str
    of: str
    known: str
    sql: str
    data: str = ""
    table: str = ""
    note: str = ""


@dataclass(frozen=True)
class Compared:
    """A figure with what the world says: ``error`` is the 95 per cent sampling error as a share of ``simulated``."""

    figure: Figure
    simulated: float
    error: float | None

    @property
    def ratio(self) -> float:
        """Simulated over published."""
        return self.simulated / self.figure.published

    @property
    def plausible(self) -> bool:
        """Whether the ratio lies in the plausible band, whatever sampling leaves open."""
        return PLAUSIBLE[0] <= self.ratio <= PLAUSIBLE[1]


def read_figures(path: Path = FIGURES) -> tuple[list[Figure], dict[str, str]]:
    """Figures, and what is said of sources that have none."""
    document = yaml.safe_load(path.read_text("utf-8"))
    figures = [Figure(**{**each, "sources": tuple(each["sources"])}) for each in document["figures"]]
    return figures, document["without"]


def simulate(
    shares: dict[str, float], courts_from: str = COURTS_FROM, first: str = FIRST, last: str = LAST, seed: int = 1
) -> dict[str, pl.DataFrame]:
    """What a world sends, by dataset, and its truth as ``truth.NAME``; each row with its period.

    County courts are those of a longer world without people.
    """
    register = load(ROOT / "justice")
    months = (Period.parse(courts_from), Period.parse(first), Period.parse(last))
    everything = build(
        "justice", register, seed, shares["courts"], months[1], months[2], Persons(shares["persons"], months[1])
    )
    courts = build("justice", register, seed, shares["courts"], months[0], months[2])
    return {**sent_by(everything), **sent_by(courts)}


def sent_by(world: World) -> dict[str, pl.DataFrame]:
    """The tables of a world."""
    parts: dict[str, list[pl.DataFrame]] = {}
    for batch in world.batches():
        for sent in batch.deliveries:
            parts.setdefault(sent.dataset, []).append(
                sent.frame.with_columns(pl.lit(str(sent.period)).alias("_period"))
            )
        for name, frame in batch.truth.items():
            parts.setdefault(f"truth.{name}", []).append(frame.with_columns(pl.lit(str(batch.period)).alias("_period")))
    return {name: pl.concat(frames, how="diagonal_relaxed") for name, frames in parts.items()}


def counted(figure: Figure, con: duckdb.DuckDBPyConnection, shares: dict[str, float]) -> Compared:
    """A figure as the world has it; ``con`` holds its tables."""
    found = con.sql(figure.sql).limit(1).fetchall()
    value, base = found[0] if found else (None, 0)
    if value is None:
        return Compared(figure, math.nan, None)
    simulated = float(value) / shares.get(figure.of, 1.0)
    return Compared(figure, simulated, sampling_error(figure.of, float(value), int(base)))


def sampling_error(of: str, value: float, base: int) -> float | None:
    """Half of the 95 per cent interval as a share of the value: Poisson for counts, binomial for parts of a whole."""
    if base <= 0 or of == "whole":
        return None
    if of == "share":
        return 1.96 * math.sqrt((1 - value) / (value * base)) if 0 < value < 1 else None
    return 1.96 / math.sqrt(base)


def connect(tables: dict[str, pl.DataFrame]) -> duckdb.DuckDBPyConnection:
    """A database of the tables, each under its name with ``_`` for the dot."""
    con = duckdb.connect()
    for name, frame in tables.items():
        con.register(name.replace(".", "_"), frame.to_arrow())
    return con


def published_in(figure: Figure, folder: Path) -> float | None:
    """The figure as its published table has it; None where it comes from none or the table is not here."""
    path = folder / figure.data
    if not figure.data or not path.exists():
        return None
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    con = connect({"data": pl.read_csv(text, infer_schema=False)})
    found = con.sql(figure.table).limit(1).fetchall()
    return float(found[0][0]) if found else None


def number(value: float) -> str:
    """A number as a reader wants it: whole where large, a percentage where it is a part."""
    if math.isnan(value):
        return "none"
    if abs(value) < 1:
        return f"{100 * value:.1f}%"
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}" if value >= 10 else f"{value:,.2f}"


def page(compared: Sequence[Compared], without: dict[str, str], shares: dict[str, float]) -> str:
    """The page in Markdown."""
    far = [each for each in compared if not each.plausible]
    fitted = sum(each.figure.kind == "set" for each in compared)
    within = [each for each in compared if each.plausible]
    sources = {key for each in compared for key in each.figure.sources}
    lines = [
        "# Magnitudes of the simulated world",
        "",
        "Written by `make magnitudes` (`tools/magnitudes.py`); change `tools/magnitudes.yaml`, not this page.",
        "",
        f"A world of {FIRST} to {LAST} is simulated without faults, its county courts from {COURTS_FROM} on. Claims "
        f"and petitions are simulated at {shares['courts']:.0%} of the national number, people at "
        f"{shares['persons']:.0%}; both are scaled up here, and *sampling* is the half width of the 95% interval that "
        "this leaves. Returns and national counts are simulated in full and have none.",
        "",
        f"Of {len(compared)} figures over {len(sources)} sources, {len(within)} lie within {PLAUSIBLE[0]} to "
        f"{PLAUSIBLE[1]} of what was published and {len(far)} do not. {fitted} are *set to it*: a rate or total of the "
        "world was taken from the figure or its series, so agreement shows only that the world does what it was told. "
        f"The other {len(compared) - fitted} are *independent*.",
        "",
        "*Known* says how the published value came here. *Published table, read*: this tool reads the table and stops "
        "if the value differs. *Quoted in the specification*: the project's specification of the sources quotes it. "
        "*From memory*: given to two or three figures by the writer of the entry and not checked against the "
        "publication named; it is good for an order of magnitude and for nothing else.",
        "",
    ]
    for theme in dict.fromkeys(each.figure.theme for each in compared):
        lines += [
            f"## {theme}",
            "",
            "| Figure | Period | Published | Simulated | Sampling | Ratio | World | Known | Publication |",
            "| --- | --- | ---: | ---: | ---: | ---: | --- | --- | --- |",
        ]
        lines += [row(each) for each in compared if each.figure.theme == theme]
        lines.append("")
    lines += ["## Out of plausibility", ""]
    lines += [
        f"- **{each.figure.title}**: ratio {ratio(each)}. {each.figure.note or 'Not explained yet.'}" for each in far
    ] or ["None."]
    lines += ["", "## Sources without a figure", ""]
    lines += [f"- `{key}`: {why}" for key, why in sorted(without.items())]
    lines += ["", "Published figures are Crown copyright, under the Open Government Licence v3.0.", ""]
    return "\n".join(lines)


def ratio(each: Compared) -> str:
    """A ratio to two decimals."""
    return "none" if math.isnan(each.ratio) else f"{each.ratio:.2f}"


def row(each: Compared) -> str:
    """A figure's row of the table."""
    figure = each.figure
    error = "" if each.error is None else f"±{each.error:.0%}"
    cells = (
        f"{figure.title} ({', '.join(f'`{key}`' for key in figure.sources)})", figure.period, number(figure.published),
        number(each.simulated), error, ratio(each) + ("" if each.plausible else " (out)"), KINDS[figure.kind],
        KNOWN[figure.known], figure.citation,
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def verify(figures: Iterable[Figure], folder: Path) -> None:
    """Compare quoted figures with the published tables that are at hand.

    Raises:
        SystemExit: If one differs by more than its rounding.
    """
    for figure in figures:
        found = published_in(figure, folder)
        if found is not None and not math.isclose(found, figure.published, rel_tol=0.002):
            raise SystemExit(f"{figure.key}: {FIGURES.name} says {figure.published}, the table {found}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate, count and write the page."""
    parser = argparse.ArgumentParser(description="Compare the simulated world with published figures.")
    parser.add_argument("--keep", type=Path, help="folder of the world's tables, written if it is not there")
    options = parser.parse_args(arguments)
    figures, without = read_figures()
    verify(figures, DATA)
    if options.keep and options.keep.is_dir():
        tables = {path.stem: pl.read_parquet(path) for path in sorted(options.keep.glob("*.parquet"))}
    else:
        tables = simulate(SHARES)
        if options.keep:
            options.keep.mkdir(parents=True)
            for name, frame in tables.items():
                frame.write_parquet(options.keep / f"{name}.parquet")
    con = connect(tables)
    PAGE.write_text(page([counted(figure, con, SHARES) for figure in figures], without, SHARES), "utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}: {len(figures)} figures\n")


if __name__ == "__main__":
    main()
