"""Why the disclosure policy that a publication names applies to it, or does not: each condition with its reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register


@dataclass(frozen=True)
class Answer:
    """One condition of a policy for one publication."""

    id: str
    words: str
    source: str
    holds: bool
    reason: str


@dataclass(frozen=True)
class Why:
    """A policy's conditions, answered.

    Attributes:
        policy: Key of the policy. title: Its title.
        answers: In the policy's order; empty for a policy that applies without conditions.
    """

    policy: str
    title: str
    answers: tuple[Answer, ...]

    @property
    def applies(self) -> bool:
        """Whether the policy applies: every condition holds."""
        return all(each.holds for each in self.answers)

    @property
    def heading(self) -> str:
        """What the reasons stand under."""
        return "Why these rules apply" if self.applies else "Why these rules do not apply"

    @property
    def statement(self) -> str:
        """Whether it applies, in a sentence."""
        if self.applies:
            return f"The policy '{self.title}' applies."
        failed = " ".join(each.reason for each in self.answers if not each.holds)
        return f"The policy '{self.title}' does not apply, and figures are exact. {failed}"

    @property
    def sentences(self) -> tuple[str, ...]:
        """A paragraph for each condition."""
        return tuple(
            f"{'Condition' if each.holds else 'Condition that does not hold'}: {each.words} {each.reason}"
            for each in self.answers
        )

    def as_json(self) -> dict[str, Any]:
        """As the manifest holds it."""
        return {"policy": self.policy, "applies": self.applies, "conditions": [asdict(each) for each in self.answers]}


def why_of(register: Register, publication: Publication) -> Why | None:
    """The conditions of the policy that a publication names, answered as it does; None if it names none."""
    if publication.policy is None:
        return None
    policy = register.policies[publication.policy]
    given = {each.id: each for each in publication.disclosure_reasons}
    answers = [
        Answer(each.id, each.words.strip(), each.source, given[each.id].holds, given[each.id].reason.strip())
        for each in policy.applies_when
        if each.id in given
    ]
    return Why(policy.key, policy.title, tuple(answers))
