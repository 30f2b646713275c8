"""Application, and access and dissemination: sentences from facts."""

from __future__ import annotations

import datetime as dt

from piperoll.register.model.facts import Entry, Frame, Sharing, Use
from piperoll.register.model.policy import Policy
from piperoll.statement.document import Line
from piperoll.statement.words import be, complete, join, often, qualifier, sentence, upper


_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def applications(entry: Entry, frame: Frame, day: dt.date) -> list[Line]:
    """Each use of the data before they become statistics."""
    return [Line(sentence(_use(use, frame, day)), state=use.when.at(day)) for use in entry.applications]


def _use(use: Use, frame: Frame, day: dt.date) -> str:
    text = use.use
    if use.frequency:
        text = f"{use.frequency} {text}"
    if use.feeds:
        text = f"contribution to {text}"
    if use.sole:
        text = f"the data are collected in this form only for {text}"
    if use.of:
        text += f" of {use.of}"
    if use.about:
        text += f" on {use.about}"
    if use.by:
        text += f", by {use.by}"
    if use.for_groups:
        text += f", for {join(use.for_groups)}"
    if use.within:
        text += f", within {use.within}"
    if use.includes:
        text += f" ({join(use.includes)} included)"
    if use.not_part_of:
        text += f"; they are no part of {use.not_part_of}"
    if use.exception:
        text += f"; {use.exception}"
    if use.feeds:
        text = complete(text, ("for", frame.product(use.feeds).title))
    when = qualifier(use.when, day)
    return f"{text} ({when})" if when else text


def access(entry: Entry, day: dt.date) -> list[Line]:
    """Each arrangement for access, supply and dissemination before publication."""
    return [Line(_arrangement(each, day), state=each.when.at(day)) for each in entry.access]


def _arrangement(sharing: Sharing, day: dt.date) -> str:
    core = {
        "access": _access,
        "none": _none,
        "keep": _keep,
        "use": _use_of,
        "upload": _upload,
        "supply": _supply,
        "report": _report,
        "publish_inside": _inside,
        "coordinate": _coordinate,
    }[sharing.kind](sharing)
    core = complete(core, *_rest(sharing))
    when = qualifier(sharing.when, day)
    return sentence(f"{core} ({when})" if when else core)


def _rest(sharing: Sharing) -> tuple[tuple[str, str | tuple[str, ...]], ...]:
    """Every fact of an arrangement with the word that goes before it, should its template have no place for it."""
    asked = (sharing.kind == "access" and bool(people(sharing))) or not _said_on_request(sharing)
    return (
        ("", sharing.quantity),
        ("for", people(sharing) if sharing.users is not None else ""),
        ("for", sharing.to),
        ("in", sharing.at),
        ("brought up to date at", sharing.updated),
        ("by", sharing.by),
        ("from", sharing.out_of),
        ("", sharing.manner),
        ("through", sharing.via),
        ("on", sharing.channel),
        ("in", sharing.form),
        ("", sharing.frequency),
        ("", "on request" if sharing.on_request and not asked else ""),
        ("", "ad hoc" if sharing.ad_hoc else ""),
        ("", "where this is allowed" if sharing.may and not (sharing.kind == "access" and people(sharing)) else ""),
        ("", "before publication" if sharing.before_publication else ""),
        ("", "for limited groups only" if sharing.limited and sharing.kind != "access" else ""),
        ("", "at levels that differ between users" if sharing.levels else ""),
        ("for", sharing.purpose),
        ("on", sharing.topics),
        ("for example", sharing.examples),
        ("more detailed than", sharing.compared),
        ("marked", sharing.marking),
        ("given", sharing.reason),
        ("provided that", sharing.condition),
    )


def _said_on_request(sharing: Sharing) -> bool:
    """Whether ``on request`` must be said: not where a request form or the like is named."""
    return sharing.on_request and not any("request" in each for each in sharing.via)


def people(sharing: Sharing) -> str:
    """Who: number, groups, organisations."""
    if sharing.users is not None:
        number = _NUMBERS[sharing.users] if sharing.users < len(_NUMBERS) else str(sharing.users)
        who = f"{'about ' if sharing.about else ''}{number} users"
    else:
        who = join(sharing.to)
    if sharing.usually and who and sharing.kind == "access":
        who = f"mainly {who}"
    return f"{who} in {join(sharing.at)}" if sharing.at else who


def _access(sharing: Sharing) -> str:
    who = people(sharing)
    only = "only " if sharing.limited else ""
    what = sharing.what + (f", brought up to date at {sharing.updated}," if _dated(sharing) else "")
    if who:
        verb = "can ask for" if sharing.on_request else "may have" if sharing.may else "have"
        text = f"{only}{who} {verb} access to {what}"
    else:
        text = f"{what} can be reached"
    if sharing.levels:
        text += ", at levels that differ between users"
    text += _ways(sharing)
    if sharing.purpose:
        text += f", for {join(sharing.purpose)}"
    if sharing.before_publication:
        text += ", before publication"
    return text + _tail(sharing)


def _dated(sharing: Sharing) -> bool:
    return bool(sharing.updated) and sharing.updated not in sharing.what


def _none(sharing: Sharing) -> str:
    kinds = f", {join(sharing.examples, 'or')}," if sharing.examples else ""
    before = " before publication" if sharing.before_publication else ""
    beyond = f" beyond {join(sharing.to)}" if sharing.to else ""
    return f"at present there is no dissemination{kinds} of {sharing.what}{beyond}{before}"


def _keep(sharing: Sharing) -> str:
    if not sharing.to:
        return f"{sharing.what} {be(sharing.what)} kept locally"
    return f"{join(sharing.to)} keep {sharing.what} locally"


