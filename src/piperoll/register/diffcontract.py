"""Changes of a dataset's contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, Literal

from piperoll.periods import Period
from piperoll.register.model.contract import Dataset, Field, Reference, Rule


Effect = Literal["breaks", "adds", "describes"]
Found = Iterator[tuple[Effect, str, str]]

_WORDS = ("title", "description")
_LISTS = ("fields", "rules", "references", "derive")


def compare_dataset(key: str, old: Dataset, new: Dataset) -> Found:
    """Changes of the dataset ``key`` (``source.dataset``): effect, dotted key, sentence."""
    yield from _head(key, old, new)
    yield from _fields(key, old, new)
    yield from _rules(key, old, new)
    yield from _references(key, old, new)
    yield from _derived(key, old, new)


def _head(key: str, old: Dataset, new: Dataset) -> Found:
    for each in fields(Dataset):
        name, before, after = each.name, getattr(old, each.name), getattr(new, each.name)
        if before == after or name in (*_LISTS, "name"):
            continue
        if name in _WORDS:
            yield "describes", key, f"`{name}` changed."
        elif name == "file":
            for part in fields(type(before)):
                was, now = getattr(before, part.name), getattr(after, part.name)
                if was != now:
                    yield "breaks", key, f"Files look different: {part.name} was {_said(was)}, now {_said(now)}."
        else:
            yield _setting(name, before, after), key, f"`{name}` was {_said(before)}, now {_said(after)}."


def _setting(name: str, before: Any, after: Any) -> Effect:
    """Whether a setting became stricter."""
    if name in ("max_refused", "due_days"):
        return "adds" if after > before else "breaks"
    if name == "nil_allowed":
        return "adds" if after else "breaks"
    if name == "extra_columns":
        return "adds" if after == "query" else "breaks"
    if name == "on_error":
        return "adds" if after == "refuse_rows" else "breaks"
    if name in ("cut_off", "snapshot", "coverage"):
        return "adds" if after is None else "breaks"
    if name == "owed_from":
        return "breaks" if _earlier(after, before) else "adds"
    if name == "owed_to":
        return "breaks" if before is not None and (after is None or _earlier(before, after)) else "adds"
    if name in ("extract", "ways"):
        return "describes"  # the same rows come another way
    if name == "volume":
        return "breaks" if _volume_stricter(before, after) else "adds"
    return "breaks"  # mode, key, period, suppliers, deleted


def _earlier(first: str | None, second: str | None) -> bool:
    """Whether slots owed from ``first`` are more than those owed from ``second``."""
    if first is None:
        return False
    return second is None or Period.parse(first).start < Period.parse(second).start


def _volume_stricter(before: Any, after: Any) -> bool:
    for name in ("same_period_last_year", "previous_period"):
        was, now = getattr(before, name), getattr(after, name)
        if now is not None and (was is None or now < was):
            return True
    return bool(after.minimum_rows < before.minimum_rows)


def _fields(key: str, old: Dataset, new: Dataset) -> Found:
    before, after = ({each.name: each for each in dataset.fields} for dataset in (old, new))
    for name in sorted(before.keys() | after.keys()):
        place = f"{key}.{name}"
        if name not in after:
            yield "breaks", place, "The field is gone."
        elif name not in before:
            if after[name].null == "never" or after[name].required_when:
                yield "breaks", place, "The field is new, and must be filled."
            else:
                yield "adds", place, "The field is new, and may be null."
        elif before[name] != after[name]:
            for effect, said in _field(before[name], after[name]):
                yield effect, place, said
    shared = [[each.name for each in d.fields if each.name in before and each.name in after] for d in (old, new)]
    if shared[0] != shared[1]:
        yield "describes", key, "The fields stand in another order."


def _field(old: Field, new: Field) -> Iterator[tuple[Effect, str]]:
    for each in fields(Field):
        name, was, now = each.name, getattr(old, each.name), getattr(new, each.name)
        if was == now:
            continue
        said = f"`{'class' if name == 'cls' else name}` was {_said(was)}, now {_said(now)}."
        if name in _WORDS:
            yield "describes", f"`{name}` changed."
        elif name == "type":
            yield ("adds" if widens(was, now) else "breaks"), f"The type was {was}, now {now}."
        elif name == "null":
            yield ("breaks" if now == "never" else "adds"), said
        elif name in ("required_when", "pattern", "check", "min", "max"):
            yield ("adds" if _looser(name, was, now) else "breaks"), said
        elif name == "check_severity":
            yield ("adds" if now == "W" else "breaks"), said
        elif name in ("aliases", "missing"):
            yield ("adds" if set(was) <= set(now) else "breaks"), said
        else:  # cls, codes, codes_at, domain, format, unit
            yield "breaks", said


def _looser(name: str, was: Any, now: Any) -> bool:
    if now is None:
        return True
    if was is None or name not in ("min", "max") or not isinstance(now, type(was)):
        return False
    return bool(now <= was) if name == "min" else bool(now >= was)


def widens(was: str, now: str) -> bool:
    """Whether every value of type ``was`` is one of type ``now``, and reads the same."""
    numbers = [[int(each) for each in re.findall(r"\d+", text)] for text in (was, now)]
    kinds = [text.partition("(")[0] for text in (was, now)]
    if kinds == ["str", "str"]:
        return not numbers[1] or (bool(numbers[0]) and numbers[1][0] >= numbers[0][0])
    if kinds == ["dec", "dec"]:
        (digits, places), (more, finer) = numbers
        return finer >= places and more - finer >= digits - places
    if kinds == ["int", "dec"]:
        return numbers[1][0] - numbers[1][1] >= 19
    return False


def _rules(key: str, old: Dataset, new: Dataset) -> Found:
    before, after = ({each.id: each for each in dataset.rules} for dataset in (old, new))
    for name in sorted(before.keys() | after.keys()):
        place = f"{key}.{name}"
        if name not in after:
            yield "adds", place, "The rule is gone, so nothing fails it any more."
        elif name not in before:
            severity = after[name].severity
            effect: Effect = "breaks" if severity in ("E", "B") else "adds"
            yield effect, place, f"The rule is new, with severity {severity}."
        elif before[name] != after[name]:
            yield from _rule(place, before[name], after[name])


_RANK = {"R": 0, "W": 0, "E": 1, "B": 2}


def _rule(place: str, old: Rule, new: Rule) -> Found:
    for each in fields(Rule):
        name, was, now = each.name, getattr(old, each.name), getattr(new, each.name)
        if was == now:
            continue
        if name == "severity":
            effect: Effect = "breaks" if _RANK[now] > _RANK[was] else "adds" if _RANK[now] < _RANK[was] else "describes"
            yield effect, place, f"The severity was {was}, now {now}."
        elif name == "tolerance":
            yield "adds" if now > was else "breaks", place, f"The tolerance was {was}, now {now}."
        elif name in ("check", "sql"):
            effect = "breaks" if new.severity in ("E", "B") else "adds"
            yield effect, place, "The condition changed; it may fail other rows than before."
        else:
            yield "describes", place, f"`{name}` changed."


def _references(key: str, old: Dataset, new: Dataset) -> Found:
    def named(dataset: Dataset) -> dict[str, Reference]:
        return {f"{','.join(r.fields)}->{r.to}({','.join(r.to_fields)})": r for r in dataset.references}

    before, after = named(old), named(new)
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield "adds", f"{key}.{name}", "The reference is gone, so nothing need be there."
        elif name not in before:
            severity = after[name].severity
            yield (
                "breaks" if severity in ("E", "B") else "adds",
                f"{key}.{name}",
                f"The reference is new, with severity {severity}.",
            )
        elif before[name].severity != after[name].severity:
            worse = _RANK[after[name].severity] > _RANK[before[name].severity]
            said = f"The severity was {before[name].severity}, now {after[name].severity}."
            yield "breaks" if worse else "adds", f"{key}.{name}", said


def _derived(key: str, old: Dataset, new: Dataset) -> Found:
    before, after = ({each.name: each for each in dataset.derive} for dataset in (old, new))
    for name in sorted(before.keys() | after.keys()):
        place = f"{key}.{name}"
        if name not in after:
            yield "breaks", place, "The derived column is gone."
        elif name not in before:
            yield "adds", place, "The derived column is new."
        elif before[name] != after[name]:
            for each in fields(type(before[name])):
                if getattr(before[name], each.name) != getattr(after[name], each.name):
                    effect: Effect = "describes" if each.name == "description" else "breaks"
                    word = "class" if each.name == "cls" else each.name
                    yield effect, place, f"`{word}` of the derived column changed."


def _said(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if hasattr(value, "__dataclass_fields__"):
        return "(" + ", ".join(f"{k}={_said(v)}" for k, v in vars(value).items() if k[0] != "_") + ")"
    text = str(value)
    return f"`{text[:57]}...`" if len(text) > 60 else f"`{text}`"
