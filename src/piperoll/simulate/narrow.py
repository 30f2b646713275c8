"""A world of which some sources alone send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.world import Batch, World


class Narrowed:
    """The same world with the same truth: what all other sources would send is not sent.

    Args:
        sources: Keys of those that send.
        after: Month up to which all send; None if the others never do.

    Raises:
        UserError: ``PR-M011`` for a source that the register does not have.
    """

    def __init__(self, world: World, register: Register, sources: Iterable[str], after: Period | None = None) -> None:
        self._world, self._sources, self._after = world, frozenset(sources), after
        unknown = sorted(self._sources - set(register.sources))
        if unknown or not self._sources:
            said = f"The register has no source {unknown[0]}." if unknown else "No source would send."
            raise UserError(
                "PR-M011", said, fix="Give keys of the register's sources, as `piperoll source` lists them."
            )

    def batches(self) -> Iterator[Batch]:
        """Months in order, with what is sent of each."""
        for batch in self._world.batches():
            if self._after and batch.period.end <= self._after.end:
                yield batch
                continue
            mine = tuple(each for each in batch.deliveries if each.dataset.partition(".")[0] in self._sources)
            yield replace(batch, deliveries=mine)
