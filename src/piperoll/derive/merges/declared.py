"""What a declared merge reads."""

from __future__ import annotations

from piperoll.errors import UserError
from piperoll.register.model.merge import Merge
from piperoll.register.model.register import Register
from piperoll.register.shape import nearest
from piperoll.register.sql import names_in


def declared_merge(register: Register, key: str) -> Merge:
    """The merge of this key.

    Raises:
        UserError: ``PR-D024``.
    """
    if key not in register.merges:
        fix = nearest(key, register.merges) or f"Merges are {', '.join(register.merges) or 'not declared here'}."
        raise UserError("PR-D024", f"There is no merge `{key[:60]}`.", where="merges/", fix=fix)
    return register.merges[key]


def datasets_of(register: Register, declared: Merge) -> list[str]:
    """Datasets (``source.dataset``) that its SQL reads, sorted."""
    known = {f"{source.key}.{each.name}" for source, each in register.datasets()}
    return sorted(known & {name.replace("__", ".", 1) for name in _names(declared)})


def lists_of(declared: Merge) -> list[str]:
    """Code lists that its SQL reads, sorted."""
    return sorted(name.removeprefix("codes__") for name in _names(declared) if name.startswith("codes__"))


def _names(declared: Merge) -> set[str]:
    conditions = [declared.pairs.when, *(each.expected for each in declared.sides), *(r.when for r in declared.reasons)]
    texts = [*(each.sql for each in declared.sides), *(f"SELECT ({text}\n)" for text in conditions if text)]
    return {name for text in texts for name in names_in(text)}
