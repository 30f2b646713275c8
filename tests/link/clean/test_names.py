"""Nicknames, and codes of sound against what is published of them."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.link.clean import names, nicknames, phonetic


class TestNicknames:
    @pytest.mark.parametrize(
        ("nickname", "name"),
        [
            ("BILL", "WILLIAM"),
            ("WULLIE", "WILLIAM"),
            ("TOM", "THOMAS"),
            ("TWM", "THOMAS"),
            ("PEGGY", "MARGARET"),
            ("HARRY", "HENRY"),
            ("JACK", "JOHN"),
            ("JOCK", "JOHN"),
            ("PADDY", "PATRICK"),
            ("BIDDY", "BRIDGET"),
            ("DAI", "DAVID"),
            ("NYE", "ANEURIN"),
            ("RAB", "ROBERT"),
            ("KATE", "CATHERINE"),
            ("KATHRYN", "CATHERINE"),
            ("STEVEN", "STEPHEN"),
            ("MUHAMMAD", "MOHAMMED"),
            ("WILLIAM", "WILLIAM"),
            ("ROBIN", "ROBIN"),
            ("XERXES", "XERXES"),
            ("bill", "bill"),
            (None, None),
        ],
    )
    def test_examples(self, nickname: str | None, name: str | None) -> None:
        assert nicknames(pl.Series([nickname], dtype=pl.String)).to_list() == [name]

    def test_the_table_is_sound(self) -> None:
        table = names.table()
        assert len(table) > 1000
        assert not set(table) & set(table.values())
        assert all(re.fullmatch("[A-Z]{2,}", name) for name in (*table, *table.values()))

    def test_the_file_is_in_order(self) -> None:
        lines = [line for line in names.NICKNAMES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        assert lines[0] == "canonical,forms,use"
        rows = [line.split(",") for line in lines[1:]]
        assert [row[0] for row in rows] == sorted({row[0] for row in rows})
        assert {row[2] for row in rows} <= {"", "Welsh", "Irish", "Scottish", "spelling"}

    @pytest.mark.parametrize(
        ("rows", "said"),
        [
            ("WILLIAM,BILL,\nWILBUR,BILL,\n", "BILL stands twice"),
            ("WILLIAM,WILLIAM,\n", "WILLIAM stands twice"),
            ("WILLIAM,BILL,\nBILL,BILLY,\n", "BILL is a nickname and a canonical name"),
        ],
    )
    def test_a_faulty_table_is_refused(
        self, rows: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "nicknames.csv"
        path.write_text("# a comment\ncanonical,forms,use\n" + rows, encoding="utf-8")
        monkeypatch.setattr(names, "NICKNAMES", path)
        with pytest.raises(ValueError, match=said):
            names.table.__wrapped__()


# National Archives, Soundex System, and Knuth, The Art of Computer Programming 3, section 6
SOUNDEX = """
Washington W252  Lee L000  Gutierrez G362  Pfister P236  Jackson J250  Tymczak T522  VanDeusen V532  Ashcraft A261
Ashcroft A261  Euler E460  Ellery E460  Gauss G200  Ghosh G200  Hilbert H416  Heilbronn H416  Knuth K530  Kant K530
Lloyd L300  Liddy L300  Lukasiewicz L222  Lissajous L222  Wachs W200  Waugh W200  Robert R163  Rupert R163  Rubin R150
Honeyman H555  O'Brien O165  Ó'Briain O165
""".split()

# pairs in the tests of jellyfish and in descriptions of the code; BOSCH by the definition, which writes no letter twice
NYSIIS = """
Worthy WARTY  Ogata OGAT  Montgomery MANTGANARY  Costales CASTAL  Tu T  Martincevic MARTANCAFAC  Catherine CATARAN
Katherine CATARAN  Johnathan JANATAN  Jonathan JANATAN  John JAN  Teresa TARAS  Theresa TARAS  Jessica JASAC  Joshua JAS
Lapher LAFAR  wiyh WY  MacArthur MCARTAR  Pheenard FANAD  Schmittie SNATY  Knaqze NAGS  Knokno NAN  Knoko NAC  Macaw MC
T T  S S  K C  E E  Pfeister FASTAR  Sarah SAR  Bosch B  Bishop BASAP  Carlson CARLSAN  Carr CAR  Chapman CAPNAN
Franklin FRANCLAN  Greene GRAN  Harper HARPAR  Jacobs JACAB  Larson LARSAN  Lawson LASAN  Louis L  Lynch LYNC
Mackenzie MCANSY  Matthews MAT  McDonald MCDANALD  Morrison MARASAN  Richards RACARD  Silva SALV  Watkins WATCAN
Wheeler WALAR  Willis WAL  Xi X  Evans EVAN  Steven STAFAN  Vaughan VAGAN
""".split()


@pytest.mark.parametrize(("name", "code"), list(zip(SOUNDEX[::2], SOUNDEX[1::2], strict=True)))
def test_soundex(name: str, code: str) -> None:
    assert phonetic(pl.Series([name]), "soundex").to_list() == [code]


@pytest.mark.parametrize(("name", "code"), list(zip(NYSIIS[::2], NYSIIS[1::2], strict=True)))
def test_nysiis(name: str, code: str) -> None:
    assert phonetic(pl.Series([name]), "nysiis").to_list() == [code]


@pytest.mark.parametrize("code", ["soundex", "nysiis", "metaphone"])
class TestBoth:
    def test_nothing_to_hear(self, code) -> None:
        assert phonetic(pl.Series(["", "12", "王", "-", None]), code).to_list() == [None] * 5

    def test_shape_and_order(self, code) -> None:
        values = pl.Series("surname", ["Smith", None, "Jones", "", "Smith"])
        found = phonetic(values, code)
        assert (found.name, found.dtype, found.len()) == ("surname", pl.String, 5)
        assert found[0] == found[4] != found[2]
        assert phonetic(pl.Series("x", [], dtype=pl.String), code).to_list() == []
        assert phonetic(pl.Series([None, None], dtype=pl.String), code).to_list() == [None, None]

    def test_a_slice_is_read_from_where_it_begins(self, code) -> None:
        values = pl.Series(["Abel", "Smith", None, "Jones"])
        assert phonetic(values[1:], code).to_list() == phonetic(values, code).to_list()[1:]

    def test_in_pieces(self, code) -> None:
        values = pl.concat([pl.Series(["Smith"]), pl.Series(["Jones", None])], rechunk=False)
        assert values.n_chunks() == 2
        assert phonetic(values, code).to_list() == [*phonetic(values[:2].rechunk(), code).to_list(), None]


def plain_soundex(name: str) -> str:
    """The rules one by one, as they are told to people."""
    digits = {
        letter: digit
        for digit, letters in enumerate(("BFPV", "CGJKQSXZ", "DT", "L", "MN", "R"), 1)
        for letter in letters
    }
    heard = name[0] + "".join(letter for letter in name[1:] if letter not in "HW")
    codes = [digits.get(letter, 0) for letter in heard]
    kept = [code for code, before in zip(codes[1:], codes, strict=False) if code and code != before]
    return (name[0] + "".join(map(str, kept)) + "000")[:4]


@given(st.lists(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=12), min_size=1, max_size=20))
@settings(max_examples=200, deadline=None)
def test_soundex_equals_the_plain_rules(given_names: list[str]) -> None:
    assert phonetic(pl.Series(given_names), "soundex").to_list() == [plain_soundex(each) for each in given_names]


def plain_nysiis(name: str) -> str:
    """The rules of the definition in turn, by replacing text."""
    for old, new in (("MAC", "MCC"), ("KN", "NN"), ("K", "C"), ("PH", "FF"), ("PF", "FF"), ("SCH", "SSS")):
        if name.startswith(old):
            name = new + name[len(old) :]
            break
    if name[-2:] in ("EE", "IE"):
        name = name[:-2] + "Y"
    elif name[-2:] in ("DT", "RT", "RD", "NT", "ND"):
        name = name[:-2] + "D"
    key = name[0]
    for at in range(1, len(name)):
        before, rest = name[at - 1], name[at:]
        for old, new in (("EV", "AF"), ("KN", "N" + rest[1:2]), ("SCH", "SSS"), ("PH", "FF")):
            if rest.startswith(old):
                rest = new + rest[len(old) :]
                break
        else:
            swap = {**dict.fromkeys("AEIOU", "A"), "Q": "G", "Z": "S", "M": "N", "K": "C"}
            first = swap.get(rest[0], rest[0])
            if (first == "H" and (before not in "AEIOU" or rest[1:2] not in tuple("AEIOU"))) or (
                first == "W" and before in "AEIOU"
            ):
                first = before
            rest = first + rest[1:]
        name = name[:at] + rest
        if name[at] != key[-1]:
            key += name[at]
    if len(key) > 1 and key[-1] == "S":
        key = key[:-1]
    if key[-2:] == "AY":
        key = key[:-2] + "Y"
    if len(key) > 1 and key[-1] == "A":
        key = key[:-1]
    return key


@given(st.lists(st.text("ACDEFHIKMNPRSTVWY", min_size=1, max_size=10), min_size=1, max_size=20))
@settings(max_examples=400, deadline=None)
def test_nysiis_equals_the_plain_rules(given_names: list[str]) -> None:
    assert phonetic(pl.Series(given_names), "nysiis").to_list() == [plain_nysiis(each) for each in given_names]
