"""The parts of an OpenDocument spreadsheet that do not depend on its figures."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from piperoll.present.symbols import brackets
from piperoll.present.workbook import Workbook


_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_URN = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "office": f"{_URN}:office:1.0",
        "table": f"{_URN}:table:1.0",
        "text": f"{_URN}:text:1.0",
        "style": f"{_URN}:style:1.0",
        "fo": f"{_URN}:xsl-fo-compatible:1.0",
        "number": f"{_URN}:datastyle:1.0",
        "meta": f"{_URN}:meta:1.0",
        "config": f"{_URN}:config:1.0",
        "svg": f"{_URN}:svg-compatible:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
        "xlink": "http://www.w3.org/1999/xlink",
    }.items()
)
_VERSION = 'office:version="1.3"'
_FONT = 'style:font-name="Arial" fo:font-family="Arial" style:font-family-generic="swiss"'


def manifest(mimetype: str) -> str:
    """META-INF/manifest.xml."""
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}.xml" manifest:media-type="text/xml"/>'
        for name in ("content", "styles", "meta", "settings")
    )
    return (
        f'{_HEAD}<manifest:manifest xmlns:manifest="{_URN}:manifest:1.0" manifest:version="1.3">'
        '<manifest:file-entry manifest:full-path="/" manifest:version="1.3" '
        f'manifest:media-type="{mimetype}"/>'
        f"{entries}</manifest:manifest>"
    )


def meta(book: Workbook) -> str:
    """meta.xml: title, author and language. Dated by the publication, not by the clock."""
    day = f"{book.cover.published.isoformat()}T09:30:00" if book.cover.published else "2000-01-01T00:00:00"
    words = "".join(f"<meta:keyword>{escape(word)}</meta:keyword>" for word in book.keywords)
    subject = f"<dc:subject>{escape(book.identifier)}</dc:subject>" if book.identifier else ""
    return (
        f"{_HEAD}<office:document-meta {_SPACES} {_VERSION}><office:meta>"
        f"<meta:generator>Piperoll</meta:generator><dc:title>{escape(book.title)}</dc:title>{subject}{words}"
        f"<meta:initial-creator>{escape(book.author)}</meta:initial-creator>"
        f"<dc:creator>{escape(book.author)}</dc:creator><meta:creation-date>{day}</meta:creation-date>"
        f"<dc:date>{day}</dc:date><dc:language>{escape(book.language)}</dc:language>"
        "</office:meta></office:document-meta>"
    )


def settings(names: list[str]) -> str:
    """settings.xml: the first sheet is open, the cursor of each is in A1."""

    def item(name: str, kind: str, value: object) -> str:
        return f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'

    entries = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(name)}>"
        + item("CursorPositionX", "int", 0)
        + item("CursorPositionY", "int", 0)
        + item("PositionRight", "int", 0)
        + item("PositionBottom", "int", 0)
        + "</config:config-item-map-entry>"
        for name in names
    )
    return (
        f"{_HEAD}<office:document-settings {_SPACES} {_VERSION}><office:settings>"
        '<config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        f"{item('ViewId', 'string', 'view1')}"
        f'<config:config-item-map-named config:name="Tables">{entries}</config:config-item-map-named>'
        f"{item('ActiveTable', 'string', escape(names[0]))}"
        "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>"
        "</office:settings></office:document-settings>"
    )


def styles(language: str) -> str:
    """styles.xml: the default cell (Arial 12, the language) and the named styles."""
    tongue, _, country = language.partition("-")
    spoken = f'fo:language="{escape(tongue)}" fo:country="{escape(country or "none")}"'
    return (
        f"{_HEAD}<office:document-styles {_SPACES} {_VERSION}><office:font-face-decls>"
        '<style:font-face style:name="Arial" svg:font-family="Arial" style:font-family-generic="swiss"/>'
        "</office:font-face-decls><office:styles>"
        '<style:default-style style:family="table-cell">'
        f'<style:text-properties {_FONT} fo:font-size="12pt" {spoken}/></style:default-style>'
        '<style:style style:name="Default" style:family="table-cell">'
        f'<style:text-properties {_FONT} fo:font-size="12pt" {spoken}/></style:style>'
        + _named("Text", wrap=True)
        + _named("Line")
        + _named("Marker", wrap=True, align="end")
        + _named("Header", wrap=True, weight="bold")
        + _named("Header_20_right", wrap=True, weight="bold", align="end")
        + _named("Heading", weight="bold")
        + _named("Heading_20_1", size=16, weight="bold", parent="Heading")
        + _named("Heading_20_2", size=14, weight="bold", parent="Heading")
        + _named("Link", link=True)
        + "</office:styles>"
        '<office:automatic-styles><style:page-layout style:name="pm1"><style:page-layout-properties '
        'fo:page-width="297mm" fo:page-height="210mm" style:print-orientation="landscape" '
        'style:scale-to-X="1" style:scale-to-Y="0"/></style:page-layout></office:automatic-styles>'
        '<office:master-styles><style:master-page style:name="Default" style:page-layout-name="pm1"/>'
        "</office:master-styles></office:document-styles>"
    )


def _named(
    name: str,
    *,
    wrap: bool = False,
    align: str = "start",
    weight: str = "normal",
    size: int = 12,
    parent: str = "Default",
    link: bool = False,
) -> str:
    display = name.replace("_20_", " ")
    wrapped = ' fo:wrap-option="wrap"' if wrap else ""
    look = ' fo:color="#0563c1" style:text-underline-style="solid"' if link else ""
    return (
        f'<style:style style:name="{name}" style:display-name="{display}" style:family="table-cell" '
        f'style:parent-style-name="{parent}">'
        f'<style:table-cell-properties style:vertical-align="top" style:text-align-source="fix"{wrapped} '
        'fo:padding-left="1.2mm" fo:padding-right="1.2mm"/>'
        f'<style:paragraph-properties fo:text-align="{align}"/>'
        f'<style:text-properties fo:font-size="{size}pt" fo:font-weight="{weight}"{look}/></style:style>'
    )


def column_style(name: str, millimetres: float) -> str:
    """Automatic style of a column of a given width."""
    return (
        f'<style:style style:name="{name}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{millimetres:.1f}mm"/></style:style>'
    )


def number_style(name: str, kind: str, places: int, marks: tuple[str, ...]) -> str:
    """Automatic styles of number cells: how the number is written, and the cell that is written so."""
    after = f"<number:text> {escape(brackets(marks))}</number:text>" if marks else ""
    if kind == "date":
        data = (
            f'<number:date-style style:name="{name}n"><number:day/><number:text> </number:text>'
            '<number:month number:style="long" number:textual="true"/><number:text> </number:text>'
            f'<number:year number:style="long"/>{after}</number:date-style>'
        )
    else:
        data = (
            f'<number:number-style style:name="{name}n"><number:number number:grouping="true" '
            f'number:min-integer-digits="1" number:decimal-places="{places}" '
            f'number:min-decimal-places="{places}"/>{after}</number:number-style>'
        )
    return (
        f'{data}<style:style style:name="{name}" style:family="table-cell" style:parent-style-name="Marker" '
        f'style:data-style-name="{name}n"/>'
    )


def content(automatic: str, tables: str, ranges: str) -> str:
    """content.xml around its sheets and database ranges."""
    return (
        f"{_HEAD}<office:document-content {_SPACES} {_VERSION}><office:automatic-styles>"
        '<style:style style:name="ta1" style:family="table" style:master-page-name="Default">'
        '<style:table-properties table:display="true"/></style:style>'
        '<style:style style:name="ro1" style:family="table-row">'
        '<style:table-row-properties style:use-optimal-row-height="true"/></style:style>'
        f"{automatic}</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        f"<table:database-ranges>{ranges}</table:database-ranges>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