def _use_of(sharing: Sharing) -> str:
    what = _quantity(sharing)
    if not sharing.to:
        return f"{what} {be(what)} used {sharing.manner}"
    verb = "use" if _many(sharing.to) else "uses"
    purpose = f", for {join(sharing.purpose)}" if sharing.purpose else ""
    return f"{join(sharing.to)} {verb} {what}{purpose}"


def _many(names: tuple[str, ...]) -> bool:
    return len(names) > 1 or be(names[0]) == "are"


def _upload(sharing: Sharing) -> str:
    when = f" {often(sharing.frequency)}" if sharing.frequency else ""
    what = _quantity(sharing)
    where = f" to {sharing.channel}" if sharing.channel else ""
    return f"{what} {be(what)} uploaded{when}{where}"


def _inside(sharing: Sharing) -> str:
    what = _quantity(sharing)
    when = f" {often(sharing.frequency)}" if sharing.frequency else ""
    via = f", through {join(sharing.via)}" if sharing.via else ""
    now = f" {sharing.manner}" if sharing.manner else ""
    where = f" on {sharing.channel}" if sharing.channel else ""
    return f"{what} {be(what)}{now} placed{when}{where}{via}"


def _coordinate(sharing: Sharing) -> str:
    what = _quantity(sharing)
    when = f" {often(sharing.frequency)}" if sharing.frequency else ""
    aims = [f"for {people(sharing)}" if people(sharing) else "", f"into {sharing.channel}" if sharing.channel else ""]
    return f"{what} {be(what)} coordinated{when}, {join([each for each in aims if each])}"


def _supply(sharing: Sharing) -> str:
    what = _quantity(sharing)
    rule = "as a rule " if sharing.usually else ""
    text = f"{what} {be(what)} {rule}{_pace(sharing)}{'sent' if sharing.back else 'supplied'}"
    if sharing.frequency and not _pace(sharing) and sharing.frequency_of == "all":
        text += f" {often(sharing.frequency)}"
    if sharing.ad_hoc:
        text += " ad hoc"
    if sharing.on_request:
        text = f"on request, {text}"
    if sharing.channel:
        text += f" by {sharing.channel}"
    if sharing.by:
        text += f" by {sharing.by}"
    if sharing.back:
        text += " back"
    if sharing.to:
        text += " to several recipients, among them" if sharing.among else " to"
        text += f" {people(sharing)}"
    if sharing.form:
        text += f", in {sharing.form}"
    if sharing.frequency and sharing.frequency_of == "some":
        text += f", some of them {often(sharing.frequency)}"
    if sharing.purpose:
        text += f"{',' if sharing.to else ''} for {join(sharing.purpose)}"
    return text + _tail(sharing)


def _pace(sharing: Sharing) -> str:
    """``sometimes`` stands before the verb, ``monthly`` after it."""
    return "sometimes " if sharing.frequency == ("sometimes",) else ""


def _report(sharing: Sharing) -> str:
    what = _quantity(sharing)
    text = f"{what} {be(what)} {'made' if not sharing.by else 'run'}"
    if sharing.frequency and not sharing.to:
        text += f" {often(sharing.frequency)}"
    if sharing.by:
        text += f" by {sharing.by}"
    if sharing.out_of:
        text += f" from {sharing.out_of}"
    if sharing.topics:
        text += f", on {'a range of topics such as ' if sharing.among else ''}{join(sharing.topics)}"
    if sharing.to:
        text += f" and circulated to {people(sharing)}"
    if sharing.frequency and sharing.to:
        text += f", {often(sharing.frequency)}"
    if sharing.channel:
        text += f", in {sharing.channel}"
    if sharing.to or not sharing.channel:
        return text + _tail(sharing)
    return text


def _quantity(sharing: Sharing) -> str:
    return f"{sharing.quantity} {sharing.what}".strip()


def _ways(sharing: Sharing) -> str:
    ways = [
        f"on {sharing.channel}" if sharing.channel else "",
        f"through {join(sharing.via)}" if sharing.via else "",
    ]
    told = f"{' ad hoc' if sharing.ad_hoc else ''} {', '.join(filter(None, ways))}".rstrip()
    return f",{told}" if told and sharing.levels else told


def _tail(sharing: Sharing) -> str:
    text = ""
    if _said_on_request(sharing) and sharing.kind == "access" and not people(sharing):
        text += ", on request"
    if sharing.examples:
        text += f" (for example {join(sharing.examples)})"
    if sharing.compared:
        text += f"; more detailed than {sharing.compared}"
    if sharing.marking:
        text += f"; marked {sharing.marking}"
    if sharing.reason:
        text += f", given {sharing.reason}"
    if sharing.condition:
        text += f", provided that {join(sharing.condition)}"
    return text


def policy_lines(policy: Policy, opening: str) -> list[Line]:
    """A disclosure policy in words, made from its parameters: the same object wherever it is referred to."""
    below = "Below the national level" if policy.applies == "subnational" else "At every level"
    items = []
    if policy.suppress_below is not None:
        zero = "; zero is such a count" if policy.suppress_zero else "; zero is shown"
        items.append(f"a count below {policy.suppress_below} is not shown{zero}")
    if policy.round_to:
        items.append(f"every other count is rounded to the nearest {policy.round_to}")
    if policy.change_minimum_base is not None:
        items.append(
            f"a percentage change is shown only if the earlier period has {policy.change_minimum_base} cases or more"
        )
    names = {"month": "months", "quarter": "calendar quarters", "year": "annual totals",
             "financial_year": "financial years", "rolling_year": "years that end with a quarter"}  # fmt: skip
    items.append(f"figures are given for {join([names[each] for each in policy.periods])} and no other period")
    return [Line(f"{upper(opening)}. {below}:", tuple(items))]
