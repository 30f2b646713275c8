"""YAML as a tree in which every key and value knows its line.

Built from YAML events and not by a YAML constructor, so that nothing is resolved behind the writer's back: ``NO`` is
the text NO (Norway, or an answer), ``2012-05`` is text, ``01`` keeps its zero; ``true`` and ``false`` alone are
booleans. Depth, size and aliases are limited, so a small hostile file cannot become a large one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from piperoll.errors import Problem


Scalar: TypeAlias = str | int | float | bool | None

MAX_DEPTH = 40
MAX_NODES = 400_000
_INT = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+\Z")
_PLAIN = {"": None, "~": None, "null": None, "true": True, "false": False}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAGS = {None, "!", "tag:yaml.org,2002:str"}


@dataclass
class Node:
    """A value with its line (from 1), and for a mapping the line of each key.

    ``value`` is a scalar, a list of nodes, or a dict of nodes by key. ``file`` is set where a value comes from another
    file than its surroundings (the CSV beside a code list); ``label`` is what an entry of a list is called.
    """

    line: int
    value: Scalar | list[Node] | dict[str, Node]
    keys: dict[str, int] = field(default_factory=dict)
    file: str = ""
    label: str = ""

    def plain(self) -> object:
        """The value without positions."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def find(self, path: Iterable[str | int]) -> tuple[Node, int, tuple[str | int, ...]]:
        """Follow ``path`` as far as it goes.

        Returns:
            The deepest node reached, the line of its key (or its own), and the steps that led there. Steps that name
            nothing here (a validator puts such into its paths) are passed over.
        """
        node, line, steps = self, self.line, []
        for step in path:
            if isinstance(node.value, dict) and str(step) in node.value:
                line = node.keys[str(step)]
                node = node.value[str(step)]
            elif isinstance(node.value, list) and isinstance(step, int) and 0 <= step < len(node.value):
                node = node.value[step]
                line = node.line
            else:
                continue
            steps.append(step)
        return node, line, tuple(steps)


def dotted(node: Node, path: Iterable[str | int]) -> str:
    """A path as people write it, list entries by their name: ``datasets.claim.fields.court_code.type``."""
    here: Node | None = node
    words = []
    for step in path:
        word = str(step)
        if here is not None and isinstance(here.value, list) and isinstance(step, int) and step < len(here.value):
            here = here.value[step]
            word = here.label or word
        elif here is not None and isinstance(here.value, dict):
            here = here.value.get(str(step))
        else:
            here = None
        words.append(word)
    return ".".join(words)


class _Stop(Exception):
    """Reading cannot go on; ``problem`` says why."""

    def __init__(self, code: str, line: int, message: str, fix: str) -> None:
        super().__init__(message)
        self.code, self.line, self.message, self.fix = code, line, message, fix


def parse(text: str, name: str) -> tuple[Node | None, list[Problem]]:
    """Read one YAML document.

    Args:
        text: The document.
        name: File name for problems, relative to the register.

    Returns:
        The tree, or None if the text cannot be read as YAML at all; and what is wrong with it (``PR-R003`` not YAML,
        ``PR-R004`` nothing in it, ``PR-R005`` too deep or too large, ``PR-R007`` a key twice).
    """
    builder = _Builder(name)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        said = error.problem or error.context or "cannot be read"
        return None, [_not_yaml(name, line, said)]
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 1
        return None, [_not_yaml(name, line, "a control character stands in the text")]
    except _Stop as stop:
        return None, [Problem(stop.code, stop.message, f"{name}:{stop.line}", fix=stop.fix)]
    if builder.root is None:
        return None, [Problem("PR-R004", "The file is empty.", f"{name}:1", fix="Write its keys, or delete it.")]
    return builder.root, builder.problems


def _not_yaml(name: str, line: int, said: str) -> Problem:
    return Problem(
        "PR-R003",
        f"This is not YAML: {said.strip().rstrip('.')}.",
        f"{name}:{line}",
        fix="Look at the indentation, and put quotes round a text that has `: ` or ` #` in it.",
    )


