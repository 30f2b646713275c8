"""Who signs and who approves: the actor, or on a machine where nobody signs in the person that its user names."""

from __future__ import annotations

from dataclasses import dataclass

from piperoll.errors import UserError
from piperoll.govern import Actor
from piperoll.govern.actors import LOCAL
from piperoll.journal.signing import SignMode, person_key


@dataclass(frozen=True)
class Named:
    """A person who signs or approves.

    Attributes:
        mode: ``local``: nobody signs in, so that it was this person is the word of the one who recorded it.
    """

    name: str
    mode: SignMode


def named(actor: Actor, name: str = "") -> Named:
    """The person who acts.

    Args:
        actor: Who is known to act.
        name: Whom they name, on a machine with one local user; empty for the actor.

    Raises:
        UserError: ``PR-E065`` where someone who has signed in names another, or the name has no letter.
    """
    said = " ".join(name.split())
    if name and not any(letter.isalpha() for letter in said):
        raise UserError("PR-E065", "that is no name of a person.", fix="Give first name and surname with --as.")
    if actor.kind == LOCAL:
        return Named(said or actor.name, "local")
    if said and person_key(said) != person_key(actor.name):
        message = f"`{actor.name}` has signed in, and cannot act in the name of another."
        raise UserError("PR-E065", message, fix="Let the other person sign in; leave --as out.")
    return Named(actor.name, "own")


def mode_words(mode: str, recorded_by: str) -> str:
    """What a reader must know of who it was; empty where they acted as themselves."""
    return f"recorded by {recorded_by}, local mode: nobody signed in" if mode == "local" else ""
