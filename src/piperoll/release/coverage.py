"""Rules of coverage that block an edition: a national total is not made without those who owe a part of it.

A rule of severity ``B`` (`piperoll.register.model.contract.Coverage`) blocks as long as a supplier is missing that has
not said nil or not available, unless an override names the suppliers and says why. Other datasets only mark ``[x]``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from piperoll.collect.owed import SlotState, Uncovered, slots
from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.govern import Action
from piperoll.journal.minutes import Waiver
from piperoll.periods import Period
from piperoll.register.declared import require_declared
from piperoll.tabulate.missing import Missing


def broken(desk: Desk, missing: Iterable[Missing], edition: Period | None = None) -> list[Uncovered]:
    """Rules that block, for deliveries that are owed and not there; in order of dataset and period.

    Args:
        edition: Where it is about an edition, its period. Of earlier periods for which nobody has sent anything, no
            total is made that lacks a part: every figure of them is ``[x]``, so nothing blocks.
    """
    silent: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for each in missing:
        rule = desk.register.dataset(each.dataset).coverage
        if rule is not None and rule.severity == "B":
            silent[each.dataset][each.period].add(each.supplier)
    found = []
    deliveries = desk.journal.deliveries() if silent else []
    for dataset, periods in sorted(silent.items()):
        rule = desk.register.dataset(dataset).coverage
        # What is owed is looked through once a dataset: years of it may be missing.
        by_period: dict[str, list[SlotState]] = defaultdict(list)
        for state in slots(desk.register, deliveries, desk.now().date(), dataset=dataset):
            by_period[state.slot.period].append(state)
        for period, suppliers in sorted(periods.items()):
            mine = by_period[period]
            if (
                edition is not None
                and Period.parse(period).end < edition.start
                and not any(each.delivery is not None for each in mine)
            ):
                continue
            told = {each.slot.supplier for each in mine if each.state in ("in", "not_available")}
            if rule is not None and suppliers - told:
                found.append(Uncovered(rule, dataset, period, tuple(sorted(suppliers - told)), len(mine)))
    return found


def require_covered(desk: Desk, missing: Iterable[Missing], edition: Period) -> tuple[str, ...]:
    """Refuse an edition whose totals lack suppliers that a rule demands.

    Args:
        missing: Deliveries that are owed up to its end and not there.
        edition: Its period.

    Returns:
        A sentence for each rule that was set aside: who is missing, and why it is published all the same.

    Raises:
        UserError: ``PR-Q020``.
    """
    names = desk.register.supplier_names
    blocking = broken(desk, missing, edition)
    waivers = desk.journal.waivers() if blocking else []
    said = []
    for each in blocking:
        place = each.rule.id, each.dataset, each.period
        fits = [
            w for w in waivers if (w.rule, w.dataset, w.period) == place and set(each.suppliers) <= set(w.suppliers)
        ]
        if not fits:
            raise UserError(
                "PR-Q020",
                each.sentence,
                where=each.dataset,
                fix="Collect what is missing, have the supplier say that it is nil or not available, or record why it "
                f"is published without: piperoll override coverage {each.dataset} {each.period} --reason WHY "
                "--approver WHO",
            )
        who = ", ".join(names.get(key, key) for key in each.suppliers)
        said.append(f"Published without {who} for {each.period}: {fits[-1].reason}")
    return tuple(said)


def waive(desk: Desk, dataset: str, period: str, reason: str, approver: str) -> Waiver:
    """Let a period be published although suppliers of a dataset are missing: those who are missing now, and no others.

    Raises:
        UserError: ``PR-Q021`` where nothing blocks, ``PR-Q022`` without reason or approver, ``PR-W005`` for a dataset
            that is not declared.
    """
    require_declared(desk.register, dataset=dataset, whole=True)
    when = str(Period.parse(period))
    states = slots(desk.register, desk.journal.deliveries(), desk.now().date(), dataset=dataset, period=when)
    missing = [Missing(each.slot.supplier, dataset, when) for each in states if each.slot.period == when]
    blocking = broken(desk, missing)
    if not blocking:
        message = f"no rule of coverage blocks {dataset} for {when}."
        raise UserError("PR-Q021", message, fix="`piperoll deliveries` shows who is missing where.")
    (found,) = blocking
    made = Waiver(
        rule=found.rule.id,
        dataset=dataset,
        period=when,
        suppliers=found.suppliers,
        reason=reason,
        approver=approver,
        made_by=desk.who,
        at=desk.now(),
    )
    audit = desk.permit(Action.COVERAGE_WAIVE, f"dataset {dataset}", reason, {"rule": made.rule, "period": when})
    return desk.journal.record_waiver(made, audit)
