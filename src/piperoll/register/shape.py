"""From a YAML tree to a frozen dataclass, or to sentences that say what is wrong with it.

pydantic validates; every error of it becomes a `Problem` with line, dotted key, what was expected and the nearest
valid name. Scalars keep the meaning they have on paper: only ``true`` and ``false`` are booleans, only ``2012-05-01``
is a date (pydantic alone would take 2012 for a number of seconds).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import re
import types
import typing
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError, SchemaValidator, core_schema

from piperoll.errors import Problem
from piperoll.register.nodes import Node, dotted


T = TypeVar("T")
Path = tuple[str | int, ...]

# the field that names an entry: a mapping written in place of a list gives it from its keys
NAMING = ("key", "name", "id", "code")

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")


def yaml_name(name: str) -> str:
    """The key in YAML of a dataclass field: ``cls`` is written ``class``, ``from_`` ``from``."""
    return "class" if name == "cls" else name.rstrip("_")


@dataclasses.dataclass(frozen=True)
class Built(Generic[T]):
    """What came of a tree.

    Attributes:
        value: The object; None if nothing could be made of the tree.
        node: The tree with its short forms written out.
        problems: What is wrong with it.
        mended: Paths at which a faulty value was left out or put in, so that the rest can be checked, too. A value with
            any of them is good for checking and for nothing else.
    """

    value: T | None
    node: Node
    problems: tuple[Problem, ...] = ()
    mended: frozenset[Path] = frozenset()


def build(kind: type[T], node: Node, file: str) -> Built[T]:
    """Make a ``kind``, a frozen dataclass, from a tree read from ``file``.

    Problems: ``PR-R010`` unknown key, ``PR-R011`` missing key, ``PR-R012`` wrong type, ``PR-R013`` not one of the
    allowed values, ``PR-R014`` not a date.
    """
    full = unfold(kind, node)
    validator = _validator(typing.cast(Any, kind))
    try:
        return Built(validator.validate_python((full.plain(),))[0], full)
    except ValidationError as error:
        faults = _faults(full, error)
    problems = tuple(_translate(kind, full, file, faults))
    plain, mended = mend(kind, full, faults)
    try:
        return Built(validator.validate_python((plain,))[0], full, problems, mended)
    except ValidationError:
        return Built(None, full, problems)


def nearest(word: str, names: Iterable[str]) -> str:
    """``Did you mean `x`?``, or nothing if no name is near."""
    names = sorted(set(names))
    folded = {name.casefold(): name for name in reversed(names)}
    found = difflib.get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return f"Did you mean `{folded[found[0]]}`?" if found else ""


# --- short forms -------------------------------------------------------------------------------------------------


def unfold(kind: Any, node: Node) -> Node:
    """Write out the short forms: a mapping for a list of named things, ``code: label``; leave out empty keys."""
    if not isinstance(node.value, dict | list):
        return node
    inner = _unwrap(kind)
    if dataclasses.is_dataclass(inner) and isinstance(node.value, dict):
        hints = _hints(inner)
        value = {
            key: unfold(hints[key], each) if key in hints else each
            for key, each in node.value.items()
            if each.value is not None or key not in hints or _takes_none(hints[key])
        }
        return Node(node.line, value, node.keys, node.file)
    element = _element(inner)
    if element is None:
        return node
    if isinstance(node.value, list):
        return Node(node.line, [_labelled(element, unfold(element, each)) for each in node.value], file=node.file)
    if isinstance(node.value, dict) and get_origin(inner) is dict:
        return Node(node.line, {k: unfold(element, v) for k, v in node.value.items()}, node.keys, node.file)
    naming = _naming(element)
    if isinstance(node.value, dict) and naming:
        entries = [_named(element, naming, k, node.keys[k], v) for k, v in node.value.items()]
        return Node(node.line, [_labelled(element, unfold(element, each)) for each in entries])
    return node


def _labelled(kind: Any, node: Node) -> Node:
    """The node, called by what names it."""
    naming = _naming(kind)
    if naming and isinstance(node.value, dict) and naming in node.value:
        named = node.value[naming].value
        node.label = str(named) if isinstance(named, str | int) else ""
    return node


def _named(kind: Any, naming: str, key: str, line: int, node: Node) -> Node:
    name = Node(line, key)
    if isinstance(node.value, dict):
        if naming in node.value:
            return node
        return Node(line, {naming: name, **node.value}, {naming: line, **node.keys})
    second = yaml_name(dataclasses.fields(kind)[1].name)
    if node.value is None:
        return Node(line, {naming: name}, {naming: line})
    return Node(line, {naming: name, second: node}, {naming: line, second: node.line})


def _naming(kind: Any) -> str | None:
    if not dataclasses.is_dataclass(kind):
        return None
    first = dataclasses.fields(kind)[0].name
    return first if first in NAMING else None


def _hints(kind: Any) -> dict[str, Any]:
    return _hints_of(kind)


@cache
def _hints_of(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {yaml_name(f.name): hints[f.name] for f in dataclasses.fields(kind) if f.init}


@cache
def _unwrap(kind: Any) -> Any:
    """Without ``| None``, if one type is left."""
    if _is_union(kind):
        rest = [each for each in get_args(kind) if each is not type(None)]
        # of several, the structured one: a word may stand in its stead
        rest = [each for each in rest if dataclasses.is_dataclass(each) or _element(each) is not None] or rest
        return rest[0] if len(rest) == 1 else kind
    return kind


def _takes_none(kind: Any) -> bool:
    return kind is Any or type(None) in get_args(kind)


@cache
def _element(kind: Any) -> Any:
    origin, args = get_origin(kind), get_args(kind)
    if origin in (tuple, list) and args and (origin is list or args[-1] is Ellipsis):
        return _unwrap(args[0])
    if origin is dict and len(args) == 2:
        return _unwrap(args[1])
    return None


def type_at(kind: Any, path: Path) -> Any:
    """The declared type at ``path`` below ``kind``; None where it cannot be told."""
    return _unwrap(_type_at(kind, path))


def _type_at(kind: Any, path: Path) -> Any:
    """The same with everything that may stand there, a word in a structure's stead, too."""
    for step in path:
        kind = _unwrap(kind)
        if dataclasses.is_dataclass(kind):
            kind = _hints(kind).get(str(step))
        else:
            args = get_args(kind)
            kind = _element(kind) or (args[step] if isinstance(step, int) and step < len(args) else None)
        if kind is None:
            return None
    return kind


