"""What a Statement says of one source, heading by heading, as facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from piperoll.register.model.facts.atoms import ALWAYS, Flag, Succession, When
from piperoll.register.model.facts.linkage import Linkage


@dataclass(frozen=True)
class System:
    """A system that an entry covers.

    Attributes:
        kind: ``one`` system, a ``set`` of them, ``records`` on paper, or one ``of_each`` supplier.
        serves: What it is used for, or where, if said.
        beside: The system it is named with.
        across: For ``of_each``: the suppliers, ``count`` of them.
        former: Whether it is no longer in use.
    """

    name: str
    kind: Literal["one", "set", "records", "of_each"] = "one"
    serves: str = ""
    beside: str = ""
    across: str = ""
    former: bool = False
    count: int | None = None
    spelling: str = ""


@dataclass(frozen=True)
class Item:
    """Something a source holds, or a function it serves.

    Attributes:
        what: A noun phrase; ``complete`` (then in the singular) says that every one is held.
        states: What has become of them, each counted apart (``received``, ``executed``).
        people, about: Whom or what it is about.
        where: Place, with its preposition.
        through, received_by, under: How it came about, who got it, under which agreement; ``under_when`` since when
            that is in force.
        level: Level of detail, each with ``some`` before it where not all is so.
        by: What it is broken down by.
        only: Condition for being held at all, as a clause.
        with_: A further part named apart; ``parts`` the parts in full.
        examples: Examples named in the text.
        when: Span it covers.
    """

    what: str
    complete: bool = False
    states: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    about: str = ""
    where: str = ""
    through: str = ""
    received_by: str = ""
    under: str = ""
    under_when: When = ALWAYS
    level: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    only: str = ""
    with_: str = ""
    parts: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    when: When = ALWAYS


@dataclass(frozen=True)
class Description:
    """The brief description: kind of system, purpose, contents, functions.

    Attributes:
        kind: Kind of system, a noun phrase; empty where the text names none.
        purposes: What it is for.
        does: What it does with its contents, a verb in the number of ``kind`` (``records``, ``hold``); it covers them
            if nothing is said.
        functions: Business functions, each with its parts.
        traits: Adjectives (``operational``, ``central``, ``developmental``).
    """

    kind: str = ""
    plural: bool = False
    traits: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    does: str = ""
    holds: tuple[Item, ...] = ()
    functions: tuple[Item, ...] = ()
    place: str = ""
    made_from: str = ""


NO_DESCRIPTION = Description()

Act = Literal[
    "enter",
    "type_or_scan",
    "upload",
    "submit",
    "send",
    "collate",
    "extract",
    "merge",
    "keep",
    "record",
    "snapshot",
    "gather",
    "reach",
    "capture",
    "exchange",
    "link",
]


@dataclass(frozen=True)
class Step:
    """One step of collection: who does what, where, into what, how and when.

    Attributes:
        act: The verb, from a fixed list; `piperoll.statement` has a template for each.
        what: What is handled.
        by: Who; ``one`` says that it is a single body, ``some`` that only some do it so, or the others.
        at: Places, each with its preposition.
        out_of, into, to: What it comes from, what it goes into, who gets it; ``among`` says that it also comes from
            others than those named.
        via: Front end, link or other means.
        form: Form in which it stands, with its preposition (``on paper``).
        manner: An adverb (``manually``); ``automatic`` and ``direct`` are two that can be asked for.
        also: Whether it happens beside the step before.
        day: The days it may be taken at; ``depends`` what decides between them.
        purpose: What the step is for.
        includes: What is in it; ``mainly`` whether there may be more.
        exception: Where it is done otherwise, as a clause.
    """

    act: Act
    what: str = "data"
    by: tuple[str, ...] = ()
    by_join: Literal["and", "or", "and/or"] = "and"
    one: bool = False
    some: Literal["", "some", "others"] = ""
    at: tuple[str, ...] = ()
    out_of: tuple[str, ...] = ()
    among: bool = False
    into: str = ""
    to: tuple[str, ...] = ()
    via: str = ""
    form: str = ""
    manner: str = ""
    automatic: bool = False
    direct: bool = False
    also: bool = False
    frequency: tuple[str, ...] = ()
    day: tuple[str, ...] = ()
    depends: str = ""
    purpose: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    mainly: bool = False
    exception: str = ""
    when: When = ALWAYS


@dataclass(frozen=True)
class Use:
    """One application of the data before they become statistics.

    Attributes:
        use: A noun phrase.
        of, about: What is monitored, managed, measured; what the information is about.
        by: By what means.
        frequency: How often.
        within: Team, or larger use, it is limited to.
        for_groups: For whom or for what.
        includes: Details that belong to this use.
        feeds: Product it contributes to (key in `Frame.products`).
        sole: Whether the data are gathered for this alone; ``not_part_of`` what they are no part of.
        exception: Where it is otherwise, as a clause.
    """

    use: str
    of: str = ""
    about: str = ""
    by: str = ""
    frequency: str = ""
    within: str = ""
    for_groups: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    feeds: str = ""
    sole: bool = False
    not_part_of: str = ""
    exception: str = ""
    when: When = ALWAYS


@dataclass(frozen=True)
class Sharing:
    """One arrangement under which data are seen or passed on before they become statistics.

    Attributes:
        kind: ``access`` (to the system or data), ``supply`` (handed over), ``report`` (made and circulated),
            ``publish_inside`` (placed on an internal site), ``upload`` (to a hub), ``use``,
            ``coordinate`` (into reporting, and for people), ``keep`` (kept locally),
            ``none`` (declared: nobody beyond ``to``).
        what: What they get.
        to: Groups of people; ``at`` the organisations they belong to.
        users: How many; ``about`` whether that is approximate (a soft limit).
        quantity: ``some``, ``various``, ``selected``, ``limited`` as the text has it.
        updated: How fresh: ``live``, ``end of each month``.
        by: Who provides it.
        channel: By which way.
        form: In which form.
        frequency: How often; ``frequency_of`` says whether for ``all`` or ``some`` of it.
        on_request: Only when asked for; ``ad_hoc`` as need arises.
        purpose, reason: What for, and why them.
        marking: Protective marking.
        condition: What must hold first, as clauses; ``may`` says that it is allowed, not that it is done.
        among: Whether there are more recipients than those named.
        out_of: What it is made from.
        compared: Published figures that it is more detailed than.
        before_publication: Said of the time before publication.
        inward: Whether it is how the data come to those who make statistics of them, and so is no output.
        publication: Key in the register's ``publications``, where what is passed on is made with this register.
    """

    kind: Literal["access", "supply", "report", "publish_inside", "upload", "use", "keep", "coordinate", "none"]
    what: str = "data"
    to: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    among: bool = False
    back: bool = False
    quantity: str = ""
    users: int | None = None
    about: bool = False
    limited: bool = False
    may: bool = False
    levels: bool = False
    updated: str = ""
    by: str = ""
    out_of: str = ""
    manner: str = ""
    via: tuple[str, ...] = ()
    channel: str = ""
    form: str = ""
    frequency: tuple[str, ...] = ()
    frequency_of: Literal["all", "some"] = "all"
    usually: bool = False
    on_request: bool = False
    ad_hoc: bool = False
    purpose: tuple[str, ...] = ()
    reason: str = ""
    marking: str = ""
    condition: tuple[str, ...] = ()
    before_publication: bool = False
    compared: str = ""
    topics: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    inward: bool = False
    publication: str = ""
    when: When = ALWAYS


@dataclass(frozen=True)
class Output:
    """One publication, or part of one, that this source goes into.

    Attributes:
        product: Key in `Frame.products`.
        named: Its title as this entry gives it, where that differs.
        part: Which part of it (a chapter, a set of tables).
        measures: What is published; ``by`` its breakdown.
        form: ``series``, ``ad_hoc``, ``model_input``, ``contribution``, ``guest_chapter``.
        extra: Further editions or tables that belong to it.
        only: Limitation to a body or topic.
        audience, channel, frequency, reason, legal_basis, href: As stated.
        detail: How it relates to other figures.
        publication: Key in the register's ``publications`` of what makes this source's part, where it is made apart.
    """

    product: str
    named: str = ""
    part: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    form: Literal["series", "ad_hoc", "model_input", "contribution", "guest_chapter", "monitoring"] = "series"
    only: str = ""
    extra: str = ""
    extra_frequency: str = ""
    frequency: str = ""
    on_request: bool = False
    channel: str = ""
    audience: tuple[str, ...] = ()
    of: str = ""
    area: str = ""
    alongside: tuple[str, ...] = ()
    detail: str = ""
    reason: str = ""
    legal_basis: str = ""
    label: str = ""
    href: str = ""
    when: When = ALWAYS
    then: str = ""
    then_when: When = ALWAYS
    publication: str = ""


@dataclass(frozen=True)
class Entry:
    """What the Statement says of one source, as facts.

    Attributes:
        section: Section of the contents it is filed under (key of `Frame.sections`).
        domain: The domain it works in, which may be another.
        page: Page number in the contents.
        stated_title: Title as printed, where `Source.title` corrects or shortens it.
        covers: The systems this one entry covers.
        lifecycle: Since and until when the source is in use.
        disclosure: Key of the disclosure policy restated in this entry: the policy itself, not a copy.
        statistical: Official statistics made from it; ``none`` declares that today there are
            none; silence declares nothing.
        non_statistical: ``none`` where the text says so; ``not_stated`` where it is silent, which means none.
        synergies: Other products that use these data; silent means none.
        flags: What is doubtful in the text.
    """

    section: str = ""
    domain: str = ""
    page: int | None = None
    stated_title: str = ""
    covers: tuple[System, ...] = ()
    lifecycle: When = ALWAYS
    description: Description = NO_DESCRIPTION
    collection: tuple[Step, ...] = ()
    applications: tuple[Use, ...] = ()
    access: tuple[Sharing, ...] = ()
    disclosure: str = ""
    non_statistical: Literal["none", "not_stated"] | tuple[Output, ...] = "not_stated"
    statistical: Literal["none", "not_stated"] | tuple[Output, ...] = "not_stated"
    synergies: Literal["none", "not_stated"] | tuple[Output, ...] = "not_stated"
    successions: tuple[Succession, ...] = ()
    linkage: Linkage | None = None
    flags: tuple[Flag, ...] = ()
