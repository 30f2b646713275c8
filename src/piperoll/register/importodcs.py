"""Drafts the YAML of a source from a contract in the Open Data Contract Standard, version 3.

A contract that Piperoll wrote comes back as it was. From another's, what the standard does not say is guessed, and each
guess stands in a comment at the head of the draft for a person to confirm.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from piperoll.errors import Problem, Problems, UserError
from piperoll.register.export.odcs import SETTINGS, camel
from piperoll.register.export.types import CLASSES
from piperoll.register.model.contract import TYPE_PATTERN
from piperoll.register.nodes import parse


_TYPES = {
    "string": "str",
    "integer": "int",
    "number": "dec(18,4)",
    "date": "date",
    "timestamp": "datetime",
    "time": "str",
    "boolean": "bool",
}
_PERIODS = ("month", "quarter", "year", "financial_year")


def draft(path: Path) -> str:
    """The YAML of a source, drafted from the contract in ``path``.

    Raises:
        UserError: ``PR-R043`` if it is not an ODCS contract of version 3; ``PR-R002`` if it is not UTF-8.
        Problems: If it is not YAML.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError("PR-R002", f"The file cannot be read ({error.strerror}).", where=str(path)) from None
    except UnicodeDecodeError:
        raise UserError("PR-R002", "The file is not in UTF-8.", where=str(path), fix="Save it as UTF-8.") from None
    node, problems = parse(text, path.name)
    if node is None or problems:
        raise Problems(problems or [Problem("PR-R004", "The file is empty.", path.name)])
    document = node.plain()
    if (
        not isinstance(document, dict)
        or document.get("kind") != "DataContract"
        or not str(document.get("apiVersion", "")).startswith("v3")
    ):
        raise UserError(
            "PR-R043",
            "This is not a contract of the Open Data Contract Standard, version 3.",
            where=path.name,
            fix="Expected `kind: DataContract` and `apiVersion: v3...`.",
        )
    guesses: list[str] = []
    source = _source(document, guesses)
    head = ["# Drafted from an ODCS contract.", *(f"# Confirm, then remove this line: {each}." for each in guesses)]
    body = yaml.safe_dump(source, sort_keys=False, allow_unicode=True, width=110)
    return "\n".join(head) + "\n" + body


def _kept(thing: dict[str, Any]) -> dict[str, Any]:
    """What Piperoll wrote into the custom properties: ``piperollCodesAt`` is ``codesAt``."""
    out = {}
    for each in _dicts(thing.get("customProperties")):
        name = str(each.get("property", ""))
        if name.startswith("piperoll") and len(name) > 8:
            out[name[8].lower() + name[9:]] = each.get("value")
    return out


