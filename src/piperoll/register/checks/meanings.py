"""One name, one meaning: a cell is named by its measure, whichever publication shows it."""

from __future__ import annotations

from piperoll.register.loaded import Loaded
from piperoll.register.model.publication import Measure, Publication


def check_meanings(loaded: Loaded) -> None:
    """Measures of one name are counted alike in all publications (``PR-R123``).

    The ledger knows a figure by measure, codes and period alone. So what two publications call by one name is one
    figure, and what means something else needs a name of its own.
    """
    known: dict[str, tuple[str, tuple[object, ...]]] = {}
    for made in loaded.all(Publication):
        for i, measure in enumerate(made.value.measures):
            meaning = _meaning(loaded, made.key, measure)
            first, same = known.setdefault(measure.name, (made.key, meaning))
            if first != made.key and meaning != same:
                said = f"The measure `{measure.name}` means something else in {first}, and a figure is known by it."
                cure = "Give it a name of its own, or count it in the same way by a model that both share."
                loaded.tell("PR-R123", made, ("measures", i, "name"), said, cure)


def _meaning(loaded: Loaded, publication: str, measure: Measure) -> tuple[object, ...]:
    """What is counted, without what is only shown: label, unit, places."""
    model = loaded.model_file(publication, measure.model) if measure.model else None
    return (
        measure.kind, model, measure.period_column, measure.where, measure.value,
        measure.at, measure.numerator, measure.denominator, measure.per, measure.of, measure.against,
    )  # fmt: skip
