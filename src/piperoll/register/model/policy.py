"""Disclosure policies and people, as data.

A policy is declared in ``policies/<key>.yaml``; people and groups in ``people.yaml``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from piperoll.periods import Kind


@dataclass(frozen=True)
class Condition:
    """Something that has to be so for a policy to apply; each publication under the policy says why it is, or is not.

    Attributes:
        id: For example ``not_public``.
        words: The condition as a sentence.
        source: Where it is stated.
    """

    id: str
    words: str
    source: str = ""


@dataclass(frozen=True)
class Policy:
    """What may be shown.

    Attributes:
        applies: ``subnational`` (levels below the national one; the national one is exact) or ``all``.
        suppress_below: Counts below this are suppressed; None for no suppression.
        suppress_zero: Whether zero counts as below.
        round_to: Base to which the others are rounded (nearest; ties upwards); None for exact.
        change_minimum_base: A percentage change is shown only if the earlier count is at least this.
        change_from: ``published``: changes, rates and shares below the national level come from the published rounded
            counts, since an exact percentage gives exact counts away.
        width: How open a suppressed count must stay: at least ``width + 1`` counts remain possible.
        periods: Kinds of period that may be shown at all.
        national_only: Kinds of measure that are made only at the national level.
        rule_text: The rule, quoted when a request is refused.
        rule_source: Where it is stated.
        applies_when: Conditions of the policy; where one of them does not hold for a publication, nothing of the policy
            applies to it. None: it applies to every publication that names it.
    """

    key: str
    title: str
    applies: Literal["subnational", "all"] = "subnational"
    suppress_below: int | None = None
    suppress_zero: bool = True
    round_to: int | None = None
    change_minimum_base: int | None = None
    change_from: Literal["published", "exact"] = "published"
    width: int = 4
    periods: tuple[Kind, ...] = ("quarter", "year")
    national_only: tuple[str, ...] = ("mean", "median", "percentile", "maximum", "progression")
    rule_text: str = ""
    rule_source: str = ""
    description: str = ""
    applies_when: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Person:
    """A person the register names by role; no invented names."""

    key: str
    name: str
    groups: tuple[str, ...] = ()
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


@dataclass(frozen=True)
class Group:
    """A group of people, and what it is for."""

    key: str
    title: str
    description: str = ""
