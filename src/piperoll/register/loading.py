"""Loads a register directory into the typed model, or says everything that is wrong with it.

Layout of a register::

    register.yaml                            key, title, owner, licence, contact, statement
    sources/<key>.yaml                       a source: title, number, entry, datasets
    codes/<key>.yaml (+ <key>.csv)           a code list; long ones keep their codes in the CSV
    suppliers/<key>.yaml                     a group of suppliers
    policies/<key>.yaml                      a disclosure policy
    publications/<key>/publication.yaml      a publication, its SQL models beside it
    linkage/<key>.yaml                       a linkage of datasets
    quality/<key>.yaml                       how far the quality of a source is assured
    monitor/<key>.yaml                       operational measures of a source
    merges/<key>.yaml                        a merge of systems
    forecasts/<key>.yaml                     a forecast and its scenarios
    models/<name>.sql                        a model that publications share
    models/counting_rules.yaml               the counting rules of these
    people.yaml                              people and groups
    glossary.yaml                            terms that publications explain
    recipients.yaml                          markings, and who is sent editions
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from piperoll.errors import Problem
from piperoll.register.checks import crosscheck
from piperoll.register.codefile import add_codes
from piperoll.register.files import FOLDERS, Files
from piperoll.register.loaded import Loaded, Made
from piperoll.register.model.circulation import Recipients
from piperoll.register.model.codes import CodeList, IdentifierCheck, SupplierGroup
from piperoll.register.model.facts import Frame
from piperoll.register.model.forecast import Forecast
from piperoll.register.model.glossary import Glossary
from piperoll.register.model.linkage import Declared
from piperoll.register.model.merge import Merge
from piperoll.register.model.monitor import Monitor
from piperoll.register.model.policy import Group, Person, Policy
from piperoll.register.model.publication import Publication, SharedRules
from piperoll.register.model.quality import Assessment
from piperoll.register.model.register import SHARED, Register, Source
from piperoll.register.nodes import Node
from piperoll.register.shape import build, nearest


T = TypeVar("T")
TOP = ("register.yaml", "people.yaml", "identifiers.yaml", "glossary.yaml", "recipients.yaml")
SHARED_RULES = f"{SHARED}/counting_rules.yaml"


@dataclass(frozen=True)
class Head:
    """Whose register it is.

    Attributes:
        key: Short name of the register.
        title: What people call it.
        owner: The body that answers for it.
        licence: Under which the publications may be used: an address, or a name.
        contact: Where questions go.
        statement: What a Statement of Administrative Sources says once for all sources.
    """

    key: str
    title: str
    owner: str
    licence: str = ""
    contact: str = ""
    statement: Frame | None = None


@dataclass(frozen=True)
class People:
    """Who is named, by role, and in which groups.

    Attributes:
        people: People, by key.
        groups: Groups, by key.
    """

    people: tuple[Person, ...] = ()
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True)
class Identifiers:
    """Check letters of identifiers, at the top of the register or in ``codes/``.

    Attributes:
        identifiers: Checks, by key; fields name them under ``check``.
    """

    identifiers: tuple[IdentifierCheck, ...] = ()


def inspect(root: Path) -> tuple[Register | None, list[Problem]]:
    """Load the register in ``root`` as far as it goes.

    Returns:
        The register, or None if it cannot be used as it stands; and every problem, sorted by file and line.

    Raises:
        UserError: ``PR-R001`` if there is no register.
    """
    files = Files(root)
    loaded = Loaded(files)
    head = _one(loaded, Head, "register.yaml")
    people = _one(loaded, People, "people.yaml") if "people.yaml" in files.names else None
    recipients = _one(loaded, Recipients, "recipients.yaml") if "recipients.yaml" in files.names else None
    for name in ("identifiers.yaml", "codes/identifiers.yaml"):
        if name in files.names:
            made = _one(loaded, Identifiers, name)
            loaded.identifiers |= {each.key: each for each in made.identifiers} if made else {}
    shared = _one(loaded, SharedRules, SHARED_RULES) if SHARED_RULES in files.names else None
    loaded.counting_rules = {each.id: each for each in shared.counting_rules} if shared else {}
    glossary = _one(loaded, Glossary, "glossary.yaml") if "glossary.yaml" in files.names else None
    if glossary is not None:
        loaded.terms = {each.id: each for each in glossary.terms}
        loaded.unique("term", [each.id for each in glossary.terms], loaded.named("Glossary")[0], ("terms",))
    for kind, folder in ((Source, "sources"), (SupplierGroup, "suppliers"), (Policy, "policies"),
                         (Declared, "linkage"), (Assessment, "quality"), (Monitor, "monitor"),
                         (Merge, "merges"), (Forecast, "forecasts")):  # fmt: skip
        for name in files.inside(folder, ".yaml"):
            _keyed(loaded, kind, folder, name, Path(name).stem)
    for name in files.inside("codes", ".yaml"):
        if name != "codes/identifiers.yaml":
            _keyed(loaded, CodeList, "codes", name, Path(name).stem)
    for name in files.names:
        parts = name.split("/")
        if len(parts) == 3 and parts[0] == "publications" and parts[2] == "publication.yaml":
            _keyed(loaded, Publication, "publications", name, parts[1])
    _strays(loaded)
    crosscheck(loaded)
    problems = _sorted([*files.problems, *loaded.problems])
    if head is None or problems:
        return None, problems
    return _register(loaded, head, people or People(), recipients or Recipients()), []


def _register(loaded: Loaded, head: Head, people: People, recipients: Recipients) -> Register:
    sources = {made.key: made.value for made in loaded.all(Source)}
    return Register(
        root=loaded.files.root,
        key=head.key,
        title=head.title,
        owner=head.owner,
        sources=dict(sorted(sources.items(), key=lambda item: (item[1].number or 10**6, item[0]))),
        codes={made.key: made.value for made in loaded.all(CodeList)},
        suppliers={made.key: made.value for made in loaded.all(SupplierGroup)},
        publications={made.key: _with_shared(loaded, made.value) for made in loaded.all(Publication)},
        policies={made.key: made.value for made in loaded.all(Policy)},
        linkages={made.key: made.value for made in loaded.all(Declared)},
        assessments={made.key: made.value for made in loaded.all(Assessment)},
        monitors={made.key: made.value for made in loaded.all(Monitor)},
        merges={made.key: made.value for made in loaded.all(Merge)},
        forecasts={made.key: made.value for made in loaded.all(Forecast)},
        counting_rules=loaded.counting_rules,
        glossary=loaded.terms,
        people={each.key: each for each in people.people},
        groups={each.key: each for each in people.groups},
        markings={each.key: each for each in recipients.markings},
        recipients={each.key: each for each in recipients.recipients},
        identifiers=dict(sorted(loaded.identifiers.items())),
        frame=head.statement,
        licence=head.licence,
        contact=head.contact,
        hash=loaded.files.hash(),
    )


def _with_shared(loaded: Loaded, publication: Publication) -> Publication:
    """Counting rules that are named by their id alone are those that publications share."""
    rules = (each if each.model else loaded.counting_rules[each.id] for each in publication.counting_rules)
    return replace(publication, counting_rules=tuple(rules))


def _one(loaded: Loaded, kind: type[T], name: str) -> T | None:
    node = loaded.files.tree(name)
    if node is None:
        return None
    return _keep(loaded, kind, "", name, node)


def _keep(loaded: Loaded, kind: type[T], key: str, name: str, node: Node) -> T | None:
    built = build(kind, node, name)
    loaded.problems.extend(built.problems)
    if built.value is not None:
        loaded.keep(Made(kind, key, name, built.node, built.value, built.mended))
    return built.value


def _keyed(loaded: Loaded, kind: type[T], folder: str, name: str, key: str) -> None:
    """Load a file whose key is its name; it may say its key, but the same."""
    loaded.declared[folder].add(key)
    node = loaded.files.tree(name)
    if node is None:
        return
    if isinstance(node.value, dict):
        said = node.value.get("key")
        if said is not None and str(said.value) != key:
            message = f"The key differs from the file's name, `{key}`."
            place = f"{name}:{node.keys['key']}"
            loaded.problems.append(Problem("PR-R015", message, place, "key", "Leave the key out, or rename one."))
        node.value["key"] = Node(1, key)
        node.keys.setdefault("key", 1)
        if kind is CodeList:
            add_codes(loaded, name, node)
    _keep(loaded, kind, key, name, node)


def _strays(loaded: Loaded) -> None:
    """YAML files that nothing reads are mistakes: a ``.yml``, a misspelt folder."""
    for name in loaded.files.names:
        if not name.endswith((".yaml", ".yml")):
            continue
        parts = name.split("/")
        if name in (*TOP, SHARED_RULES) or name in loaded.read:
            continue
        if name.endswith(".yml"):
            fix = "Name it .yaml."
        elif parts[0] == "publications":
            fix = "A publication is declared in publications/<name>/publication.yaml."
        elif len(parts) == 1 or parts[0] not in FOLDERS:
            near = nearest(parts[0], [*FOLDERS, *TOP])
            fix = near or f"Folders are {', '.join(FOLDERS)}."
        else:
            fix = "Put it directly into its folder."
        loaded.problems.append(Problem("PR-R008", "Nothing reads this file.", name, fix=fix))


def _sorted(problems: list[Problem]) -> list[Problem]:
    def place(problem: Problem) -> tuple[str, int, str, str]:
        file, _, line = problem.where.rpartition(":")
        return (
            (file, int(line), problem.key, problem.code)
            if file and line.isdigit()
            else (problem.where, 0, problem.key, problem.code)
        )

    return sorted(dict.fromkeys(problems), key=place)
