"""What is easily got wrong in the Statement's text: each trap is a test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from piperoll.register.model.facts import Entry
from piperoll.register.model.register import Register
from piperoll.statement import render
from piperoll.statement.document import Statement
from piperoll.statement.prose.share import policy_lines


Find = Callable[[str], Entry]
Read = Callable[[str, str], list[str]]


def flags(entry: Entry, kind: str) -> list[tuple[str, str]]:
    return [(each.heading, each.stated) for each in entry.flags if each.kind == kind]


@pytest.mark.parametrize(
    ("key", "section", "domain"),
    [
        ("crest", "corporate", "criminal_courts"),
        ("language", "corporate", "criminal_courts"),
        ("perfdb", "corporate", "performance"),
        ("iaps", "legal_services_commission", "probation"),
    ],
)
def test_1_misfiled_entries_keep_their_section_and_their_domain(
    entry: Find, key: str, section: str, domain: str
) -> None:
    assert (entry(key).section, entry(key).domain) == (section, domain)
    assert flags(entry(key), "filed_elsewhere")


def test_1_the_others_are_where_they_belong(register: Register) -> None:
    flagged = {key for key, each in register.sources.items() if each.entry and flags(each.entry, "filed_elsewhere")}
    assert flagged == {"crest", "language", "perfdb", "iaps"}


def test_2_an_entry_may_cover_many_systems(entry: Find) -> None:
    names = [each.name for each in entry("tribunals").covers]
    assert names[:6] == ["ARIA", "ETHOS", "Caseflow", "GAPs 2", "MARTHA", "CICA"]
    assert [each.kind for each in entry("tribunals").covers[6:]] == ["set", "records"]
    assert len(entry("ccr_cclf").covers) == 2
    assert [each.former for each in entry("nomis_iis").covers] == [False, False, True]
    assert [entry(key).covers[0].count for key in ("fta", "pnd", "probation")] == [43, 43, 35]


def test_3_easset_names_sachs_for_placements(entry: Find, read: Read) -> None:
    assert [heading for heading, _ in flags(entry("easset"), "needs_owner_confirmation")] == ["access"]
    assert "SACHS" in read("easset", "access")[0]


@pytest.mark.parametrize("key", ["easset", "sachs"])
def test_4_the_day_of_the_snapshot_is_ambiguous(entry: Find, key: str) -> None:
    step = entry(key).collection[0]
    assert len(step.day) == 2
    assert step.depends
    assert "collection" in [heading for heading, _ in flags(entry(key), "ambiguous_in_source")]


def test_5_the_youth_custody_series_straddles_two_systems(entry: Find) -> None:
    statistical = entry("easset").statistical
    assert not isinstance(statistical, str)
    assert statistical[0].when.starts == "2013/14"
    assert statistical[0].when.at(dt.date(2013, 3, 31)) == "planned"
    assert statistical[0].when.at(dt.date(2013, 4, 1)) == "current"
    assert entry("sachs").lifecycle.ends == "2012-07"
    assert any("2012/13" in each.note for each in entry("easset").flags)


def test_6_ccms_is_still_to_come(statement: Statement) -> None:
    found = next(each for each in statement.entries if each.key == "ccms")
    assert (found.state, found.state_words) == ("planned", "planned during 2013")


def test_7_the_disclosure_policy_is_one_object(register: Register, entry: Find) -> None:
    assert register.frame is not None
    assert register.frame.suppression is not None
    keys = [register.frame.suppression.policy, entry("caseman").disclosure, entry("pcol").disclosure]
    assert len({id(register.policies[key]) for key in keys}) == 1
    policy = register.policies[keys[0]]
    assert (policy.suppress_below, policy.suppress_zero, policy.round_to) == (8, True, 5)
    assert policy.change_minimum_base == 30
    assert set(policy.periods) == {"quarter", "year"}
    assert [key for key, each in register.sources.items() if each.entry and each.entry.disclosure] == [
        "caseman",
        "pcol",
    ]


def test_8_the_monthly_feed_is_no_request(entry: Find) -> None:
    for key in ("caseman", "pcol"):
        feed = next(each for each in entry(key).access if "Communities and Local Government" in each.to)
        assert feed.frequency == ("monthly",)
        assert not feed.on_request


def test_9_spelling_of_the_source_is_kept_apart(register: Register, entry: Find) -> None:
    assert "FoI" in register.sources["foi"].title
    assert "Fol" in entry("foi").stated_title
    assert flags(entry("foi"), "source_spelling") == [("title", "Fol")]
    assert ("description", "Representaion") in flags(entry("cis"), "source_spelling")
    assert ("description", "MoJ)") in flags(entry("phoenix"), "source_spelling")
    for source in register.sources.values():
        assert "Representaion" not in source.title


def test_10_about_ten_users_is_approximate(register: Register) -> None:
    limited = {key: s.entry.access[0] for key, s in register.sources.items() if s.entry and s.entry.access[0].users}
    assert set(limited) == {"cms_care", "caseman", "familyman", "fmpo", "pcol"}
    assert all((each.users, each.about) == (10, True) for each in limited.values())


def test_11_page_numbers_and_order(register: Register) -> None:
    entries = [each.entry for each in register.sources.values() if each.entry]
    pages = [each.page for each in entries]
    # the prison systems take two pages
    assert pages == [*range(6, 33), *range(34, 41)]
    assert [each.number for each in register.sources.values()] == list(range(1, 35))


def test_12_phoenix_is_not_the_other_phoenix(entry: Find) -> None:
    assert flags(entry("phoenix"), "same_name_elsewhere")


def test_13_oracle_hr_is_oracle_hrms(register: Register, entry: Find) -> None:
    assert register.sources["oracle_hrms"].title == "ORACLE HRMS"
    assert ("statistical", "Oracle HR") in flags(entry("oracle_hrms"), "source_spelling")


def test_14_two_reports_are_no_statistics(register: Register, entry: Find) -> None:
    assert register.frame is not None
    for key in ("hmcts_annual_report_and_accounts", "senior_presidents_report"):
        assert register.frame.product(key).kind == "non_statistical"
    assert flags(entry("tribunals"), "not_statistics")


def test_15_zero_is_suppressed(register: Register) -> None:
    items = policy_lines(register.policies["possession"], "Policy")[0].items
    assert "zero is such a count" in items[0]


def test_16_three_sources_state_no_statistical_publication(register: Register) -> None:
    none = {key for key, each in register.sources.items() if each.entry and each.entry.statistical == "none"}
    assert none == {"cms_care", "iaps", "oasys"}


def test_16_none_stated_and_not_stated_are_told_apart(register: Register, read: Read) -> None:
    stated = {key for key, each in register.sources.items() if each.entry and each.entry.non_statistical == "none"}
    assert stated == {"tribunals", "pnd", "linked"}
    assert read("pnd", "non_statistical") == ["None."]
    assert read("fta", "non_statistical") == ["None stated, which means that there is none."]


def test_17_libra_breaks_off(entry: Find, read: Read) -> None:
    assert [heading for heading, _ in flags(entry("libra"), "incomplete_in_source")] == ["access"]
    assert "breaks off" in read("libra", "access")[-1]


def test_18_suppression_needs_two_conditions(register: Register) -> None:
    assert register.frame is not None
    rule = register.frame.suppression
    assert rule is not None
    assert len(rule.tests) == 2
    assert "public domain" in rule.tests[0]
    assert "small numbers" in rule.tests[1]
    assert rule.mainly


def test_pcol_says_nothing_of_monthly_performance_figures(entry: Find) -> None:
    assert not any("performance" in each.what for each in entry("pcol").access)
    assert any("performance" in each.what for each in entry("caseman").access)


def test_maat_goes_into_the_report_only(entry: Find) -> None:
    def products(key: str) -> list[str]:
        statistical = entry(key).statistical
        assert not isinstance(statistical, str)
        return [each.product for each in statistical]

    assert products("maat") == ["lsc_statistical_information"]
    for key in ("cwa", "cis", "ccr_cclf", "ccms"):
        assert products(key) == ["lsc_statistical_information", "lsc_core_data_sets"]


def test_successions_agree_from_both_ends(register: Register, entry: Find) -> None:
    edges = {
        (key, edge.relation, edge.other, edge.when.starts)
        for key, source in register.sources.items()
        if source.entry
        for edge in source.entry.successions
    }
    assert edges == {
        ("easset", "replaces", "sachs", "2012-03"),
        ("sachs", "replaced_by", "easset", "2012-03"),
        ("yjmis", "replaces", "themis", "2009-04"),
        ("themis", "replaced_by", "yjmis", "2009-04"),
        ("ccms", "replaces", "cis", "2013"),
        ("cis", "replaced_by", "ccms", "2013"),
        ("pnc", "supplier_became", "Home Office", "2012-10-01"),
        ("nomis_iis", "draws_history_from", "Local Inmate Database System (LIDS)", ""),
    }
    assert entry("easset").successions[0].overlap_until == entry("sachs").successions[0].overlap_until == "2012-07"


def test_no_source_is_closed_or_planned_but_those_said_to_be(register: Register) -> None:
    states = {each.key: each.state for each in render(register).entries if each.state != "current"}
    assert states == {"ccms": "planned", "sachs": "ended", "themis": "ended"}
