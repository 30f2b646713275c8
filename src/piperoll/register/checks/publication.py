"""Cross-checks of publications: SQL models, dimensions, measures, tables and how they are presented."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from piperoll.register.checks import narrative, tables
from piperoll.register.checks.at import Of, number
from piperoll.register.checks.rules import relations, unmade
from piperoll.register.checks.status import check_status
from piperoll.register.loaded import Loaded
from piperoll.register.model.codes import SupplierGroup
from piperoll.register.model.merge import Merge
from piperoll.register.model.policy import Policy
from piperoll.register.model.publication import CountingRule, Dimension, Publication, SharedRules
from piperoll.register.model.register import SHARED, Source
from piperoll.register.shape import Path, nearest
from piperoll.register.sql import Columns, Fault, names_in, query


def check_publications(loaded: Loaded) -> None:
    """Note what disagrees within each publication, and between it and the rest of the register."""
    rules: dict[str, str] = {}
    _shared(loaded)
    for made in loaded.all(Publication):
        of = Of(loaded, made)
        _head(of)
        _models(of)
        for i, rule in enumerate(made.value.counting_rules):
            if not _whole(of, i, rule):
                continue
            if rule.id in rules:
                said = f"The counting rule `{rule.id}` is in {rules[rule.id]}, too."
                of.tell("PR-R022", ("counting_rules", i, "id"), said, "Renumber one.")
            rules.setdefault(rule.id, made.key)
            of.must_be("model", rule.model, made.value.models, ("counting_rules", i, "model"))
        _dimensions(of)
        tables.check_dimensions(of)
        tables.check_measures(of)
        tables.check_tables(of)
        tables.check_bulletin(of)
        check_status(of)
        narrative.check_narrative(of)
        for i, term in enumerate(made.value.glossary):
            of.must_be("term of the glossary", term, loaded.terms, ("glossary", i))
        _differences(of)


def _differences(of: Of) -> None:
    """A declared difference is of a measure that both publications have, and says why (``PR-R020``, 31)."""
    others = {made.key: made.value for made in of.loaded.all(Publication) if made.key != of.made.key}
    names = of.loaded.declared["publications"] - {of.made.key}
    here = [each.name for each in of.publication.measures]
    dimensions = [each.name for each in of.publication.dimensions]
    for i, each in enumerate(of.publication.differences):
        at: Path = ("differences", i)
        known = of.must_be("measure", each.measure, here, (*at, "measure"))
        if of.must_be("publication", each.publication, names, (*at, "publication")) and each.publication in others:
            theirs = [measure.name for measure in others[each.publication].measures]
            if known and each.measure not in theirs:
                said = f"The publication `{each.publication}` has no measure `{each.measure}`."
                of.tell("PR-R020", (*at, "measure"), said, "Figures of one measure alone can differ.")
        for name in each.codes:
            of.must_be("dimension", name, dimensions, (*at, "codes", name))
        if not each.reason.strip():
            said = "It is not said why the figures differ."
            of.tell("PR-R031", (*at, "reason"), said, "Give the reason in a sentence; it is published.")


def _shared(loaded: Loaded) -> None:
    """The counting rules that publications share: each is named once, and its model is there (``PR-R022``, 33)."""
    for made in loaded.all(SharedRules):
        loaded.unique("counting rule", [each.id for each in made.value.counting_rules], made, ("counting_rules",))
        for i, rule in enumerate(made.value.counting_rules):
            at = ("counting_rules", i)
            if not rule.title or f"{SHARED}/{rule.model}.sql" not in loaded.files.names:
                here = [name.rsplit("/", 1)[1].removesuffix(".sql") for name in loaded.files.inside(SHARED, ".sql")]
                said = f"There is no file {SHARED}/{rule.model}.sql." if rule.title else "The rule has no title."
                loaded.tell("PR-R033", made, at, said, nearest(rule.model, here))


def _whole(of: Of, i: int, rule: CountingRule) -> bool:
    """Whether the rule is the publication's own; one by its id alone must be shared, and its model taken, too."""
    at: Path = ("counting_rules", i)
    if rule.model and rule.title:
        if rule.id in of.loaded.counting_rules:
            of.tell(
                "PR-R022", (*at, "id"), f"The counting rule `{rule.id}` is among those shared, too.", "Renumber it."
            )
        return True
    if rule.model or rule.title:
        of.tell("PR-R031", at, "A counting rule has a title and a model, or its id alone if it is shared.")
    elif of.must_be("shared counting rule", rule.id, of.loaded.counting_rules, (*at, "id")):
        of.must_be("model", of.loaded.counting_rules[rule.id].model, of.publication.models, (*at, "id"))
    return False


