from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from justice_world.population import identifiers
from justice_world.population.contacts import SOURCES
from piperoll.register.identifiers import check_character
from piperoll.register.model.codes import IdentifierCheck
from tests.justice_world.population.conftest import Population


LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
PNC = IdentifierCheck("pnc", pattern=r"(?P<year>\d{4})/(?P<serial>\d{7})(?P<check>[A-Z])", letters=LETTERS,
                      numbers=("year", "serial"), take={"year": 2})  # fmt: skip
CRO = IdentifierCheck("cro", pattern=r"(?P<serial>\d{6})/(?P<year>\d{2})(?P<check>[A-Z])", letters=LETTERS,
                      numbers=("year", "serial"))  # fmt: skip
SMALL = IdentifierCheck("sf", pattern=r"SF(?P<year>\d{2})/(?P<serial>\d{1,6})(?P<check>[A-Z])", letters=LETTERS,
                        numbers=("year", "serial"))  # fmt: skip
ASN = IdentifierCheck(
    "asn", letters=LETTERS, numbers=("force", "system", "year", "serial"),
    pattern=r"(?P<year>\d{2})(?P<force>[A-Z0-9]{2})[A-Z0-9]{2}(?P<system>[A-Z0-9]{2})(?P<serial>\d{11})(?P<check>[A-Z])",
)  # fmt: skip
PATTERNS = {"ptiurn": r"^\d{2}[A-Z]{2}\d{7}$", "nomis_no": r"^[A-Z]\d{4}[A-Z]{2}$", "crn": r"^[A-Z]\d{6}$",
            "prison_number": r"^[A-Z]{2}\d{4,5}$"}  # fmt: skip


def right(column: str, value: str) -> bool:
    checks = {"pnc_id": (PNC,), "cro": (CRO, SMALL), "asn": (ASN,)}[column]
    return any(check_character(check, value) for check in checks)


def array(*numbers: int) -> np.ndarray:
    return np.array(numbers)


def test_published_numbers_have_their_check_letters() -> None:
    pnc = identifiers.pnc_ids(array(1979, 2003, 2012), array(163_001, 12_345, 9_876_543))
    assert pnc.to_list() == ["1979/0163001B", "2003/0012345N", "2012/9876543E"]
    cro = identifiers.cro_numbers(array(2008, 2021, 2005), array(1234, 265_416, 482_703), np.array([0, 0, 1], bool))
    assert cro.to_list() == ["001234/08T", "265416/21G", "SF05/482703J"]
    unit = array(25 * 26 + 3, 0)
    asn = identifiers.arrest_summons(array(2011, 2012), array(1, 43), unit, array(410_780, 10_000_001_234))
    assert asn[0] == "1101ZD0100000410780J" and asn[1][:8] == "1243AA01"


@given(st.integers(1951, 2011), st.integers(0, 999_999), st.booleans(), st.integers(1, 63), st.integers(0, 675),
       st.integers(0, 10**11 - 1))  # fmt: skip
def test_check_letters_are_those_that_a_register_declares(
    year: int, serial: int, small: bool, force: int, unit: int, long: int
) -> None:
    assert right("pnc_id", identifiers.pnc_ids(array(year), array(serial))[0])
    assert right("cro", identifiers.cro_numbers(array(year), array(serial), np.array([small]))[0])
    assert right("asn", identifiers.arrest_summons(array(year), array(force), array(unit), array(long))[0])


@given(st.lists(st.integers(1990, 1993), max_size=60), st.integers(0, 199))
def test_serials_are_given_once_in_their_year_and_chunk(years: list[int], chunk: int) -> None:
    serial = identifiers.serials(chunk, np.array(years, dtype=np.int64))
    assert len(set(zip(years, serial.tolist(), strict=True))) == len(years)
    assert ((serial >= 0) & (serial < identifiers.SERIALS)).all()


