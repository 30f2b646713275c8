"""What a way of collection needs of a workspace, and how what it brought becomes deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from piperoll.collect.arrived import Arrived
from piperoll.collect.batch import Options, Progress, collect
from piperoll.collect.receipt import Receipt
from piperoll.collect.staging import alone
from piperoll.desk import Desk
from piperoll.govern import Actor


if TYPE_CHECKING:
    from piperoll.store.tokens import Keyring


class Door(Desk, Protocol):
    """A register and a home, opened for one actor who brings something in."""

    @property
    def actor(self) -> Actor:
        """Who acts."""
        ...

    @property
    def keyring(self) -> Keyring:
        """Keys of the home."""
        ...


@contextmanager
def arriving(door: Door, options: Options) -> Iterator[Path]:
    """A directory for what is on its way, empty, gone at the end; one way of collection at a time.

    Raises:
        UserError: PR-C026 where another does not end in time.
    """
    with alone(door.home / "arriving", wait=options.wait) as work:
        yield work


def bring(door: Door, arrived: Iterable[Arrived], options: Options, progress: Progress | None) -> list[Receipt]:
    """Take in what a way of collection brought, as `piperoll.collect.collect` takes in files."""
    return collect(
        door.register,
        door.store,
        door.home / "vault",
        door.journal,
        door.keyring,
        door.actor,
        door.now(),
        list(arrived),
        options,
        progress,
        staging=door.home / "staging",
    )
