"""Text files: what is found is told, what cannot be known is refused."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.collect.encodings import Encoding, canonical, find_encoding, rewrite
from piperoll.collect.limits import Limits
from piperoll.collect.prepare import prepare
from piperoll.collect.prepared import Prepared
from piperoll.collect.text import Told
from piperoll.errors import UserError
from piperoll.register.model.register import Register


CASE = "status,case_number,kind,opened,amount,party_name,party_born,postcode,urgent"
ROW = "N,AB000001,A,2012-05-01,10.00,Zo\u00eb \u0141uk\u00e1\u010d,1980-01-01,AB1 2CD,true"
WESTERN = ROW.replace("\u0141uk\u00e1\u010d", "M\u00fcller")


@pytest.fixture
def read(tiny: Register, tmp_path: Path, work: Path, limits: Limits):
    def reader(data: bytes, name: str = "a.csv", dataset: str = "cases.case", **said: str) -> Prepared:
        path = tmp_path / name
        path.write_bytes(data)
        return prepare(path, work, tiny.dataset(dataset), name, limits, Told(**said))

    return reader


def refused(read, data: bytes, code: str, **said: str) -> UserError:
    with pytest.raises(UserError) as caught:
        read(data, **said)
    assert caught.value.code == code
    assert "Zo" not in caught.value.sentence and "AB000001" not in caught.value.sentence
    return caught.value


def text(*rows: str, newline: str = "\n") -> str:
    return newline.join((CASE, *rows, ""))


def test_a_file_as_agreed_is_read_in_place_without_a_note(read, tmp_path):
    got = read(text(ROW).encode())
    assert got.path == tmp_path / "a.csv"
    assert (got.delimiter, got.quote, got.skip, got.first_row, got.notes) == (",", '"', 1, 2, ())
    assert got.mapping == {name: name for name in CASE.split(",")}


@pytest.mark.parametrize(
    ("encoding", "mark", "note"),
    [
        ("utf-8", b"\xef\xbb\xbf", None),
        ("utf-16-le", b"\xff\xfe", "UTF-16-LE"),
        ("utf-16-be", b"\xfe\xff", "UTF-16-BE"),
        ("utf-32-le", b"\xff\xfe\0\0", "UTF-32-LE"),
    ],
)
def test_a_byte_order_mark_says_the_encoding(read, encoding, mark, note):
    got = read(mark + text(ROW).encode(encoding))
    assert got.path.read_text(encoding="utf-8") == text(ROW)
    assert [n for n in got.notes if "byte order mark" in n] == ([got.notes[0]] if note else [])
    assert note is None or note in got.notes[0]


def test_windows_1252_must_be_told(read):
    data = text(WESTERN).encode("cp1252")
    error = refused(read, data, "PR-C008")
    assert "windows-1252" in error.fix
    assert read(data, encoding="windows-1252").path.read_text(encoding="utf-8") == text(WESTERN)


def test_utf8_proves_itself_where_windows_1252_was_agreed(read):
    got = read(text(ROW).encode(), encoding="windows-1252")
    assert got.notes == ("The file is UTF-8; agreed was Windows-1252.",)
    plain = read(text(ROW.replace("Zo\u00eb \u0141uk\u00e1\u010d", "Ann")).encode(), encoding="cp1252")
    assert plain.notes == ()


def test_bytes_that_are_in_no_agreed_encoding_are_refused(read):
    data = text(WESTERN).encode("cp1252").replace(b"10.00", b"\x81.00")
    assert "neither" in refused(read, data, "PR-C008", encoding="windows-1252").message
    refused(read, b"\xef\xbb\xbf" + text(WESTERN).encode("cp1252"), "PR-C008")
    refused(read, b"\xff\xfe" + text(ROW).encode("utf-16-le")[:-1], "PR-C008")


def test_utf16_without_a_mark_is_refused_not_guessed(read):
    assert "UTF-16" in refused(read, text(ROW).encode("utf-16-le"), "PR-C008").message
    assert read(text(ROW).encode("utf-16-le"), encoding="utf-16-le").path.read_text("utf-8") == text(ROW)


def test_an_unknown_encoding_is_a_sentence(read):
    refused(read, text(ROW).encode(), "PR-C008", encoding="latin-99")
    refused(read, text(ROW).encode(), "PR-C008", encoding="base64")


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\0")), st.sampled_from(["utf-16-le", "utf-8", "utf-32-be"])
)
def test_rewriting_keeps_every_character(tmp_path_factory, words, name):
    folder = tmp_path_factory.mktemp("rewrite")
    (folder / "in").write_bytes(words.encode(name))
    rewrite(folder / "in", Encoding(name), folder / "out", "in")
    assert (folder / "out").read_bytes() == words.encode("utf-8")


def test_a_wrong_byte_is_placed_beyond_the_first_block(tmp_path):
    path = tmp_path / "big"
    path.write_bytes(b"x" * (1 << 20) + "\u00e9".encode() + b"y" * 10 + b"\xff")
    with pytest.raises(UserError, match=str((1 << 20) + 13)):
        find_encoding(path, "utf-8", "big")
    # A character cut by the edge of a block is whole again.
    path.write_bytes(b"x" * ((1 << 20) - 1) + "\u00e9".encode())
    assert find_encoding(path, "utf-8", "big").name == canonical("UTF8")


@pytest.mark.parametrize(("delimiter", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")])
def test_another_delimiter_is_found_by_the_header_and_told(read, delimiter, word):
    got = read(text(ROW).replace(",", delimiter).encode())
    assert got.delimiter == delimiter
    assert got.notes == (f"Values are divided by {word}, not commas as agreed.",)


def test_single_quotes_are_found_and_told(read):
    quoted = "\n".join(",".join(f"'{v}'" for v in line.split(",")) for line in (CASE, ROW)) + "\n"
    got = read(quoted.encode())
    assert got.quote == "'" and got.notes == ("Values are quoted with single quotes.",)


def test_a_title_above_the_header_is_told(read):
    got = read(("Cases of May\n\n" + text(ROW)).encode())
    assert (got.skip, got.first_row) == (3, 4)
    assert got.notes == ("The header stands in row 3, not 1 as agreed.",)


def test_line_ends(read):
    assert read(text(ROW, newline="\r\n").encode()).newline == "\r\n"
    old = read(text(ROW, newline="\r").encode())
    assert old.newline == "\n" and old.path.read_text("utf-8") == text(ROW)
    assert "carriage return" in old.notes[0]


def test_a_header_in_other_words_is_matched_and_told(read):
    got = read(text(ROW).replace("case_number", "Case No").replace("party_name", " Party Name ").encode())
    assert got.mapping["case_number"] == "Case No" and got.mapping["party_name"] == "Party Name"
    assert got.notes == ("The column `party_name` is written `Party Name`.",)


def test_columns_missing_twice_and_extra(read):
    assert "`kind`" in refused(read, text(ROW).replace(",kind", "").encode(), "PR-C011").message
    assert "may be `kind`" in refused(read, text(ROW).replace("kind", "kinds").encode(), "PR-C011").fix
    assert "twice" in refused(read, text(ROW).replace("amount", "KIND").encode(), "PR-C011").message
    got = read(text(ROW).replace("urgent", "shoe_size").encode())
    assert got.extra == ("shoe_size",) and "`urgent` is absent" in got.notes[0]


def test_a_missing_header_is_not_repeated(read):
    error = refused(read, f"{ROW}\n{ROW}\n".encode(), "PR-C010")
    assert "header" in error.message and "status, case_number" in error.fix


@pytest.mark.parametrize("data", [b"", b"\n\n  \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_not_a_nil_delivery(read, data):
    assert "--nil" in refused(read, data, "PR-C006").fix


def test_a_huge_header_is_refused(read):
    refused(read, b"a" * (3 << 20), "PR-C009")
    refused(read, (CASE + "," + ",".join(f"x{i}" for i in range(3000)) + "\n").encode(), "PR-C009")


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"<!DOCTYPE html><p>", "web page"),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>', "XML"),
        (b"BZh9", "bzip2"),
        (b"SQLite format 3\0", "SQLite"),
    ],
)
def test_other_formats_are_named(read, head, word):
    assert word in refused(read, head + b"x" * 100, "PR-C007").message


def test_names_that_are_sql_or_markup_are_only_names(read):
    evil = 'x"; DROP TABLE "a'
    header = CASE + ',"x""; DROP TABLE ""a",<script>alert(1)</script>,\x1b[31m'
    got = read(f"{header}\n{ROW},1,2,3\n".encode())
    assert got.extra == (evil, "<script>alert(1)</script>", "?[31m")


def test_fixed_width_is_cut_and_a_header_left_out(read):
    data = "AB01The Long House      120\nAB02Short                 7 and more\n\nAB03\n"
    for head in ("", "codename                beds\n"):
        got = read((head + data).encode(), "p.txt", "stock.place")
        rows = pq.read_table(got.path).to_pylist()
        assert [r["code"] for r in rows] == ["AB01", "AB02", "AB03"]
        assert rows[0]["name"] == "The Long House" and rows[0]["beds"] == "120" and rows[2]["beds"] == ""
        assert [r["_row"] - bool(head) for r in rows] == [1, 2, 4]
        assert got.notes == ("Lines that go on beyond the last agreed column, and of which the rest was not read: 1.",)