def _head(of: Of) -> None:
    publication, loaded = of.publication, of.loaded
    for i, source in enumerate(publication.sources):
        of.must_be("source", source, loaded.declared["sources"], ("sources", i))
    loaded.ordered(publication.starts, publication.ends, of.made, ("ends",))
    if publication.policy is None:
        if publication.tables:
            said = "Tables are published, and no policy says what may be shown."
            of.tell("PR-R031", ("tables",), said, "Name a policy under `policy`.")
    elif of.must_be("policy", publication.policy, loaded.declared["policies"], ("policy",)):
        policy = next((m.value for m in loaded.all(Policy) if m.key == publication.policy), None)
        _reasons(of, policy)
        applies = all(each.holds for each in publication.disclosure_reasons)
        for i, table in enumerate(publication.tables):
            if policy is not None and applies and table.period not in policy.periods:
                said = f"The policy `{policy.key}` allows no table by {table.period.replace('_', ' ')}."
                of.tell("PR-R034", ("tables", i), said, f"It allows {', '.join(policy.periods)}.")
    datasets = {f"{m.key}.{d.name}" for m in loaded.all(Source) for d in m.value.datasets}
    datasets |= {f"merged.{key}" for key in loaded.declared["merges"]}
    lost = loaded.declared["sources"] - {m.key for m in loaded.all(Source)}
    for i, written in enumerate(publication.inputs):
        if written.partition(".")[0] not in lost:
            of.must_be("dataset", written, datasets, ("inputs", i))
    suppliers = {s.key for m in loaded.all(SupplierGroup) for s in m.value.suppliers}
    if len(loaded.all(SupplierGroup)) == len(loaded.declared["suppliers"]):
        for supplier in publication.supplier_areas:
            of.must_be("supplier", supplier, suppliers, ("supplier_areas", supplier))


def _reasons(of: Of, policy: Policy | None) -> None:
    """For each condition of the policy the publication says whether it holds, and why (``PR-R035``)."""
    if policy is None:
        return
    given = of.publication.disclosure_reasons
    conditions = {each.id: each.words for each in policy.applies_when}
    of.loaded.unique("condition", [each.id for each in given], of.made, ("disclosure_reasons",))
    for i, each in enumerate(given):
        known = of.must_be("condition", each.id, conditions, ("disclosure_reasons", i, "id"))
        if known and not each.reason.strip():
            said = f"It is not said why the condition `{each.id}` {'holds' if each.holds else 'does not hold'}."
            of.tell("PR-R035", ("disclosure_reasons", i), said, "Give the reason in a sentence; it is published.")
    for missing in [each for each in conditions if each not in {reason.id for reason in given}]:
        said = f"The policy `{policy.key}` applies under a condition that nothing is said of: {conditions[missing]}"
        cure = f"Say under `disclosure_reasons.{missing}` why it holds; or with `holds: false` why it does not."
        of.tell("PR-R035", ("policy",), said, cure)


def _models(of: Of) -> None:
    """Each model is a file, reads only what there is, and waits for no other in a circle (``PR-R024``, 25, 33)."""
    folder = f"publications/{of.made.key}"
    models = of.publication.models
    of.loaded.unique("model", list(models), of.made, ("models",))
    texts: dict[str, str] = {}
    for i, name in enumerate(models):
        file, shared = of.loaded.model_file(of.made.key, name), f"{SHARED}/{name}.sql"
        if file != shared and {file, shared} <= set(of.loaded.files.names):
            said = f"There is a shared model of this name, {shared}."
            of.tell("PR-R022", ("models", i), said, "Rename this one, or delete it and take the shared one.")
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or "__" in name:
            said = "A model's name has small letters, digits and single _ only, a letter first."
            of.tell("PR-R017", ("models", i), said)
        if file not in of.loaded.files.names:
            here = [n.rsplit("/", 1)[1].removesuffix(".sql") for n in of.loaded.files.inside(folder, ".sql")]
            of.tell("PR-R033", ("models", i), f"There is no file {file}.", nearest(name, here))
            of.columns[name] = None
        elif (text := of.loaded.files.read(file)) is not None:
            texts[name] = text
    for file in of.loaded.files.inside(folder, ".sql"):
        if file.rsplit("/", 1)[1].removesuffix(".sql") not in models:
            said = f"No model of the publication is this file: it is not under `models` of {folder}/publication.yaml."
            of.loaded.note("PR-R033", file, 1, said, "Name it there, or delete it.")
    _read(of, texts)


