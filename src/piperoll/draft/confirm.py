"""``CONFIRM.md``: every guess of a drafted register as a list for a person to go through."""

from __future__ import annotations

from piperoll.draft.plan import Plan, totals_within
from piperoll.draft.seen import Seen
from piperoll.draft.write import DATASET, never_null


def confirm(seen: Seen, plan: Plan, told: str) -> str:
    """The list, in Markdown. It holds names of columns and no value of a column of class D or L.

    Args:
        seen: The look at the file.
        plan: What was decided.
        told: Name of the file.
    """
    source = f"sources/{plan.key}.yaml"
    publication = f"publications/{plan.key}/publication.yaml"
    lines = [
        f"# To confirm: {plan.title}",
        "",
        f"Drafted from `{told}`: {seen.rows:,} rows{'' if seen.whole else ', the first of the file'}. "
        "Nothing here is settled. Go through the list, correct the files, and delete each mark `# guess` "
        "that you have dealt with.",
        "",
        "## First: who may be named",
        "",
        "Classes decide what goes to the vault (D), what is kept as a token (L) and what statistics may use.",
        "",
    ]
    hidden = [each for each in seen.columns if each.cls in ("D", "L")]
    lines += [f"- [ ] `{each.name}` is class {each.cls}: {each.why_class}." for each in hidden]
    if not hidden:
        lines.append("- [ ] No column was taken for an identifier. Is that so?")
    coded = [each for each in seen.columns if each.type == "code"]
    lines += [
        f"- [ ] `codes/{each.name}.yaml` lists {len(each.codes)} values of `{each.name}` as they stand in the file: "
        "none of them names a person."
        for each in coded
    ]
    lines += ["", f"## Contract: `{source}`", ""]
    lines += [
        f"- [ ] mode `{plan.mode}`: {plan.whys['mode']}.",
        f"- [ ] period `{plan.slot.kind}`, this file for `{plan.slot}`: {plan.whys['slot']}.",
        f"- [ ] file pattern `{plan.pattern}`: {plan.whys['pattern']}.",
        f"- [ ] encoding `{seen.encoding}`, delimiter `{seen.delimiter!r}`, header in row {seen.header_row}.",
        "- [ ] key: " + (", ".join(f"`{n}`" for n in seen.key) or "none found; rows cannot be told apart") + ".",
        "- [ ] one supplier; due 30 days after the period; 5 per cent of rows may be refused; "
        "unknown columns are asked about.",
    ]
    if seen.unnamed:
        lines.append(f"- [ ] {seen.unnamed} columns have no usable name in the header and were left out.")
    if seen.broken:
        lines.append(f"- [ ] {seen.broken:,} lines have another number of columns than the header and will be refused.")
    lines += ["", "| column | type | class | always there | why |", "|---|---|---|---|---|"]
    for each in seen.columns:
        why = f"{each.why_type}; {each.why_class}" + (f". {each.note}" if each.note else "")
        gaps = f"; missing is written {', '.join(f'`{m}`' for m in each.missing)}" if each.missing else ""
        form = f" `{each.format}`" if each.format else ""
        there = "yes" if never_null(each, seen) else "no"
        lines.append(f"| `{each.name}` | {each.type}{form} | {each.cls} | {there} | {_cell(why + gaps)} |")
    lines += ["", f"## Publication: `{publication}`", ""]
    lines += [
        f"- [ ] When a row counts: {plan.whys['when']}.",
        "- [ ] What is counted: "
        + (f"the sum of {', '.join(f'`{c.name}`' for c in plan.sums)}." if plan.sums else "rows."),
        "- [ ] Broken down by "
        + (" and ".join(f"`{b.column.name}`" for b in plan.breakdowns) or "nothing: no column has few codes")
        + ".",
    ]
    for each in coded:
        if totals := totals_within(each):
            lines.append(f"- [ ] `{each.name}` has {totals} codes that look like totals: they would be counted twice.")
    lines += [
        f"- [ ] Policy `policies/{plan.key}.yaml`: below 5 suppressed, the rest to the nearest 5, at every level.",
        "- [ ] Title, producer, licence, contact, coverage and summary are not known and stand as drafted.",
        "",
        "## Then",
        "",
        "```sh",
        "piperoll --register . register check",
        f"piperoll --register . collect FILE --dataset {plan.key}.{DATASET} --period {plan.slot}",
        f"piperoll --register . release {plan.key} {plan.slot} --out release",
        "piperoll verify release",
        "```",
        "",
    ]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
