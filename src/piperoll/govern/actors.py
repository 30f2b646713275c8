"""Who acts. For now: the person at this machine, as the operating system knows them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


LOCAL = "local"
OFFICE = "office"


@dataclass(frozen=True)
class Actor:
    """Someone or something that acts.

    Attributes:
        name: As it appears in the audit chain.
        kind: ``local`` for a user of the operating system; ``office`` for a clerk whom a web site has signed in; other
            kinds have no policy yet.
        home_owner: For a local user: who owns the home directory acted on, as the operating system says.
        offices: For a clerk: the offices they work for, each ``group:supplier``.
    """

    name: str
    kind: str = LOCAL
    home_owner: str = ""
    offices: tuple[str, ...] = ()

    @property
    def owns_home(self) -> bool:
        """Whether this is the local single user."""
        return self.kind == LOCAL and bool(self.name.strip()) and self.name == self.home_owner


def local_actor(home: str | os.PathLike[str]) -> Actor:
    """The user running this process, acting on a home directory.

    Args:
        home: The workspace's home. Where it does not exist yet, its nearest existing parent counts only
            in that whoever may write there makes it and so owns it.
    """
    me = os.geteuid()
    path = Path(home)
    try:
        owner = path.stat().st_uid
    except FileNotFoundError:
        # Nothing there to protect: it will belong to whoever makes it.
        owner = me
    except OSError:
        return Actor(_user_name(me), LOCAL, "")
    return Actor(_user_name(me), LOCAL, _user_name(owner))


def _user_name(uid: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(uid).pw_name
    except (ImportError, KeyError):
        # Containers run under numbers without a name.
        return f"user {uid}"
