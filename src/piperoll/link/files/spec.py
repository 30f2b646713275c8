"""A linkage specification from YAML: everything that is wrong with it told in one run, with line, key and cure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from piperoll.errors import Problem, Problems, UserError
from piperoll.link.clean.steps import STEPS
from piperoll.link.spec.declared import ComparisonSpec, Declared
from piperoll.link.spec.model import Linkage, complete
from piperoll.register.files import Files
from piperoll.register.nodes import Node, dotted, parse
from piperoll.register.shape import build, nearest


MOST_BITS = 50  # beyond, a probability is not told from 0 or 1
_LARGEST = 4 << 20


@dataclass(frozen=True)
class Loaded:
    """A linkage and where it came from.

    Attributes:
        name: Of the file, for errors.
        text: The YAML.
    """

    linkage: Linkage
    node: Node
    name: str
    text: str

    @property
    def declared(self) -> Declared:
        """As written."""
        return self.linkage.declared


def load_linkage(path: Path) -> Loaded:
    """Read a specification.

    Raises:
        Problems: ``PR-L001`` and ``PR-L002`` for everything that is wrong with it.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise UserError("PR-L001", "the specification is larger than 4 MB.", where=path.name,
                            fix="Is it the right file?")  # fmt: skip
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        kind = "is no UTF-8 text" if isinstance(error, UnicodeDecodeError) else "cannot be read"
        raise UserError("PR-L001", f"the specification {kind}.", where=path.name, fix="Write it as YAML.") from None
    return read_linkage(text, path.name)


def read_linkage(content: str | Mapping[str, Any], name: str = "specification") -> Loaded:
    """The same from text, or from a mapping with the keys of the YAML."""
    text = content if isinstance(content, str) else yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True)
    node, problems = parse(text, name)
    if node is None or problems:
        raise Problems(_coded(problem) for problem in problems)
    built = build(Declared, node, name)
    if built.problems or built.value is None:
        raise Problems(_coded(problem) for problem in built.problems)
    return Loaded(_complete(built.value, built.node, name), built.node, name, text)


def check_linkages(root: Path) -> list[Problem]:
    """Mistakes in the linkages of a register's directory that only this room understands, by file and line.

    Cleaning steps, blocking rules, levels, vetoes, steps and numbers; what is no YAML or has keys of other kinds, the
    register tells itself.
    """
    files = Files(root)
    out: list[Problem] = []
    for name in files.inside("linkage", ".yaml"):
        node = files.tree(name)
        if node is None:
            continue
        built = build(Declared, node, name)
        if built.problems or built.value is None:
            continue
        try:
            _complete(built.value, built.node, name)
        except Problems as error:
            out += error.problems
    return out


def _complete(declared: Declared, node: Node, name: str) -> Linkage:
    """The linkage in full; all that is wrong with it is told together."""
    wrong = list(_mistakes(declared, node, name))
    try:
        linkage = complete(declared, lambda *path: _place(node, name, path))
    except Problems as error:
        told = {(each.where, each.key) for each in wrong}
        wrong += [each for each in error.problems if (each.where, each.key) not in told]
    if wrong:
        raise Problems(wrong)
    return linkage


def _coded(problem: Problem) -> Problem:
    return Problem("PR-L001", problem.message, problem.where, problem.key, problem.fix)


def _place(node: Node, name: str, path: tuple[str | int, ...]) -> tuple[str, str]:
    _, line, steps = node.find(path)
    return f"{name}:{line}", dotted(node, steps)


