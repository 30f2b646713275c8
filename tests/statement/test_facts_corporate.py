"""Facts of entries 7 to 9, 15 to 21, typed in from the Statement of October 2012 and not from the register."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from piperoll.register.model.facts import Entry


Says = Callable[..., None]
Find = Callable[[str], Entry]
NONE = "None"
NS, ST, SY = "non_statistical", "statistical", "synergies"
LEGAL_AID_USES = (
    "claim processing and validation", "operational monitoring", "resource allocation",
        "performance measurement",
    "forecasting", "policy development",
)  # fmt: skip
REPORTING = (
    "raw data", "weekly, monthly, quarterly and yearly", "Corporate Financial & Performance Reporting",
        "LSC analysts",
)  # fmt: skip


def test_freedom_of_information(says: Says) -> None:
    key = "foi"
    says(key, "description", ("case management system", "FoI requests", "Ministry of Justice (MoJ) receives"))
    says(key, "collection", ("staff", "Data Access and Compliance Unit (DACU)", "database"))
    says(key, "application", ("operational monitoring", "DACU team"), ("resource allocation", "DACU team"))
    says(
        key,
        "access",
        ("no dissemination", "external or internal", "beyond the DACU team", "before publication", "present"),
    )
    says(
        key, ST,
        ("Freedom of Information Act: Statistics on Implementation in Central Government", "MoJ data only"),
    )  # fmt: skip
    says(key, NS, NONE)


def test_oracle_hrms(says: Says) -> None:
    key = "oracle_hrms"
    says(key, "description", ("HR database", "human resources records", "public sector Prison Service",
                              "National Offender Management Service (NOMS) headquarters staff"))  # fmt: skip
    says(key, "collection", ("staff", "National Shared Service Centre in Newport"))
    says(key, "application", "operational HR management")
    says(
        key, "access", ("users across NOMS", "ad hoc", "Discoverer", "6i", "interrogation application"),
        ("on request", "specialist extractions", "NOMS staff", "ad hoc"),
        ("on request", "analysis of data", "internal users", "external users", "ad hoc", "appropriate"),
    )  # fmt: skip
    says(
        key, NS, ("MoJ Workforce management information", "monthly", "MoJ website", "management information"),
        ("Cabinet Office Senior Salaries Transparency Exercise", "senior civil service", "responsibilities",
            "salaries"),
        ("Annual Report and Accounts", "staff in post", "divisor",
            "a number of corporate performance measures"),
    )  # fmt: skip
    says(
        key, ST,
        ("NOMS Annual Equalities Report", "equalities data on staff", "NOMS and Public Prisons",
            "Equalities Act 2010",
         "public sector duty"),
        ("contribution", "Quarterly Public Sector Employment Survey", "Office for National Statistics"),
        ("contribution", "Annual Civil Service Employment Survey", "Office for National Statistics"),
    )  # fmt: skip
    says(key, SY, "Women and the Criminal Justice System", "Race and the Criminal Justice System",
         "National Offender Management Service Annual Report: Management Information Addendum")  # fmt: skip


def test_phoenix(says: Says) -> None:
    key = "phoenix"
    says(key, "description", ("database", "human resources records", "Ministry of Justice (MoJ) staff"))
    says(key, "collection", ("MoJ, management, staff and employees", "database"))
    says(key, "application", "operational monitoring", "resource allocation")
    says(
        key, "access", ("raw data", "ad hoc", "intranet", "request form"),
        ("levels that differ between users", "mainly HR officials"),
    )  # fmt: skip
    says(
        key, ST, ("Annual Civil Service Employment Survey", "Office for National Statistics"),
        ("Quarterly Public Sector Employment Statistics", "Office for National Statistics"),
        ("Quarterly Data Summary", "Her Majesty's Treasury"), ("Workforce MI Monthly Return", "Cabinet Office"),
    )  # fmt: skip


@pytest.mark.parametrize("key", ["fta", "pnd"])
def test_police_returns(says: Says, entry: Find, key: str) -> None:
    says(
        key, "collection", ("forces differ",), ("some forces", "manually", "spreadsheet", "paper-based forms"),
        ("other forces", "IT system"),
    )  # fmt: skip
    says(
        key, "application",
        ("in this form", "in this form only", "Justice Statistics Analytical Services",
            "no part of the administrative processes",
         "some forces", "extract the data from an administrative database of their own"),
    )  # fmt: skip
    says(
        key, "access", ("police forces", "local systems of their own", "local IT networks"),
        ("extracted data", "spreadsheets", "monthly", "Justice Statistics Analytical Services", "secure email"),
    )  # fmt: skip
    assert entry(key).covers[0].count == 43
    assert "England and Wales" in entry(key).covers[0].across


def test_failure_to_appear(says: Says) -> None:
    says(
        "fta", "description",
        ("Failure To Appear (FTA) warrants", "received, executed and outstanding", "category of warrant",
         "police force area"),
        ("43 police forces",),
    )  # fmt: skip
    says(
        "fta", ST,
        ("Criminal Justice Statistics Quarterly Update bulletins", "received", "executed",
            "remaining outstanding",
         "category of warrant", "police force", "quarterly", "MoJ website"),
    )  # fmt: skip
    says("fta", SY, NONE)


def test_penalty_notices(says: Says, entry: Find) -> None:
    says("pnd", "description", ("issued and paid", "Penalty Notices for Disorder (PNDs)"), "43 police forces")
    says(
        "pnd", ST,
        ("Criminal Justice Statistics Quarterly Update bulletins", "Penalty Notices for Disorder issued",
            "police force",
         "quarterly", "MoJ website"),
        ("PNDs paid in full", "summary totals", "age band"),
    )  # fmt: skip
    says("pnd", SY, "Women and the Criminal Justice system", "Race and the Criminal Justice system")
    assert entry("pnd").non_statistical == "none"


FUNCTIONS = {
    "cwa": (
        "Contract & Schedule Maintenance", "Provider Reference Data", "Civil advice (non court) claims",
        "Police Station advice claims", "Magistrates Court claims",
    ),
    "cis": (
        "Civil Representation Means & Merits", "Civil Representation Case Management", "The Statutory Charge",
        "Cash receipting", "Client & Provider payments", "Billing", "Civil Rep", "Mediation",
        "Magistrates Court Non Standard Fees", "High Cost Cases",
    ),
    "maat": ("Magistrates Means Assessment", "Crown Court Means Assessment", "Benefit Status Checking"),
    "ccms": (
        "Civil Representation Means & Merits", "Civil Representation Case Management", "The Statutory Charge",
        "Cash receipting", "Client & Provider payments", "Billing",
    ),
}  # fmt: skip
STAFF = {
    "cwa": ("Legal Services Commission staff", "and/or", "Legal Aid providers", "system"),
    "cis": ("LSC staff", "and/or", "Legal Aid providers"),
    "maat": ("HMCTS", "Legal Services Commission staff", "system"),
    "ccr_cclf": ("LSC staff", "and/or", "Legal Aid providers"),
    "ccms": ("LSC staff", "and/or", "Legal Aid providers"),
}


@pytest.mark.parametrize("key", sorted(STAFF))
def test_legal_aid(says: Says, read: Callable[[str, str], list[str]], key: str) -> None:
    description = "\n".join(read(key, "description"))
    for function in FUNCTIONS.get(key, ("billing system", "Crown Court cases", "(CCR)", "(CCLF)")):
        assert function in description
    says(key, "collection", STAFF[key])
    says(key, "application", *LEGAL_AID_USES)
    says(key, "access", REPORTING)
    site = "LSC website" if key in ("cis", "ccr_cclf", "ccms") else ""
    report = ("Legal Services Commission Statistical Information report", site)
    if key == "maat":
        says(key, ST, report)
    else:
        says(key, ST, report, ("Core Data Sets", site))
    says(key, NS, NONE)
    says(key, SY, NONE)


def test_only_some_name_the_website(read: Callable[[str, str], list[str]]) -> None:
    for key in ("cwa", "maat"):
        assert "website" not in " ".join(read(key, ST))


def test_means_assessment_has_service_levels(read: Callable[[str, str], list[str]]) -> None:
    line = next(each for each in read("maat", "application") if each.startswith("Performance measurement"))
    assert "Service Level Agreements with HMCTS and other third parties" in line
