"""Templates of sentences: text in which every figure, period and word of direction is a reference to a cell.

    {figure(claims, claim_type=mortgage)} claims were made in {period}, {change(claims, claim_type=mortgage)}.

Outside braces stands text as it is printed; within them one call: a name, and in brackets what it is about, first the
measure, then ``option=value``. A value with spaces or signs stands in double quotes. Nothing is evaluated: a template
is read into the parts below, held against the publication when the register is checked (`piperoll.register.refer`), and
said from published cells when an edition is made (`piperoll.release.sentences`).

Digits, and words that say which way a figure went, are refused outside braces: they would be true of one edition only.
Names that have digits in them, as of laws, are written ``{name("Housing Act 1988")}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Function:
    """What a call takes.

    Attributes:
        measure: Whether a measure comes first.
        options: Options beside dimensions.
        needs: Options it cannot do without.
        codes: Whether dimensions are options, with a code each.
        what: What it says, for people.
    """

    what: str
    measure: bool = False
    options: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    codes: bool = False


def _of_measure(what: str, *options: str, needs: tuple[str, ...] = ()) -> Function:
    return Function(what, True, frozenset(("table", *options, *needs)), frozenset(needs), True)


FUNCTIONS: dict[str, Function] = {
    "figure": _of_measure("a figure", "period"),
    "share": _of_measure("a figure in per cent of another", "of", "among", "period"),
    "change": _of_measure("a clause on what the figure is compared with before", "against"),
    "moved": _of_measure("a verb with the change and both figures", "against", "plural"),
    "record": _of_measure("a clause that says since when there was no higher or lower figure, or nothing"),
    "highest": _of_measure("where it is highest", "period", "first", "word", needs=("by",)),
    "lowest": _of_measure("where it is lowest", "period", "first", "word", needs=("by",)),
    "spread": _of_measure("in how many areas or groups it went which way", "against", "word", needs=("by",)),
    "period": Function("the period in words", options=frozenset(("table", "at"))),
    "label": Function("what a code is called", codes=True),
    "name": Function("a text as it is written, digits and all"),
}
AGAINST = ("previous_year", "previous_period")
MOST = 5  # Names in a list of the highest: beyond it a table is read more easily.

_CALL = re.compile(r"([a-z_]+)\s*(?:\((.*)\))?\s*\Z", re.DOTALL)
_ITEM = re.compile(r'\s*(?:([a-z_][a-z0-9_]*)\s*=\s*)?(?:"([^"{}]*)"|([\w.+/&-]+))\s*(,|\Z)')
_DIGIT = re.compile(r"\d")
# What says which way a figure went, or how it stands among others.
_DIRECTION = re.compile(
    r"\b(increas\w+|decreas\w+|rose|risen|rising|fell|fallen|falling|grew|grown|growing|declin\w+|dropp\w+|doubl\w+|"
    r"halv\w+|trebl\w+|tripl\w+|higher|highest|lower|lowest|unchanged|no change|little changed|peak\w*|record "
    r"(?:high|low)|(?:a|one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty|half) per cent)\b",
    re.IGNORECASE,
)
# A sentence ends with its stop, before a space and what can begin another.
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z{])")


@dataclass(frozen=True)
class Call:
    """A reference.

    Attributes:
        function: Name of one of `FUNCTIONS`.
        first: The measure, or the text of ``name``.
        options: In the order written; dimensions with their codes among them.
        at: Where it stands in the template, counted from 1.
    """

    function: str
    first: str = ""
    options: tuple[tuple[str, str], ...] = ()
    at: int = 1

    def get(self, option: str, default: str = "") -> str:
        """Value of an option."""
        return dict(self.options).get(option, default)

    @property
    def codes(self) -> dict[str, str]:
        """Code of each dimension that it names."""
        known = FUNCTIONS[self.function].options
        return {name: value for name, value in self.options if name not in known}


Part = str | Call


@dataclass(frozen=True)
class Fault:
    """What is wrong with a template.

    Attributes:
        code: ``PR-R130`` it cannot be read; ``PR-R131`` something is written by hand that a cell should say.
        at: Where, counted from 1.
        word: Name that is not known, and the names there are, for the nearest of them.
    """

    code: str
    message: str
    at: int
    fix: str = ""
    word: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template:
    """A template that was read: its sentences in order, and what is wrong with it."""

    sentences: tuple[tuple[Part, ...], ...]
    faults: tuple[Fault, ...] = ()

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every reference in order."""
        return tuple(part for sentence in self.sentences for part in sentence if isinstance(part, Call))


@lru_cache(maxsize=4096)
def read(text: str) -> Template:
    """Read a template; what cannot be read is told in ``faults`` and left out."""
    sentences: list[list[Part]] = [[]]
    faults: list[Fault] = []
    text = " ".join(text.split())
    place = 0
    while place < len(text):
        opening = text.find("{", place)
        plain = text[place:] if opening < 0 else text[place:opening]
        stray = plain.find("}")
        if stray >= 0:
            faults.append(Fault("PR-R130", "A `}` stands here without its `{`.", place + stray + 1))
        faults += _by_hand(plain, place)
        for number, piece in enumerate(_END.split(_guarded(plain, opening >= 0))):
            if number:
                sentences.append([])
            if piece:
                sentences[-1].append(piece.replace("\0", ""))
        if opening < 0:
            break
        closing = _closing(text, opening)
        if closing < 0:
            faults.append(Fault("PR-R130", "A `{` stands here without its `}`.", opening + 1))
            break
        made = _call(text[opening + 1 : closing], opening + 2)
        if isinstance(made, Fault):
            faults.append(made)
        else:
            sentences[-1].append(made)
        place = closing + 1
    return Template(tuple(tuple(_trimmed(each)) for each in sentences if each), tuple(faults))


