"""Whether everything a register refers to exists, and its parts agree with each other.

Each part is checked on its own as far as it could be made, so that one mistake hides no other and makes no other.
"""

from __future__ import annotations

from piperoll.register.checks import (
    anonymised,
    circulation,
    codes,
    contract,
    developmental,
    facts,
    forecast,
    linkage,
    linked,
    meanings,
    merge,
    publication,
    quality,
)
from piperoll.register.loaded import Loaded
from piperoll.register.model.register import Source


def crosscheck(loaded: Loaded) -> None:
    """Note every disagreement between the parts of a register in ``loaded.problems``."""
    codes.check_codes(loaded)
    codes.check_suppliers(loaded)
    codes.check_identifiers(loaded)
    codes.check_policies(loaded)
    facts.check_people(loaded)
    facts.check_facts(loaded)
    _numbers(loaded)
    contract.check_contracts(loaded)
    anonymised.check_anonymised(loaded)
    publication.check_publications(loaded)
    circulation.check_circulation(loaded)
    developmental.check_developmental(loaded)
    meanings.check_meanings(loaded)
    linkage.check_linkages(loaded)
    linked.check_linked(loaded)
    quality.check_quality(loaded)
    quality.check_monitors(loaded)
    quality.check_caveats(loaded)
    merge.check_merges(loaded)
    forecast.check_forecasts(loaded)


def _numbers(loaded: Loaded) -> None:
    """Two sources cannot have one place in the order."""
    seen: dict[int, str] = {}
    for made in loaded.all(Source):
        number = made.value.number
        if number and number in seen:
            loaded.tell("PR-R022", made, ("number",), f"Source `{seen[number]}` has the number {number}, too.")
        seen.setdefault(number, made.key)
