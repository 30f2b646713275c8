"""Cross-checks of what a publication says of its figures: which are provisional, and where its series break."""

from __future__ import annotations

from piperoll.errors import UserError
from piperoll.register.checks.at import Of
from piperoll.register.model.facts.atoms import bounds
from piperoll.register.model.publication import Break, Provisional
from piperoll.register.model.register import Source
from piperoll.register.shape import Path


def check_status(of: Of) -> None:
    """Each rule names measures, tables, datasets and sources there are, and says when and why (``PR-R020``, 29, 31)."""
    for i, rule in enumerate(of.publication.provisional):
        _concerns(of, rule, ("provisional", i))
        _until(of, rule, ("provisional", i))
    for i, each in enumerate(of.publication.breaks):
        _concerns(of, each, ("breaks", i))
        _from(of, each, ("breaks", i))
        for name in each.codes:
            dimensions = [dimension.name for dimension in of.publication.dimensions]
            of.must_be("dimension", name, dimensions, ("breaks", i, "codes", name))


def _concerns(of: Of, rule: Provisional | Break, path: Path) -> None:
    for j, name in enumerate(rule.measures):
        of.must_be("measure", name, [each.name for each in of.publication.measures], (*path, "measures", j))
    for j, name in enumerate(rule.tables):
        of.must_be("table", name, [each.name for each in of.publication.tables], (*path, "tables", j))


def _until(of: Of, rule: Provisional, path: Path) -> None:
    said = [name for name in ("last", "year", "dataset") if getattr(rule, name) is not None]
    if len(said) != 1:
        message = f"It is said by {' and '.join(said)} until when figures are provisional."
        of.tell(
            "PR-R031",
            path,
            message if said else "It is not said until when figures are provisional.",
            "Give one of `last`, `year` and `dataset`.",
        )
    if rule.last is not None and rule.last < 1:
        of.tell("PR-R018", (*path, "last"), f"Expected 1 or more, found {rule.last}.")
    if not rule.reason.strip():
        of.tell("PR-R031", (*path, "reason"), "It is not said why figures may still change.", "Give a sentence.")
    if rule.dataset is not None:
        datasets = {f"{made.key}.{each.name}" for made in of.loaded.all(Source) for each in made.value.datasets}
        lost = of.loaded.declared["sources"] - {made.key for made in of.loaded.all(Source)}
        if rule.dataset.partition(".")[0] not in lost:
            of.must_be("dataset", rule.dataset, datasets, (*path, "dataset"))


def _from(of: Of, each: Break, path: Path) -> None:
    if bool(each.at) == (each.succession is not None):
        said = "A break in series has either `at` or `succession`."
        of.tell("PR-R031", path, said, "Say when it breaks, or which source replaced another then.")
    if each.at:
        try:
            bounds(each.at)
        except UserError as error:
            of.tell("PR-R029", (*path, "at"), error.message, "Write a day 2012-04-01, or a period as everywhere.")
        if not each.reason.strip():
            of.tell("PR-R031", (*path, "reason"), "It is not said why the series breaks.", "Give a sentence.")
    if each.succession is None or not of.must_be(
        "source", each.succession, of.loaded.declared["sources"], (*path, "succession")
    ):
        return
    source = next((made.value for made in of.loaded.all(Source) if made.key == each.succession), None)
    if source is not None and source.replaced is None:
        said = f"The facts of `{each.succession}` do not say which source it replaced, and when."
        of.tell("PR-R031", (*path, "succession"), said, "Say it under `successions` there, or give `at` here.")
