"""What the Statement says once for all sources, typed in from its introduction and its last page."""

from __future__ import annotations

import pytest

from piperoll.register.model.register import Register
from piperoll.statement.document import Statement


def told(statement: Statement, key: str) -> str:
    part = next(each for each in (*statement.front, *statement.back) if each.key == key)
    return "\n".join(f"{line.plain} {line.href} {line.link}" for line in part.lines).casefold()


@pytest.mark.parametrize(
    ("part", "terms"),
    [
        (
            "background",
            (
                "statistical surveys", "administrative or management systems", "burden on data providers",
                "cost of a dedicated data collection", "timely", "often", "greater breadth of coverage",
                "sample surveys",
                "public bodies are actively encouraged by the UK Statistics Authority", "appropriate access",
                "design, management and development",
                "statistical purposes", "adequate safeguards", "professional integrity", "major systems",
                "Arms Length Bodies", "annual", "relevance", "accuracy", "www.justice.gov.uk/statistics",
            ),
        ),
        (
            "protocol",
            (
                "Protocol 3", "UK Statistics Authority", "Code of Practice for Official Statistics",
                "in consultation with the National Statistician", "Use of Administrative or Management Information",
                "Good Practice Template", "Annex A", "code-of-practice-for-official-statistics.pdf",
                "use-of-administrative-or-management-information.pdf", "National Statistician's Guidance",
            ),
        ),
        ("access", ("statisticians", "feeds", "core systems", "direct access", "management information systems")),
        (
            "changes",
            ("main statistical systems", "statisticians take part", "change request process", "underlying system",
             "management information or statistical feeds", "full assessment of the impact"),
        ),
        (
            "audit",
            ("varies from system to system", "publication concerned", "quality assurance", "caveats",
            "business areas",
             "joint working group", "IT specialists", "statisticians", "Crown and magistrates' courts", "fewer",
             "checks", "front-line staff"),
        ),
        (
            "suppression",
            ("both", "public domain already", "small numbers", "identify an individual", "mainly",
             "Mortgage and Landlord Possession Statistics", "personal information", "corporate information",
             "requests for sub-national statistics", "below 8", "zero", "nearest 5", "percentage change",
             "earlier period has 30 cases", "calendar quarters", "annual totals"),
        ),
        ("security", ("statistical data", "Ministry of Justice's data security policies")),
        (
            "contact",
            ("October 2012", "Ministry of Justice", "alternative format versions", "on request",
             "statistics.enquiries@justice.gsi.gov.uk"),
        ),
        (
            "licence",
            ("Open Government Licence", "Crown copyright 2012", "logos", "free of charge", "any format or medium",
             "psi@nationalarchives.gsi.gov.uk", "nationalarchives.gov.uk/doc/open-government-licence",
             "third party",
             "permission", "copyright holders concerned"),
        ),
    ],
)  # fmt: skip
def test_what_is_common(statement: Statement, part: str, terms: tuple[str, ...]) -> None:
    text = told(statement, part)
    assert [term for term in terms if term.casefold() not in text] == []


def test_protocol_items_are_each_answered(register: Register, statement: Statement) -> None:
    assert register.frame is not None
    assert register.frame.protocol is not None
    items = register.frame.protocol.items
    assert [each.letter for each in items] == list("abcdef")
    assert all(each.answered for each in items)
    answers = next(each for each in statement.front if each.key == "protocol").lines[0].items
    for letter, terms in {
        "a": ("in use", "entries of the sources"),
        "b": ("changes to administrative systems", "full account", "Involvement in changes"),
        "c": ("not in use today", "Candidate sources"),
        "d": ("statistical staff", "inside the producer body or elsewhere", "Access to data"),
        "e": ("quality", "Audit of data quality"),
        "f": ("security", "Security"),
    }.items():
        line = next(each.casefold() for each in answers if each.startswith(f"({letter})"))
        assert [term for term in terms if term.casefold() not in line] == []


def test_seven_headings_are_explained(statement: Statement) -> None:
    items = next(each for each in statement.front if each.key == "headings").lines[0].items
    assert [each.split(":")[0] for each in items] == [
        "Brief description", "Collection", "Application", "Access and dissemination", "Statistical publication",
        "Non-statistical publication", "Synergies",
    ]  # fmt: skip
    text = told(statement, "headings")
    for term in (
        "Annex A", "brief description apart", "raw data", "operational monitoring", "resource allocation", "performance measurement", "hard copy",
        "an intranet",
        "access to a database", "range", "nature", "timing", "inside the organisation or outside",
        "National Statistics",
        "exceptional arrangements", "reason", "before they become official statistics", "relates to",
    ):  # fmt: skip
        assert term.casefold() in text


def test_silence_means_none(statement: Statement, register: Register) -> None:
    assert "silent about non-statistical publication or synergies, there is none" in told(statement, "headings")
    assert register.frame is not None
    assert register.frame.default_none == ("non_statistical", "synergies")


def test_candidates_are_what_the_entries_say_is_to_come(register: Register, statement: Statement) -> None:
    assert register.frame is not None
    assert [each.source for each in register.frame.candidates] == ["ccms", "linked", "linked"]
    assert "planned" in told(statement, "candidates")


def test_every_section_of_the_contents(statement: Statement) -> None:
    sections = list(dict.fromkeys(each.section for each in statement.entries))
    assert sections == [
        "Civil, Family and Tribunals Data Sources", "Corporate Data Sources",
        "Criminal Justice Statistics Data Sources",
        "Legal Services Commission Data Sources", "Prisons, Probation and Re-offending Data Sources",
        "Youth Justice Data Sources", "Miscellaneous Data Sources",
    ]  # fmt: skip
    sizes = [sum(each.section == section for each in statement.entries) for section in sections]
    assert sizes == [6, 6, 4, 6, 7, 4, 1]


def test_titles_and_order(statement: Statement) -> None:
    titles = [each.title for each in statement.entries]
    assert titles[0] == "Care Monitoring System"
    assert titles[9:11] == ["CREST", "Her Majesty's Courts & Tribunals Service language services information system"]
    assert titles[19] == "Crown Court Remuneration (CCR) and Crown Court Litigator Fee (CCLF)"
    assert titles[-1] == "Linked Data"


def test_abbreviations_are_those_used(statement: Statement) -> None:
    youth = dict(next(each for each in statement.entries if each.key == "themis").abbreviations)
    assert youth["YOT"] == "Youth Offending Team"
    assert "HMCTS" not in youth
