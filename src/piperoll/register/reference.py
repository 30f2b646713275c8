"""Reference of the register's YAML, made from the model: each mapping, its keys, what they take and what they mean."""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
import typing
from typing import Any, Literal, Union, get_args, get_origin

from piperoll.register.loading import Head, Identifiers, People
from piperoll.register.model.circulation import Recipients
from piperoll.register.model.codes import CodeList, SupplierGroup
from piperoll.register.model.forecast import Forecast
from piperoll.register.model.glossary import Glossary
from piperoll.register.model.linkage import Declared
from piperoll.register.model.merge import Merge
from piperoll.register.model.monitor import Monitor
from piperoll.register.model.policy import Policy
from piperoll.register.model.publication import Publication, SharedRules
from piperoll.register.model.quality import Assessment
from piperoll.register.model.register import Source
from piperoll.register.shape import yaml_name


FILES: dict[str, type] = {
    "register.yaml": Head,
    "sources/<key>.yaml": Source,
    "codes/<key>.yaml": CodeList,
    "suppliers/<key>.yaml": SupplierGroup,
    "publications/<key>/publication.yaml": Publication,
    "policies/<key>.yaml": Policy,
    "linkage/<key>.yaml": Declared,
    "quality/<key>.yaml": Assessment,
    "monitor/<key>.yaml": Monitor,
    "merges/<key>.yaml": Merge,
    "forecasts/<key>.yaml": Forecast,
    "models/counting_rules.yaml": SharedRules,
    "people.yaml": People,
    "recipients.yaml": Recipients,
    "identifiers.yaml": Identifiers,
    "glossary.yaml": Glossary,
}
_KEYED = (Source, CodeList, SupplierGroup, Publication, Policy, Declared, Assessment, Monitor, Merge, Forecast)
_WORDS = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false", "date": "date"}
_INTRODUCTION = """# The register's YAML

Made from the model. `piperoll register check` says what is wrong with a register, with file and line.

- Only `true` and `false` are booleans; `yes`, `no`, `on`, `off` and `NO` are texts. A code such as `01` keeps its zero.
- Dates are written `2012-04-01`; periods `2012`, `2012Q2`, `2012-05` or `2011/12`.
- The key of a thing is the name of its file (of a publication: of its folder).
- A list of named things may be written as a mapping by name, and a short one as `name: text`: `codes: {N: New}`.
- A key with nothing behind it counts as left out. A key that is not listed here is a mistake.
- Long code lists lie in `codes/<key>.csv`, with the columns `code`, `label`, `parent`, `valid_from` and `valid_to`; any
  other column is an attribute.
"""


def reference() -> str:
    """The whole reference as Markdown."""
    lines = [_INTRODUCTION]
    done: set[type] = set()
    for file, kind in FILES.items():
        lines.append(f"## `{file}`\n")
        waiting = [kind]
        while waiting:
            each = waiting.pop(0)
            if each in done:
                continue
            done.add(each)
            if each is not kind:
                lines.append(f"### {_title(each)}\n")
            lines += [_section(each), ""]
            waiting += _below(each)
    return "\n".join(lines).rstrip() + "\n"


def _section(kind: Any) -> str:
    about, attributes = _docstring(kind)
    hints = typing.get_type_hints(kind)
    rows = ["| key | takes | left out | meaning |", "|---|---|---|---|"]
    for each in dataclasses.fields(kind):
        left_out = "the file's name" if each.name == "key" and kind in _KEYED else _default(each)
        row = (f"`{yaml_name(each.name)}`", _takes(hints[each.name]), left_out, attributes.get(each.name, ""))
        rows.append("| " + " | ".join(text.replace("|", "\\|") for text in row) + " |")
    return "\n\n".join([about, "\n".join(rows)])


def _docstring(kind: Any) -> tuple[str, dict[str, str]]:
    """The text before ``Attributes:``, and the text of each attribute (``a, b: text`` serves both)."""
    text = re.sub(r"``?([^`]+)``?", r"`\1`", inspect.getdoc(kind) or "")
    about, _, rest = text.partition("Attributes:\n")
    out: dict[str, str] = {}
    names: list[str] = []
    for line in rest.splitlines():
        found = re.match(r" {4}([a-z_]+(?:, [a-z_]+)*): (.*)", line)
        if found:
            names = found[1].split(", ")
            out.update(dict.fromkeys(names, found[2]))
        else:
            for name in names:
                out[name] = f"{out[name]} {line.strip()}".rstrip()
    return about.strip(), out


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default_factory is not dataclasses.MISSING:
        return ""
    if field.default is dataclasses.MISSING:
        return "not allowed"
    if field.default in (None, "", ()) or dataclasses.is_dataclass(field.default):
        return ""
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def _takes(kind: Any) -> str:
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal:
        return ", ".join(f"`{each}`" for each in args)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_takes(each) for each in args if each is not type(None)))
    if origin is tuple and args[-1] is not Ellipsis:
        return f"list of {len(args)}: {', '.join(_takes(each) for each in args)}"
    if origin in (tuple, list):
        return f"list: {_takes(args[0])}"
    if origin is dict:
        return f"mapping to {_takes(args[1])}"
    if dataclasses.is_dataclass(kind):
        return _title(kind)
    return _WORDS.get(getattr(kind, "__name__", ""), "any value")


def _title(kind: Any) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__).capitalize()


def _below(kind: Any) -> list[Any]:
    out: list[Any] = []

    def visit(each: Any) -> None:
        if dataclasses.is_dataclass(each):
            out.append(each)
        for argument in get_args(each):
            visit(argument)

    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        visit(hints[field.name])
    return out
