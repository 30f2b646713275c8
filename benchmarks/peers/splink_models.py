"""Splink's models for the linkage benchmarks: cleaning, comparisons, blocking rules and training of each data set.

Only the documented one is taken over, from the example "Deduplicate 50k rows historical persons" of Splink's
documentation; the others are the best that was found here with the comparisons of Splink's library.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import SettingsCreator, block_on


@dataclass(frozen=True)
class Model:
    """A model and how it is trained.

    Attributes:
        cleaning: Columns to select, as SQL.
        sure, recall: Rules that find almost only matches, and the share of all matches that they find, for the prior.
        em: Blocking rules for training by expectation maximisation.
        notes: What is to be known, for the table.
    """

    cleaning: str
    settings: Any
    sure: Sequence[Any]
    recall: float
    em: Sequence[Any]
    notes: str
    u_pairs: float = 1e7
    em_pairs: float | None = None
    link: bool = False


def _settings(link: bool, rules: Sequence[Any], comparisons: Sequence[Any]) -> SettingsCreator:
    return SettingsCreator(
        link_type="link_only" if link else "dedupe_only", blocking_rules_to_generate_predictions=list(rules),
        comparisons=list(comparisons), retain_matching_columns=False, retain_intermediate_calculation_columns=False,
    )  # fmt: skip


def _name(column: str, to: str = "") -> str:
    plain = f"regexp_replace(strip_accents(upper({column})), '[^A-Z ]', '', 'g')"
    return f"nullif(trim({plain}), '') as {to or column}"


def _both(first: str, last: str) -> str:
    return f"{first} || ' ' || {last} as both_names"


def _similar(column: str, label: str, least: float = 0.9) -> Any:
    """Equal with term frequencies, similar, else."""
    return cl.CustomComparison(
        output_column_name=label,
        comparison_levels=[
            cll.NullLevel(column), cll.ExactMatchLevel(column, term_frequency_adjustments=True),
            cll.JaroWinklerLevel(column, least), cll.ElseLevel(),
        ],
    )  # fmt: skip


def _edited(column: str, label: str, last: Any) -> Any:
    """Equal with term frequencies, one edit, two edits, a level of its own, else."""
    return cl.CustomComparison(
        output_column_name=label,
        comparison_levels=[
            cll.NullLevel(column), cll.ExactMatchLevel(column, term_frequency_adjustments=True),
            cll.DamerauLevenshteinLevel(column, 1), cll.DamerauLevenshteinLevel(column, 2), last, cll.ElseLevel(),
        ],
    )  # fmt: skip


def _date(column: str) -> Any:
    """A date as text, with the year as the last level."""
    return _edited(column, column, cll.CustomLevel(f"substr({column}_l,1,4) = substr({column}_r,1,4)"))


# --- historical_50k ---------------------------------------------------------------------------------------------------

_HISTORICAL = "first_name, surname, dob, gender, postcode_fake, birth_place, occupation, " + _both(
    "first_name", "surname"
)
_DOCUMENTED = (
    ("substr(first_name,1,3)", "substr(surname,1,4)"), ("surname", "dob"), ("first_name", "dob"),
    ("postcode_fake", "first_name"), ("postcode_fake", "surname"), ("dob", "birth_place"),
    ("substr(postcode_fake,1,3)", "dob"), ("substr(postcode_fake,1,3)", "first_name"),
    ("substr(postcode_fake,1,3)", "surname"), ("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
)  # fmt: skip
_WIDER = (
    ("surname", "birth_place"), ("surname", "occupation"), ("first_name", "birth_place", "occupation"),
    ("dob", "occupation"), ("surname", "substr(dob,1,4)"), ("first_name", "substr(dob,1,4)", "birth_place"),
    ("first_name", "substr(dob,1,4)", "occupation"), ("postcode_fake",), ("dob",), ("substr(dob,1,4)", "birth_place",
    "occupation"), ("surname", "first_name"), ("substr(surname,1,4)", "substr(dob,1,4)"),
    ("substr(surname,1,4)", "birth_place"), ("first_name", "birth_place"), ("first_name", "occupation"),
    ("first_name", "substr(dob,1,4)"), ("least(first_name, surname)", "greatest(first_name, surname)"),
    ("substr(postcode_fake,1,4)", "substr(dob,1,4)"), ("substr(surname,1,4)", "occupation"),
    ("substr(surname,1,3)", "substr(first_name,1,1)", "substr(dob,6,5)"),
)  # fmt: skip


def _historical(rules: Sequence[Sequence[str]], notes: str, comparisons: Sequence[Any]) -> Model:
    near = ("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)")
    return Model(
        _HISTORICAL, _settings(False, [block_on(*rule) for rule in rules], comparisons),
        sure=(block_on("first_name", "surname", "dob"), block_on(*near), block_on("dob", "postcode_fake")),
        recall=0.6, em=(block_on("first_name", "surname"), block_on("dob")), notes=notes, u_pairs=5e6,
    )  # fmt: skip


def _common(*columns: str) -> list[Any]:
    return [cl.ExactMatch(each).configure(term_frequency_adjustments=True) for each in columns]


def historical_documented() -> Model:
    """The documentation's example, as it is."""
    names = cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="both_names")
    date = cl.DateOfBirthComparison("dob", input_is_string=True)
    comparisons = [names, date, cl.PostcodeComparison("postcode_fake"), *_common("birth_place", "occupation")]
    return _historical(_DOCUMENTED, "the model of its own documentation", comparisons)


