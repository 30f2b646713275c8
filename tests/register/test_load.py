"""A register is loaded whole, or its mistakes are told whole."""

from __future__ import annotations

import datetime as dt
import os
import re

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piperoll.errors import Problems, UserError
from piperoll.register import inspect, load
from piperoll.register.files import MAX_BYTES
from piperoll.register.identifiers import Part, check_character, forms
from piperoll.register.model.codes import IdentifierCheck

from .conftest import BASE, JUSTICE, copy_with


@pytest.fixture(scope="module")
def small():
    return load(BASE)


def test_head(small):
    assert (small.key, small.title, small.owner) == ("small", "A small register", "Office of Examples")
    assert small.root == BASE
    assert small.frame is None


def test_short_forms(small):
    ticket = small.dataset("tickets.ticket")
    assert ticket.title == "Tickets issued"
    assert [code.code for code in small.codes["status"].codes] == ["N", "A", "D"]
    assert small.codes["status"].get("N").label == "New"
    assert small.suppliers["forces"].get("south").name == "South force"
    assert small.publications["fines"].notes[0].text == "Tickets are counted by the day of issue."
    assert small.groups["statisticians"].title == "Statisticians"


def test_class_is_cls(small):
    assert small.dataset("tickets.ticket").field("ticket_no").cls == "L"
    assert small.dataset("tickets.ticket").vault_columns == ("ticket_no", "holder", "born")


def test_codes_of_a_csv_keep_their_zeros_and_attributes(small):
    area = small.codes["area"]
    assert [code.code for code in area.codes] == ["01", "02", "02"]
    assert area.codes[0].attributes == {"households": "100"}
    assert area.codes[1].valid_to == dt.date(2011, 12, 31)
    assert area.codes[1].valid(dt.date(2011, 12, 31))
    assert not area.codes[2].valid(dt.date(2011, 12, 31))


def test_values_as_typed(small):
    ticket = small.dataset("tickets.ticket")
    assert ticket.owed_from == "2011-01"
    assert ticket.field("issued").min == "2000-01-01"
    assert ticket.field("amount").max == 1000
    assert ticket.field("amount").min == 0
    assert small.policies["counts"].suppress_below == 5


def test_sources_stand_in_their_order(edited):
    root = edited(write={"sources/zebra.yaml": "title: Z\nnumber: 0\n", "sources/late.yaml": "title: L\nnumber: 7\n"})
    assert list(load(root).sources) == ["tickets", "late", "zebra"]


def test_one_number_one_source(edited):
    root = edited(write={"sources/other.yaml": "title: O\nnumber: 1\n"})
    assert [str(each) for each in inspect(root)[1]] == [
        "PR-R022 sources/tickets.yaml:2: `number`: Source `other` has the number 1, too."
    ]


def test_identifier_checks(small):
    check = small.identifiers["ticket"]
    assert check_character(check, "2003/0012345N")
    assert check_character(check, "2003/12345N")
    assert not check_character(check, "2003/0012346N")
    assert not check_character(check, "2003/0012345n")
    assert not check_character(check, "")


def test_an_identifier_without_letters_has_its_form_alone():
    check = IdentifierCheck("k", pattern="[A-Z]{2}[0-9]{4}")
    assert check_character(check, "AB1234")
    assert not check_character(check, "AB123")
    assert not check_character(check, "AB12345")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("", ()),
        ("{a}", ((Part("", "a"),),)),
        ("{a:7}", ((Part("", "a", 7),),)),
        ("{a:1930+}", ((Part("", "a", 0, 1930),),)),
        ("X{a}/{b_2:07}Y", ((Part("X"), Part("", "a"), Part("/"), Part("", "b_2", 7), Part("Y")),)),
        ("{a} | Z{b}", ((Part("", "a"),), (Part("Z"), Part("", "b")))),
        ("plain", ((Part("plain"),),)),
    ],
)
def test_forms_of_identifiers(form, expected):
    assert forms(form) == expected


