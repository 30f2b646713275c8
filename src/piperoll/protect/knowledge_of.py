"""What a policy's own conduct tells besides the figures: zeros that are shown, percentages that are left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from piperoll.protect.attacker import Knowledge, Mask
from piperoll.protect.relations import Ints
from piperoll.register.model.policy import Policy


def tightened(
    knowledge: Knowledge,
    values: Ints,
    primary: Mask,
    exact: Mask,
    identities: Sequence[str],
    bases: Collection[str],
    policy: Policy,
) -> Knowledge:
    """Knowledge narrowed by what a reader of the policy can conclude.

    Where zero is shown as zero, a shown 0 is none, and a suppressed count is at least 1. Where a percentage change
    needs so many cases in the earlier period, a published 30 beside a percentage is 30 to 32, and 28 or 29 without one.
    A percentage may be missing for another reason, which is not counted on: that only overrates the reader.
    """
    low, high = knowledge.shown_low.copy(), knowledge.shown_high.copy()
    hidden_low = knowledge.hidden_low.copy()
    rounded = ~exact
    if not policy.suppress_zero:
        none = rounded & (values == 0)
        low[none], high[none] = 0, 0
        low[rounded & (values > 0)] = np.maximum(low[rounded & (values > 0)], 1)
        hidden_low[primary] = np.maximum(hidden_low[primary], 1)
    least = policy.change_minimum_base
    if least is not None:
        told = np.array([identity in bases for identity in identities], bool) & rounded
        enough = told & (values >= least)
        low[enough] = np.maximum(low[enough], least)
        few = told & (values < least)
        high[few] = np.minimum(high[few], least - 1)
    return replace(
        knowledge,
        shown_low=low,
        shown_high=high,
        hidden_low=np.where(primary, hidden_low, np.minimum(hidden_low, low)),
    )
