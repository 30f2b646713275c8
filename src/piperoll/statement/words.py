"""Small grammar: lists, numbers of nouns, days and periods in words, states in words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from piperoll.periods import Period
from piperoll.register.model.facts import State, When


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_ADVERBS = {"annual": "annually", "bi-annual": "bi-annually", "yearly": "yearly"}
_HEAD_ENDS = re.compile(r" (?:of|for|to|from|in|on|at|about|relating|received|that|supplied|which|against)\b|[,(:]")
_SINGULAR_S = ("ss", "us", "is")


PLAN = ", if the plan was kept"  # nobody has confirmed it in the register
_BODIES = ("service", "team", "group", "unit", "section")


def join(items: Sequence[str], last: str = "and") -> str:
    """``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def upper(text: str) -> str:
    """With a capital first letter, unless a name forbids it (``p-NOMIS``, ``eAsset``)."""
    if len(text) > 1 and text[0].islower() and (text[1] == "-" or text[1].isupper()):
        return text
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Capital letter, full stop, no doubled spaces."""
    text = " ".join(text.split())
    text = re.sub(r",+", ",", re.sub(r" ([,.;:])", r"\1", text))
    return upper(text) + ("" if text.endswith((".", ":")) else ".")


def plural(noun: str) -> bool:
    """Whether a noun phrase takes ``are``: by its head noun."""
    if re.match(r"(a|an) (?!number of|range of|series of)", noun):
        return False
    noun = re.sub(r" ?\([^)]*\)", "", noun)
    if re.match(r"a (series|number) of ", noun):
        return True
    noun = re.sub(r"^(a|an|some|the|various|selected|a range of|each) ", "", noun)
    head = _HEAD_ENDS.split(noun)[0].strip()
    last = head.rsplit(" ", 1)[-1].casefold()
    if " and " in head and last not in _BODIES:
        return True
    return last in ("data", "people", "staff") or (last.endswith("s") and not last.endswith(_SINGULAR_S))


def complete(core: str, *facts: tuple[str, str | tuple[str, ...]]) -> str:
    """Add what a template had no place for, so that no fact is lost: ``(word before it, value or values)``."""
    for word, value in facts:
        said = core.casefold()
        left = [
            each for each in ((value,) if isinstance(value, str) else value) if each and each.casefold() not in said
        ]
        if left:
            core = f"{core}, {f'{word} ' if word else ''}{join(left)}"
    return core


def be(noun: str) -> str:
    """``is`` or ``are``."""
    return "are" if plural(noun) else "is"


def article(noun: str) -> str:
    """With ``a`` or ``an``."""
    vowel = noun[0].casefold() in "aeio" or re.match(r"[FHLMNRSX][A-Z]", noun)
    return f"{'an' if vowel else 'a'} {noun}"


def often(frequency: Sequence[str]) -> str:
    """``monthly, quarterly and annually``."""
    return join([_ADVERBS.get(each, each) for each in frequency])


def day_words(text: str) -> str:
    """A day or period as written, in words: ``1 October 2012``, ``March 2012``, ``2013``, ``2013/14``."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        period = Period.parse(text)
        return f"{_MONTHS[period.start.month - 1]} {period.start.year}" if period.kind == "month" else str(period)
    return date_words(day)


def date_words(day: dt.date) -> str:
    """``31 October 2012``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


STATE_WORDS: dict[State, str] = {
    "planned": "planned",
    "starting": "being introduced",
    "current": "in use",
    "ending": "being replaced",
    "ended": "closed",
}


def qualifier(when: When, day: dt.date) -> str:
    """When a fact holds, as seen on ``day``; empty if it simply holds.

    A plan whose date has come is said to be a plan still.
    """
    state = when.at(day)
    during = "during" if when.precision == "during" else "around" if when.precision == "around" else "from"
    if when.once:
        return f"{'planned, ' if state == 'planned' else ''}once {when.once}"
    if state == "planned":
        return f"planned {during} {day_words(when.starts)}" if when.starts else "planned"
    if state == "starting":
        return f"being introduced {during} {day_words(when.starts)}"
    if state == "ending":
        return f"being replaced {during} {day_words(when.ends)}"
    plan = PLAN if when.state == "planned" else ""
    if state == "ended":
        # an end foreseen for some moment of a period is a plan too
        plan = plan or (PLAN if when.state == "current" and when.precision != "exact" else "")
        if when.starts and when.ends:
            return f"from {day_words(when.starts)} to {day_words(when.ends)}{plan}"
        return f"until {day_words(when.ends)}{plan}, now ended" if when.ends else "ended"
    if when.starts and when.ends:
        return f"from {day_words(when.starts)} to {day_words(when.ends)}{plan}"
    if when.starts:
        return f"since {day_words(when.starts)}{plan}"
    if when.ends and when.precision == "exact":
        return f"until {day_words(when.ends)}"
    return f"to be replaced {during} {day_words(when.ends)}" if when.ends else ""
