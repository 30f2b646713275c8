"""Cross-checks of the ways by which suppliers send a dataset; ``PR-R122``."""

from __future__ import annotations

from difflib import get_close_matches

from piperoll.register.checks.at import At
from piperoll.register.model.codes import SupplierGroup


def check_ways(at: At) -> None:
    """A way names suppliers of the dataset, each supplier has one, and what the way needs is declared."""
    groups = [group.value for group in at.loaded.all(SupplierGroup) if group.key == at.dataset.suppliers]
    if not at.dataset.ways or not groups:
        return
    known = {each.key: each for each in groups[0].suppliers}
    taken: set[str] = set()
    for i, way in enumerate(at.dataset.ways):

        def tell(said: str, fix: str, *more: str | int, i: int = i) -> None:
            at.tell("PR-R122", ("ways", i, *more), said, fix)

        for number, key in enumerate(way.suppliers):
            if key not in known:
                near = get_close_matches(key, known, n=1)
                fix = f"Did you mean `{near[0]}`?" if near else "Name suppliers of the dataset's group."
                tell(f"`{key}` does not owe the dataset.", fix, "suppliers", number)
        mine = [key for key in way.suppliers or known if key in known]
        twice = sorted(taken & set(mine))
        if twice:
            tell(f"`{twice[0]}` has another way already.", "Let each supplier have one way.", "suppliers")
        taken.update(mine)
        dumb = [key for key in mine if not known[key].mail]
        if way.by == "mail" and dumb:
            tell(f"`{dumb[0]}` declares no address.", "Write `mail` at the supplier.", "by")
        if way.by == "database" and at.dataset.extract is None:
            tell("Nothing says how the dataset is read from a database.", "Write `extract`.", "by")
