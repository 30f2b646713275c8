"""What the jurisdictions of tribunals receive, how long it takes and how it ends."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One jurisdiction in one system.

    Attributes:
        yearly: Receipts a year from 2010 on (the last goes on). Quarterly and Annual Tribunals Statistics, 2010/11 to
            2012/13; smaller jurisdictions are rounded.
        weeks: Median weeks from receipt to disposal, as published for late 2013, and the width of its spread.
        outcomes: Shares by code.
        types: Kinds of appeal by code and share; none in other jurisdictions.
        heard: Share that is disposed of at a hearing.
        respondent: Body that answers.
    """

    system: str
    jurisdiction: str
    yearly: tuple[float, ...]
    weeks: float
    outcomes: dict[str, float]
    types: dict[str, float]
    heard: float
    respondent: str


_BENEFITS = {
    "ESA": 0.55, "DLA": 0.17, "JSA": 0.11, "HB_CTB": 0.04, "IS": 0.03, "IB": 0.03, "TAX_CREDIT": 0.02, "AA": 0.01,
    "CRISIS": 0.01, "CHILD_SUPPORT": 0.01, "OTHER": 0.02,
}  # fmt: skip
_APPEALS = {
    "ASYLUM": 0.11, "MANAGED_MIGRATION": 0.38, "ENTRY_CLEARANCE": 0.15, "FAMILY_VISIT": 0.34, "DEPORT_OTHER": 0.02
}  # fmt: skip
_CLAIMS = {
    "ACAS_SETTLED": 0.3, "DISMISSED_WITHDRAWAL": 0.27, "STRUCK_OUT": 0.12, "SUCCESS_HEARING": 0.11,
    "UNSUCCESS_HEARING": 0.09, "DEFAULT_JUDGMENT": 0.07, "DISMISSED_PRELIM": 0.04,
}  # fmt: skip
_DECIDED = {"DECIDED": 0.75, "WITHDRAWN": 0.2, "STRUCK_OUT": 0.05}


KINDS = (
    Kind("GAPS2", "SSCS", (400_000, 395_000, 450_000, 470_000), 19, {"FOUND_FOR_APPELLANT": 0.36, "UPHELD": 0.5,
         "LAPSED": 0.06, "WITHDRAWN": 0.05, "STRUCK_OUT": 0.03}, _BENEFITS, 0.86, "DWP"),
    Kind("ETHOS", "ET", (225_000, 190_000, 190_000, 150_000), 22, _CLAIMS, {}, 0.3, "EMPLOYER"),
    Kind("ARIA", "FTTIAC", (145_000, 115_000, 105_000, 95_000), 16, {"ALLOWED": 0.4, "DISMISSED": 0.47,
         "WITHDRAWN": 0.09, "INVALID_OOT": 0.04}, _APPEALS, 0.8, "UKBA"),
    Kind("ARIA", "UTIAC", (7_500, 9_000, 9_500, 9_000), 14, _DECIDED, {}, 0.5, "UKBA"),
    Kind("MARTHA", "MH", (25_200, 26_500, 28_500, 29_000), 5, _DECIDED, {}, 0.55, "HOSPITAL"),
    Kind("CICA", "CICA", (2_700, 2_500, 2_300, 2_000), 40, _DECIDED, {}, 0.8, "CICA"),
    Kind("SQL_ACCESS", "SEND", (3_400, 3_300, 3_600, 3_600), 18, _DECIDED, {}, 0.25, "LA"),
    Kind("SQL_ACCESS", "TAX", (9_500, 9_800, 8_600, 8_500), 40, _DECIDED, {}, 0.4, "HMRC"),
    Kind("SQL_ACCESS", "WPAFC", (2_900, 2_500, 2_200, 2_100), 28, _DECIDED, {}, 0.85, "MOD"),
    Kind("SQL_ACCESS", "PROPERTY", (11_000, 10_500, 10_500, 10_000), 16, _DECIDED, {}, 0.5, "OTHER"),
    Kind("SQL_ACCESS", "LANDS", (700, 650, 650, 600), 40, _DECIDED, {}, 0.4, "OTHER"),
    Kind("SQL_ACCESS", "EAT", (2_000, 2_170, 2_000, 1_850), 30, _DECIDED, {}, 0.4, "EMPLOYER"),
    Kind("SQL_ACCESS", "GRC_REG", (900, 950, 1_000, 1_050), 20, _DECIDED, {}, 0.4, "OTHER"),
    Kind("MANUAL", "GRP", (330, 320, 300, 320), 18, _DECIDED, {}, 0.0, "OTHER"),
    Kind("MANUAL", "CARE_STD", (180, 170, 150, 140), 26, _DECIDED, {}, 0.4, "OTHER"),
)  # fmt: skip
SYSTEMS = ("ARIA", "ETHOS", "CASEFLOW", "GAPS2", "MARTHA", "CICA", "SQL_ACCESS", "MANUAL")
# Prefix of an immigration reference by kind of appeal; the first is the usual one.
PREFIXES = {
    "ASYLUM": "AA", "MANAGED_MIGRATION": "IA", "ENTRY_CLEARANCE": "OA", "FAMILY_VISIT": "VA", "DEPORT_OTHER": "DA"
}  # fmt: skip
