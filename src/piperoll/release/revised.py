"""How a publication's figures were revised, over every edition that the ledger holds."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.register.model.publication import Publication
from piperoll.release.place import standing_vintages
from piperoll.release.track import Record
from piperoll.release.tracksheets import follow


def revised(desk: Desk, publication: str, measures: Sequence[str] = ()) -> tuple[Publication, Record]:
    """A publication and how its figures were revised.

    Args:
        measures: Only these; empty: all that its tables show.

    Raises:
        UserError: ``PR-W003`` for an unknown publication, ``PR-E084`` for an unknown measure.
    """
    declared = desk.publication(publication)
    known = [measure.name for measure in declared.measures]
    for name in measures:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise UserError(
                "PR-E084",
                f"`{publication}` has no measure `{name}`.",
                fix=f"Did you mean `{near[0]}`?" if near else f"It has: {', '.join(known)}.",
            )
    desk.act("release.list", f"publication {publication}")
    return declared, follow(desk, declared, standing_vintages(desk, publication), measures=measures)
