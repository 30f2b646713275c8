"""What is asked of suppliers: queries grouped, ranked and capped for each, deliveries brought again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from piperoll.journal import Delivery, Query
from piperoll.periods import Period


CAP = 10  # questions put to one supplier at a time


@dataclass(frozen=True)
class Question:
    """Queries of one kind to one supplier: the same rule of the same dataset.

    Attributes:
        queries: Ids, oldest first.
        periods: Periods they are about.
        sentence: The latest of them, ready to send.
        answered: How many of them are answered and wait for a decision.
    """

    supplier: str
    dataset: str
    rule: str
    queries: tuple[str, ...]
    periods: tuple[str, ...]
    sentence: str
    answered: int = 0


@dataclass(frozen=True)
class Asked:
    """What is asked of one supplier.

    Attributes:
        first: The questions to put now, most pressing first; no more than the cap.
        later: Those that wait until these are settled.
        queries: How many queries there are in all.
        brought_again: Deliveries that took the place of another, or were refused.
        deliveries: Deliveries in all.
    """

    supplier: str
    first: tuple[Question, ...]
    later: tuple[Question, ...]
    queries: int
    brought_again: int
    deliveries: int


def asked(queries: Iterable[Query], deliveries: Iterable[Delivery], cap: int = CAP) -> list[Asked]:
    """Queries by supplier, those with the most open ones first.

    One question stands for all queries of a rule and dataset. Those that nobody has answered come first, then those
    that come up in most periods, then the most recent.

    Args:
        queries: Open or answered ones.
        deliveries: Every delivery, also those that do not count.
        cap: Questions put to one supplier at a time.
    """
    groups: dict[tuple[str, str, str], list[Query]] = defaultdict(list)
    for each in queries:
        groups[each.supplier, f"{each.source}.{each.dataset}", each.rule].append(each)
    by_supplier: dict[str, list[Question]] = defaultdict(list)
    for (supplier, dataset, rule), found in groups.items():
        by_supplier[supplier].append(_question(supplier, dataset, rule, found))
    again: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    for delivery in deliveries:
        total[delivery.supplier] += 1
        again[delivery.supplier] += bool(delivery.supersedes) or not delivery.accepted
    out = []
    for supplier in sorted({*by_supplier, *total}):
        questions = sorted(by_supplier.get(supplier, []), key=_rank)
        many = sum(len(each.queries) for each in questions)
        out.append(Asked(supplier, tuple(questions[:cap]), tuple(questions[cap:]), many, again[supplier],
                         total[supplier]))  # fmt: skip
    return sorted(out, key=lambda each: (-each.queries, each.supplier))


def _question(supplier: str, dataset: str, rule: str, found: list[Query]) -> Question:
    ordered = sorted(found, key=lambda each: (Period.parse(each.period), int(each.id.removeprefix("Q"))))
    return Question(
        supplier,
        dataset,
        rule,
        tuple(each.id for each in sorted(found, key=lambda each: int(each.id.removeprefix("Q")))),
        tuple(dict.fromkeys(each.period for each in ordered)),
        ordered[-1].sentence,
        sum(each.state == "answered" for each in found),
    )


def _rank(question: Question) -> tuple[bool, int, int, str, str]:
    latest = -Period.parse(question.periods[-1]).start.toordinal()
    waiting = question.answered == len(question.queries)
    return waiting, -len(question.periods), latest, question.dataset, question.rule