# --- the validator -----------------------------------------------------------------------------------------------


@cache
def _validator(kind: Any) -> SchemaValidator:
    adapter: TypeAdapter[Any] = TypeAdapter(
        tuple[kind],
        config=ConfigDict(extra="forbid", coerce_numbers_to_str=True),
    )
    return SchemaValidator(_strict(adapter.core_schema))


def _number(value: Any) -> Any:
    if isinstance(value, bool) or (isinstance(value, str) and not _NUMBER.match(value)):
        raise PydanticCustomError("number", "not a number")
    return value


def _bool(value: Any) -> Any:
    if not isinstance(value, bool):
        raise PydanticCustomError("bool", "not a boolean")
    return value


def _date(value: Any) -> Any:
    if isinstance(value, str) and _DATE.match(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("date", "not a date")


_BEFORE: dict[str, Callable[[Any], Any]] = {"int": _number, "float": _number, "bool": _bool, "date": _date}


def _strict(schema: Any) -> Any:
    """The same schema, with the guards above before numbers, booleans and dates, and fields under their YAML names."""
    if isinstance(schema, list | tuple):
        return type(schema)(_strict(each) for each in schema)
    if not isinstance(schema, dict):
        return schema
    kind = schema.get("type")
    # metadata holds serialisation hints, not schemas
    out = {k: v if k in ("metadata", "config", "serialization") else _strict(v) for k, v in schema.items()}
    if kind == "dataclass-field" and yaml_name(schema["name"]) != schema["name"]:
        out["validation_alias"] = yaml_name(schema["name"])
    if isinstance(kind, str) and kind in _BEFORE:
        return core_schema.no_info_before_validator_function(_BEFORE[kind], out)
    return out


# --- mending ------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class _Fault:
    """An error of pydantic, and where it is in the tree."""

    type: str
    loc: Path
    found: Node
    line: int
    steps: Path
    path: Path  # with the key that is missing, if one is


def _faults(node: Node, error: ValidationError) -> list[_Fault]:
    """Errors by place. Of the branches of a union, those that looked deepest into the value say most about it."""
    out = []
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        loc = tuple(each["loc"])[1:]
        found, line, steps = node.find(loc)
        lacks = each["type"] == "missing" and isinstance(loc[-1], str)
        out.append(_Fault(each["type"], loc, found, line, steps, (*steps, str(loc[-1])) if lacks else steps))
    below = {each.path[:n] for each in out for n in range(len(each.path))}
    return [each for each in out if each.path not in below] or out[:1]


def mend(kind: Any, node: Node, faults: Iterable[_Fault]) -> tuple[object, frozenset[Path]]:
    """The plain value without its faults, and the paths concerned."""
    plain = node.plain()
    mended: set[Path] = set()
    for each in faults:
        if not each.path or each.path in mended:
            continue
        mended.add(each.path)
        holder: Any = plain
        for step in each.path[:-1]:
            holder = holder[step]
        last: Any = each.path[-1]
        neutral = _neutral(type_at(kind, each.path), each.path)
        if isinstance(holder, dict) and (neutral is None or not _required(type_at(kind, each.path[:-1]), last)):
            holder.pop(last, None)
        else:
            holder[last] = neutral
    return plain, frozenset(mended)


def _required(kind: Any, name: str) -> bool:
    if not dataclasses.is_dataclass(kind):
        return False
    found = next((f for f in dataclasses.fields(kind) if yaml_name(f.name) == name), None)
    return found is not None and found.default is found.default_factory is dataclasses.MISSING


def _neutral(kind: Any, path: Path) -> object:
    """A value of this kind that breaks nothing else; texts differ, so that no two seem to be one."""
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if get_origin(kind) in (tuple, list):
        fixed = () if _element(kind) is not None else get_args(kind)
        return [_neutral(_unwrap(each), (*path, i)) for i, each in enumerate(fixed)]
    if get_origin(kind) is dict:
        return {}
    if dataclasses.is_dataclass(kind):
        return {
            yaml_name(f.name): _neutral(_hints(kind)[yaml_name(f.name)], (*path, f.name))
            for f in dataclasses.fields(kind)
            if _required(kind, yaml_name(f.name))
        }
    return {str: "?" + ".".join(map(str, path)), int: 0, float: 0.0, bool: False, dt.date: "0001-01-01"}.get(kind)


# --- sentences ---------------------------------------------------------------------------------------------------


def _translate(kind: Any, node: Node, file: str, faults: Iterable[_Fault]) -> list[Problem]:
    seen: dict[tuple[str, str], Problem] = {}
    for each in faults:
        at = (f"{each.found.file or file}:{each.line}", dotted(node, each.path))
        problem = _problem(kind, each.type, each.loc, each.steps, each.found, at)
        # the branches of a union fail one by one at the same place: one sentence is enough
        seen.setdefault((problem.key, problem.code), problem)
    return list(seen.values())


def _problem(kind: Any, error: str, loc: Path, steps: Path, found: Node, at: tuple[str, str]) -> Problem:
    if error == "missing" and isinstance(loc[-1], str):
        name = str(loc[-1])
        return Problem("PR-R011", f"The key `{name}` is missing.", *at, "Write it.")
    if error in ("unexpected_keyword_argument", "extra_forbidden", "unexpected_positional_argument"):
        holder = type_at(kind, steps[:-1])
        expected = sorted(_hints(holder)) if dataclasses.is_dataclass(holder) else []
        cure = nearest(str(steps[-1]), expected) or f"Keys here are {_listed(expected)}."
        return Problem("PR-R010", "This key is not known here.", *at, cure)
    declared = _type_at(kind, steps)
    # a structure was written: the word that might have stood there is not what was meant
    declared = _unwrap(declared) if isinstance(found.value, dict | list) else _plainly(declared)
    value = _said(found)
    if get_origin(declared) is Literal:
        allowed = [str(each) for each in get_args(declared)]
        cure = nearest(str(found.value), allowed) if isinstance(found.value, str) else ""
        said = f"Expected one of {_listed(allowed)}, found {value}."
        return Problem("PR-R013", said, *at, cure)
    if declared is dt.date:
        said = f"Expected a date such as 2012-04-01, found {value}."
        return Problem("PR-R014", said, *at)
    if isinstance(found.value, list) and get_origin(declared) is tuple and _element(declared) is None:
        value = f"a list of {len(found.value)}"
    return Problem("PR-R012", f"Expected {_words(declared)}, found {value}.", *at)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _plainly(kind: Any) -> Any:
    """Without ``| None``, everything else left to choose from."""
    rest = [each for each in get_args(kind) if each is not type(None)] if _is_union(kind) else []
    return rest[0] if len(rest) == 1 else kind


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, types.UnionType)


def _said(node: Node) -> str:
    value = node.value
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).replace("\n", " ")
    return f"`{text[:57]}...`" if len(text) > 60 else f"`{text}`"


_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", dt.date: "a date"}


def _words(kind: Any) -> str:
    kind = _plainly(kind)
    if get_origin(kind) is Literal:
        return " or ".join(f"`{each}`" for each in get_args(kind))
    if kind in _WORDS:
        return _WORDS[kind]
    if dataclasses.is_dataclass(kind):
        return f"a mapping with the keys {_listed(sorted(_hints(kind)))}"
    origin = get_origin(kind)
    if origin in (tuple, list):
        element = _element(kind)
        if element is None:
            return f"a list of {len(get_args(kind))}"
        return "a list" if _naming(element) is None else "a list, or a mapping by name"
    if origin is dict:
        return "a mapping"
    if _is_union(kind):
        options = [_words(each) for each in get_args(kind) if each is not type(None)]
        return " or ".join(dict.fromkeys(options))
    return "another kind of value"
