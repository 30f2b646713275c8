"""Parts of pages, as escaped HTML in the GOV.UK Frontend's classes: what a bulletin or a register is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup


Text = Markup | str


def paragraph(text: Text, *, small: bool = False) -> Markup:
    """A paragraph of body text."""
    return Markup('<p class="{}">{}</p>\n').format("govuk-body-s" if small else "govuk-body", text)


def heading(text: Text, level: int, key: str = "") -> Markup:
    """A heading below those of the page and its sections: level 3 to 6."""
    if not 3 <= level <= 6:
        raise ValueError("the page has level 1, its sections have level 2")
    size = "m" if level == 3 else "s"
    at = Markup(' id="{}"').format(key) if key else Markup()
    return Markup('<h{0} class="govuk-heading-{1}"{2}>{3}</h{0}>\n').format(level, size, at, text)


def bullets(items: Iterable[Text], *, numbered: bool = False) -> Markup:
    """A list; nothing where there are no items."""
    listed = Markup("").join(Markup("<li>{}</li>\n").format(item) for item in items)
    if not listed:
        return Markup()
    tag, kind = ("ol", "number") if numbered else ("ul", "bullet")
    return Markup('<{0} class="govuk-list govuk-list--{1}">\n{2}</{0}>\n').format(tag, kind, listed)


def link(text: Text, href: str) -> Markup:
    """A link. Only web, mail and relative addresses: anything else (``javascript:``) is shown as text."""
    scheme, colon, _ = href.partition(":")
    if colon and "/" not in scheme and scheme.lower() not in ("http", "https", "mailto"):
        return Markup("{}").format(text)
    return Markup('<a class="govuk-link" href="{}">{}</a>').format(href, text)


def facts(pairs: Sequence[tuple[Text, Text]]) -> Markup:
    """A summary list: what is asked on the left, the answer on the right."""
    if not pairs:
        return Markup()
    rows = Markup("").join(
        Markup(
            '<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key">{}</dt>'
            '<dd class="govuk-summary-list__value">{}</dd></div>\n'
        ).format(key, value)
        for key, value in pairs
    )
    return Markup('<dl class="govuk-summary-list">\n{}</dl>\n').format(rows)


def inset(text: Text) -> Markup:
    """A passage set apart from the text around it."""
    return Markup('<div class="govuk-inset-text">{}</div>\n').format(text)


def warning(text: Text) -> Markup:
    """Something a reader must not miss; the word stands there for those who do not see the sign."""
    return Markup(
        '<div class="govuk-warning-text"><span class="govuk-warning-text__icon" aria-hidden="true">!</span>'
        '<strong class="govuk-warning-text__text"><span class="govuk-visually-hidden">Warning</span> {}'
        "</strong></div>\n"
    ).format(text)


def details(summary: Text, content: Text) -> Markup:
    """Content that opens on demand, without a script."""
    return Markup(
        '<details class="govuk-details piperoll-details"><summary class="govuk-details__summary">'
        '<span class="govuk-details__summary-text">{}</span></summary>'
        '<div class="govuk-details__text">{}</div></details>\n'
    ).format(summary, content)
