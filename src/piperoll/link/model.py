"""A trained model as it is written and read: chances and weights of all levels, prior, rules, what was not trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from piperoll.errors import UserError
from piperoll.link.block.blocks import Block
from piperoll.link.estimate.chances import Chances
from piperoll.link.estimate.train import Trained
from piperoll.link.spec.model import Linkage
from piperoll.version import __version__


@dataclass(frozen=True)
class Model:
    """What a linkage is done with: rules, by their texts, and chances.

    Attributes:
        rules: Those that were used, and those that brought nothing together and may do so among more records.
        divided: Rules whose largest groups were divided.
    """

    rules: tuple[str, ...]
    trained: Trained
    divided: tuple[str, ...] = ()


def written(
    linkage: Linkage,
    trained: Trained,
    blocks: Sequence[Block],
    mode: str,
    join: float,
    empty: Sequence[str] = (),
    divided: Sequence[str] = (),
) -> dict[str, Any]:
    """The model as JSON has it. Weights are said for readers; they follow from ``m`` and ``u``.

    Args:
        blocks: Rules that are used.
        empty: Rules that bring nothing together so far.
        divided: Rules whose largest groups are divided.
    """
    chances = trained.chances
    comparisons = []
    for number, comparison in enumerate(linkage.comparisons):
        levels = []
        for at, each in zip(comparison.numbers, comparison.levels, strict=True):
            level: dict[str, Any] = {"label": each.label, "when": each.spec.when}
            if each.spec.null:
                level["null"] = True
            else:
                m, u = float(chances.m[number][at - 1]), float(chances.u[number][at - 1])
                level |= {"m": m, "u": u, "weight": float(np.log2(m / u))}
                if chances.r:
                    level["relatives"] = float(chances.r[number][at - 1])
                if each.spec.tf:
                    level["tf"] = each.spec.tf
            levels.append(level)
        entry: dict[str, Any] = {"name": comparison.name, "trained": chances.trained[number], "levels": levels}
        if comparison.tf:
            entry["tf"] = str(comparison.tf)
        comparisons.append(entry)
    return {
        "linkage": linkage.declared.linkage,
        "made_by": f"Piperoll {__version__}",
        "mode": mode,
        "pairs": trained.pairs,
        "prior": trained.prior,
        "relatives": trained.kin,
        "join": join,
        "rules": [*({"rule": each.text, "pairs": each.pairs} for each in blocks),
                  *({"rule": text, "pairs": 0} for text in empty)],
        "divided": list(divided),
        "comparisons": comparisons,
        "never": [{"when": each.text, "unless_weight": None if np.isinf(each.unless) else each.unless}
                  for each in linkage.vetoes],
        "not_trained": [each["name"] for each in comparisons if not each["trained"]],
        "rounds": chances.rounds,
    }  # fmt: skip


def read_model(told: Any, linkage: Linkage, where: str = "model.json") -> Model:
    """The model from JSON, for the comparisons of ``linkage``.

    Raises:
        UserError: ``PR-L012`` if it is none, or is of other comparisons.
    """
    fix = "Name the model.json of a run with the same specification, or leave it out to learn anew."
    try:
        m, u, r, trained = [], [], [], []
        given = told["comparisons"]
        if [each["name"] for each in given] != [each.name for each in linkage.comparisons]:
            raise UserError("PR-L012", "the model is of other comparisons.", where=where, fix=fix)
        for each, comparison in zip(given, linkage.comparisons, strict=True):
            levels = [level for level in each["levels"] if not level.get("null")]
            if [level["when"] for level in levels] != [level.spec.when for level in comparison.said]:
                raise UserError("PR-L012", f"the model has other levels of `{comparison.name}`.", where=where, fix=fix)
            m.append(_chances(level["m"] for level in levels))
            u.append(_chances(level["u"] for level in levels))
            if "relatives" in levels[0]:
                r.append(_chances(level["relatives"] for level in levels))
            trained.append(bool(each["trained"]))
        if r and len(r) != len(m):
            raise ValueError
        chances = Chances(tuple(m), tuple(u), tuple(r), tuple(trained), np.zeros((0, 2)), int(told["rounds"]))
        prior, kin = float(told["prior"]), float(told["relatives"])
        if not (0 < prior < 1 and 0 <= kin < 1 - prior):
            raise ValueError
        rules = tuple(str(each["rule"]) for each in told["rules"])
        divided = tuple(str(each) for each in told.get("divided", ()))
        return Model(rules, Trained(chances, prior, kin, int(told["pairs"])), divided)
    except (KeyError, TypeError, ValueError, IndexError):
        raise UserError("PR-L012", "this is no model of a linkage.", where=where, fix=fix) from None


def _chances(values: Any) -> np.ndarray:
    out = np.array([float(each) for each in values])
    if not len(out) or not ((out > 0) & (out <= 1)).all():
        raise ValueError
    return out