def _mistakes(declared: Declared, node: Node, name: str) -> Iterator[Problem]:
    """What is well formed and means nothing."""

    def tell(message: str, fix: str, *path: str | int) -> Problem:
        where, key = _place(node, name, path)
        return Problem("PR-L001", message, where, key, fix)

    if declared.steps and (declared.compare or declared.block.rules):
        yield tell("Steps match by keys alone.", "Leave out `compare` and `block`, or `steps`.", "steps")
    if not declared.fields:
        yield tell("No field is given.", "List what is known of a person.", "fields")
    names = [each.name for each in declared.fields]
    for position, each in enumerate(declared.fields):
        if names.index(each.name) != position:
            yield tell(f"`{each.name}` is given twice.", "Keep one.", "fields", position)
        if not each.name.isidentifier():
            yield tell(f"`{each.name}` cannot be written in a rule.", "Use letters, digits and _, no digit first.",
                       "fields", position)  # fmt: skip
        for step in each.clean or ():
            if step not in STEPS:
                fix = nearest(step, STEPS) or f"Steps are {', '.join(STEPS)}."
                yield tell(f"There is no step of cleaning `{step}`.", fix, "fields", position, "clean")
        if each.also and (each.form or each.kind == "list"):
            yield tell("What is under `also` is neither a list nor checked by a form.", "Leave `also` out, or `form`.",
                       "fields", position, "also")  # fmt: skip
        if each.also and declared.steps:
            yield tell("Steps match by keys alone, not under further names.", "Leave `also` out, or `steps`.",
                       "fields", position, "also")  # fmt: skip
        if each.unit <= 0:
            yield tell("A unit is above 0.", "Write such a number.", "fields", position, "unit")
    at = declared.thresholds
    for key, value in (("join", at.join), ("review", at.review)):
        if not 0 < value < 1:
            yield tell(f"`{key}` is a probability.", "Write a number between 0 and 1; weights are `join_weight`.",
                       "thresholds", key)  # fmt: skip
    if declared.prior is not None and not 0 < declared.prior < 1:
        yield tell("`prior` is a probability.", "Write a number between 0 and 1.", "prior")
    for key, bits in (("join_weight", at.join_weight), ("fracture_weight", at.fracture_weight), ("keep", at.keep)):
        if bits is not None and not -MOST_BITS <= bits <= MOST_BITS:
            yield tell(
                f"`{key}` is a match weight.", f"Write bits from -{MOST_BITS} to {MOST_BITS}.", "thresholds", key
            )
    for position, rule in enumerate(declared.block.rules):
        if declared.block.rules.index(rule) != position:
            yield tell(f"`{rule}` is a rule twice.", "Keep one.", "block", "rules", position)
    if declared.block.pairs_each <= 0:
        yield tell("`pairs_each` is above 0.", "Write such a number.", "block", "pairs_each")
    if declared.block.largest < 2:
        yield tell("`largest` is 2 or more.", "Write such a number.", "block", "largest")
    compared = [each.name for each in declared.compare]
    for position, comparison in enumerate(declared.compare):
        if compared.index(comparison.name) != position:
            yield tell(f"`{comparison.name}` is compared twice.", "Keep one.", "compare", position)
        if comparison.tf and comparison.tf not in names:
            fix = nearest(comparison.tf, names) or f"Fields are {', '.join(names)}."
            yield tell(f"`{comparison.tf}` is no field.", fix, "compare", position, "tf")
        for number, level in enumerate(comparison.levels):
            if not 0 <= level.tf <= 1:
                yield tell("`tf` is between 0 and 1.", "Write such a number.", "compare", position, "levels", number)
            for key, chance in (("m", level.m), ("u", level.u)):
                if chance is not None and not 0 <= chance <= 1:
                    yield tell(f"`{key}` is a probability.", "Write 0 to 1.", "compare", position, "levels", number)
                if chance is not None and level.null:
                    yield tell(f"A level that says nothing has no `{key}`.", f"Leave `{key}` out.", "compare", position,
                               "levels", number)  # fmt: skip
        for key in _full(comparison):
            yield tell(f"The `{key}` that are given leave nothing for the other levels of `{comparison.name}`.",
                       "Give all, or such as sum to less than 1: the rest is learnt.", "compare", position)  # fmt: skip


def _full(comparison: ComparisonSpec) -> Iterator[str]:
    """Chances, m or u, that are given for some levels, and sum to 1 or more."""
    said = [each for each in comparison.levels if not each.null]
    whole = bool(said) and comparison.levels[-1].when == "else"
    for key in ("m", "u"):
        given = [chance for each in said if (chance := getattr(each, key)) is not None]
        if given and not (whole and len(given) == len(said)) and sum(given) >= 1:
            yield key
