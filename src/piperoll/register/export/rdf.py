"""Statements, and two ways to write them down: Turtle and JSON-LD. Blank nodes are not needed, and not made."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import quote


PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True, order=True)
class Iri:
    """A thing named by an address."""

    value: str

    @property
    def turtle(self) -> str:
        """As Turtle writes it: with a prefix where there is one."""
        for prefix, base in PREFIXES.items():
            rest = self.value.removeprefix(base)
            if rest != self.value and rest.isalnum():
                return f"{prefix}:{rest}"
        return f"<{self.value}>"


@dataclass(frozen=True, order=True)
class Text:
    """A text, in a language or of a datatype (a name such as ``xsd:date``), or plain."""

    value: str
    language: str = ""
    datatype: str = ""

    @property
    def turtle(self) -> str:
        """As Turtle writes it."""
        quoted = json.dumps(self.value, ensure_ascii=False).replace("\x7f", "\\u007F")
        if self.language:
            return f"{quoted}@{self.language}"
        return f"{quoted}^^{self.datatype}" if self.datatype else quoted


Object: TypeAlias = Iri | Text
Statement: TypeAlias = tuple[Iri, str, Object]


def iri(*parts: str) -> Iri:
    """A name under ``urn:piperoll:``; what may not stand in one is escaped."""
    return Iri("urn:piperoll:" + ":".join(quote(part, safe="-._~") for part in parts))


def expand(name: str) -> str:
    """The full address of ``dct:title``."""
    prefix, _, rest = name.partition(":")
    return PREFIXES[prefix] + rest


def turtle(statements: Iterable[Statement]) -> str:
    """Statements as Turtle, sorted."""
    lines = [f"@prefix {prefix}: <{base}> ." for prefix, base in sorted(PREFIXES.items())]
    for subject, pairs in _grouped(statements):
        lines += ["", subject.turtle]
        made = []
        for predicate, objects in pairs:
            word = "a" if predicate == "rdf:type" else predicate
            made.append(f"    {word} {', '.join(each.turtle for each in objects)}")
        lines.append(" ;\n".join(made) + " .")
    return "\n".join(lines) + "\n"


def json_ld(statements: Iterable[Statement]) -> str:
    """Statements as JSON-LD, sorted."""
    graph = []
    for subject, pairs in _grouped(statements):
        node: dict[str, Any] = {"@id": subject.value}
        for predicate, objects in pairs:
            if predicate == "rdf:type":
                node["@type"] = [each.value for each in objects]
            else:
                node[predicate] = [_json(each) for each in objects]
        graph.append(node)
    document = {"@context": dict(sorted(PREFIXES.items())), "@graph": graph}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _json(value: Object) -> dict[str, str]:
    if isinstance(value, Iri):
        return {"@id": value.value}
    out = {"@value": value.value}
    if value.language:
        out["@language"] = value.language
    if value.datatype:
        out["@type"] = value.datatype
    return out


def _grouped(statements: Iterable[Statement]) -> list[tuple[Iri, list[tuple[str, list[Object]]]]]:
    subjects: dict[Iri, dict[str, list[Object]]] = {}
    for subject, predicate, value in statements:
        objects = subjects.setdefault(subject, {}).setdefault(predicate, [])
        if value not in objects:
            objects.append(value)
    return [
        (subject, [(name, sorted(pairs[name], key=lambda each: each.turtle)) for name in sorted(pairs)])
        for subject, pairs in sorted(subjects.items())
    ]
