"""A linkage as the YAML of a specification."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from piperoll.errors import UserError
from piperoll.link.spec.declared import Declared


class _Plain(yaml.SafeDumper):
    """YAML in which small numbers have no exponent, which not every reader takes for a number."""


def _number(dumper: yaml.SafeDumper, value: float) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:float", format(Decimal(repr(value)), "f"))


_Plain.add_representer(float, _number)


def spec_of(declared: Declared) -> dict[str, Any]:
    """What YAML says of a linkage: whatever is not as it is by default."""
    out = _told(declared)
    out["fields"] = {each["name"]: {key: value for key, value in each.items() if key != "name"} or None
                     for each in out["fields"]}  # fmt: skip
    return out


def write_spec(declared: Declared, path: Path) -> None:
    """Write a specification.

    Raises:
        UserError: ``PR-L007`` if there is something already, or it cannot be written.
    """
    text = yaml.dump(spec_of(declared), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)
    write_new(path, text)


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet.

    Raises:
        UserError: ``PR-L007`` otherwise.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        raise UserError("PR-L007", "it cannot be written, or is there already.", where=str(path),
                        fix="Name a new file in a directory that you may write to.") from None  # fmt: skip


def _told(value: Any) -> Any:
    if is_dataclass(value):
        out = {}
        for each in fields(value):
            held = getattr(value, each.name)
            usual = each.default if each.default_factory is MISSING else each.default_factory()
            if held != usual:
                out[each.name.rstrip("_")] = _told(held)
        return out
    if isinstance(value, tuple):
        return [_told(each) for each in value]
    return value
