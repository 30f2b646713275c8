"""Linkage as anybody would write it who has all the time in the world: dictionaries, loops, no arrays, no kernels.

A record is a dictionary from field to cleaned value: text, whole number (a date as YYYYMMDD with 00 for what is not
known), or None. What is compared here with the engine's own is written from the definitions, not from its code.
"""

from __future__ import annotations

import ast
import datetime as dt
import itertools
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from piperoll.link.clean import area, nicknames, outward, phonetic, sector


Record = Mapping[str, Any]


# --- texts ------------------------------------------------------------------------------------------------------------


def jaro(a: str, b: str) -> float:
    """Jaro (1989): characters in common within half the longer text, and how many of them are out of order."""
    if not a or not b:
        return 0.0
    if len(a) > len(b):
        a, b = b, a
    reach = max(len(b) // 2 - 1, 0)
    taken: set[int] = set()
    ours = []
    for i, letter in enumerate(a):
        for j in range(max(0, i - reach), min(len(b), i + reach + 1)):
            if j not in taken and b[j] == letter:
                taken.add(j)
                ours.append(letter)
                break
    theirs = [b[j] for j in sorted(taken)]
    if not ours:
        return 0.0
    transposed = sum(x != y for x, y in zip(ours, theirs, strict=True)) // 2
    common = len(ours)
    return (common / len(a) + common / len(b) + (common - transposed) / common) / 3.0


def jaro_winkler(a: str, b: str) -> float:
    """Winkler (1990): a tenth of what is missing for each of the first four characters in common, above 0.7."""
    found = jaro(a, b)
    if found <= 0.7:
        return found
    prefix = 0
    for x, y in zip(a[:4], b[:4], strict=False):
        if x != y:
            break
        prefix += 1
    return found + prefix * 0.1 * (1.0 - found)


def edits(a: str, b: str, swaps: bool) -> int:
    """Insertions, deletions, substitutions (and exchanges of neighbours) from one to the other: the whole table."""
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            if not i or not j:
                table[i][j] = i + j
                continue
            ways = [table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (a[i - 1] != b[j - 1])]
            if swaps and i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                ways.append(table[i - 2][j - 2] + 1)
            table[i][j] = min(ways)
    return table[-1][-1]


# --- dates ------------------------------------------------------------------------------------------------------------


def split(date: int) -> tuple[int, int, int]:
    """Year, month and day."""
    text = f"{date:08d}"
    return int(text[:4]), int(text[4:6]), int(text[6:])


def day_of(date: int) -> dt.date:
    """The day; of a month the 15th, of a year 1 July."""
    year, month, day = split(date)
    return dt.date(year, 7, 1) if not month else dt.date(year, month, day or 15)


def alike(a: int, b: int) -> tuple[bool, bool, bool]:
    """Whether both know year, month and day and they are the same."""
    return tuple(x == y != 0 for x, y in zip(split(a), split(b), strict=True))


def as_far_as_known(a: int, b: int) -> bool:
    """The same year, and no known part against another; something is not known."""
    parts = list(zip(split(a)[1:], split(b)[1:], strict=True))
    return split(a)[0] == split(b)[0] and any(not x or not y for x, y in parts) and all(
        x == y or not x or not y for x, y in parts)  # fmt: skip


def turned(a: int, b: int) -> bool:
    """Day and month exchanged."""
    (y, m, d), (year, month, day) = split(a), split(b)
    return y == year and m == day and d == month and bool(m and d)


# --- the language of levels -------------------------------------------------------------------------------------------


def made(name: str, value: Any, number: int | None) -> Any:
    """What a function makes of a value."""
    if value is None:
        return None
    if isinstance(value, int):
        year, month, day = split(value)
        both = bool(month and day)
        return {
            "year": year or None, "decade": year // 10 if year else None, "month": month or None, "day": day or None,
            "day_month": (min(month, day), max(month, day)) if both else None,
            "day_and_month": (month, day) if both else None,
        }[name]  # fmt: skip
    one: dict[str, Callable[[pl.Series], pl.Series]] = {
        "soundex": lambda v: phonetic(v, "soundex"), "nysiis": lambda v: phonetic(v, "nysiis"), "nickname": nicknames,
        "metaphone": lambda v: phonetic(v, "metaphone"),
        "outward": outward, "sector": sector, "area": area,
    }  # fmt: skip
    if name in one:
        return one[name](pl.Series([value]))[0] or None
    words = value.split(" ")
    return {
        "first": value[:number], "last": value[-(number or 1) :], "initial": value[:1], "first_word": words[0],
        "last_word": words[-1], "words": " ".join(sorted(words)),
    }[name] or None  # fmt: skip


def column(node: ast.expr, record: Record) -> Any:
    """Value of a field or of a function of one."""
    if isinstance(node, ast.Name):
        return record[node.id]
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    fields = [each.id for each in node.args if isinstance(each, ast.Name)]
    numbers = [each.value for each in node.args if isinstance(each, ast.Constant)]
    if node.func.id == "unordered":
        values = [record[name] for name in fields]
        return None if None in values else tuple(sorted(values))
    return made(node.func.id, record[fields[0]], numbers[0] if numbers else None)


def holds(node: ast.expr, left: Record, right: Record) -> bool:
    """Whether a condition holds of two records; nothing but ``null`` and ``not`` holds of what is not known."""
    if isinstance(node, ast.BoolOp):
        every = [holds(each, left, right) for each in node.values]
        return all(every) if isinstance(node.op, ast.And) else any(every)
    if isinstance(node, ast.UnaryOp):
        return not holds(node.operand, left, right)
    if isinstance(node, ast.Compare):
        return measured(node, left, right)
    name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    if name in ("swapped", "one_swapped"):
        a, b = (column(each, left) for each in node.args)
        c, d = (column(each, right) for each in node.args)
        if name == "swapped":
            return None not in (a, c) and a == d and b == c
        return (a is not None and a == d) or (c is not None and c == b)
    tests: dict[str, Callable[[Any, Any], bool]] = {
        "equal": lambda a, b: a == b, "different": lambda a, b: a != b, "turned": turned,
        "same_year": lambda a, b: alike(a, b)[0], "same_month": lambda a, b: alike(a, b)[1],
        "same_day": lambda a, b: alike(a, b)[2], "same_day_month": lambda a, b: all(alike(a, b)[1:]),
        "same_year_month": lambda a, b: all(alike(a, b)[:2]), "two_parts": lambda a, b: sum(alike(a, b)) >= 2,
        "known_parts": as_far_as_known,
        "begins": lambda a, b: min(len(a), len(b)) <= 64 and (a.startswith(b) or b.startswith(a)),
        "initial_of": lambda a, b: min(len(a), len(b)) == 1 and a[0] == b[0],
    }  # fmt: skip
    inner = node.args[0] if name in tests or name == "null" else node
    a, b = column(inner, left), column(inner, right)
    if name == "null":
        return a is None or b is None
    return a is not None and b is not None and tests.get(name, tests["equal"])(a, b)


def measured(node: ast.Compare, left: Record, right: Record) -> bool:
    """A similarity or a distance against a number."""
    call = node.left
    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Name)
    name, number = call.func.id, ast.literal_eval(node.comparators[0])
    ours, theirs = ([column(each, record) for each in call.args] for record in (left, right))
    if None in ours or None in theirs:
        return False
    if len(ours) == 2:
        return jaro_winkler(ours[0], theirs[1]) >= number and jaro_winkler(ours[1], theirs[0]) >= number
    a, b = ours[0], theirs[0]
    if name == "jaro_winkler":
        return a == b or jaro_winkler(a, b) >= number
    if name in ("levenshtein", "damerau"):
        return edits(a, b, name == "damerau") <= number
    if name == "start":
        return len(a) >= number and len(b) >= number and a[: int(number)] == b[: int(number)]
    if name == "digits":
        return sum(x != y for x, y in zip(f"{a:08d}", f"{b:08d}", strict=True)) <= number
    if name == "difference":
        return abs(a - b) <= number
    return abs((day_of(a) - day_of(b)).days) <= number * {"days": 1, "months": 30.4375, "years": 365.25}[name]