def _resolve(event: yaml.ScalarEvent) -> Scalar:
    text = event.value
    if event.style or event.tag is not None:
        return text
    if text in _PLAIN:
        return _PLAIN[text]
    if _INT.match(text) and text != "-0":
        return int(text)
    # a float only if it would be written the same way again: 1.10 stays the text 1.10 (a version, perhaps)
    if _FLOAT.match(text) and repr(float(text)) == text:
        return float(text)
    return text


@dataclass
class _Open:
    """A collection whose end has not come yet."""

    node: Node
    anchor: str | None
    key: str | None = None
    key_line: int = 0
    skip: bool = False


class _Builder:
    """Makes the tree from events, one document only, without recursion."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._count = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        mark = event.start_mark
        line = mark.line + 1 if mark is not None else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _Stop("PR-R003", line, "This is not one YAML document but several.", "Remove the `---`.")
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor or "", line)
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._start(event, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            closed = self._stack.pop()
            if closed.anchor:
                self._anchors[closed.anchor] = (closed.node, _size(closed.node))
            self._place(closed.node, line, count=0)

    def _start(self, event: yaml.CollectionStartEvent, line: int) -> None:
        if event.tag is not None and not event.implicit:
            raise _Stop("PR-R003", line, f"The YAML tag {event.tag} is not allowed.", "Write a plain value.")
        if len(self._stack) >= MAX_DEPTH:
            raise _Stop("PR-R005", line, f"Nested deeper than {MAX_DEPTH} levels.", "Make it flatter.")
        self._needs_value(line, "a mapping or a list")
        value: list[Node] | dict[str, Node] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._stack.append(_Open(Node(line, value), event.anchor))

    def _needs_value(self, line: int, what: str) -> None:
        if self._stack and isinstance(self._stack[-1].node.value, dict) and self._stack[-1].key is None:
            raise _Stop("PR-R003", line, f"A key must be a text, not {what}.", "Write the key as a text.")

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if event.tag not in _TAGS:
            raise _Stop("PR-R003", line, f"The YAML tag {event.tag} is not allowed.", "Write a plain value.")
        if not self._stack and event.value == "" and not event.style:
            return  # nothing but comments
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.node.value, dict) and top.key is None:
            self._key(top, event.value, line)
            return
        node = Node(line, _resolve(event))
        if event.anchor:
            self._anchors[event.anchor] = (node, 1)
        self._place(node, line, count=1)

    def _key(self, top: _Open, key: str, line: int) -> None:
        top.key, top.key_line = key, line
        top.skip = key in top.node.keys
        if top.skip:
            self.problems.append(
                Problem(
                    "PR-R007",
                    f"This key stands twice in one mapping (first on line {top.node.keys[key]}).",
                    f"{self.name}:{line}",
                    key=".".join([*(o.key for o in self._stack[:-1] if o.key), key]),
                    fix="Keep one of the two.",
                )
            )

    def _alias(self, anchor: str, line: int) -> None:
        self._needs_value(line, "an alias")
        if anchor not in self._anchors:
            raise _Stop("PR-R003", line, f"The alias *{anchor} names no finished value.", "Write the value out.")
        node, size = self._anchors[anchor]
        self._place(node, line, count=size)

    def _place(self, node: Node, line: int, *, count: int) -> None:
        self._count += count if count else 1
        if self._count > MAX_NODES:
            raise _Stop("PR-R005", line, f"More than {MAX_NODES:,} values in one file.", "Split it, or use a CSV.")
        if not self._stack:
            self.root = node
            return
        top = self._stack[-1]
        if isinstance(top.node.value, list):
            top.node.value.append(node)
            return
        assert isinstance(top.node.value, dict)
        assert top.key is not None
        if not top.skip:
            top.node.value[top.key] = node
            top.node.keys[top.key] = top.key_line
        top.key = None


def _size(node: Node) -> int:
    total, waiting = 0, [node]
    while waiting:
        each = waiting.pop()
        total += 1
        if total > MAX_NODES:
            break
        if isinstance(each.value, dict):
            waiting.extend(each.value.values())
        elif isinstance(each.value, list):
            waiting.extend(each.value)
    return total
