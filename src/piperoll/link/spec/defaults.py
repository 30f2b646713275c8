"""What is filled in where a linkage says nothing: cleaning, comparisons and rules, by the kinds of its fields.

Nothing here was fitted to one set of data. Levels follow what the field uses (Winkler's similarity at 0.92 and 0.85 to
0.88; one slip of the pen; day and month exchanged); which rules are used depends on what they cost (`block.choose`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from piperoll.link.spec.declared import NAMED, ComparisonSpec, FieldSpec, Kind, LevelSpec


_NAME = ("upper", "strip accents", "strip titles", "strip punctuation", "squeeze blanks", "particles", "null words")
CLEANING: Mapping[Kind, tuple[str, ...]] = {
    "forename": _NAME, "middle_name": _NAME, "surname": _NAME, "full_name": _NAME,
    "place": ("upper", "strip accents", "strip punctuation", "squeeze blanks", "null words"),
    "category": ("upper", "strip accents", "strip punctuation", "squeeze blanks", "null words"),
    "text": ("upper", "strip accents", "strip punctuation", "squeeze blanks", "null words"),
    "sex": ("upper", "squeeze blanks", "null words"),
    "identifier": ("upper", "null words", "letters and digits", "null words"),
    "postcode": (), "date": (), "number": (), "raw": (), "day": (), "list": (),
}  # fmt: skip


def kind_of(spec: FieldSpec) -> Kind:
    """What a field is: as declared, or as its name says, or a category."""
    return spec.kind or NAMED.get(spec.name, "category")


def _level(when: str, label: str, tf: float = 0.0) -> LevelSpec:
    return LevelSpec(when, tf, label)


def _null(when: str) -> LevelSpec:
    return LevelSpec(when, 0.0, "not known", True)


_ELSE = LevelSpec("else", 0.0, "different")


def comparisons(fields: Sequence[FieldSpec]) -> list[ComparisonSpec]:
    """Comparisons of all fields, in the order in which they are declared."""
    kinds = {each.name: kind_of(each) for each in fields}
    first = {kind: name for name, kind in reversed(kinds.items())}
    return [made for name, kind in kinds.items() if (made := _comparison(name, kind, first)) is not None]


def named(fields: Sequence[FieldSpec]) -> list[ComparisonSpec]:
    """Comparisons that a specification may name: those of all fields, and ``forename_sex``, both in one.

    One says much of the other, among strangers too: strangers of one forename are of one sex. There the chances of a
    sex depend on the level of the forename.
    """
    out = comparisons(fields)
    first = {kind_of(each): each.name for each in reversed(fields)}
    forename, sex = first.get("forename"), first.get("sex")
    if forename and sex:
        whole = next(each for each in out if each.name == forename)
        parts = tuple(part for level in whole.levels for part in _by_sex(level, sex))
        out.append(replace(whole, name="forename_sex", levels=parts))
    return out


def _by_sex(level: LevelSpec, sex: str) -> list[LevelSpec]:
    """A level where the sexes differ, agree, are not known; without a forename what the sexes say is left."""
    if level.null:
        only = f"({level.when}) and "
        return [
            _level(f"{only}different({sex})", "only the sex, another"),
            _level(f"{only}{sex}", "only the sex, the same"),
            level,
        ]
    also = "" if level.when == "else" else f"({level.when}) and "
    return [
        replace(level, when=f"{also}different({sex})", label=f"{level.label}, another sex"),
        replace(level, when=f"{also}{sex}", label=f"{level.label}, the same sex"),
        level,
    ]


def _comparison(name: str, kind: Kind, first: Mapping[Kind, str]) -> ComparisonSpec | None:
    forename, surname = first.get("forename"), first.get("surname")
    both = bool(forename and surname and name in (forename, surname))
    if kind in ("forename", "surname"):
        levels = [_null(f"null({name})"), _level(name, "the same", 1.0)]
        if both and kind == "forename":
            levels.append(_level(f"swapped({forename}, {surname})", "forename and surname exchanged"))
        elif both:  # said once, by the forename
            levels.append(_null(f"swapped({forename}, {surname})"))
        levels.append(_level(f"jaro_winkler({name}) >= 0.92", "nearly the same", 0.5))
        if kind == "forename":
            levels.append(_level(f"nickname({name})", "one the pet form of the other", 0.5))
            levels.append(_level(f"initial_of({name})", "one the initial of the other"))
        levels.append(_level(f"jaro_winkler({name}) >= 0.85", "alike", 0.3))
        return ComparisonSpec(name, (*levels, _ELSE), name)
    if kind == "middle_name":
        return ComparisonSpec(name, (_null(f"null({name})"), _level(name, "the same", 1.0),
            _level(f"begins({name})", "one begins the other"),
            _level(f"jaro_winkler({name}) >= 0.9", "nearly the same"), _ELSE), name)  # fmt: skip
    if kind == "full_name":
        return ComparisonSpec(name, (_null(f"null({name})"), _level(name, "the same", 1.0),
            _level(f"words({name})", "the same words", 0.5),
            _level(f"jaro_winkler({name}) >= 0.92", "nearly the same", 0.5),
            _level(f"jaro_winkler({name}) >= 0.85", "alike"), _ELSE), name)  # fmt: skip
    if kind == "date":
        return ComparisonSpec(name, (_null(f"null({name})"), _level(name, "the same", 0.5),
            _level(f"known_parts({name})", "the same as far as known"),
            _level(f"turned({name})", "day and month exchanged"), _level(f"digits({name}) <= 1", "one digit differs"),
            _level(f"two_parts({name})", "two of day, month and year the same"),
            _level(f"same_year({name}) or years({name}) <= 1", "within a year"),
            _level(f"years({name}) <= 5", "within five years"), _ELSE), name)  # fmt: skip
    if kind == "sex":
        return ComparisonSpec(name, (_null(f"null({name})"), _level(name, "the same"), _ELSE))
    if kind == "postcode":
        return _address(name, first.get("place"))
    if kind == "place" and first.get("postcode") and first.get("place") == name:
        return None  # a part of the postcode's: one says much of the other
    if kind == "identifier":
        return ComparisonSpec(name, (_null(f"null({name})"), _level(name, "the same"),
            _level(f"damerau({name}) <= 1", "one slip"), _ELSE))  # fmt: skip
    if kind == "list":
        return ComparisonSpec(name, (_null(f"null({name})"), _level(f"shared({name}) >= 1", "one in common"), _ELSE))
    if kind in ("number", "day"):
        return ComparisonSpec(name, (_null(f"null({name})"), _level(name, "the same", 1.0),
            _level(f"difference({name}) <= 1", "one apart"), _level(f"difference({name}) <= 5", "five apart"),
            _ELSE), name)  # fmt: skip
    return ComparisonSpec(name, (_null(f"null({name})"), _level(name, "the same", 1.0),
        _level(f"jaro_winkler({name}) >= 0.9", "nearly the same", 0.5), _ELSE), name)  # fmt: skip


def _address(postcode: str, place: str | None) -> ComparisonSpec:
    missing = f"null({postcode})" + (f" and null({place})" if place else "")
    levels = [_null(missing), _level(postcode, "the same postcode", 1.0),
              _level(f"damerau({postcode}) <= 1", "one slip in the postcode"),
              _level(f"sector({postcode})", "the same sector"),
              _level(f"outward({postcode})", "the same district")]  # fmt: skip
    if place:
        levels.append(_level(f"jaro_winkler({place}) >= 0.92", "the same place"))
        levels.append(_null(f"null({postcode}) and null({place})"))
    else:
        levels.append(_level(f"area({postcode})", "the same area"))
    return ComparisonSpec("address" if place else postcode, (*levels, _ELSE), postcode)


def rules(fields: Sequence[FieldSpec]) -> list[str]:
    """Rules worth having for such fields; which of them are used depends on what they cost."""
    return list(dict.fromkeys(_rules(fields)))


def _rules(fields: Sequence[FieldSpec]) -> Iterator[str]:
    by: dict[Kind, list[str]] = {}
    for each in fields:
        by.setdefault(kind_of(each), []).append(each.name)
    yield from by.get("identifier", [])
    names = [*by.get("forename", [])[:1], *by.get("surname", [])[:1], *by.get("full_name", [])[:1]]
    dates, codes, places = by.get("date", []), by.get("postcode", []), by.get("place", [])
    others = [*by.get("category", []), *by.get("text", [])]
    sounds = [f"soundex({name})" for name in names]
    yield from (f"{name}, {date}" for date in dates for name in names)
    yield from (f"{sound}, {date}" for date in dates for sound in sounds)
    yield from (f"{one}, {other}" for one in dates for other in [*codes, *places, *others])
    yield from (f"{date}, outward({code})" for date in dates for code in codes)
    yield from dates
    yield from (f"{date}, initial({name})" for date in dates for name in names)
    if len(by.get("forename", [])) and len(by.get("surname", [])):
        f, s = by["forename"][0], by["surname"][0]
        yield from _named(f, s, dates, codes, places, others)
    for name in names:
        for other in [*codes, *places, *others]:
            yield f"{name}, {other}"
            yield f"soundex({name}), {other}"
        for code in codes:
            yield f"{name}, outward({code})"
            yield f"initial({name}), {code}"
        for date in dates:
            yield from (f"{name}, year({date})", f"{name}, day_month({date})", f"soundex({name}), day_month({date})")
            yield f"soundex({name}), year({date})"
            yield from (f"{name}, year({date}), {other}" for other in [*places, *others])
        yield from (name, f"words({name})") if name in by.get("full_name", []) else (name,)
    yield from codes
    yield from (f"{code}, year({date})" for code in codes for date in dates)
    yield from (f"{one}, {other}" for one, other in combinations([*codes, *places, *others], 2))
    yield from (f"year({date}), {one}, {other}" for date in dates for one, other in combinations([*places, *others], 2))


def _named(
    f: str, s: str, dates: Sequence[str], codes: Sequence[str], places: Sequence[str], others: Sequence[str]
) -> Iterator[str]:
    yield f"{f}, {s}"
    yield f"unordered({f}, {s})"
    yield f"nickname({f}), {s}"
    yield f"soundex({f}), soundex({s})"
    yield f"initial({f}), {s}"
    yield f"{f}, soundex({s})"
    yield f"{f}, first({s}, 3)"
    for date in dates:
        yield f"{f}, {s}, year({date})"
        yield f"unordered({f}, {s}), day_month({date})"
        yield f"unordered({f}, {s}), year({date})"
        yield f"nickname({f}), soundex({s}), year({date})"
        yield f"soundex({f}), soundex({s}), day_month({date})"
        yield f"first({s}, 3), initial({f}), day_month({date})"
        yield f"soundex({s}), nickname({f}), month({date}), year({date})"
        yield f"soundex({s}), nickname({f}), day({date}), year({date})"
        yield f"initial({f}), {s}, year({date})"
    for code in codes:
        yield f"unordered({f}, {s}), outward({code})"
        yield f"initial({f}), soundex({s}), outward({code})"
    for other in [*places, *others]:
        yield f"initial({f}), {s}, {other}"
        yield f"{f}, soundex({s}), {other}"