def test_serials_of_all_chunks_are_different() -> None:
    full = np.full(identifiers.CAPACITY, 2009)
    dealt = np.concatenate([identifiers.serials(chunk, full) for chunk in range(0, 200, 7)])
    assert len(np.unique(dealt)) == len(dealt)
    with pytest.raises(ValueError, match="serials of a year"):
        identifiers.serials(0, np.full(identifiers.CAPACITY + 1, 2009))


@pytest.mark.parametrize("make", [identifiers.noms_numbers, identifiers.prison_numbers, identifiers.case_references])
def test_other_numbers_are_different_and_of_their_form(make) -> None:
    index = np.concatenate([np.arange(40_000), np.arange(9_960_000, 10_000_000), np.arange(13_000_000, 13_040_000)])
    made = make(index)
    assert made.n_unique() == len(index)
    pattern = {"noms_numbers": "nomis_no", "prison_numbers": "prison_number", "case_references": "crn"}[make.__name__]
    assert made.str.contains(PATTERNS[pattern]).all()


@pytest.mark.parametrize("column", ["pnc_id", "cro", "asn"])
def test_every_number_of_a_flawless_population_is_right(flawless: Population, column: str) -> None:
    seen = flawless.all_known("pnc_id", "cro", "asn")[column].drop_nulls().unique()
    assert len(seen) > 5000
    assert [value for value in seen if not right(column, value)] == []


def test_other_numbers_of_a_flawless_population_have_their_form(flawless: Population) -> None:
    for column, pattern in PATTERNS.items():
        seen = flawless.all_known(*PATTERNS)[column].drop_nulls()
        assert len(seen) > 1000 and seen.str.contains(pattern).all(), column


@pytest.mark.parametrize("column", ["pnc_id", "cro", "asn"])
def test_a_wrong_character_is_mostly_caught_by_the_letter(usual: Population, column: str) -> None:
    others = [source for source in SOURCES if source != "pnc" and column in usual.records(source).columns]
    seen = pl.concat([usual.records(source)[column].drop_nulls() for source in others])
    wrong = sum(not right(column, value) for value in seen.to_list()) / len(seen)
    # An arrest/summons number's wrong unit letter shows in nothing; a few slips give another number with its letter.
    assert 0.0010 < wrong < 0.0030


def test_own_keys_are_never_wrong(usual: Population) -> None:
    assert all(right("pnc_id", value) for value in usual.records("pnc")["pnc_id"])
    assert usual.records("nomis")["nomis_no"].str.contains(PATTERNS["nomis_no"]).all()


@given(st.integers(1, 11).flatmap(lambda width: st.tuples(st.just(width), st.lists(st.integers(0, 10**width - 1)))))
def test_digits_looked_up_in_parts_are_the_digits(of: tuple[int, list[int]]) -> None:
    width, numbers = of
    written = [f"{each:0{width}d}" for each in numbers]
    given_ = np.array(numbers, np.int64)
    assert identifiers.padded(given_, width).to_list() == written
    assert identifiers.joined(*identifiers._blocks(given_, width)).to_list() == written


def test_numbers_with_more_digits_are_not_cut() -> None:
    assert identifiers.padded(array(7, 12_345), 3).to_list() == ["007", "12345"]


def test_parts_are_joined_row_by_row() -> None:
    both = identifiers.joined("A", pl.Series("x", ["1", "2"]), "/", pl.Series("y", ["3", "4"]))
    assert both.to_list() == ["A1/3", "A2/4"]
    assert identifiers.joined(pl.Series("x", [], dtype=pl.String), "/").to_list() == []


@given(st.lists(st.integers(0, 10**6)), st.sampled_from([1, 2]))
def test_letters_are_digits_to_the_base_of_26(numbers: list[int], width: int) -> None:
    spelt = ["".join(chr(65 + each // 26**place % 26) for place in range(width - 1, -1, -1)) for each in numbers]
    assert identifiers.letters(np.array(numbers, np.int64), width).to_list() == spelt
