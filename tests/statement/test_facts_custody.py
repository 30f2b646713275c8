"""Facts of entries 22 to 34, typed in from the Statement of October 2012 and not from the register."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from piperoll.register.model.facts import Entry


Says = Callable[..., None]
Find = Callable[[str], Entry]
NONE = "None"
NS, ST, SY = "non_statistical", "statistical", "synergies"
HUB = ("NOMS Performance Hub", "performance monitoring", "criminal justice practitioners")
ADDENDUM = "National Offender Management Service Annual Report: Management Information Addendum"
SAFETY_USES = (
    "operational monitoring", "performance measuring", "resource allocation", "forecasting",
        "policy development",
)  # fmt: skip
CJS_BOOKS = ("Women and the Criminal Justice System", "Race and the Criminal Justice System")
KNIFE = "Knife crime sentencing quarterly bulletin"
OMSQ = ("Offender Management Statistics Quarterly", "annual tables", "April")


def test_accredited_programmes(says: Says, entry: Find) -> None:
    key = "iaps"
    says(key, "description", ("operational database", "management", "accredited programme requirements",
                              "all probation trusts"))  # fmt: skip
    says(
        key, "collection", ("local IAPS databases", "each probation trust"), ("collated",
            "national Oracle database"),
        ("national reporting", "national Oracle database", "Open Database Connection (ODBC)"),
    )  # fmt: skip
    says(
        key, "application", ("recording and management", "offenders with an accredited programme requirement"),
        "resource allocation", "programme audit", "programme evaluation", "performance measurement",
        "management information",
    )  # fmt: skip
    says(
        key, "access", ("restricted users", "designated OMNI terminals"),
        ("selected data", "Performance hub", "upload", "monthly"),
        ("operational audit", "PQs", "FOIs", "other ad hoc requests"),
    )  # fmt: skip
    says(key, NS, HUB, ("annual programme reviews", "probation treatment managers", "selected NOMS staff"))
    says(key, ST, NONE)
    says(key, SY, ("contribution", ADDENDUM), ("contribution", "NOMS Equalities Annual Report"))
    assert entry(key).statistical == "none"


def test_mappa(says: Says) -> None:
    key = "mappa"
    says(key, "description", ("central system", "stores data", "MAPPA eligible offenders"))
    says(key, "collection", ("42 MAPPA areas", "submits data to NOMS"))
    says(key, "application", "operational monitoring")
    says(
        key, "access",
        ("only officials", "Offender Management and Public Protection Group (OMPPG)", "centrally stored data"),
        ("MAPPA management units", "locally"),
    )  # fmt: skip
    says(key, NS, ("MAPPA annual reports", "each area"))
    says(key, ST, ("MAPPA statistical bulletin", "since 2010", "England and Wales"))


def test_deaths_in_custody(says: Says) -> None:
    key = "deaths"
    says(
        key,
        "description",
        ("central system", "stores information on deaths in prison custody", "England and Wales"),
    )
    says(
        key, "collection",
        ("incident reporting system (IRS and NOMIS)", "Inmate Information System",
         "Accommodation and Occupancy database", "prisoners' records", "coroners",
         "fatal incident investigations", "Prison Probation Ombudsman", "casework files"),
    )  # fmt: skip
    says(key, "application", "compliance with statutory responsibilities", *SAFETY_USES)
    says(
        key, "access", ("only relevant staff working in headquarters", "central system"),
        ("among them the public", "establishments", "regional offices", "external stakeholders",
         "Chief Inspector of Prisons", "Prison Probation Ombudsman"),
        ("a range of information", "NOMS Performance Hub"),
    )  # fmt: skip
    says(key, ST, "Safety in Custody Statistics")
    says(
        key, SY, "Annual press release on numbers of deaths in prison custody",
        "Chief Inspector of Prisons Annual Report", "Prison Probation Ombudsman Annual Report",
    )  # fmt: skip


def test_incident_reporting(says: Says) -> None:
    key = "irs"
    says(key, "description", ("system", "records incidents", "prison custody", "self-harm", "assaults"),
         ("IRS", "NOMIS"))  # fmt: skip
    says(
        key, "collection", ("paper forms", "near where incidents happen"), "forms are gathered",
        ("centrally", "IRS or NOMIS", "each establishment", "escort contractors", "headquarters"),
        ("extracted monthly from IRS and NOMIS", "monthly"), ("merged into a central system",
            "compilation of statistics"),
    )  # fmt: skip
    says(key, "application", *SAFETY_USES)
    says(
        key, "access",
        ("only security staff working in establishments", "relevant staff based at headquarters",
         "incident reporting system"),
        ("only relevant staff working in headquarters", "central system", "self-harm and assaults statistics"),
        ("among them establishments", "regional offices", "external stakeholders"),
        ("a range of information", "NOMS Performance Hub"),
    )  # fmt: skip
    says(key, ST, "Safety in Custody Statistics")
    says(key, SY, "Chief Inspector of Prisons Annual Report", "Prison Probation Ombudsman Annual Report")


def test_offender_assessment(says: Says) -> None:
    key = "oasys"
    says(key, "description", ("operational database", "assesses the risks and needs", "eligible offenders",
                              "in prisons and in probation trusts"))  # fmt: skip
    says(key, "collection", ("prison staff and probation staff", "locally", "system"))
    says(
        key, "application", ("risks and needs", "offending population"), "resource allocation",
        "performance measurement", "management information", "research",
    )  # fmt: skip
    says(
        key, "access",
        ("Performance hub", "selected management information reports", "quarterly, bi-annually and annually"),
        ("needs analysis", "research", "other ad hoc requests"),
    )  # fmt: skip
    says(key, NS, ("management information reports", "NOMS Performance hub"))
    says(key, ST, NONE)


def test_prison_systems(says: Says) -> None:
    key = "nomis_iis"
    says(key, "description", "prison case management systems", ("p-NOMIS", "Inmate Information System (IIS)", "LIDS"))
    says(
        key, "collection", ("each prison establishment", "p-NOMIS"), ("collated into IIS", "England and Wales"),
        ("extracted weekly, monthly and annually from NOMIS and IIS", "central users", "weekly, monthly and annually"),
        ("historical data", "Local Inmate Database System (LIDS)", "former"),
    )  # fmt: skip
    says(
        key, "application", "tactical management of the prison population",
        "strategic management of the prison population", "operational monitoring", "performance measurement",
    )  # fmt: skip
    says(
        key, "access",
        ("headline figures", "daily", "limited number of internal users", "operational management",
            "day to day"),
        ("breakdown", "weekly", "more detailed than", "headline figures", "restricted", "internal colleagues",
         "key external stakeholders", "other parts of the justice system"),
        ("briefings", "quarterly, monthly and fortnightly", "Foreign National Prisoners", "religion"),
    )  # fmt: skip
    says(
        key, NS, HUB, (ADDENDUM, "wider range of indicators", "for prisons", "prison function"),
        ("Prison Performance Digest", "individual establishment", "prisoner population", "escapes", "absconds",
         "purposeful activity", "release on temporary licence", "random mandatory drug testing"),
    )  # fmt: skip
    says(
        key, ST, "Weekly prison population and accommodation briefing",
        ("Monthly prison population", "last Friday of the month"), OMSQ,
        ("Story of the Prison Population", "ad hoc", "updated periodically"),
        ("Prison Population Projections", "modelling", "short-term part"),
    )  # fmt: skip
    says(
        key, SY, KNIFE, *CJS_BOOKS, "NOMS equalities report", ("Terrorism statistics quarterly bulletin", "Home Office")
    )


def test_probation(says: Says) -> None:
    key = "probation"
    says(key, "description", ("probation supervision", "court reports"), "35 probation trusts")
    says(
        key, "collection",
        ("monthly", "extracts", "starts", "caseload", "terminations", "court reports",
            "each of the 35 probation trusts"),
    )  # fmt: skip
    says(
        key, "application", ("management of offenders", "probation service supervision"), "resource allocation",
        "performance measurement", "management information",
    )  # fmt: skip
    says(key, "access", ("selected data", "upload", "National Offender Management Service (NOMS) Performance hub"))
    says(key, NS, HUB, (ADDENDUM, "wider range of indicators", "probation trusts"))
    says(key, ST, OMSQ)
    says(key, SY, KNIFE, *CJS_BOOKS, "NOMS Annual Equalities Report")


def test_public_protection(says: Says) -> None:
    key = "ppud"
    says(
        key, "description",
        ("case management system", "life sentences", "indeterminate sentences of imprisonment for public protection",
         "recalled offenders", "restricted patients"),
    )  # fmt: skip
    says(key, "collection", ("Public Protection casework", "Mental Health casework", "database"))
    says(
        key, "application", ("parole process", "indeterminate sentence prisoners (ISPs)"),
        ("recall and re-release", "recalled prisoners"), ("case management", "restricted patients"),
        ("discharge", "restricted patients"), ("recall", "restricted patients"),
    )  # fmt: skip
    targets = ("selected data", "returns to custody", "emergency targets", "standard targets")
    says(key, "access", (*targets, "centrally"), (*targets, "Local Criminal Justice Board Performance hub", "monthly"))
    says(
        key, ST, ("Offender Management Statistics Quarterly Bulletin", "annual version"),
        "Licence recalls and returns to custody", "ISP tables and Mentally Disordered Offenders",
    )  # fmt: skip
    says(
        key, NS,
        ("Parole Board Annual Report", "not a statistical release", "required by Parliament", "paragraph 11",
         "Schedule 19", "Criminal Justice Act 2003"),
    )  # fmt: skip


@pytest.mark.parametrize("key", ["easset", "sachs"])
def test_youth_custody(says: Says, key: str) -> None:
    says(key, "description", ("monthly population data", "under-18 custodial population"))
    says(
        key, "collection",
        ("database", "snapshot", "last Friday", "first Friday", "actual end of the month", "on remand",
         "custodial sentences", "monthly"),
    )  # fmt: skip
    says(
        key, "application", ("operational monitoring", "under 18 custodial estate"),
        ("allocation of places", "secure estate", "children", "young people", "custodial remand", "sentence"),
    )  # fmt: skip
    reporting = ("limited number of people", "reporting functionality", "YJB")
    into_custody = ("SACHS", "young people into custody", "Youth Justice Board (YJB)")
    newsletter = ("newsletter", "Sentencing Guidelines Council", "annual", "year on year", "monthly custody data")
    if key == "easset":
        says(key, "access", ("YJB Placement Service", *into_custody), reporting, ("secure establishments", "system"))
        says(
            key, NS, "Monthly population brief", newsletter,
            ("SCH", "STC", "population data", "MoJ", "monthly prison population brief"),
        )  # fmt: skip
        says(key, ST, ("Youth Justice Statistics", "custody chapter", "planned", "2013/14"))
        says(key, SY, ("Replaced", "SACHS", "in March 2012", "reporting until July 2012"))
    else:
        says(key, "access", ("Placements and Casework Service", *into_custody), reporting)
        says(key, NS, ("Monthly population brief", "MoJ website"), newsletter)
        says(
            key, ST, ("Youth Justice Statistics", "custody chapter"),
            ("SCH", "STC", "population data", "MoJ", "Offender Management Statistics quarterly bulletin"),
        )  # fmt: skip
        says(key, SY, ("Replaced by eAsset", "in March 2012", "reporting until July 2012"))


def test_themis(says: Says) -> None:
    key = "themis"
    says(key, "description", ("Youth Offending Team (YOT) returns", "2002/03 to 2008/09", "aggregate level"))
    says(
        key, "collection",
        ("YOT returns of youth justice data", "sent to the Information team", "Youth Justice Board (YJB)",
            "mainly",
         "offences", "disposals", "young people", "Key Performance Indicators (KPIs)"),
        ("uploaded automatically", "Themis"),
    )  # fmt: skip
    says(key, "application", ("operational monitoring", "youth justice system"), ("performance", "YOTs"))
    says(
        key, "access", ("all of the Information Team", "YJB", "Themis"),
        ("some members of policy teams", "extracts of their own"), ("sometimes", "back to YOTs",
            "verification"),
    )  # fmt: skip
    says(key, NS, ("historic data", "on request only"))
    says(key, ST, "Youth Justice Statistics")
    says(key, SY, ("Replaced by YJMIS", "April 2009"))


def test_yjmis(says: Says) -> None:
    key = "yjmis"
    says(key, "description", ("YOT data returns", "record level", "partly also at aggregated level"))
    says(
        key, "collection",
        ("YOTs", "record level returns", "offences", "disposals", "young people",
            "replacement of the Themis system",
         "Asset data", "offender records"),
    )  # fmt: skip
    says(key, "application", ("operational monitoring", "youth justice system"), ("performance", "YOTs"))
    says(
        key, "access", ("Information team", "Analysis Team", "IT staff managing the transition"),
        ("YOTs have access", "population of the database"),
    )  # fmt: skip
    says(key, NS, ("Quarterly YOT performance summary information",), ("Toolkits for Youth Justice Board (YJB)",))
    says(key, ST, ("Youth Justice Statistics", "(OS)"))
    says(key, SY, ("Replaced Themis", "source of YOT data", "April 2009"))


def test_linked_data(read: Callable[[str, str], list[str]], entry: Find) -> None:
    def told(heading: str, *terms: str) -> None:
        text = "\n".join(read("linked", heading)).casefold()
        assert [term for term in terms if term.casefold() not in text] == []

    told("description", "developmental", "linkage of existing administrative data sources", "new", "valuable",
         "information asset", "variety of purposes")  # fmt: skip
    told(
        "collection", "extracted from administrative data sources held by MoJ", "data linking techniques",
        "magistrates' court (Libra)", "Crown court (CREST)", "Police National Computer extract",
            "prisons caseload data",
        "probation caseload data", "NOMS accredited interventions data", "OASys data",
            "sensitive personal data",
        "first name", "surname", "date of birth", "gender", "reference numbers", "arrest summons number",
            "PNC ID",
        "prison number", "Data Improvement Project", "anonymised", "record level", "DWP", "HMRC",
        "offending, employment and benefits", "National Benefits Database", "linkage was done by DWP colleagues",
        "data matching techniques", "2008 to 2011", "about 10 million offenders", "once only", "2000 to 2010",
        "3.6 million offenders", "offending spells", "benefit spells", "employment spells", "within MoJ",
            "outside MoJ",
        "regular production",
    )  # fmt: skip
    told(
        "application", "developmental", "not used for regular official statistics", "regular production",
        "cleaned, linked and quality assured", "internal analyses", "policy development",
            "policy implementation",
        "policy evaluation", "series of ad hoc statistics releases",
    )  # fmt: skip
    told(
        "access", "anonymised linked data", "analysts within MoJ", "necessary safeguards", "business need",
        "only members of the data improvement project team", "sensitive personal data", "personal identifiers",
        "linkage of the different data sources", "regular production", "as are appropriate",
            "timeliness of court cases",
        "routinely", "magistrates' courts and the Crown court", "One Performance Truth", "before publication",
        "management information only",
    )  # fmt: skip
    told(
        NS, "None.", "court timeliness", "no official statistics", "developmental",
            "ad hoc statistics releases",
        "regular production", "release of the data as official statistics",
    )  # fmt: skip
    told(
        ST, "Court Statistics Quarterly", "Judicial and Court Statistics", "court timeliness statistics",
            "quarterly",
        "guest chapter in Criminal Justice Statistics", "National Statistics", "description",
            "initial analysis",
        "internal MoJ linked data", "regular statistical publications", "regular production",
    )  # fmt: skip
    told(SY, "Equality Impact Assessments", "research reports", "MoJ")
    facts = entry("linked")
    assert facts.linkage is not None
    assert [len(each.inputs) for each in facts.linkage.analyses] == [7, 2]
    assert facts.linkage.analyses[0].sources == ("libra", "crest", "pnc", "nomis_iis", "probation", "iaps", "oasys")
    assert not isinstance(facts.statistical, str)
    addresses = [each.href for each in facts.statistical if each.form == "ad_hoc"]
    assert [address.rsplit("/", 1)[1] for address in addresses] == [
        "offending-employment-benefits-emerging-findings-1111.pdf",
        "prov-estimate-benefit-claims-prisoners-may11.pdf",
    ]