@pytest.mark.parametrize("form", ["{", "}", "{a", "{a:}", "{a:x}", "{a:193+}", "{a:123}", "{1}", "{a}} | b"])
def test_forms_that_cannot_be_read(form):
    with pytest.raises(ValueError, match="cannot be read"):
        forms(form)


class TestHash:
    def test_same_files_same_hash(self, edited):
        assert load(edited()).hash == load(edited()).hash == load(BASE).hash
        assert re.fullmatch("[0-9a-f]{64}", load(BASE).hash)

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("register.yaml", "# a comment\n"),
            ("publications/fines/issued.sql", "-- a comment\n"),
            ("codes/area.csv", "03,West,E,,,5\n"),
        ],
    )
    def test_any_change_changes_it(self, edited, name, text):
        root = edited()
        (root / name).write_text((root / name).read_text() + text)
        assert load(root).hash != load(BASE).hash

    def test_another_name_changes_it(self, edited):
        root = edited(write={"notes.txt": "x"})
        other = edited(write={"note.txt": "x"})
        assert load(root).hash != load(other).hash

    def test_hidden_files_do_not_count(self, edited):
        root = edited(write={".DS_Store": "x", ".git/config": "x", "sources/__pycache__/x.pyc": "x", "a.yaml~": "x"})
        assert load(root).hash == load(BASE).hash


class TestFiles:
    def test_no_directory(self, tmp_path):
        with pytest.raises(UserError) as caught:
            load(tmp_path / "nowhere")
        assert caught.value.code == "PR-R001"

    def test_no_register_yaml(self, tmp_path):
        with pytest.raises(UserError) as caught:
            load(tmp_path)
        assert caught.value.code == "PR-R001"

    def test_wrong_encoding(self, edited):
        root = edited()
        (root / "codes" / "status.yaml").write_bytes("title: Status\ncodes: {N: Nouveau, É: Été}\n".encode("latin-1"))
        found = inspect(root)[1]
        assert [str(each) for each in found] == [
            "PR-R002 codes/status.yaml:2: The file is not in UTF-8. Save it as UTF-8."
        ]

    def test_utf16(self, edited):
        root = edited()
        (root / "policies" / "counts.yaml").write_bytes("title: C\n".encode("utf-16"))
        assert [each.code for each in inspect(root)[1]] == ["PR-R002"]

    def test_byte_order_mark_and_windows_lines(self, edited):
        root = edited()
        path = root / "codes" / "status.yaml"
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
        assert load(root).codes == load(BASE).codes

    def test_sql_that_is_not_utf8(self, edited):
        root = edited()
        (root / "publications" / "fines" / "issued.sql").write_bytes(b"SELECT '\xff'")
        assert "PR-R002" in [each.code for each in inspect(root)[1]]

    def test_too_large(self, edited):
        root = edited()
        with (root / "codes" / "status.yaml").open("a") as out:
            out.write("#" * MAX_BYTES)
        assert [each.code for each in inspect(root)[1]] == ["PR-R005"]

    def test_link_out_of_the_register(self, edited, tmp_path):
        root = edited()
        secret = tmp_path / "secret.yaml"
        secret.write_text("title: Secret\n")
        (root / "policies" / "secret.yaml").symlink_to(secret)
        (root / "more").symlink_to(tmp_path)
        found = inspect(root)[1]
        assert [(each.code, each.where) for each in found] == [
            ("PR-R006", "more"),
            ("PR-R006", "policies/secret.yaml"),
        ]

    def test_link_within_the_register(self, edited):
        root = edited()
        (root / "policies" / "again.yaml").symlink_to(root / "policies" / "counts.yaml")
        assert set(load(root).policies) == {"counts", "again"}

    @pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
    def test_unreadable(self, edited):
        root = edited()
        (root / "policies" / "counts.yaml").chmod(0)
        assert [each.code for each in inspect(root)[1]] == ["PR-R002"]

    def test_a_list_where_a_mapping_belongs(self, edited):
        root = edited(write={"policies/counts.yaml": "- a\n- b\n", "codes/status.yaml": "just text\n"})
        assert [each.code for each in inspect(root)[1]] == ["PR-R012", "PR-R012"]