Levels = Sequence[tuple[str, bool]]  # condition, whether it says nothing


def level(levels: Levels, left: Record, right: Record) -> int:
    """Number of the first level that holds: 0 for one that says nothing, else its place among those that do."""
    number = 0
    for when, null in levels:
        number += not null
        if when == "else" or holds(ast.parse(when, mode="eval").body, left, right):
            return 0 if null else number
    raise AssertionError("no level holds")


# --- pairs, weights, persons ------------------------------------------------------------------------------------------


def weight(
    levels: Sequence[int],
    m: Sequence[Sequence[float]],
    u: Sequence[Sequence[float]],
    r: Sequence[Sequence[float]],
    prior: float,
    kin: float,
    rare: Sequence[float],
) -> float:
    """Log2 odds that two records are of one person, against strangers and relatives together.

    ``rare`` is what is added for each comparison, for how common the values are.
    """
    one, other = math.log2(prior / (1 - prior - kin)), math.log2(kin / (1 - prior - kin)) if kin else -math.inf
    for c, each in enumerate(levels):
        if each == 0:
            continue
        one += math.log2(m[c][each - 1] / u[c][each - 1]) + rare[c]
        share = math.log2(r[c][each - 1] / u[c][each - 1]) if r else 0.0
        other += share + (rare[c] if share else 0.0)
    return one - math.log2(1 + 2**other)