def _guarded(plain: str, before_call: bool) -> str:
    """Text before a reference ends with something to look at, so that a stop before it ends its sentence."""
    return f"{plain}{{\0" if before_call and plain.endswith(" ") else plain


def _trimmed(parts: list[Part]) -> list[Part]:
    """Without the brace that `_guarded` set, and without spaces at the ends."""
    out = [part[:-1] if isinstance(part, str) and part.endswith("{") else part for part in parts]
    out = [part for part in out if part != ""]
    if out and isinstance(out[0], str):
        out[0] = out[0].lstrip()
    if out and isinstance(out[-1], str):
        out[-1] = out[-1].rstrip()
    return [part for part in out if part != ""]


def _closing(text: str, opening: int) -> int:
    """Where the brace closes; one within quotes does not."""
    quoted = False
    for place in range(opening + 1, len(text)):
        if text[place] == '"':
            quoted = not quoted
        elif text[place] == "}" and not quoted:
            return place
        elif text[place] == "{" and not quoted:
            return -1
    return -1


def _by_hand(plain: str, place: int) -> list[Fault]:
    faults = []
    found = _DIGIT.search(plain)
    if found:
        fix = 'Refer to the cell, as {figure(...)}; or, in the name of a law or a form, write {name("...")}.'
        faults.append(Fault("PR-R131", "A digit is written by hand here.", place + found.start() + 1, fix))
    word = _DIRECTION.search(plain)
    if word:
        said = f"`{word.group()}` is written by hand here, and would stay when the figures go the other way."
        fix = "Let {change(...)}, {moved(...)}, {record(...)}, {highest(...)}, {lowest(...)} or {spread(...)} say it."
        faults.append(Fault("PR-R131", said, place + word.start() + 1, fix))
    return faults


def _call(text: str, at: int) -> Call | Fault:
    found = _CALL.match(text.strip())
    if found is None:
        return Fault("PR-R130", f"`{{{text}}}` is not a call such as {{figure(measure)}}.", at)
    name = found[1]
    if name not in FUNCTIONS:
        return Fault("PR-R130", f"Nothing is called `{name}` here.", at, word=name, names=tuple(FUNCTIONS))
    function = FUNCTIONS[name]
    first = ""
    options: list[tuple[str, str]] = []
    inner, place = found[2] or "", 0
    while place < len(inner):
        item = _ITEM.match(inner, place)
        if item is None:
            return Fault("PR-R130", f"`{inner[place:].strip()}` is neither a name nor `option=value`.", at)
        value = item[2] if item[2] is not None else item[3]
        if item[1] is None and place == 0:
            first = value
        elif item[1] is None:
            return Fault("PR-R130", f"`{value}` needs the name of an option before it, as in `period={value}`.", at)
        elif item[1] in dict(options):
            return Fault("PR-R130", f"`{item[1]}` stands twice in {name}(...).", at)
        else:
            options.append((item[1], value))
        place = item.end()
    return _fits(name, function, Call(name, first, tuple(options), at), at)


def _fits(name: str, function: Function, call: Call, at: int) -> Call | Fault:
    given = dict(call.options)
    if (function.measure or name == "name") != bool(call.first):
        wanted = "a measure first" if function.measure else "a text in quotes" if name == "name" else "options only"
        return Fault("PR-R130", f"{name}(...) takes {wanted}.", at)
    unknown = [option for option in given if option not in function.options]
    if unknown and not function.codes:
        return Fault(
            "PR-R130", f"{name}(...) has no option `{unknown[0]}`.", at, word=unknown[0], names=tuple(function.options)
        )
    lacking = sorted(function.needs - given.keys())
    if lacking:
        return Fault("PR-R130", f"{name}(...) needs `{lacking[0]}`.", at, "Write it as `by=dimension.level`.")
    if name == "label" and len(given) != 1:
        return Fault("PR-R130", "label(...) takes one dimension and its code, as in {label(sex=f)}.", at)
    if name == "share" and ("of" in given) == ("among" in given):
        said = "share(...) takes either `of`, a measure, or `among`, a code of the dimension named."
        return Fault("PR-R130", said, at)
    for option, allowed in (("against", AGAINST), ("at", AGAINST), ("plural", ("yes", "no"))):
        if option in function.options and given.get(option, allowed[0]) not in allowed:
            said = f"`{option}` is {' or '.join(allowed)}, not `{given[option]}`."
            return Fault("PR-R130", said, at, word=given[option], names=allowed)
    if "first" in given and (not given["first"].isdigit() or not 1 <= int(given["first"]) <= MOST):
        return Fault("PR-R130", f"`first` is a number from 1 to {MOST}, not `{given['first']}`.", at)
    return call