def _dicts(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _source(document: dict[str, Any], guesses: list[str]) -> dict[str, Any]:
    kept = _kept(document)
    tables = _dicts(document.get("schema"))
    agreements = _dicts(document.get("slaProperties"))
    key = str(document.get("id", "source")).rpartition("-")[2]
    out: dict[str, Any] = {"title": str(document.get("name") or document.get("id") or "Untitled")}
    if kept.get("sourceNumber"):
        out["number"] = kept["sourceNumber"]
    out["datasets"] = [_dataset(table, key, agreements, guesses) for table in tables]
    return out


def _dataset(
    table: dict[str, Any], source: str, agreements: list[dict[str, Any]], guesses: list[str]
) -> dict[str, Any]:
    kept = _kept(table)
    name = _name(str(table.get("name", "table")))
    properties = _dicts(table.get("properties"))
    keys = [p for p in properties if p.get("primaryKey") is True]
    keys.sort(key=lambda p: p["primaryKeyPosition"] if isinstance(p.get("primaryKeyPosition"), int) else 0)
    if not keys:
        guesses.append(f"{name}: the contract names no key; name the fields that tell its rows apart")
    for word, guess in (("mode", "full"), ("period", "month")):
        if word not in kept:
            guesses.append(f"{name}: {word} is taken to be {guess}")
    out: dict[str, Any] = {"name": name, "title": str(table.get("businessName") or table.get("name") or name)}
    if table.get("description"):
        out["description"] = str(table["description"])
    out["mode"] = kept.get("mode", "full")
    out["key"] = [_name(str(p.get("name"))) for p in keys]
    out["period"] = kept["period"] if kept.get("period") in _PERIODS else "month"
    for setting in SETTINGS:
        if setting not in ("mode", "period") and kept.get(camel(setting)) not in (None, "", []):
            out[setting] = kept[camel(setting)]
    due = [
        each for each in agreements if each.get("property") == "latency" and each.get("element") == table.get("name")
    ]
    if "due_days" not in out and due and isinstance(due[0].get("value"), int):
        out["due_days"] = due[0]["value"]
    if "file" not in out and "{" in str(table.get("physicalName", "")):
        out["file"] = {"pattern": str(table["physicalName"])}
    out["fields"] = [_field(p, name, guesses) for p in properties]
    relationships = [each for each in _dicts(table.get("relationships")) if isinstance(each.get("to"), list)]
    if "references" not in out and relationships:
        out["references"] = [_reference(each, source) for each in relationships]
    if derived := [{"name": k[7:], **v} for k, v in kept.items() if k.startswith("derive.") and isinstance(v, dict)]:
        out["derive"] = derived
    if rules := [rule for each in _dicts(table.get("quality")) if (rule := _rule(each)) is not None]:
        out["rules"] = rules
    return out


def _name(written: str) -> str:
    name = re.sub(r"[^a-z0-9_]+", "_", written.casefold()).strip("_")
    return name if name[:1].isalpha() else f"f_{name}"


def _field(field: dict[str, Any], table: str, guesses: list[str]) -> dict[str, Any]:
    kept = _kept(field)
    written = str(field.get("name", ""))
    name = _name(written)
    options = field["logicalTypeOptions"] if isinstance(field.get("logicalTypeOptions"), dict) else {}
    out: dict[str, Any] = {"name": name, "type": _type(field, options)}
    by_words = {words: letter for letter, words in CLASSES.items()}
    stated = str(field.get("classification") or "")
    if kept.get("class") in CLASSES:
        out["class"] = kept["class"]
    elif stated in by_words:
        out["class"] = by_words[stated]
    else:
        # what is said to be anything but public goes to the vault until a person says otherwise
        out["class"] = "A" if stated.casefold() in ("", "public") else "D"
        guesses.append(f"{table}.{name}: class is taken to be {out['class']}")
    if out["class"] == "L" and not kept.get("domain"):
        kept["domain"] = name
        guesses.append(f"{table}.{name}: key domain is taken to be {name}")
    out["null"] = "never" if field.get("required") is True or field.get("primaryKey") is True else "allowed"
    pattern = options.get("pattern")
    if isinstance(pattern, str):
        out["pattern"] = re.sub(r"\A\^(?:\(\?:(.*)\)|(.*?))\$\Z", lambda m: m[1] or m[2] or "", pattern, flags=re.S)
    for word, target in (("minimum", "min"), ("maximum", "max")):
        if isinstance(options.get(word), str | int | float):
            out[target] = options[word]
    for word, target in (
        ("codesAt", "codes_at"), ("checkSeverity", "check_severity"), ("requiredWhen", "required_when"),
    ):  # fmt: skip
        if kept.get(word):
            out[target] = kept[word]
    for word in ("codes", "domain", "check", "format", "unit", "aliases", "missing"):
        if kept.get(word):
            out[word] = kept[word]
    if name != written and "aliases" not in out:
        out["aliases"] = [written]
    for word, target in (("businessName", "title"), ("description", "description")):
        if field.get(word):
            out[target] = str(field[word])
    if "class" in kept:  # the export's description says the condition, too
        out.pop("description", None)
        out |= {"description": kept["description"]} if kept.get("description") else {}
    return out


def _type(field: dict[str, Any], options: dict[str, Any]) -> str:
    physical = str(field.get("physicalType") or "")
    if TYPE_PATTERN.match(physical):
        return physical
    if found := re.fullmatch(r"(?i)(?:decimal|numeric|number)\((\d+), ?(\d+)\)", physical):
        return f"dec({found[1]},{found[2]})"
    kind = _TYPES.get(str(field.get("logicalType") or "string"), "str")
    length = options.get("maxLength")
    return f"str({length})" if kind == "str" and isinstance(length, int) and length > 0 else kind


def _reference(relationship: dict[str, Any], source: str) -> dict[str, Any]:
    froms = relationship["from"] if isinstance(relationship.get("from"), list) else []
    tables = [str(each).rpartition(".")[0] for each in relationship["to"]]
    to = tables[0] if tables and "." in tables[0] else f"{source}.{tables[0] if tables else ''}"
    return {
        "fields": [str(each).rpartition(".")[2] for each in froms],
        "to": to,
        "to_fields": [str(each).rpartition(".")[2] for each in relationship["to"]],
    }


def _rule(quality: dict[str, Any]) -> dict[str, Any] | None:
    kept = _kept(quality)
    if quality.get("type") == "text" and kept.get("generic"):
        kind, condition = "generic", str(kept["generic"])
    elif quality.get("type") == "sql" and kept.get("condition"):
        condition = str(kept["condition"])
        kind = "sql" if condition.lstrip().casefold().startswith(("select", "with")) else "check"
    else:
        return None
    out = {
        "id": str(quality.get("name") or "RULE"),
        "severity": kept.get("severity", "W"),
        kind: condition,
        "message": str(quality.get("description") or ""),
    }
    for word in ("tolerance", "question", "fields", "description"):
        if kept.get(word):
            out[word] = kept[word]
    return out
