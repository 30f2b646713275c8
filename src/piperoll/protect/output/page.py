"""The record of a check as a page for the person who decides: one file, no script, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from piperoll.present.pages import Section, one_file, render_page
from piperoll.protect.output.record import Record, places
from piperoll.protect.output.rules import Finding, Verdict


HEADINGS = {
    Verdict.FAIL: ("Must be changed", "red"),
    Verdict.REVIEW: ("To be looked at", "yellow"),
    Verdict.PASS: ("Passed", "green"),
}
# Findings that say what was left unchecked.
UNCHECKED = ("not compared", "tables")
BLIND = (
    "What was left out of the records before these tables were made, and who knows what besides.",
    "Tables that were not found, and columns of several measures without names, which look like a cross-tabulation.",
    "The same place or group under another name or code in another file.",
    "Reasoning that goes beyond adding and taking away along totals: nothing here is proven safe.",
    "Charts, pictures and text.",
)


def page(record: Record) -> str:
    """The record as one HTML file.

    Raises:
        UserError: ``PR-Y040`` if the stylesheet was not made at set-up.
    """
    heading = HEADINGS[record.verdict][0].lower()
    counts = [f"{len(record.of(verdict))} {HEADINGS[verdict][0].lower()}" for verdict in HEADINGS]
    lead = (
        f"Of {len(record.findings)} findings {counts[0]}, {counts[1]} and {counts[2]}. "
        "Figures that can be inferred are told here: this record stays inside."
    )
    sections = [Section("checked", "What was checked", _checked(record))]
    for number, (name, found) in enumerate(_by_file(record), start=1):
        sections.append(Section(f"file-{number}", name, _findings(found, number)))
    sections.append(Section("not-checked", "What was not checked", _unchecked(record)))
    text = render_page(
        f"Output check: {heading}", sections=sections, lead=lead, site="Output check", home="#main-content"
    )
    return one_file(text)


def _by_file(record: Record) -> Iterable[tuple[str, list[Finding]]]:
    """Findings of each file, then of all together."""
    for name in record.files:
        yield name, [f for f in record.findings if f.file == name and f.check not in _WHOLE]
    whole = [f for f in record.findings if f.file not in record.files or f.check in _WHOLE]
    yield ("All together, and with what left before" if record.against else "All together"), whole


_WHOLE = ("differencing", "totals of what is shown", "not compared")


def _checked(record: Record) -> Markup:
    rules = record.rules
    n, k = rules.dominance
    files = _table(
        "Files",
        ("File", "SHA-256"),
        [
            (name, Markup('<code class="piperoll-long">{}</code>').format(digest))
            for name, digest in record.files.items()
        ],
    )
    facts = [
        ("Together with", "; ".join(record.against) or "nothing that left before"),
        ("Smallest count", f"{rules.threshold}" + ("; zeros are looked at" if rules.zeros_disclose else "")),
        ("Dominance", f"the {n} largest above {k:g} per cent; p = {rules.percent:g} per cent"),
        ("Degrees of freedom", f"at least {rules.freedom}"),
        ("Hidden counts", f"at least {rules.width + 1} possible values must remain"),
    ]
    rows = Markup("").join(
        Markup(
            '<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key">{}</dt>'
            '<dd class="govuk-summary-list__value">{}</dd></div>\n'
        ).format(name, value)
        for name, value in facts
    )
    return files + Markup('<dl class="govuk-summary-list">\n{}</dl>\n').format(rows)


def _findings(found: Sequence[Finding], number: int) -> Markup:
    """What must be changed, what to look at, and, folded away, what passed."""
    if not found:
        return Markup('<p class="govuk-body">Nothing was found.</p>\n')
    out = Markup("")
    for verdict, (heading, colour) in HEADINGS.items():
        some = [f for f in found if f.verdict is verdict]
        if not some:
            continue
        if verdict is Verdict.PASS:
            items = Markup("").join(
                Markup("<li>{}{}: {}</li>\n").format(f"{place} " if (place := _where(f)) else "", f.check, f.sentence)
                for f in some
            )
            out += Markup(
                '<details class="govuk-details piperoll-details"><summary class="govuk-details__summary">'
                '<span class="govuk-details__summary-text">Passed ({})</span></summary>\n'
                '<div class="govuk-details__text"><ul class="govuk-list govuk-list--bullet">\n{}</ul></div></details>\n'
            ).format(len(some), items)
            continue
        tag = Markup('<strong class="govuk-tag govuk-tag--{}">{}</strong> {}').format(
            colour, heading, f"{len(some)} finding{'s' if len(some) > 1 else ''}"
        )
        rows = [(_where(f) or "all", f.check, _sentence(f), f.cure) for f in some]
        out += _table(tag, ("Where", "Check", "Finding", "What to do"), rows, f"findings-{number}-{verdict.value}")
    return out


def _where(finding: Finding) -> str:
    return " ".join(part for part in (finding.sheet, finding.table) if part)


def _sentence(finding: Finding) -> Markup:
    cells = places(finding)
    more = Markup('<br><span class="piperoll-long">{}</span>').format(cells.strip()) if cells else ""
    return Markup("{}{}").format(finding.sentence, more)


def _unchecked(record: Record) -> Markup:
    said = [f"{_where(f) or f.file}: {f.sentence}" for f in record.findings
            if f.check in UNCHECKED and f.verdict is Verdict.REVIEW]  # fmt: skip
    items = Markup("").join(Markup("<li>{}</li>\n").format(each) for each in (*said, *BLIND))
    return Markup('<ul class="govuk-list govuk-list--bullet">\n{}</ul>\n').format(items)


def _table(
    caption: str | Markup, heads: Sequence[str], rows: Iterable[Sequence[str | Markup]], name: str = "files"
) -> Markup:
    top = Markup("").join(Markup('<th scope="col" class="govuk-table__header">{}</th>').format(h) for h in heads)
    body = Markup("").join(
        Markup('<tr class="govuk-table__row"><th scope="row" class="govuk-table__header piperoll-row-header">{}</th>{}'
               "</tr>\n").format(
            row[0], Markup("").join(Markup('<td class="govuk-table__cell">{}</td>').format(c) for c in row[1:])
        )
        for row in rows
    )  # fmt: skip
    return Markup(
        '<div class="piperoll-scroll" role="region" aria-labelledby="{0}-caption" tabindex="0">\n'
        '<table class="govuk-table piperoll-table">\n'
        '<caption class="govuk-table__caption govuk-table__caption--s" id="{0}-caption">{1}</caption>\n'
        '<thead class="govuk-table__head"><tr class="govuk-table__row">{2}</tr></thead>\n'
        '<tbody class="govuk-table__body">\n{3}</tbody>\n</table>\n</div>\n'
    ).format(name, caption, top, body)
