"""Finds what a key names, among everything that is declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from piperoll.errors import UserError
from piperoll.register.model.circulation import Marking, Recipient
from piperoll.register.model.codes import CodeList, IdentifierCheck, SupplierGroup
from piperoll.register.model.contract import Dataset
from piperoll.register.model.forecast import Forecast
from piperoll.register.model.linkage import Declared
from piperoll.register.model.merge import Merge
from piperoll.register.model.monitor import Monitor
from piperoll.register.model.policy import Group, Person, Policy
from piperoll.register.model.publication import Publication
from piperoll.register.model.quality import Assessment
from piperoll.register.model.register import Register, Source
from piperoll.register.shape import nearest


KINDS: dict[str, type] = {
    "source": Source,
    "dataset": Dataset,
    "codes": CodeList,
    "suppliers": SupplierGroup,
    "publication": Publication,
    "policy": Policy,
    "linkage": Declared,
    "quality": Assessment,
    "monitor": Monitor,
    "merge": Merge,
    "forecast": Forecast,
    "identifier": IdentifierCheck,
    "person": Person,
    "group": Group,
    "marking": Marking,
    "recipient": Recipient,
}


# What may bear the key of another thing: by the key alone the other is meant.
BESIDE = ("quality", "monitor", "marking", "recipient")


@dataclass(frozen=True)
class Found:
    """One declared thing: its kind (a key of `KINDS`), its key (``source.dataset`` for a dataset) and itself."""

    kind: str
    key: str
    value: Any

    @property
    def title(self) -> str:
        """What people call it."""
        names = (getattr(self.value, name, "") for name in ("title", "name", "organisation", "label"))
        return str(next(filter(None, names), ""))


def everything(register: Register) -> Iterator[Found]:
    """Every declared thing, kind by kind, in the register's order."""
    for key, source in register.sources.items():
        yield Found("source", key, source)
    for source, dataset in register.datasets():
        yield Found("dataset", f"{source.key}.{dataset.name}", dataset)
    for kind, things in (
        ("codes", register.codes),
        ("suppliers", register.suppliers),
        ("publication", register.publications),
        ("policy", register.policies),
        ("linkage", register.linkages),
        ("quality", register.assessments),
        ("monitor", register.monitors),
        ("merge", register.merges),
        ("forecast", register.forecasts),
        ("identifier", register.identifiers),
        ("person", register.people),
        ("group", register.groups),
        ("marking", register.markings),
        ("recipient", register.recipients),
    ):
        for key, value in things.items():
            yield Found(kind, key, value)


def find(register: Register, key: str, kind: str | None = None) -> Found:
    """The declared thing of this key.

    Raises:
        UserError: ``PR-R040`` if there is none, or several of different kinds and no ``kind`` to choose by.
    """
    among = [each for each in everything(register) if kind in (None, each.kind)]
    found = [each for each in among if each.key == key]
    if not found:
        cure = nearest(key, [each.key for each in among]) or "See `piperoll register list`."
        raise UserError("PR-R040", f"Nothing in the register is named `{key}`.", fix=cure)
    if len(found) > 1 and any(each.kind not in BESIDE for each in found):
        found = [each for each in found if each.kind not in BESIDE]
    if len(found) > 1:
        kinds = " or ".join(f"--kind {each.kind}" for each in found)
        raise UserError("PR-R040", f"`{key}` names {len(found)} things.", fix=f"Choose one with {kinds}.")
    return found[0]
