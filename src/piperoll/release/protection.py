"""Protect an edition as a whole: its tables together, and with everything that was released before.

The pattern is found and proven inside; a release carries what was done in words, the hash of the certificate and the
verdict. The certificate itself holds exact counts and stays in the home.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.journal import Release
from piperoll.ledger.published import published_before
from piperoll.protect import STATEMENT_OF_LIMITS
from piperoll.protect.joint import Earlier, Joint, fractional, joint
from piperoll.protect.proof.certificate import canonical
from piperoll.protect.proof.checker import check
from piperoll.register.model.policy import Policy
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register


CERTIFICATES = "certificates"
UNFINISHED = "unfinished.npz"  # tables found so far
SEED = "disclosure"
PROVEN = "proven"
BOUNDED = "bounded"
ALONE = {"statement": STATEMENT_OF_LIMITS, "secondary_suppression": False, "certificate": None}
NONE: Mapping[str, str] = {}
NOTHING_SMALL = "No cell of this release is small enough to need protection."


@dataclass(frozen=True)
class Protection:
    """What protects an edition beyond the policy's rules for single cells.

    Attributes:
        hidden: Identities of counts suppressed so that others cannot be worked out.
        statement: What was done and shown, in words.
        content: The same as the manifest holds it.
    """

    hidden: frozenset[str] = frozenset()
    statement: str = STATEMENT_OF_LIMITS
    content: Mapping[str, Any] = field(default_factory=lambda: dict(ALONE))


def protect(
    desk: Desk,
    publication: Publication,
    policy: Policy | None,
    cells: Mapping[str, pl.DataFrame],
    before: Sequence[Release],
    *,
    prove: bool = False,
    progress: Callable[[str], None] = lambda step: None,
) -> Protection:
    """Find what else must be suppressed, and show that it is enough.

    Args:
        cells: Exact cells of every table.
        before: Releases whose cells the ledger holds.
        prove: Whether to look for the integer tables that prove it; without them the pattern is safe only against
            adding up and bounding.

    Raises:
        UserError: ``PR-P040`` to ``PR-P046`` if the cells cannot be protected, ``PR-P048`` if that is not proven.
    """
    if policy is None or policy.suppress_below is None:
        return Protection()
    progress("Looking for what can be worked out")
    posed = joint(desk.register, publication, cells, policy, Earlier(*published_before(desk, before)))
    names = fractional(cells.values())
    apart = {measure.name: measure.label for measure in publication.measures if measure.name in names}
    if posed is None:
        return _said(policy, None, 0, 0, 0.0, 0.0, "", apart=apart)
    from piperoll.protect.engine import prove as prove_it
    from piperoll.protect.engine import secure
    from piperoll.protect.suppress.hitting import Limits

    seed = desk.secret(SEED)
    # Adding up and bounding, as far as that goes; what reasons further is for the proof.
    outcome = secure(posed.problem, seed=seed, limits=Limits(linear=False))
    certificate = ""
    if prove:
        progress("Proving that nothing can be worked out")
        folder = desk.home / CERTIFICATES
        folder.mkdir(mode=0o700, exist_ok=True)
        made, outcome = prove_it(posed.problem, outcome, checkpoint=folder / UNFINISHED)
        data = salted(made.data, seed)
        certificate = hashlib.sha256(data).hexdigest()
        # Nothing is called proven that the checker, which has no solver, has not read.
        check(data, certificate)
        _keep(folder, certificate, data)
    hidden = posed.hidden(outcome.pattern)
    primary = int((posed.problem.primary & posed.told).sum())
    return _said(
        policy, posed, primary, len(hidden), outcome.cost, outcome.lower_bound, certificate, hidden, seed, apart
    )


def alone(
    register: Register, publication: Publication, policy: Policy | None, cells: Mapping[str, pl.DataFrame]
) -> Protection:
    """Nothing but the policy's rules for single cells; the definitions are told, so that anyone can see what it leaves.

    Args:
        cells: Exact cells of every table.
    """
    if policy is None or policy.suppress_below is None:
        return Protection()
    try:
        posed = joint(register, publication, cells, policy)
    except UserError:
        # Counts that do not add up keep no edition from being made that claims nothing of its sums.
        return Protection()
    if posed is None:
        return Protection()
    return Protection(content={**ALONE, "width": policy.width, "relations": posed.system.as_json()})


def salted(certificate: bytes, seed: bytes) -> bytes:
    """A certificate with a secret in it: the hash of one without could be tried out on guessed tables."""
    content = json.loads(certificate)
    del content["seal"]
    salt = hmac.digest(seed, b"piperoll certificate " + certificate, "sha256").hex()
    return canonical({**content, "salt": salt})


def _keep(folder: Path, name: str, data: bytes) -> None:
    path = folder / f"{name}.json"
    partial = folder / f".{name}.part"
    partial.write_bytes(data)
    partial.chmod(0o600)
    partial.replace(path)
    (folder / UNFINISHED).unlink(missing_ok=True)


def _said(
    policy: Policy,
    posed: Joint | None,
    primary: int,
    secondary: int,
    cost: float,
    bound: float,
    certificate: str,
    hidden: frozenset[str] = frozenset(),
    seed: bytes = b"",
    apart: Mapping[str, str] = NONE,
) -> Protection:
    total = int(posed.told.sum()) if posed is not None else 0
    limited = posed.limited(policy.width) if posed is not None else 0
    statement = (
        _words(policy, primary, secondary, total, bool(certificate), limited) if posed is not None else NOTHING_SMALL
    )
    if apart:
        statement = f"{apart_words(apart)} {statement if posed is not None else ''}".rstrip()
    content = {
        "statement": statement,
        "method": "secondary suppression by implicit hitting sets",
        "attacker": "reads every table, adds up, knows the policy and which cells are small",
        "width": policy.width,
        "cells": total,
        "primary": primary,
        "secondary": secondary,
        "limited": limited,
        "gap": _gap(cost, bound),
        "seed": hashlib.sha256(b"piperoll seed " + seed).hexdigest() if seed else None,
        "relations": posed.system.as_json() if posed is not None else None,
        "apart": dict(apart),
        "verdict": PROVEN if certificate or (posed is None and not apart) else BOUNDED if posed is not None else None,
        "certificate": certificate or None,
    }
    return Protection(hidden, statement, content)


def apart_words(apart: Mapping[str, str]) -> str:
    """What is said of measures whose figures are no whole numbers.

    Args:
        apart: Their labels by name.
    """
    return (
        f"Not protected together with other figures, since they are no whole numbers: {', '.join(apart.values())}. Of "
        "those only what is below the policy's threshold is hidden, and it might be worked out by adding and "
        "subtracting."
    )


def _gap(cost: float, bound: float) -> float | None:
    """How far the pattern is from the best, at most; None if that is not known.

    Cost and bound stay inside: the sum of hidden counts is one more figure to work them out from.
    """
    if cost <= 0:
        return 0.0
    return math.ceil(round(1000 * (cost / bound - 1), 6)) / 1000 if bound > 0 else None


def _words(policy: Policy, primary: int, secondary: int, total: int, proven: bool, limited: int) -> str:
    done = f"Of {total:,} different counts of this release and of periods that it compares with, "
    if primary or not secondary:
        done += f"{primary:,} are not shown because they are small"
        done += f", and {secondary:,} more so that those cannot be worked out." if secondary else "."
    else:
        done += f"none is small, and {secondary:,} are not shown so that counts hidden before cannot be worked out."
    least = f"at least {policy.width + 1} counts remain possible for each of them"
    if limited:
        least += (
            f", but for {limited:,} that figures which have to be shown (exact totals, earlier releases) narrow further"
            " whatever is suppressed"
        )
    if proven:
        return (
            f"{done} For every small count two complete sets of figures were found that agree with everything published"
            f" here and before: {least}. The hash of this proof is in the manifest."
        )
    return (
        f"{done} By adding up and bounding, {least}; that no other reasoning tells more has not been proven for this"
        " release."
    )
