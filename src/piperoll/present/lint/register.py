"""Every check of the linters: its code, what it asks, and how to put right what fails it.

Sources: Government Analysis Function, "Releasing statistics in spreadsheets" (30 June 2021), its checklist
(7 July 2021) and "Using symbols and shorthand" (11 January 2022); WCAG 2.2 AA; CSV on the Web (W3C, 2015).
"""

from __future__ import annotations

from dataclasses import dataclass

from piperoll.errors import Problem


@dataclass(frozen=True)
class Check:
    """A check: ``asks`` is what must hold, ``fix`` what to do where it does not."""

    code: str
    asks: str
    fix: str

    def problem(self, message: str, where: str, key: str = "") -> Problem:
        """A finding of this check."""
        return Problem(self.code, message, where, key, self.fix)


_ROWS = (
    ("PR-Y100", "The file is a readable spreadsheet of a bearable size.", "Write the file again."),
    ("PR-Y101", "The document has a title.", "Set the title in the document's properties."),
    ("PR-Y102", "The document has a language.", "Set the language in the document's properties."),
    ("PR-Y103", "The document names its author, the organisation.", "Set the author in its properties."),
    ("PR-Y104", "The document holds no macros.", "Save it without macros."),
    ("PR-Y105", "No worksheet is hidden.", "Show the worksheet or delete it."),
    ("PR-Y106", "No row or column is hidden.", "Show it or delete it."),
    ("PR-Y107", "No worksheet is blank.", "Delete the worksheet."),
    ("PR-Y108", "Each worksheet has a name of its own that says something.", "Name the worksheet."),
    ("PR-Y109", "The first worksheet is open, with the cursor in A1 of each.", "Save it with the cursor there."),
    ("PR-Y110", "Cell A1 of each worksheet is its title.", "Write the title in A1."),
    ("PR-Y111", "No cells are merged.", "Split the cells and repeat their text."),
    ("PR-Y112", "Each worksheet after the cover holds one marked-up table.", "Mark the table up as a table."),
    ("PR-Y113", "Each table has a name of its own.", "Name the table."),
    ("PR-Y114", "A table has one header row of unique texts.", "Give each column its own header text."),
    ("PR-Y115", "No row or column of a table is blank.", "Delete the blank row or column."),
    ("PR-Y116", "No cell of a table is blank.", "Write why it is empty in brackets: [x], [z], [c] or [low]."),
    ("PR-Y117", "Nothing stands below or beside a table.", "Move the text above the table."),
    ("PR-Y118", "Text stands in column A, directly above a table at the left edge.", "Close the gap."),
    ("PR-Y119", "All shorthand used is explained.", "Explain it above the table or on a Symbols worksheet."),
    ("PR-Y120", "Each note referred to is on the Notes worksheet.", "Add the note."),
    ("PR-Y121", "Each note is referred to.", "Refer to the note in a header or title, or delete it."),
    ("PR-Y122", "No table has filters.", "Remove the filters."),
    ("PR-Y123", "No panes are frozen.", "Unfreeze the panes."),
    ("PR-Y124", "The texts of a table wrap.", "Set the cells to wrap their text."),
    ("PR-Y125", "No text is smaller than 12 points.", "Set the font to 12 points or more."),
    ("PR-Y126", "Numbers are stored as numbers.", "Store the value as a number."),
    ("PR-Y127", "No cell has a background colour.", "Remove the fill."),
    ("PR-Y128", "No cell holds a formula.", "Store the value."),
    ("PR-Y129", "Shorthand is letters in square brackets, not a symbol.", "Write [x], [z], [c] or [low]."),
    ("PR-Y130", "The contents name every worksheet with a table.", "Add the worksheet to the contents."),
    ("PR-Y131", "Each link leads to a worksheet that exists, or to an address.", "Correct the link."),
    ("PR-Y132", "Quarters are written by their months.", "Write Jan to Mar 2012, not Q1 2012."),
    ("PR-Y133", "An independent reader sees the same worksheets and sizes.", "Write the file again."),
    ("PR-Y134", "A number is stored as it is shown, with no decimals hidden.", "Round the value itself."),
    ("PR-Y150", "A page declares its language.", "Set lang on the html element."),
    ("PR-Y151", "A page has a title.", "Give it a title element with text."),
    ("PR-Y152", "A page has exactly one first-level heading.", "Keep one h1."),
    ("PR-Y153", "Headings go down one level at a time.", "Use the next level."),
    ("PR-Y154", "Each table of a page has a caption.", "Give the table a caption."),
    ("PR-Y155", "Each header cell of a table says its scope.", "Set scope to col or row."),
    ("PR-Y156", "Each image has a text alternative.", "Describe the image in alt; leave it empty for decoration."),
    ("PR-Y157", "Ids on a page are unique.", "Rename one of them."),
    ("PR-Y158", "A page loads nothing from elsewhere and runs no script.", "Keep the file beside the page."),
    ("PR-Y159", "A link within a page leads to something on it.", "Correct the link."),
    ("PR-Y160", "Each link has text.", "Say where the link leads."),
    ("PR-Y161", "A page fits narrow screens.", "Add the viewport meta element."),
    ("PR-Y170", "A CSV has readable metadata beside it.", "Write <name>.csv-metadata.json beside it."),
    ("PR-Y171", "The CSV's header is that of its metadata.", "Write both from one table."),
    ("PR-Y172", "Each row of a CSV has a value for each column.", "Write the row again."),
    ("PR-Y173", "A required column is never empty.", "Give the value, or let the column be empty."),
    ("PR-Y174", "Each value is of its column's datatype.", "Correct the value or the datatype."),
    ("PR-Y175", "The primary key names each row once.", "Drop the repeated row, or name more columns."),
    ("PR-Y176", "A missing number has a status that says why.", "Give the status code."),
    ("PR-Y177", "The metadata say title, publisher, licence and key.", "Add what is missing."),
    ("PR-Y178", "No text of a CSV would run as a formula.", "Put an apostrophe before it."),
    ("PR-Y179", "A CSV is UTF-8 without control characters.", "Write it as UTF-8."),
)

CHECKS: dict[str, Check] = {code: Check(code, asks, fix) for code, asks, fix in _ROWS}


def found(code: str, message: str, where: str, key: str = "") -> Problem:
    """A finding of the check with this code."""
    return CHECKS[code].problem(message, where, key)
