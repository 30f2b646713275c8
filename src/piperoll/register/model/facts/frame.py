"""What a Statement says once for all sources, as facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from piperoll.register.model.facts.atoms import PLANNED, Heading, Link, When


@dataclass(frozen=True)
class Product:
    """A publication or other output that sources go into, in the Statement's catalogue.

    Attributes:
        kind: What it is; ``producer`` and ``frequency`` only where the Statement or its title says them.
        stated_kind: The class the Statement lists it under, where that is not what it is.
        publication: Key in the register's ``publications``, where it is made with this register.
    """

    key: str
    title: str
    kind: Literal["official", "third_party", "ad_hoc", "management_information", "non_statistical", "model_input"] = (
        "official"
    )
    producer: str = ""
    frequency: str = ""
    status: Literal["official", "national", ""] = ""
    publication: str = ""


@dataclass(frozen=True)
class Guidance:
    """A text that the Statement follows or quotes from, and where it is."""

    key: str
    title: str
    publisher: str
    href: str = ""
    part: str = ""
    use: str = ""


@dataclass(frozen=True)
class ProtocolItem:
    """One thing that a Statement must identify, and where this one answers it.

    Attributes:
        answered: Keys of procedures, ``sources`` for the entries, or ``candidates``.
    """

    letter: str
    subject: str
    detail: str = ""
    answered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Protocol:
    """The duty to publish a Statement."""

    code: str
    authority: str
    number: int
    consult: str = ""
    items: tuple[ProtocolItem, ...] = ()


@dataclass(frozen=True)
class Suppression:
    """When figures are withheld at all, and the present instance.

    Attributes:
        tests: Both must hold before anything is suppressed.
        policy: Key of the register's disclosure policy: the same object that entries refer to.
        applies_to: Products it mainly applies to at present.
        mainly: Whether other cases are not excluded.
    """

    tests: tuple[str, ...]
    policy: str = ""
    applies_to: tuple[str, ...] = ()
    mainly: bool = False
    protects: tuple[str, ...] = ()
    on: str = ""


@dataclass(frozen=True)
class Procedure:
    """A procedure common to all sources.

    Attributes:
        who: Who it concerns.
        ways: Ways or means.
        scope: What it covers.
        gives: What it makes possible.
        examples: Instances, each with parties, subject, area and aim.
    """

    key: str
    title: str
    who: str = ""
    ways: tuple[str, ...] = ()
    scope: str = ""
    purpose: str = ""
    gives: str = ""
    varies: str = ""
    documented: tuple[str, ...] = ()
    documented_in: str = ""
    partners: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    area: str = ""
    aim: str = ""
    policy_of: str = ""


@dataclass(frozen=True)
class Explained:
    """What a heading of an entry documents.

    Attributes:
        documents: A noun phrase.
        examples: Examples of it; ``covers``: what its details should cover; ``moment``: the time it speaks of.
        annexed: Whether the guidance that gives the headings explains this one.
    """

    heading: Heading
    title: str
    documents: str
    annexed: bool = True
    examples: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    moment: str = ""


@dataclass(frozen=True)
class Candidate:
    """An administrative source not used for official statistics today that could be (Protocol 3, item c).

    Attributes:
        source: Key of the source whose entry mentions it.
        when: When it is to be used.
    """

    name: str
    potential: str
    source: str = ""
    when: When = PLANNED


@dataclass(frozen=True)
class Licence:
    """Under what terms the Statement may be used again."""

    name: str
    href: str = ""
    email: str = ""
    excludes: tuple[str, ...] = ()
    third_party: str = ""
    copyright: str = ""
    allows: tuple[str, ...] = ()
    free: bool = False


@dataclass(frozen=True)
class Advantage:
    """Why administrative data are used: what is gained, against what, and whether always or only often."""

    text: str
    against: str = ""
    often: bool = False


@dataclass(frozen=True)
class Frame:
    """What the Statement says once for all sources, as facts.

    Attributes:
        as_of: Day as of which it is rendered unless another is asked for.
        sections: Titles of the contents, by key, in order; ``domains`` those of the functional domains.
        default_none: Headings of which silence means none.
        abbreviations: Short forms, explained where they are used.
    """

    title: str = ""
    kind: str = ""
    publisher: str = ""
    published: str = ""
    as_of: dt.date | None = None
    website: Link | None = None
    scope: str = ""
    bodies: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    advantages: tuple[Advantage, ...] = ()
    encouraged_by: str = ""
    conditions: tuple[str, ...] = ()
    update: str = ""
    update_aims: tuple[str, ...] = ()
    protocol: Protocol | None = None
    guidance: tuple[Guidance, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    suppression: Suppression | None = None
    headings: tuple[Explained, ...] = ()
    default_none: tuple[Heading, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    sections: dict[str, str] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    products: tuple[Product, ...] = ()
    abbreviations: dict[str, str] = field(default_factory=dict)
    licence: Licence | None = None
    contact: str = ""
    formats: str = ""

    def product(self, key: str) -> Product:
        """The product of this key.

        Raises:
            KeyError: If there is none.
        """
        for each in self.products:
            if each.key == key:
                return each
        raise KeyError(key)
