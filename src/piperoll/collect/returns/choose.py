"""Which dataset, suppliers and period are meant; and files put into place whole."""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from pathlib import Path

from piperoll.collect.slots import Slot, not_owed
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.declared import require_declared
from piperoll.register.model.codes import Supplier
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register


def dataset_of(register: Register, source: str, dataset: str = "") -> Dataset:
    """The dataset of a source; it need not be named where the source has one.

    Raises:
        UserError: PR-W005 for an unknown source, PR-C190 where the dataset is not clear.
    """
    require_declared(register, source)
    known = {each.name: each for key, each in register.datasets() if key.key == source}
    name = dataset.removeprefix(f"{source}.")
    if not name and len(known) == 1:
        return next(iter(known.values()))
    if name in known:
        return known[name]
    listed = ", ".join(f"`{each}`" for each in known) or "none"
    message = f"There is no dataset `{name[:60]}`." if name else "It is not clear which dataset is meant."
    near = get_close_matches(name, known, n=1) if name else []
    fix = f"Did you mean `{near[0]}`?" if near else f"Name one of its datasets: {listed}."
    raise UserError("PR-C190", message, where=source, fix=fix)


def period_of(dataset: Dataset, text: str) -> Period:
    """A period of the kind in which a dataset is delivered.

    Raises:
        UserError: PR-W001, or PR-C190 for one of another kind.
    """
    period = Period.parse(text)
    if period.kind != dataset.period:
        noun = dataset.period.replace("_", " ")
        message = f"`{text}` is no {noun}, which `{dataset.name}` is delivered by."
        raise UserError("PR-C190", message, fix=f"Give a {noun}.")
    return period


def suppliers_of(register: Register, source: str, dataset: Dataset, key: str = "", period: str = "") -> list[Supplier]:
    """The suppliers that owe a dataset (in a period), or the one of this key.

    Raises:
        UserError: PR-C190 where it owes nothing of it.
    """
    group = register.suppliers.get(dataset.suppliers)
    known = list(group.suppliers) if group else []
    if key:
        found = [each for each in known if each.key == key]
        if not found:
            message = f"The supplier `{key[:60]}` owes nothing of `{dataset.name}`."
            near = get_close_matches(key, [each.key for each in known], n=1)
            fix = f"Did you mean `{near[0]}`?" if near else "`piperoll deliveries` lists who owes what."
            raise UserError("PR-C190", message, where=source, fix=fix)
        return found
    if not period:
        return known
    # Judged as of the period's own end: a form is written before its period has begun.
    last = Period.parse(period).end
    return [s for s in known if not not_owed(register, Slot(source, dataset.name, s.key, period), last)]


def file_name(source: str, dataset: Dataset, supplier: str, period: str, suffix: str = ".xlsx") -> str:
    """Name of a file by the contract's pattern, so that it finds its slot again."""
    stem = dataset.file.pattern or f"{source}_{dataset.name}_{{supplier}}_{{period}}"
    stem = re.sub(r"\.[A-Za-z]+(\.gz)?\Z", "", stem)
    stem = stem.replace("{supplier}", supplier).replace("{period}", period.replace("/", "-"))
    return re.sub(r"[^\w.-]+", "_", stem) + suffix


def place(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; readable by its owner alone.

    Raises:
        UserError: PR-C191 where it cannot be written.
    """
    half = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.unlink(missing_ok=True)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        message = f"The file cannot be written ({error.strerror})."
        raise UserError("PR-C191", message, where=str(path), fix="Give another --out.") from None
