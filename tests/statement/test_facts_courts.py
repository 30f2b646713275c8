"""Facts of entries 1 to 6 and 10 to 14, typed in from the Statement of October 2012 and not from the register."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from piperoll.register.model.facts import Entry


Says = Callable[..., None]
Find = Callable[[str], Entry]
NONE = "None"
CIVIL_USES = (
    "operational monitoring", "resource allocation", "performance measurement", "forecasting",
        "policy development",
)  # fmt: skip
FAMILY_USES = ("operational monitoring", "performance management", "policy development")
RAW = (
    "about ten users",
    "Ministry of Justice",
    "HMCTS",
    "raw data",
    "each month's end",
    "Management Information System",
)
INTRANET = ("performance statistics", "monthly", "intranet", "HMCTS Performance database")
COUNCILS = ("housing repossession court action data", "Communities and Local Government", "policy lead", "monthly")
POLICY = (
    "sub-national",
    "below 8",
    "zero",
    "nearest 5",
    "percentage change",
    "30 cases",
    "calendar quarters",
    "annual",
)
NS, ST, SY = "non_statistical", "statistical", "synergies"


def test_care_monitoring_system(says: Says, entry: Find) -> None:
    key = "cms_care"
    says(key, "description", ("case progression tool", "monitors", "care and supervision applications",
                              "application was made after 1 April 2012", "family courts"))  # fmt: skip
    says(key, "collection", ("HMCTS staff", "family courts", "enter data", "database"))
    says(key, "application", *FAMILY_USES)
    says(key, "access", ("live dataset", "about ten users", "intranet", "HMCTS Performance database"), INTRANET)
    says(key, ST, NONE)
    says(key, NS, NONE)
    says(key, SY, NONE)
    assert entry(key).access[0].users == 10
    assert entry(key).access[0].about
    assert entry(key).statistical == "none"


def test_caseman(says: Says, entry: Find) -> None:
    key = "caseman"
    says(key, "description", ("case management system", "county court cases"))
    says(key, "collection", ("HMCTS staff", "county courts", "enter data", "database"))
    says(key, "application", *CIVIL_USES)
    says(
        key, "access", RAW, COUNCILS,
        ("various statistics", "Excel", "some key officials", "Ministry of Justice", "HMCTS",
            "some of them monthly"),
        ("some performance statistics", *INTRANET), POLICY,
    )  # fmt: skip
    says(key, ST, "Judicial and Court Statistics", "Court Statistics Quarterly",
         "Mortgage and Landlord Possession Statistics")  # fmt: skip
    assert entry(key).non_statistical == entry(key).synergies == "not_stated"


def test_familyman(says: Says, entry: Find) -> None:
    key = "familyman"
    says(key, "description", ("case management system", "family court cases"))
    says(key, "collection", ("HMCTS staff", "family courts", "database"))
    says(key, "application", *CIVIL_USES)
    says(
        key,
        "access",
        RAW,
        ("performance statistics", "Public Service Agreement management team", "quarterly"),
        INTRANET,
    )
    says(key, ST, "Judicial and Court Statistics", "Court Statistics Quarterly")
    assert entry(key).disclosure == ""


def test_forced_marriage_protection_orders(says: Says, entry: Find) -> None:
    key = "fmpo"
    says(key, "description", ("database", "every Forced Marriage Protection Order case", "family courts"))
    says(key, "collection", ("HMCTS staff", "designated family courts", "database"))
    says(key, "application", *FAMILY_USES)
    says(
        key, "access",
        ("raw data", "each month's end", "intranet", "HMCTS Performance database", "about ten users"), INTRANET,
    )  # fmt: skip
    says(key, ST, "Judicial and Court Statistics", "Court Statistics Quarterly")


def test_possession_claim_online(says: Says, entry: Find) -> None:
    key = "pcol"
    says(key, "description", ("case management system", "claims made through", "Possession Claim Online website"))
    says(key, "collection", ("uploaded from information", "Possession Claim Online website"))
    says(key, "application", *CIVIL_USES)
    says(
        key, "access", RAW, COUNCILS, ("some statistics", "Excel", "some key officials", "some of them monthly"), POLICY
    )
    says(key, ST, "Judicial and Court Statistics", "Court Statistics Quarterly",
         "Mortgage and Landlord Possession Statistics")  # fmt: skip
    assert not [each for each in entry(key).access if "performance" in each.what]


def test_tribunals(says: Says, entry: Find) -> None:
    key = "tribunals"
    says(
        key, "description", ("case management systems", "information on appeals", "Tribunals"),
        ("ARIA", "ETHOS", "Caseflow", "GAPs 2", "MARTHA", "CICA", "a set of systems based on SQL and Access",
            "manual case records"),
    )  # fmt: skip
    says(key, "collection", ("relating to an appeal", "typed or scanned", "IT system", "administrative centres",
                             "hearing centres"), ("some information", "paper"))  # fmt: skip
    says(
        key, "application", "progress of an appeal case", ("hearing rooms", "staff", "Tribunal"),
            "management of cases",
        ("workloads", "aggregated outputs"), ("planning of future work", "aggregated outputs"),
            "timeliness measures",
        "a number of performance measures",
    )  # fmt: skip
    says(
        key, "access", ("individual Tribunal offices have access", "case management systems"), "local reports",
        ("team within HMCTS", "Employment Tribunals (ETHOS)", "Social Security and Child Support (GAPS2)",
         "Immigration and Asylum (ARIA)"),
        ("series of reports and hub posters", "monthly, quarterly and annually", "Operations teams in HMCTS"),
        ("performance pack", "Tribunals data", "monthly", "Senior Managers and Directors", "HMCTS"),
        ("HMCTS Monthly Balanced Scorecard", "monthly"), ("documents", "as a rule", "email"),
        ("a number of reports are now placed", "HMCTS intranet site"),
    )  # fmt: skip
    says(key, NS, NONE)
    assert entry(key).non_statistical == "none"
    says(
        key, ST, "Employment Tribunals and Employment Appeals Tribunal Annual Statistical Report",
        "Quarterly Tribunals Statistics reports", "Annual Tribunals Statistics report",
        "Quarterly Gender Recognition Certificate Statistics report", "HMCTS Annual Report and Accounts",
        "Senior President's Report",
    )  # fmt: skip


OBTJ = (
    "data stream",
    "Analytical Services",
    "internal management information",
    "monthly",
    "total Offences Brought to Justice",
)


@pytest.mark.parametrize(
    ("key", "held", "courts", "network", "beside"),
    [
        ("crest", "Crown Court cases", "Crown Court", "Ministry of Justice (MoJ) IT network",
            "sentencing disposals"),
        ("libra", "magistrates' court cases", "magistrates' courts", "court IT network",
         "data on prosecutions and sentencing disposals"),
    ],
)  # fmt: skip
def test_crest_and_libra(says: Says, key: str, held: str, courts: str, network: str, beside: str) -> None:
    says(key, "description", ("case management system", held))
    says(key, "application", "operational monitoring", "resource allocation", OBTJ)
    says(
        key, ST, ("Judicial and Court Statistics", "workload statistics"),
        ("Court Statistics Quarterly", "workload statistics"),
        ("Criminal Justice Statistics Quarterly Update", "final OBTJ count", "more detailed breakdown",
            "annually", beside),
        ("Prison Population Projections", "scenarios", "sentencing trends"),
    )  # fmt: skip
    says(key, SY, "Criminal Justice Statistics Quarterly Update bulletins",
        "Women and the Criminal Justice system",
         "Race and the Criminal Justice system")  # fmt: skip
    entering = ("HMCTS staff", courts, "enter data", "system")
    staff = (f"{courts} staff have access to {key}", network, "administration")
    if key == "crest":
        says(key, "collection", entering, "XHIBIT front end")
        says(
            key,
            "access",
            staff,
            ("raw data", "each month's end", "Management Information System", "some key officials"),
        )
    else:
        says(key, "collection", entering)
        says(
            key, "access", staff, ("other internal parties", "secure third party link"),
            ("internal Offences Brought to Justice Report", "monthly", "Ministry of Justice", "breaks off"),
        )  # fmt: skip


def test_language_services(says: Says) -> None:
    key = "language"
    framework = "Language Services Framework Agreement"
    says(
        key, "description",
        ("completed requests", "face-to-face language services", "national", framework, "30 January 2012",
         "complaints made", "by Criminal Justice System partner", "criminal courts and tribunals"),
    )  # fmt: skip
    says(
        key, "collection", ("partners", "web-based portal", "service request system"),
        ("contractor that delivers", "number of assignments", "details of complaints",
            "management information system",
         "maintains"),
    )  # fmt: skip
    says(
        key, "application", ("management reports", "to the Ministry of Justice", "monitoring",
            "contractor's performance"),
        ("snapshots", "Justice Statistics Analytical Services", "statistical reporting"),
    )  # fmt: skip
    says(
        key, "access", ("key performance indicators", "management reports supplied to the Ministry of Justice"),
        ("on request", "extracted snapshot data", "Justice Statistics Analytical Services", "secure email"),
    )  # fmt: skip
    says(
        key, ST,
        ("Statistics on the use of language services in courts and tribunals", "completed requests",
         "numbers of complaints made", "ad hoc", "MoJ website", "quarterly: planned", "fully established"),
    )  # fmt: skip


def test_performance_database(says: Says) -> None:
    key = "perfdb"
    says(key, "description", ("database", "summary statistical information", "all HMCTS cases"))
    says(key, "collection", ("HMCTS staff enter data", "database"))
    says(key, "application", *CIVIL_USES)
    says(
        key, "access", ("account holders", "Ministry of Justice", "HMCTS", "raw data", "intranet"),
        ("web-based performance system", "Government Secure Intranet"),
        ("various statistics", "Excel", "some key officials", "HMCTS", "Ministry of Justice"),
    )  # fmt: skip
    says(
        key, ST, ("ASBO data", "annually", "Home Office Crime Reduction website"),
        "internal monitoring of Impact Indicators", "Company Winding-up and Bankruptcy Statistics",
    )  # fmt: skip


def test_police_national_computer(says: Says) -> None:
    key = "pnc"
    says(key, "description", ("extract", "selected fields", "Police National Computer (PNC)"))
    says(key, "collection", ("all police forces in England and Wales", "directly"),
         ("interactions", "Court", "other IT systems"))  # fmt: skip
    says(
        key, "application", ("measurement of re-offending", "published statistics", "research"),
            "criminal history",
        "first time entrants", "emerging trends in offending",
    )  # fmt: skip
    says(
        key, "access", ("live PNC", "National Policing Improvement Agency (NPIA)", "monthly",
            "30 September 2012"),
        ("live PNC", "Home Office", "1 October 2012"),
        ("external users can ask for access", "business case", "Ministry of Justice", "statistics and research",
         "data security", "ethical considerations"),
        ("NPIA", "Home Office", "1 October 2012", "announced by the government"),
    )  # fmt: skip
    history = "criminal history tables"
    says(
        key, ST, "Proven Re-offending Quarterly", "Local Adult Re-offending",
        "Compendium of Re-offending Statistics and Analysis", "Youth Justice Statistics",
        ("Criminal Justice Statistics Quarterly Bulletins", history), ("Offender Management Statistics",
            history),
        ("Conviction Histories of Offenders", history),
        ("Statistics on Women and the Criminal Justice System", history),
        ("Criminal Justice Statistics Quarterly Update bulletins", "Offences Brought To Justice (OBTJ)",
            "Cautions tables"),
        "Knife Possession Sentencing Quarterly Brief", ("Justice Outcomes", "update", "monthly",
            "police.uk website"),
    )  # fmt: skip
    says(key, SY, ("Prolific and other Priority Offenders", "Home Office"), ("Drug misusing offenders", "Home Office"))
