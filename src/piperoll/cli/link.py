"""Commands ``link``: who is the same person, in any files or from the vault."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from piperoll.cli.lazy import Lazy


if TYPE_CHECKING:
    from piperoll.link.explain.population import Population


_FILE = click.Path(path_type=Path)


@click.group("link")
def link() -> None:
    """Find records of one person, within a file and across files."""


@link.command("files")
@click.argument("spec", type=_FILE, metavar="SPEC.yaml")
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@click.option("--out", type=_FILE, default=None, help="Directory to make.")
@click.option("--plan", is_flag=True, help="Link nothing; say what each rule costs.")
@click.option("--keys", is_flag=True, help="With --plan: what the largest groups agree on. It names people.")
@click.option("--model", type=_FILE, default=None, help="A model.json of an earlier run, in place of learning.")
@click.option(
    "--engine",
    type=click.Choice(["own", "spark"]),
    default="own",
    show_default=True,
    help="spark: as Splink on Spark, with the packages of requirements/spark.in.",
)
@click.option(
    "--without",
    multiple=True,
    type=click.Choice(["relatives", "vetoes", "one_each", "also"]),
    help="With --engine spark: what Splink has nothing for, to be left out.",
)
@click.option("--before", type=_FILE, default=None, help="Directory of an earlier run: compare new records alone.")
@click.option(
    "--population/--no-population", default=True, show_default=True, help="Write what explain and search need."
)
@click.option("--threads", type=click.IntRange(1), default=None, help="How many at once; by default all cores.")
@click.option("--rule", "rules", multiple=True, metavar="SQL", help="With Splink settings: rule in place of theirs.")
@click.option(
    "--join",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=None,
    help="With Splink settings: probability from which records are joined; 0.9 by default.",
)
@click.pass_obj
def files(
    lazy: Lazy,
    spec: Path,
    files: tuple[Path, ...],
    out: Path | None,
    plan: bool,
    keys: bool,
    model: Path | None,
    engine: str,
    without: tuple[str, ...],
    before: Path | None,
    population: bool,
    threads: int | None,
    rules: tuple[str, ...],
    join: float | None,
) -> None:
    """Link or deduplicate FILE... (CSV, also gzipped, or Parquet) as SPEC.yaml says.

    DIR gets clusters.parquet (who is who), pairs.parquet (each pair with its weight and what it comes of), model.json
    and report.html. Names and numbers of records stay out of the report. Several files that are parts of one are given
    as NAME=FILE with the same name. In place of SPEC.yaml, settings of Splink (JSON) are taken as they are: levels and
    rules of any SQL, worked out by DuckDB; DIR gets clusters.parquet and pairs.parquet.
    """
    from piperoll.link.splink.link import is_settings

    if is_settings(spec):
        if plan or model or before or engine != "own" or out is None:
            raise click.UsageError(
                "With Splink settings name --out, and neither --plan, --model, --before nor --engine."
            )
        _by_settings(lazy, spec, files, out, rules, join)
        return
    if rules or join is not None:
        raise click.UsageError("--rule and --join go with Splink settings; a specification has them in it.")
    from piperoll.link.files.run import link_files
    from piperoll.link.files.spec import load_linkage
    from piperoll.link.report.page import sentences

    loaded = load_linkage(spec)
    if plan:
        from piperoll.link.block.plan import plan as cost
        from piperoll.link.block.plan import plan_text
        from piperoll.link.files.read import read_files
        from piperoll.link.prepare import prepare

        with read_files(files, loaded.declared) as frames:
            ready = prepare(frames, loaded.linkage)
        click.echo(plan_text(ready, cost(ready), keys=keys))
        return
    if out is None:
        raise click.UsageError("Name a directory with --out, or ask for --plan.")
    if engine == "spark":
        from piperoll.link.splink.spark import on_spark

        if before is not None:
            raise click.UsageError("--before goes with the own engine.")
        if lazy.home.is_dir():
            lazy.act("link.files", f"linkage {loaded.declared.linkage} on Spark")
        with Console(stderr=True).status("Reading") as status:
            persons = on_spark(loaded, model, files, out, threads=threads or 2, without=without, progress=status.update)
        click.echo(f"{persons:,} persons: {out / 'clusters.parquet'}")
        return
    if lazy.home.is_dir():
        lazy.act("link.files", f"linkage {loaded.declared.linkage}")
    with Console(stderr=True).status("Reading") as status:
        done = link_files(
            loaded,
            files,
            out,
            model=model,
            before=before,
            population=population,
            threads=threads or 0,
            progress=status.update,
        )
    for sentence in sentences(done.linked):
        click.echo(sentence)
    if done.evaluation is not None:
        whole = done.evaluation.agreement
        click.echo(
            f"Against `{loaded.declared.truth}`: pairs precision {whole.pairwise.precision:.4f}, recall "
            f"{whole.pairwise.recall:.4f}, F1 {whole.pairwise.f1:.4f}; B-cubed F1 {whole.bcubed.f1:.4f}."
        )
    click.echo(f"Look at {out / 'report.html'}")


def _by_settings(
    lazy: Lazy, settings: Path, files: tuple[Path, ...], out: Path, rules: tuple[str, ...], join: float | None
) -> None:
    from piperoll.link.splink.link import JOIN, link_files_by

    if lazy.home.is_dir():
        lazy.act("link.files", "by settings of Splink")
    at = JOIN if join is None else join
    with Console(stderr=True).status("Reading") as status:
        done = link_files_by(settings, files, out, rules=rules or None, join=at, progress=status.update)
    click.echo(
        f"{done.clusters.height:,} records are {done.persons:,} persons. {done.candidates:,} pairs were looked at; "
        f"records are joined from a probability of {at:g}."
    )
    click.echo(f"Persons: {out / 'clusters.parquet'}")


@link.command("explain")
@click.argument("directory", type=_FILE, metavar="DIR")
@click.argument("records", nargs=-1, required=True, metavar="RECORD...")
@click.option(
    "--out", "--svg", "picture", type=_FILE, default=None, help="Draw it into this file: SVG, or PNG by its ending."
)
@click.pass_obj
def explain(lazy: Lazy, directory: Path, records: tuple[str, ...], picture: Path | None) -> None:
    """Say why two RECORDs are taken for one person, or not; or how the records of one RECORD's person hang together.

    DIR is what `piperoll link files` wrote, or the name of a declared linkage that was run. For those who may see
    identifiers: records are named.
    """
    from piperoll.link.explain.person import person_text
    from piperoll.link.explain.words import lines, waterfall_text

    if len(records) > 2:
        raise click.UsageError("Name one record or two.")
    if lazy.home.is_dir():
        lazy.act("link.explain", f"{len(records)} records")
    population = _population(lazy, directory, "LINK_EXPLAIN")
    rows = [population.row(name) for name in records]
    if len(rows) == 1:
        click.echo(person_text(population, rows[0]))
        if picture is not None:
            from piperoll.link.explain.person import person_net
            from piperoll.link.explain.picture import save_net

            net, names, title = person_net(population, rows[0])
            save_net(net, picture, title, names)
            click.echo(f"Drawn: {picture}")
        return
    levels, found = population.pair(*rows)
    steps = lines(population.linkage.comparisons, levels.tolist(), found)
    same = population.names["person"][rows[0]] == population.names["person"][rows[1]]
    click.echo(waterfall_text(steps))
    named = sum(one != other for one, other in zip(sorted(rows), population.nearest(*rows), strict=True))
    if named:
        click.echo(f"Under {'a further name of one' if named == 1 else 'further names of both'}, which agree best.")
    click.echo("They are one person." if same else "They are two people.")
    if picture is not None:
        from piperoll.link.explain.picture import save_waterfall

        save_waterfall(steps, picture)
        click.echo(f"Drawn: {picture}")


@link.command("search")
@click.argument("directory", type=_FILE, metavar="DIR")
@click.argument("values", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.option("--most", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many to show.")
@click.pass_obj
def search(lazy: Lazy, directory: Path, values: tuple[str, ...], most: int) -> None:
    """Look one record up in what `piperoll link files` wrote into DIR, or in a declared linkage: who is most like it.

    Values are given by the fields of the specification, as in: forename=Jon surname=Smyth dob=1980-02-01
    """
    import time

    record = {}
    for given in values:
        name, sign, value = given.partition("=")
        if not sign:
            raise click.UsageError("Write FIELD=VALUE.")
        record[name] = value
    if lazy.home.is_dir():
        lazy.act("link.search", "one record")
    population = _population(lazy, directory, "LINK_SEARCH")
    population.search(record, 1)  # what is compiled is loaded before the clock runs
    begun = time.perf_counter()
    found = population.search(record, most)
    taken = time.perf_counter() - begun
    for each in found:
        click.echo(f"{each.probability:8.4f}  {each.weight:+7.2f}  {each.person}  {each.file}/{each.record}")
    click.echo(f"{len(found):,} shown of {population.names.height:,} records; looked up in {1000 * taken:.0f} ms.")


def _population(lazy: Lazy, where: Path, action: str) -> Population:
    """A linked population: of files, from the directory; of a declared linkage, from the vault."""
    from piperoll.link.explain.kept import kept

    if (where / "population").is_dir() or not lazy.home.is_dir():
        return kept(where / "population")
    from piperoll.govern import Action
    from piperoll.link.engine import link as run
    from piperoll.link.explain.population import Population
    from piperoll.link.vaulted.run import before_of, find_linkage, linkage_inputs, vaulted

    desk = lazy.workspace
    loaded = find_linkage(desk.register.root, str(where))
    frames = linkage_inputs(desk, desk.keyring, loaded.declared, str(where), "explain or look up", Action[action])
    before = before_of(desk.home, str(where), loaded)
    return Population.of(run(frames, vaulted(desk, loaded), before=before))


@link.command("run")
@click.argument("name")
@click.option("--plan", is_flag=True, help="Link nothing; say what each rule costs.")
@click.option("--anew", is_flag=True, help="Learn and compare everything from nothing; persons keep their names.")
@click.option("--threads", type=click.IntRange(1), default=None, help="How many at once; by default all cores.")
@click.pass_obj
def run(lazy: Lazy, name: str, plan: bool, anew: bool, threads: int | None) -> None:
    """Run the linkage NAME that the register declares (linkage/NAME.yaml), with identifiers from the vault.

    Runs are kept in the home, under link/NAME. What is written names records by tokens and persons by names of their
    own: no identifier is in it.
    """
    from piperoll.link.report.page import sentences
    from piperoll.link.vaulted.run import find_linkage, linkage_inputs, run_linkage, vaulted

    desk = lazy.workspace
    loaded = find_linkage(desk.register.root, name)
    if loaded.declared.steps:
        from piperoll.link.vaulted.matched import run_matching

        if plan:
            raise click.UsageError("A linkage by keys has no plan: each key is looked up once.")
        with Console(stderr=True).status("Reading") as status:
            matched = run_matching(desk, desk.keyring, name, loaded, status.update)
        for sentence in matched.sentences:
            click.echo(sentence)
        click.echo(f"Rates: {matched.directory / 'rates.parquet'}")
        return
    if plan:
        from piperoll.govern import Action
        from piperoll.link.block.plan import plan as cost
        from piperoll.link.block.plan import plan_text
        from piperoll.link.prepare import prepare

        frames = linkage_inputs(desk, desk.keyring, loaded.declared, name, f"plan {name}", Action.LINK_PLAN)
        ready = prepare(frames, vaulted(desk, loaded))
        click.echo(plan_text(ready, cost(ready)))
        return
    with Console(stderr=True).status("Reading") as status:
        done = run_linkage(desk, desk.keyring, name, anew=anew, threads=threads or 0, progress=status.update)
    for sentence in sentences(done.linked):
        click.echo(sentence)
    if done.before is not None:
        told = done.linked.named.changes.group_by("change").len().sort("change")
        changed = ", ".join(f"{count:,} {what}" for what, count in told.iter_rows()) or "no change"
        click.echo(f"Since the run before: {changed}.")
    click.echo(f"Look at {done.directory / 'report.html'}")


@link.command("sensitivity")
@click.argument("name")
@click.option("--threads", type=click.IntRange(1), default=None, help="How many at once; by default all cores.")
@click.pass_obj
def sensitivity(lazy: Lazy, name: str, threads: int | None) -> None:
    """Say by how much figures of the last run of NAME move with the threshold from which records are joined.

    Counted are persons, records of a person, and of each dataset the share of records whose person is in another, too.
    The result is kept beside the run.
    """
    from piperoll.link.vaulted.sensitivity import measure

    desk = lazy.workspace
    with Console(stderr=True).status("Reading") as status:
        found = measure(desk, desk.keyring, name, threads=threads or 0, progress=status.update)
    width = max(len(each) for each in found.bands)
    thresholds = next(iter(found.bands.values())).thresholds
    heads = [f"{at:g}{'*' if at == found.join else ''}" for at in thresholds]
    click.echo("  ".join(["Joined from".ljust(width), *(each.rjust(10) for each in heads), "    spread"]))
    for each, moved in found.bands.items():
        shown = [f"{value:,.0f}" if each == "persons" else f"{value:.4f}" for value in moved.values]
        click.echo("  ".join([each.ljust(width), *(text.rjust(10) for text in shown), f"{moved.spread:10.2%}"]))
    click.echo("* the threshold of the run. The spread is from least to largest, as a share of their middle.")


@link.command("pseudonyms")
@click.argument("name")
@click.option("--purpose", required=True, help="What they are for; another purpose gets other pseudonyms.")
@click.option("--version", type=click.IntRange(1), default=1, show_default=True, help="Of the purpose's key.")
@click.option("--out", type=_FILE, required=True, help="Parquet file to write: file, record, pseudonym.")
@click.pass_obj
def pseudonyms(lazy: Lazy, name: str, purpose: str, version: int, out: Path) -> None:
    """Write who is who in the last run of NAME under pseudonyms for one purpose.

    Records are named by the tokens of their keys, as in the store; pseudonyms of two purposes cannot be joined.
    """
    from piperoll.errors import UserError
    from piperoll.link.files.compare import read_clusters
    from piperoll.link.vaulted.pseudonyms import pseudonyms as make
    from piperoll.link.vaulted.run import runs

    desk = lazy.workspace
    done = runs(desk.home, name)
    if not done:
        raise UserError("PR-L015", f"`{name}` was not run yet.", fix=f"Run piperoll link run {name}.")
    desk.act("link.pseudonyms", f"linkage {name}", purpose, {"version": version, "run": done[-1].name})
    frame = make(desk.keyring, read_clusters(done[-1]), purpose, version)
    frame.write_parquet(out)
    click.echo(f"{frame.height:,} records, {frame['pseudonym'].n_unique():,} persons: {out}")


@link.command("check")
@click.argument("spec", type=_FILE, metavar="SPEC.yaml")
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@click.option("--hold-out", "field", required=True, help="Field to link without, and to hold the result against.")
@click.pass_obj
def check(lazy: Lazy, spec: Path, files: tuple[Path, ...], field: str) -> None:
    """Say how good a linkage is without labels: link without an identifier, and see whether it agrees."""
    from piperoll.link.evaluate.heldout import held_out
    from piperoll.link.files.read import read_files
    from piperoll.link.files.spec import load_linkage

    loaded = load_linkage(spec)
    if lazy.home.is_dir():
        lazy.act("link.files", f"linkage {loaded.declared.linkage}")
    with Console(stderr=True).status("Reading") as status, read_files(files, loaded.declared) as frames:
        found = held_out(frames, loaded.declared, field, status.update)
    click.echo(found.sentence)


@link.command("sample")
@click.argument("directory", type=_FILE, metavar="DIR")
@click.option("--each", type=click.IntRange(1), default=50, show_default=True, help="Pairs of each stratum of weight.")
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same pairs.")
@click.option("--out", type=_FILE, required=True, help="CSV file to write, with a column `verdict` to fill in.")
@click.pass_obj
def sample(lazy: Lazy, directory: Path, each: int, seed: int, out: Path) -> None:
    """Draw pairs for people to judge from what `piperoll link files` wrote into DIR, with what both records hold.

    `piperoll link judge` tells what the verdicts say of all pairs.
    """
    import polars as pl

    from piperoll.link.evaluate.clerical import draw
    from piperoll.link.explain.kept import kept

    if lazy.home.is_dir():
        lazy.act("link.explain", "a clerical sample")
    population = kept(directory / "population")
    drawn = draw(pl.read_parquet(directory / "pairs.parquet"), each, seed)
    shown = population.side_by_side(drawn).with_columns(verdict=pl.lit(""))
    shown.write_csv(out)
    click.echo(f"{shown.height:,} pairs to judge: {out}. Write match or non-match in the column `verdict`.")


@link.command("judge")
@click.argument("judged", type=_FILE, metavar="SAMPLE.csv")
def judge(judged: Path) -> None:
    """Say what the verdicts of a clerical sample mean for all pairs: precision and recall, with 95 % intervals."""
    import polars as pl

    from piperoll.errors import UserError
    from piperoll.link.evaluate.clerical import judge as tell

    try:
        frame = pl.read_csv(judged, infer_schema=False)
        frame = frame.with_columns(
            pl.col("stratum", "in_stratum").cast(pl.Int64), (pl.col("same_person") == "true").alias("same_person")
        )
    except (OSError, pl.exceptions.PolarsError):
        raise UserError("PR-L019", "this is no sample of pairs.", where=judged.name,
                        fix="Name the file that `piperoll link sample` wrote.") from None  # fmt: skip
    found = tell(frame)
    click.echo(
        f"Precision of pairs put together: {found.precision}. Recall among pairs that were kept: {found.recall}."
    )


@link.command("compare")
@click.argument("one", type=_FILE, metavar="DIR")
@click.argument("other", type=_FILE, metavar="DIR")
@click.option("--out", type=_FILE, default=None, help="Parquet file for the records of persons that differ.")
def compare(one: Path, other: Path, out: Path | None) -> None:
    """Say where two results of `piperoll link files` differ about who is who; names of persons do not matter."""
    from piperoll.link.files.compare import compare as differ
    from piperoll.link.files.compare import read_clusters

    found = differ(read_clusters(one), read_clusters(other))
    click.echo(found.sentence)
    if out is not None:
        found.rows.write_parquet(out)
        click.echo(f"Records that differ: {out}")


@link.command("import")
@click.argument("settings", type=_FILE, metavar="SETTINGS.json")
@click.option("--out", type=_FILE, required=True, help="Specification to write.")
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Blocking rule in place of those of the settings.")
def from_splink(settings: Path, out: Path, rules: tuple[str, ...]) -> None:
    """Write Splink settings (JSON of Splink 4 or 5) as a specification, with the model's prior and chances.

    Linked by it, records get Splink's scores. Columns are compared as they are: nothing is cleaned.
    """
    from piperoll.link.splink.read import read_settings
    from piperoll.link.splink.spec import write_spec

    imported = read_settings(settings, rules=rules or None)
    write_spec(imported.declared, out)
    click.echo(f"{len(imported.native.compare)} comparisons, {len(imported.native.block.rules)} blocking rules: {out}")


@link.command("export")
@click.argument("spec", type=_FILE, metavar="SPEC.yaml")
@click.argument("model", type=_FILE, metavar="MODEL.json")
@click.argument("files", nargs=-1, type=_FILE, metavar="[FILE...]")
@click.option("--out", type=_FILE, required=True, help="Splink settings to write.")
@click.option(
    "--dialect", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True, help="Of the SQL in it."
)
@click.option(
    "--prepared", type=_FILE, default=None, help="New directory for FILE... with the columns that Splink needs."
)
@click.option(
    "--without",
    multiple=True,
    type=click.Choice(["relatives", "vetoes", "one_each", "also"]),
    help="What to leave out.",
)
def to_splink(
    spec: Path,
    model: Path,
    files: tuple[Path, ...],
    out: Path,
    dialect: str,
    prepared: Path | None,
    without: tuple[str, ...],
) -> None:
    """Write a specification with its model (model.json of `piperoll link files`) as Splink settings.

    What Splink has nothing for is refused by name. The settings speak of cleaned columns, which --prepared adds.
    """
    from piperoll.link.splink.files import export

    export(spec, model, out, dialect=dialect, files=files, prepared=prepared, without=without)
    click.echo(f"Settings: {out}")
    if prepared is not None:
        click.echo(f"Columns that they need: {prepared}")


commands = [link]
