"""Each check of the spreadsheet linter: a file that breaks it, and only it, made by editing a clean one."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest

from piperoll.present.lint import CHECKS, lint_bytes


Edit = Callable[[str], str]


def edited(data: bytes, **edits: Edit) -> bytes:
    """The file with the text of some parts changed; ``xl_workbook`` stands for ``xl/workbook.xml``."""
    out = io.BytesIO()
    left = set(edits)
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            key = name.removesuffix(".xml").replace("/", "_").replace(".", "_")
            if key in edits:
                text = edits[key](part.decode())
                assert text != part.decode(), f"the edit of {name} changed nothing"
                part = text.encode()
                left.discard(key)
            new.writestr(name, part)
        assert not left, f"no such part: {left}"
    return out.getvalue()


def sub(pattern: str, replacement: str, count: int = 1) -> Edit:
    return lambda text: re.sub(pattern, replacement, text, count=count, flags=re.DOTALL)


def swap(old: str, new: str, count: int = 1) -> Edit:
    return lambda text: text.replace(old, new, count)


def after_last(marker: str, addition: str) -> Edit:
    def edit(text: str) -> str:
        head, _, tail = text.rpartition(marker)
        return head + marker + addition + tail

    return edit


def within(start: str, edit: Edit) -> Edit:
    """Change only what follows ``start``, up to the end of its sheet."""

    def run(text: str) -> str:
        at = text.index(start)
        end = text.index("</table:table>", at)
        return text[:at] + edit(text[at:end]) + text[end:]

    return run


TABLE_1 = '<table:table table:name="Table_1"'
TABLE_2 = '<table:table table:name="Table_2"'
WRAPPED = '<table:table-cell office:value-type="string" table:style-name="Text"><text:p>'
BELOW = f"<table:table-row>{WRAPPED}x</text:p></table:table-cell></table:table-row>"
EMPTY_ROW = '<table:table-row><table:table-cell table:number-columns-repeated="2"/></table:table-row>'

ODS_BREAKS: dict[str, dict[str, Edit]] = {
    "PR-Y101": {"meta": sub("<dc:title>.*?</dc:title>", "")},
    "PR-Y102": {"meta": sub("<dc:language>.*?</dc:language>", "")},
    "PR-Y103": {"meta": sub("<meta:initial-creator>.*?</dc:creator>", "")},
    "PR-Y105": {
        "content": lambda t: t.replace(
            "</office:automatic-styles>",
            '<style:style style:name="tah" style:family="table"><style:table-properties table:display="false"/>'
            "</style:style></office:automatic-styles>",
        ).replace(f'{TABLE_2} table:style-name="ta1"', f'{TABLE_2} table:style-name="tah"')
    },
    "PR-Y106": {
        "content": within(TABLE_2, after_last("<table:table-row", ' table:visibility="collapse"')),
    },
    "PR-Y107": {
        "content": swap(
            "<table:database-ranges>", '<table:table table:name="Empty"/><table:database-ranges>'
        )
    },
    "PR-Y109": {"settings": sub(r"(ActiveTable\"[^>]*>)Cover", r"\1Notes")},
    "PR-Y110": {"content": within(TABLE_2, sub("<text:p>Table 2: [^<]*</text:p>", "<text:p></text:p>"))},
    "PR-Y111": {
        "content": within(
            TABLE_2, after_last('<table:table-cell office:value-type="string"', ' table:number-rows-spanned="2"')
        )
    },
    "PR-Y112": {"content": sub(r'<table:database-range table:name="Table_2"[^>]*/>', "")},
    "PR-Y113": {"content": swap('database-range table:name="Table_2"', 'database-range table:name="Table_1"')},
    "PR-Y114": {"content": within(TABLE_2, swap("<text:p>Widgets</text:p>", "<text:p>Year</text:p>"))},
    "PR-Y116": {"content": within(TABLE_1, swap("<text:p>[low]</text:p>", "<text:p></text:p>"))},
    "PR-Y117": {
        "content": within(
            TABLE_2,
            after_last("</table:table-row>", BELOW),
        )
    },
    "PR-Y119": {
        "content": lambda t: t.replace("[low] low: the figure rounds to 0 but is not 0; ", "").replace(
            "<text:p>[low]</text:p>", "<text:p>low</text:p>", 1
        )
    },
    "PR-Y120": {"content": within(TABLE_1, swap("[note 3]", "[note 9][note 3]"))},
    "PR-Y121": {"content": within(TABLE_1, swap("<text:p>[note 3]</text:p>", ""))},
    "PR-Y122": {"content": after_last("table:display-filter-buttons=", '"true" table:odd=')},
    "PR-Y123": {
        "settings": sub(
            r'(config:name="Table_2">)',
            r'\1<config:config-item config:name="VerticalSplitMode" config:type="short">2</config:config-item>',
        )
    },
    "PR-Y124": {"content": within(TABLE_2, swap('table:style-name="Header"', 'table:style-name="Line"'))},
    "PR-Y125": {"styles": swap('fo:font-size="14pt"', 'fo:font-size="9pt"')},
    "PR-Y126": {
        "content": within(
            TABLE_2, sub(r'office:value-type="float" office:value="133"', 'office:value-type="string"')
        )
    },
    "PR-Y127": {
        "styles": sub(
            r'(style:name="Heading_20_2".*?<style:table-cell-properties)', r'\1 fo:background-color="#ffff00"'
        )
    },
    "PR-Y128": {"content": within(TABLE_2, swap('office:value="133"', 'office:value="133" table:formula="of:=1"'))},
    "PR-Y129": {"content": within(TABLE_1, swap("<text:p>[low]</text:p>", "<text:p>-</text:p>"))},
    "PR-Y131": {"content": swap('"#Table_2.A1"', '"#Table_7.A1"')},
    "PR-Y132": {"content": swap("Apr to Jun 2012</text:p>", "Q2 2012</text:p>")},
    "PR-Y134": {"content": within(TABLE_1, swap('office:value="1.25"', 'office:value="1.2512"'))},
}  # fmt: skip

XLSX_BREAKS: dict[str, dict[str, Edit]] = {
    "PR-Y101": {"docProps_core": sub("<dc:title>.*?</dc:title>", "")},
    "PR-Y102": {"docProps_core": sub("<dc:language>.*?</dc:language>", "")},
    "PR-Y103": {"docProps_core": sub("<dc:creator>.*?</dc:creator>", "")},
    "PR-Y105": {"xl_workbook": swap('name="Table_2"', 'name="Table_2" state="veryHidden"')},
    "PR-Y106": {"xl_worksheets_sheet6": swap('<row r="7"', '<row r="7" hidden="1"')},
    "PR-Y109": {"xl_worksheets_sheet5": swap(
        '<sheetView workbookViewId="0"/>',
        '<sheetView workbookViewId="0"><selection activeCell="C9" sqref="C9"/></sheetView>',
    )},
    "PR-Y111": {
        "xl_worksheets_sheet6": swap(
            "</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A5:A6"/></mergeCells>'
        )
    },
    "PR-Y112": {"xl_worksheets_sheet6": sub("<tableParts.*?</tableParts>", "")},
    "PR-Y114": {"xl_tables_table5": swap("totalsRowShown", 'headerRowCount="0" totalsRowShown')},
    "PR-Y115": {"xl_worksheets_sheet6": sub('<c r="A8".*?</c><c r="B8".*?</c>', "")},
    "PR-Y117": {
        "xl_worksheets_sheet6": swap("</sheetData>", '<row r="20"><c r="A20"><v>1</v></c></row></sheetData>')
    },
    "PR-Y118": {"xl_worksheets_sheet6": sub('<c r="A2".*?</c>', "")},
    "PR-Y122": {"xl_tables_table5": swap("<tableColumns", '<autoFilter ref="A4:B13"/><tableColumns')},
    "PR-Y123": {
        "xl_worksheets_sheet6": swap(
            '<sheetView workbookViewId="0"/>',
            '<sheetView workbookViewId="0"><pane ySplit="4" state="frozen"/></sheetView>',
        )
    },
    "PR-Y125": {"xl_styles": swap('<sz val="14"/>', '<sz val="9"/>')},
    "PR-Y128": {"xl_worksheets_sheet6": swap("<v>133</v>", "<f>1+132</f><v>133</v>")},
    "PR-Y130": {"xl_sharedStrings": swap("<t>Table_2</t>", "<t>Other</t>")},
    "PR-Y131": {"xl_worksheets_sheet2": swap("'Table_2'!A1", "'Table_7'!A1")},
    "PR-Y134": {"xl_worksheets_sheet5": swap("<v>1.25</v>", "<v>1.2512</v>")},
}  # fmt: skip


def codes(name: str, data: bytes) -> set[str]:
    return {problem.code for problem in lint_bytes(name, data)}


def test_what_the_writers_write_is_clean(ods: bytes, xlsx: bytes) -> None:
    assert lint_bytes("a.ods", ods) == ()
    assert lint_bytes("a.xlsx", xlsx) == ()


@pytest.mark.parametrize("code", sorted(ODS_BREAKS))
def test_each_check_on_ods(ods: bytes, code: str) -> None:
    assert codes("a.ods", edited(ods, **ODS_BREAKS[code])) == {code}


@pytest.mark.parametrize("code", sorted(XLSX_BREAKS))
def test_each_check_on_xlsx(xlsx: bytes, code: str) -> None:
    assert codes("a.xlsx", edited(xlsx, **XLSX_BREAKS[code])) == {code}


@pytest.mark.parametrize(("suffix", "part"), [("ods", "Basic/Standard/Module1.xml"), ("xlsx", "xl/vbaProject.bin")])
def test_macros(ods: bytes, xlsx: bytes, suffix: str, part: str) -> None:
    out = io.BytesIO(ods if suffix == "ods" else xlsx)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(part, b"x")
    assert codes(f"a.{suffix}", out.getvalue()) == {"PR-Y104"}


def test_a_default_name(ods: bytes) -> None:
    renamed = edited(
        ods,
        content=lambda t: t.replace("Table_2", "Sheet2"),
        settings=lambda t: t.replace("Table_2", "Sheet2"),
    )
    assert codes("a.ods", renamed) == {"PR-Y108"}


def test_a_blank_row_in_ods(ods: bytes) -> None:
    def blank(text: str) -> str:
        return within(
            TABLE_2, sub(r"<table:table-row[^>]*>(?:(?!</table:table-row>).)*>2005<.*?</table:table-row>", EMPTY_ROW)
        )(text)

    assert codes("a.ods", edited(ods, content=blank)) == {"PR-Y115"}


def test_every_check_of_spreadsheets_has_a_file_that_breaks_it() -> None:
    elsewhere = {"PR-Y100", "PR-Y104", "PR-Y108", "PR-Y133"}
    tried = set(ODS_BREAKS) | set(XLSX_BREAKS) | elsewhere
    assert tried == {code for code in CHECKS if "PR-Y100" <= code < "PR-Y150"}


def test_another_readers_view_is_compared(ods: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    class Other:
        sheet_names = ("Cover",)

        @staticmethod
        def from_filelike(_: object) -> Other:
            return Other()

        def get_sheet_by_name(self, _: str) -> Other:
            return self

        def to_python(self, **_: object) -> list[list[object]]:
            return []

    monkeypatch.setattr("python_calamine.CalamineWorkbook", Other)
    assert codes("a.ods", ods) == {"PR-Y133"}


@pytest.mark.parametrize("word", ["n/a", "None", "NA"])
def test_a_word_for_nothing_is_a_symbol_among_figures_and_a_name_among_names(ods: bytes, word: str) -> None:
    among_figures = within(TABLE_1, swap("<text:p>[low]</text:p>", f"<text:p>{word}</text:p>"))
    assert codes("a.ods", edited(ods, content=among_figures)) == {"PR-Y129"}
    among_names = within(TABLE_1, swap("<text:p>E01</text:p>", f"<text:p>{word}</text:p>"))
    assert codes("a.ods", edited(ods, content=among_names)) == set()