def agree(chance: Sequence[Sequence[float]], apart: Sequence[Sequence[bool]], join: float, least: float) -> list[int]:
    """Group of each record, by its first: join the two groups that agree best, until none may be joined.

    They may be where no veto is between them, the mean of their best matches is ``least``, and it is as sure as
    ``join`` that not all of these are wrong: one minus the geometric mean, both ways, of the chances that all are.
    """
    groups = [[k] for k in range(len(chance))]
    while True:
        best, chosen = least, None
        for a, b in itertools.combinations(groups, 2):
            pairs = [(x, y) for x in a for y in b]
            ours = [max(chance[x][y] for y in b) for x in a]
            theirs = [max(chance[x][y] for x in a) for y in b]
            wrong = [math.prod(1.0 - min(each, 1.0 - 1e-12) for each in one) for one in (ours, theirs)]
            if any(apart[x][y] for x, y in pairs) or 1.0 - math.sqrt(wrong[0] * wrong[1]) < join:
                continue
            score = (sum(ours) / len(a) + sum(theirs) / len(b)) / 2
            if score >= best and (chosen is None or score > best):
                best, chosen = score, (a, b)
        if chosen is None:
            label = [0] * len(chance)
            for group in groups:
                for each in group:
                    label[each] = min(group)
            return label
        a, b = chosen
        groups = sorted([each for each in groups if each is not a and each is not b] + [a + b], key=min)


def parts(count: int, links: Sequence[tuple[int, int]]) -> list[int]:
    """First member of each node's connected component."""
    label = list(range(count))
    moved = True
    while moved:
        moved = False
        for a, b in links:
            low = min(label[a], label[b])
            moved = moved or label[a] != low or label[b] != low
            label[a] = label[b] = low
    return label


def bridges(count: int, links: Sequence[tuple[int, int]]) -> int:
    """Links without which there would be a part more: each is taken away in turn."""
    whole = len(set(parts(count, links)))
    return sum(len(set(parts(count, [*links[:k], *links[k + 1 :]]))) > whole for k in range(len(links)))


# --- how well labels agree --------------------------------------------------------------------------------------------


def pairwise(found: Sequence[int], known: Sequence[int]) -> tuple[float, float]:
    """Precision and recall over all pairs of records; 1 where there is nothing to be right about."""
    both = ours = theirs = 0
    for a, b in itertools.combinations(range(len(found)), 2):
        ours += found[a] == found[b]
        theirs += known[a] == known[b]
        both += found[a] == found[b] and known[a] == known[b]
    return both / ours if ours else 1.0, both / theirs if theirs else 1.0


def bcubed(found: Sequence[int], known: Sequence[int], of: Sequence[int]) -> tuple[float, float]:
    """Means over records ``of`` of how much of their company is right, and of how much of it is there."""
    precision, recall = 0.0, 0.0
    for k in of:
        ours = {x for x in range(len(found)) if found[x] == found[k]}
        theirs = {x for x in range(len(known)) if known[x] == known[k]}
        precision += len(ours & theirs) / len(ours)
        recall += len(ours & theirs) / len(theirs)
    return precision / len(of), recall / len(of)


def exact_clusters(found: Sequence[int], known: Sequence[int]) -> tuple[float, float]:
    """Of persons found, and of persons known, how many are the very same records."""
    ours, theirs = ({frozenset(k for k in range(len(one)) if one[k] == name) for name in set(one)}
                    for one in (found, known))  # fmt: skip
    return len(ours & theirs) / len(ours), len(ours & theirs) / len(theirs)


def shares(values: Sequence[Any]) -> dict[Any, float]:
    """How often each value occurs among those that are known."""
    counts = Counter(each for each in values if each is not None)
    return {value: count / sum(counts.values()) for value, count in counts.items()}