def historical_wide() -> Model:
    """More rules, as long as they made B-cubed better; names apart; dates and postcodes by edits; gender."""
    rules = (*_DOCUMENTED, *_WIDER)
    notes = (
        f"{len(rules)} blocking rules, names compared apart, dates and postcodes by one and two edits, gender"
        " (the best of eleven variants on this truth)"
    )
    place = cll.CustomLevel("split_part(postcode_fake_l, ' ', 1) = split_part(postcode_fake_r, ' ', 1)")
    comparisons = [
        cl.NameComparison("first_name"), cl.NameComparison("surname"), _date("dob"),
        _edited("postcode_fake", "postcode", place), *_common("birth_place", "occupation"), cl.ExactMatch("gender"),
    ]  # fmt: skip
    return _historical(rules, notes, comparisons)


# --- FEBRL ------------------------------------------------------------------------------------------------------------


def febrl(link: bool) -> Model:
    """All fields; the documentation's blocking rules for FEBRL and more."""
    rules = (
        ("soc_sec_id",), ("given_name",), ("surname",), ("date_of_birth",), ("postcode",), ("address_1",), ("suburb",),
        ("street_number", "state", "substr(date_of_birth,1,4)"), ("substr(date_of_birth,1,4)", "substr(surname,1,3)"),
    )  # fmt: skip
    names = cl.ForenameSurnameComparison("given_name", "surname", forename_surname_concat_col_name="both_names")
    comparisons = [
        names, cl.DateOfBirthComparison("date_of_birth", input_is_string=True),
        cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("postcode", [1]).configure(term_frequency_adjustments=True),
        _similar("address_1", "street"), _similar("suburb", "town"), _similar("address_2", "building"),
        cl.ExactMatch("state"),
    ]  # fmt: skip
    text = ", ".join(_name(each) for each in ("given_name", "surname", "address_1", "address_2", "suburb"))
    plain = "date_of_birth, soc_sec_id, street_number, postcode, state"
    return Model(
        f"{text}, {plain}, {_both('given_name', 'surname')}",
        _settings(link, [block_on(*rule) for rule in rules], comparisons),
        sure=(block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")), recall=0.9,
        em=(block_on("date_of_birth"), block_on("postcode"), block_on("soc_sec_id")),
        notes=f"all fields, {len(rules)} blocking rules", link=link,
    )  # fmt: skip


# --- pseudopeople -----------------------------------------------------------------------------------------------------


def pseudopeople() -> Model:
    """Names, middle initial, date of birth, sex."""
    rules = (
        ("first_name", "last_name"), ("last_name", "dob"), ("first_name", "dob"), ("dob", "middle"),
        ("last_name", "substr(dob,1,4)"), ("first_name", "substr(dob,1,4)", "substr(last_name,1,1)"), ("dob",),
        ("first_name", "substr(dob,6,5)"), ("last_name", "substr(dob,6,5)"), ("last_name", "middle"),
        ("substr(last_name,1,3)", "substr(first_name,1,3)"), ("first_name", "middle", "substr(last_name,1,1)"),
        ("least(first_name, last_name)", "greatest(first_name, last_name)"),
        ("substr(dob,1,7)", "substr(last_name,1,2)"), ("substr(dob,1,7)", "substr(first_name,1,2)"),
    )  # fmt: skip
    comparisons = [
        cl.NameComparison("first_name"), cl.NameComparison("last_name"), _date("dob"), *_common("middle"),
        cl.ExactMatch("sex"),
    ]  # fmt: skip
    cleaning = f"{_name('first_name')}, {_name('last_name')}, upper(substr(middle_name,1,1)) as middle, dob, sex"
    return Model(
        cleaning, _settings(True, [block_on(*rule) for rule in rules], comparisons),
        sure=(block_on("first_name", "last_name", "dob"),), recall=0.8,
        em=(block_on("first_name", "last_name"), block_on("dob")),
        notes=f"{len(rules)} blocking rules, names compared apart, dates by edits"
        " (the best of four on the truth of seed 1)",
        link=True,
    )  # fmt: skip


# --- simulated sources ------------------------------------------------------------------------------------------------

_IDENTIFIERS = ("pnc_id", "cro", "asn", "prison_number", "nomis_no", "crn")
# Ten rules that the speed of both tools is measured with; `link_speed.RULES` are the same for Piperoll.
TEN = (
    ("pnc_id",), ("prison_number",), ("asn",), ("surname", "dob"), ("forename", "dob"),
    ("forename", "surname", "substr(dob,1,4)"), ("postcode", "forename"), ("postcode", "surname"), ("dob", "postcode"),
    ("substr(surname,1,3)", "substr(forename,1,1)", "substr(dob,6,5)"),
)  # fmt: skip
_WIDE = (
    ("cro",), ("nomis_no",), ("crn",), ("dob", "district"), ("forename", "surname", "district"),
    ("least(forename, surname)", "greatest(forename, surname)", "substr(dob,6,5)"),
    ("least(forename, surname)", "greatest(forename, surname)", "substr(dob,1,4)"),
    ("surname", "substr(forename,1,1)", "substr(dob,1,4)"), ("forename", "substr(surname,1,3)", "substr(dob,1,4)"),
    ("substr(dob,1,4)", "least(substr(dob,6,2), substr(dob,9,2))", "greatest(substr(dob,6,2), substr(dob,9,2))",
     "substr(surname,1,2)"),
    ("dob", "substr(forename,1,2)"), ("dob", "substr(surname,1,2)"), ("forename", "surname"),
)  # fmt: skip


def _number(column: str) -> str:
    return f"nullif(regexp_replace(upper({column}), '[^A-Z0-9]', '', 'g'), '') as {column}"


def _sources(
    names: Sequence[Any], identifiers: Sequence[str], rules: Sequence[Sequence[str]], notes: str, em_pairs: float | None
) -> Model:
    both = cll.And(cll.NullLevel("postcode"), cll.NullLevel("town"))
    address = cl.CustomComparison(
        output_column_name="address",
        comparison_levels=[
            both, cll.ExactMatchLevel("postcode", term_frequency_adjustments=True), cll.LevenshteinLevel("postcode", 1),
            cll.ExactMatchLevel("district"), cll.ExactMatchLevel("town"), cll.ElseLevel(),
        ],
    )  # fmt: skip
    numbers = [cl.LevenshteinAtThresholds(each, [1]) for each in identifiers]
    date = cl.DateOfBirthComparison("dob", input_is_string=True)
    cleaning = ", ".join([
        _name("forename"), _name("surname"), "dob", "sex", "upper(postcode) as postcode", _name("town"),
        "upper(split_part(postcode, ' ', 1)) as district", *map(_number, identifiers), _both("forename", "surname"),
    ])  # fmt: skip
    return Model(
        cleaning,
        _settings(False, [block_on(*rule) for rule in rules], [*names, date, cl.ExactMatch("sex"), address, *numbers]),
        sure=(block_on("pnc_id"), block_on("forename", "surname", "dob")), recall=0.8,
        em=(block_on("forename", "surname"), block_on("dob"), block_on("pnc_id")), notes=notes, em_pairs=em_pairs,
    )  # fmt: skip


def simulated() -> Model:
    """All identifiers, wide rules."""
    rules = (*TEN, *_WIDE)
    names = cl.ForenameSurnameComparison("forename", "surname", forename_surname_concat_col_name="both_names")
    return _sources([names], _IDENTIFIERS, rules, f"six identifiers, {len(rules)} blocking rules", None)


def speed() -> Model:
    """Ten rules, three identifiers; training on at most 2 million pairs."""
    names = [cl.NameComparison(each, jaro_winkler_thresholds=[0.92, 0.88]) for each in ("forename", "surname")]
    return _sources(names, ("pnc_id", "prison_number", "asn"), TEN, "u from at most 1e7 pairs, EM from 2e6", 2e6)


MODELS: dict[str, Callable[[], Model]] = {
    "historical_documented": historical_documented,
    "historical_wide": historical_wide,
    "febrl": lambda: febrl(False),
    "febrl_link": lambda: febrl(True),
    "pseudopeople": pseudopeople,
    "simulated": simulated,
    "speed": speed,
}