class TestMutations:
    """One wrong key, or a wrong value, always gives a problem that names it; never a traceback, never silence."""

    FILES = sorted(path.relative_to(BASE).as_posix() for path in BASE.rglob("*.yaml"))

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_a_mutated_key_is_named(self, data, tmp_path_factory):
        name = data.draw(st.sampled_from(self.FILES))
        text = (BASE / name).read_text()
        # keys of mappings that name things (of a short form, codes, dimensions) may be anything
        keys = [m for m in re.finditer(r"(?<![\w'\"])([a-z_]{3,})(?=: )", text) if m[1] not in FREE]
        found = data.draw(st.sampled_from(keys))
        wrong = found[1] + "q"
        root = copy_with(tmp_path_factory.mktemp("mutated") / "r")
        (root / name).write_text(text[: found.start()] + wrong + text[found.end() :])
        line = text.count("\n", 0, found.start()) + 1
        _, problems = inspect(root)
        assert any(each.where == f"{name}:{line}" and each.key.endswith(wrong) for each in problems)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_any_damage_gives_sentences(self, data, tmp_path_factory):
        name = data.draw(st.sampled_from(self.FILES + ["codes/area.csv", "publications/fines/paid.sql"]))
        text = (BASE / name).read_text()
        at = data.draw(st.integers(0, len(text) - 1))
        junk = data.draw(st.sampled_from(["", "[", "}", ": ", "- ", "\t", "'", '"', "é", "\x00", "&a", "*a", "(", "0"]))
        length = data.draw(st.integers(0, 20))
        root = copy_with(tmp_path_factory.mktemp("damaged") / "r")
        (root / name).write_text(text[:at] + junk + text[at + length :])
        register, problems = inspect(root)
        assert (register is None) == bool(problems)
        for each in problems:
            assert re.match(r"PR-[REQ]\d{3} ", str(each))
            assert "Traceback" not in str(each)
            assert "<class" not in str(each)

    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_any_value_in_any_place_gives_sentences(self, data, tmp_path_factory):
        name = data.draw(st.sampled_from(self.FILES))
        tree = yaml.safe_load((BASE / name).read_text())
        path = data.draw(st.sampled_from(paths(tree)))
        odd = data.draw(
            st.sampled_from([None, [], {}, [1], [[]], {"a": 1}, {"": None}, "x", "", -1, 0.5, True, [None], [{}]])
        )
        holder = tree
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = odd
        root = copy_with(tmp_path_factory.mktemp("odd") / "r")
        (root / name).write_text(yaml.safe_dump(tree, sort_keys=False))
        register, problems = inspect(root)
        assert (register is None) == bool(problems)
        assert all(each.code and each.message for each in problems)


def paths(tree, above=()):
    """Every place in a tree."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [place for key, each in pairs for place in [(*above, key), *paths(each, (*above, key))]]


FREE = {"area", "region", "head", "statisticians", "tickets", "paid", "share", "rate", "change", "north", "south",
        "ticket", "reminder", "year", "serial"}  # fmt: skip


@pytest.mark.skipif(not (JUSTICE / "register.yaml").exists(), reason="the register of justice is not here")
class TestJustice:
    def test_34_sources(self):
        register = load(JUSTICE)
        assert len(register.sources) == 34
        assert [source.number for source in register.sources.values()] == list(range(1, 35))

    def test_contracts(self):
        register = load(JUSTICE)
        assert {"caseman", "pcol"} <= {source.key for source, _ in register.datasets()}

    def test_problems_are_none(self):
        try:
            load(JUSTICE)
        except Problems as error:
            pytest.fail(error.sentence)