def _read(of: Of, texts: dict[str, str]) -> None:
    merges = {f"merged__{each.key}": frozenset(each.value.columns) for each in of.loaded.all(Merge)}
    allowed: dict[str, Columns] = {**relations(of.loaded), **merges}
    if of.publication.inputs:
        wanted = {each.replace(".", "__", 1) for each in of.publication.inputs}
        allowed = {name: v for name, v in allowed.items() if name in wanted or name.startswith("codes__")}
    reads = {name: names_in(text) for name, text in texts.items()}
    for text in texts.values():
        allowed.update(unmade(of.loaded, text))
    waiting = dict(texts)
    while waiting:
        ready = sorted(
            name for name in waiting if not (reads[name] & waiting.keys() - {name}) and name not in reads[name]
        )
        if not ready:
            circle = ", ".join(f"`{name}`" for name in sorted(waiting))
            said = f"These models wait for each other: {circle}."
            of.tell("PR-R033", ("models",), said, "No model may read itself, directly or through others.")
            of.columns.update(dict.fromkeys(waiting, None))
            return
        for name in ready:
            columns, found = _judged(of, waiting.pop(name), {**allowed, **of.columns}, reads[name])
            of.columns[name] = columns
            for fault in found:
                code = "PR-R024" if fault.kind == "parse" else "PR-R025"
                cure = nearest(fault.name, fault.names) if fault.name else ""
                of.loaded.note(code, of.loaded.model_file(of.made.key, name), fault.line, fault.message, cure)


def _judged(of: Of, text: str, tables: Mapping[str, Columns], reads: Iterable[str]) -> tuple[Columns, list[Fault]]:
    """`query`, once for a model that publications share, as long as it reads the same columns and nothing is wrong."""
    sound: dict[object, Columns] = of.loaded.memo.setdefault("sound models", {})
    key = (text, frozenset((name, tables[name]) for name in reads if name in tables))
    if key in sound:
        return sound[key], []
    columns, found = query(text, tables)
    if not found:
        sound[key] = columns
    return columns, found


def _dimensions(of: Of) -> None:
    """Levels have code lists, and each code's parent is a code of the next level; ``PR-R020``, ``PR-R027``."""
    of.loaded.unique("dimension", [each.name for each in of.publication.dimensions], of.made, ("dimensions",))
    for i, dimension in enumerate(of.publication.dimensions):
        path: Path = ("dimensions", i)
        if dimension.steps:
            if dimension.column or dimension.levels:
                said = "A dimension has either `steps` or a column with levels."
                of.tell("PR-R031", (*path, "steps"), said)
            continue
        if not dimension.column or not dimension.levels:
            said = "A dimension needs a `column` and `levels`, or `steps`."
            of.tell("PR-R031", path, said)
        of.loaded.unique("level", [each.name for each in dimension.levels], of.made, (*path, "levels"))
        _levels(of, dimension, path)


def _levels(of: Of, dimension: Dimension, path: Path) -> None:
    for j, level in enumerate(dimension.levels):
        if not of.must_be("code list", level.codes, of.loaded.declared["codes"], (*path, "levels", j, "codes")):
            continue
        codes = of.codes(level.codes)
        above = of.codes(dimension.levels[j + 1].codes) if j + 1 < len(dimension.levels) else None
        if codes is None or above is None or not above.codes or codes is above:
            continue
        lost = [each.code for each in codes.codes if each.parent is None or above.get(each.parent) is None]
        if lost:
            said = (
                f"`{above.key}` has no parent for {number(len(lost), 'code')} of `{codes.key}`, the first `{lost[0]}`."
            )
            of.tell("PR-R027", (*path, "levels", j), said, f"Give each a parent that is a code of `{above.key}`.")
