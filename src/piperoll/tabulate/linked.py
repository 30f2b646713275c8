"""Refuses to count from linked records that are not there, or that were linked before what they are read with came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from piperoll.errors import UserError
from piperoll.register.model.register import Register
from piperoll.store.parts import Part


def require_linked(register: Register, datasets: Iterable[str], parts: Sequence[Part]) -> None:
    """See that each of these datasets which a linkage makes holds a run of it, later than all that the linkage reads.

    Without it, records that nobody has tried to link would be counted as unmatched, in silence.

    Args:
        datasets: Written ``source.dataset``.
        parts: The vintage.

    Raises:
        UserError: ``PR-T010`` if the linkage was not run, ``PR-T011`` if something was delivered since.
    """
    for key in datasets:
        linkage = register.dataset(key).linkage
        if not linkage:
            continue
        run = max((each.sequence for each in parts if each.dataset == key), default=None)
        if run is None:
            message = f"`{key}` is made by the linkage `{linkage}`, which has not been run as of this vintage."
            raise UserError("PR-T010", message, where=key, fix=f"Run `piperoll link run {linkage}` first.")
        read = register.linkages[linkage].datasets
        later = sorted({each.dataset for each in parts if each.dataset in read and each.sequence > run})
        if later:
            message = f"the last run of the linkage `{linkage}` is older than deliveries of {', '.join(later)}."
            fix = f"Run `piperoll link run {linkage}` again, or name the vintage of its run."
            raise UserError("PR-T011", message, where=key, fix=fix)
