"""The one function that decides. Pure: the same question has the same answer; nothing is read or written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from piperoll.errors import UserError
from piperoll.govern.actions import Action, Obligation
from piperoll.govern.actors import OFFICE, Actor


@dataclass(frozen=True)
class Resource:
    """What is acted on: a kind (``delivery``, ``table`` ...) and a key. Neither names a person."""

    kind: str
    key: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.key}".strip()


@dataclass(frozen=True)
class Decision:
    """Whether an act is allowed, why in sentences, and what it binds to."""

    allowed: bool
    reasons: tuple[str, ...]
    obligations: tuple[Obligation, ...] = ()

    @property
    def sentence(self) -> str:
        """The reasons as one line."""
        return " ".join(self.reasons)


Policy = Callable[[Actor, Action, Resource, datetime], str | None]


def local_single_user(actor: Actor, action: Action, resource: Resource, at: datetime) -> str | None:
    """The owner of the home directory works alone on this machine and may do everything."""
    if not actor.owns_home:
        return None
    return f"`{actor.name}` owns this home and works alone on it, and so may {action.description}."


ENTRIES = "entries"
_OF_OFFICES = frozenset({Action.ENTRY_WRITE, Action.ENTRY_READ, Action.ENTRY_LIST, Action.ENTRY_SUBMIT})


def own_office(actor: Actor, action: Action, resource: Resource, at: datetime) -> str | None:
    """A clerk enters, reads back and delivers records of their own offices, and does nothing else.

    The resource's key begins with the office: ``group:supplier/source.dataset``.
    """
    office = resource.key.partition("/")[0]
    if actor.kind != OFFICE or not actor.name.strip() or action not in _OF_OFFICES or resource.kind != ENTRIES:
        return None
    if office not in actor.offices:
        return None
    return f"`{actor.name}` works for `{office}`, and so may {action.description}."


# A policy gives a sentence of leave or None. One of them must speak: silence is refusal.
POLICIES: tuple[Policy, ...] = (local_single_user, own_office)


def decide(actor: Actor, action: Action, resource: Resource, at: datetime) -> Decision:
    """Decide whether ``actor`` may do ``action`` to ``resource``.

    Args:
        actor: Who asks.
        action: What they want to do.
        resource: To what.
        at: When, with a time zone (policies may hold for a time only).

    Returns:
        Allowed with reasons and obligations, or refused with the reason. Nothing is allowed by default.
    """
    if not isinstance(action, Action):
        return Decision(False, (f"`{action}` is no known action.",))
    if at.tzinfo is None:
        raise ValueError(f"a decision needs a time with a time zone: {at!r}")
    reasons = tuple(r for policy in POLICIES if (r := policy(actor, action, resource, at)) is not None)
    if reasons:
        return Decision(True, reasons, action.obligations)
    return Decision(False, (_refusal(actor, action),))


def check(actor: Actor, action: Action, resource: Resource, at: datetime) -> Decision:
    """Like `decide`, but a refusal is an error.

    Raises:
        UserError: PR-G001 with the reason.
    """
    decision = decide(actor, action, resource, at)
    if not decision.allowed:
        raise UserError("PR-G001", decision.sentence, where=str(resource), fix=REFUSED_FIX)
    return decision


REFUSED_FIX = "Act as the user who owns the home directory, or use a home of your own (--home DIR)."


def _refusal(actor: Actor, action: Action) -> str:
    who = f"`{actor.name}`" if actor.name.strip() else "an actor without a name"
    if actor.kind == OFFICE:
        return f"{who} may not {action.description}: a clerk may only enter records, and of their own office alone."
    if actor.kind != "local":
        return f"{who} may not {action.description}: no policy knows actors of kind `{actor.kind}`."
    owner = f"`{actor.home_owner}` owns" if actor.home_owner else "nobody known owns"
    return f"{who} may not {action.description}: {owner} this home, and only its owner may act on it."
