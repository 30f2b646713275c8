"""Names that somebody gives, against those that a register declares."""

from __future__ import annotations

from difflib import get_close_matches

from piperoll.errors import UserError
from piperoll.register.model.register import Register


def require_declared(
    register: Register,
    source: str | None = None,
    dataset: str | None = None,
    supplier: str | None = None,
    whole: bool = False,
) -> None:
    """Refuse names that the register does not declare; ``whole``: a dataset is written with its source.

    Raises:
        UserError: ``PR-W005`` with the nearest name.
    """
    pairs = register.datasets()
    keys = {f"{s.key}.{d.name}" for s, d in pairs} | (set() if whole else {d.name for _, d in pairs})
    for kind, name, known in (
        ("source", source, set(register.sources)),
        ("dataset", dataset, keys),
        ("supplier", supplier, set(register.supplier_names)),
    ):
        if name is None or name in known:
            continue
        near = get_close_matches(name, sorted(known), n=1)
        hint = f"Did you mean `{near[0]}`?" if near else "See `piperoll register list`."
        raise UserError("PR-W005", f"there is no {kind} `{name[:60]}`.", fix=hint)
