"""Facts of a source that is made by linking other sources."""

from __future__ import annotations

from dataclasses import dataclass

from piperoll.register.model.facts.atoms import ALWAYS, When


@dataclass(frozen=True)
class LinkedAnalysis:
    """One body of linked data: what is linked, for which years, how many people, by whom.

    Attributes:
        inputs: Names of the inputs; ``sources`` their keys in the register, where they are sources.
        population: Number of people; ``about`` whether it is approximate.
        contents: What it holds.
        recurring: Whether it is made again, or was made once.
    """

    name: str
    inputs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    example: str = ""
    parties: tuple[str, ...] = ()
    linked_by: str = ""
    period: tuple[str, str] = ("", "")
    population: int | None = None
    about: bool = False
    unit: str = ""
    contents: tuple[str, ...] = ()
    identifiers: str = ""
    purpose: tuple[str, ...] = ()
    one_off: bool = False


@dataclass(frozen=True)
class Stage:
    """What changes once a condition is met or a date reached."""

    change: tuple[str, ...]
    heading: str
    when: When = ALWAYS


@dataclass(frozen=True)
class Linkage:
    """How linked data are made, what is used to match, and what is to come.

    Attributes:
        developmental: Whether regular official statistics may not be made of the linked data yet.
        official: While they are developmental, the source's datasets of which they may be made all the same.
        matching: Variables used to match, with ``reference_numbers`` among them named apart.
        sensitive: Whether these are sensitive personal data.
        processing: What is done with the data before use.
        plans: What is to change, under which heading it is said.
    """

    project: str
    developmental: bool
    analyses: tuple[LinkedAnalysis, ...]
    official: tuple[str, ...] = ()
    matching: tuple[str, ...] = ()
    reference_numbers: tuple[str, ...] = ()
    sensitive: bool = False
    processing: tuple[str, ...] = ()
    plans: tuple[Stage, ...] = ()
