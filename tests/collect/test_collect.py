"""Deliveries end to end: verdicts, receipts, what is kept where, what changes nothing."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest

from piperoll.collect import Receipt, Stated
from piperoll.errors import UserError
from piperoll.govern import Actor
from piperoll.store.vault import entry


ONE = "N,AB000001,A,2012-05-01,10.00,Zoe Canary,1980-01-01,AB1 2CD,true"
TWO = "N,AB000002,C,2012-05-02,5,Ann Canary,1981-01-01,AB9 2CD,false"
BAD = "N,AB000003,X,2012-05-02,5,Bob Canary,1981-01-01,ZZ9 2CD,false"
BIG = "N,AB000004,A,2012-05-02,2000000,Cat Canary,1981-01-01,AB1 2CD,false"
EVENT = "case_number,event_seq,event_date,note_of\n"
MAY, EVENTS = "cases_case_north_2012-05.csv", "cases_event_north_2012-05.csv"


def held(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Data"
    for row in (["person_number", "since", "ethnicity"], *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_accepted(home, cases):
    got = home.take(MAY, cases(ONE, TWO))
    assert (got.verdict, got.rows_in, got.rows_kept, got.rows_refused) == ("accepted", 2, 2, 0)
    rows = home.rows("cases.case", "case_number, kind, area, party_age, urgent, _row")
    assert rows == sorted(
        [
            (home.keyring.token("AB000001", "case"), "A", "E1", 32, True, 2),
            (home.keyring.token("AB000002", "case"), "C", "E2", 31, False, 3),
        ]
    )
    assert b"".join(entry.original(home.vault, home.keyring, got.delivery, purpose="test")) == cases(ONE, TWO).encode()
    assert [e.action for e in home.journal.audit_entries()] == ["collect.deliver"]


def test_accepted_less_refused_rows_which_can_be_read_again(home, cases):
    got = home.take(MAY, cases(ONE, TWO, BAD))
    assert (got.verdict, got.rows_in, got.rows_kept, got.rows_refused) == ("accepted_less_refused", 3, 2, 1)
    assert [(f.rule, f.field, f.rows) for f in got.findings if f.severity == "E"] == [("G-V02", "kind", (4,))]
    (place,) = home.journal.refused_rows(got.delivery)
    assert (place.file, place.row, place.field, place.rule) == (MAY, 4, "kind", "G-V02")
    table = entry.refused_table(home.vault, home.keyring, got.delivery, purpose="test")
    assert table.column("party_name").to_pylist() == ["Bob Canary"]


def test_accepted_with_queries_not_asked_again_once_confirmed(home, cases):
    got = home.take(MAY, cases(ONE, BIG))
    assert got.verdict == "accepted_with_queries"
    (query,) = home.journal.queries()
    assert query.sentence == got.queries[0].sentence and query.state == "open"
    home.journal.answer_query(
        query.id, "confirmed", "north", dt.datetime(2012, 11, 9, tzinfo=dt.UTC), "They are right."
    )
    again = home.take(MAY, cases(ONE, BIG, TWO))
    assert again.verdict == "accepted" and again.supersedes == got.delivery
    assert len(home.journal.queries()) == 1


def test_refused_whole(home, cases):
    got = home.take(MAY, cases(ONE, BAD))
    assert got.verdict == "refused" and got.reasons == ("1 row is not valid (50.0%); the contract allows 34.0%.",)
    assert home.rows("cases.case") == [] and not list(home.store)
    assert (got.rows_in, got.rows_kept, got.rows_refused, got.counted) == (2, 1, 1, 0)
    assert entry.has_original(home.vault, got.delivery) and entry.has_refused(home.vault, got.delivery)


def test_a_contract_may_refuse_the_delivery_for_one_row(home):
    good, bad = ["A1", dt.date(2012, 1, 2), "W1"], ["A2", None, "W1"]
    assert home.take("held_north_2012Q1.xlsx", held(good)).verdict == "accepted"
    got = home.take("held_south_2012Q1.xlsx", held(good, bad))
    assert got.verdict == "refused" and "refuses the delivery" in got.reasons[0]


def test_the_same_bytes_change_nothing(home, cases):
    first = home.take(MAY, cases(ONE))
    before = sorted(p.stat().st_mtime_ns for p in home.root.rglob("*.parquet"))
    again = home.take(MAY, cases(ONE))
    assert again.verdict == "known" and again.delivery == first.delivery
    assert "nothing changed" in again.reasons[0]
    assert len(home.journal.deliveries()) == 1
    assert sorted(p.stat().st_mtime_ns for p in home.root.rglob("*.parquet")) == before


def test_refused_bytes_are_checked_again_only_on_request(home):
    rows = EVENT + "AB000001,1,2012-05-03,x\n"
    assert home.take(EVENTS, rows).verdict == "refused", "its case is unknown"
    assert home.take(EVENTS, rows).verdict == "known"
    home.take(MAY, "status,case_number,kind,opened,amount,party_name,party_born,postcode,urgent\n" + ONE + "\n")
    got = home.take(EVENTS, rows, again=True)
    assert got.verdict == "accepted" and len(home.rows("cases.event")) == 1


def test_a_corrected_delivery_supersedes_and_withdrawing_it_brings_back_the_first(home, cases):
    from piperoll.collect.lifecycle import withdraw

    first = home.take(MAY, cases(ONE))
    second = home.take(MAY, cases(ONE, TWO))
    assert second.supersedes == first.delivery and len(home.rows("cases.case")) == 2
    withdraw(home.journal, home.staging, home.actor, dt.datetime(2012, 11, 9, tzinfo=dt.UTC), second.delivery, "wrong")
    assert len(home.rows("cases.case")) == 1
    assert home.take(MAY, cases(ONE, TWO)).verdict == "known"
    assert home.take(MAY, cases(ONE, TWO), again=True).verdict == "accepted"
    assert len(home.rows("cases.case")) == 2


def test_parents_of_the_same_batch_are_seen_whatever_the_order_of_files(home, cases):
    home.write("a/" + EVENTS, EVENT + "AB000001,1,2012-05-03,x\n")
    home.write("b/" + MAY, cases(ONE))
    got = home.collect(home.inbox / "a", home.inbox / "b")
    assert [(r.slot.dataset, r.verdict) for r in got] == [("case", "accepted"), ("event", "accepted")]


def test_a_rule_across_datasets(home, cases):
    home.take(MAY, cases(ONE))
    got = home.take(EVENTS, EVENT + "AB000001,1,2012-04-03,x\nAB000001,2,2012-05-03,y\n")
    assert got.verdict == "accepted_less_refused"
    assert [(f.rule, f.count) for f in got.findings if f.severity == "E"] == [("CASES-V02", 1)]


def test_increments_make_the_last_state(home, cases):
    home.take(MAY, cases(ONE, TWO))
    later = [ONE.replace("N,", "A,", 1).replace("10.00", "12.00"), TWO.replace("N,", "D,", 1)]
    got = home.take("cases_case_north_2012-06.csv", cases(*later))
    assert got.accepted
    assert [str(r[0]) for r in home.rows("cases.case", "amount")] == ["12.00"]


def test_snapshots_stand_side_by_side_and_full_replaces(home):
    home.take("held_north_2012Q1.xlsx", held(["A1", dt.date(2012, 1, 2), "W1"]))
    home.take("held_north_2012Q2.xlsx", held(["A1", dt.date(2012, 1, 2), "W1"], ["A2", dt.date(2012, 5, 2), "B1"]))
    assert [r[0] for r in home.rows("stock.held", "_period")] == ["2012Q1", "2012Q2", "2012Q2"]
    home.take("places_2010-11.txt", "AB01The Long House      120\nAB02Short                 7\n")
    home.take("places_2011-12.txt", "AB01The Long House      121\n")
    assert home.rows("stock.place", "code, name, beds") == [("AB01", "The Long House", 121)]


def test_nil_is_said_not_guessed(home):
    empty = held()
    assert "not said to be nil" in home.take("held_north_2012Q1.xlsx", empty).reasons[0]
    said = Stated(nil=True)
    assert home.take("held_north_2012Q2.xlsx", empty, stated=said).verdict == "accepted"
    got = home.take("held_north_2012Q3.xlsx", held(["A1", dt.date(2012, 1, 2), "W1"]), stated=said)
    assert got.verdict == "refused" and "holds 1 rows" in got.reasons[0]
    (got,) = home.collect(stated=Stated(dataset="stock.held", supplier="south", period="2012Q1", nil=True))
    assert (got.verdict, got.rows_in) == ("accepted", 0)
    (got,) = home.collect(stated=Stated(dataset="cases.case", supplier="south", period="2012-01", nil=True))
    assert got.reasons == ("The contract does not allow a nil delivery.",)


def test_the_same_file_for_another_month_is_asked_about(home, cases):
    home.take(MAY, cases(ONE))
    got = home.take("cases_case_north_2012-06.csv", cases(ONE))
    assert got.verdict == "accepted_with_queries"
    assert [q.rule for q in got.queries] == ["G-V12"] and "cases.case of north for 2012-05" in got.queries[0].sentence


def test_an_archive_with_a_manifest(home, cases):
    out = io.BytesIO()
    manifest = (
        "files:\n- {file: one.csv, dataset: cases.case, supplier: north, period: 2012-05}\n"
        "- {file: gone.csv, period: 2012-05}\n- {dataset: stock.held, supplier: south, period: 2012Q1, nil: true}\n"
        f"- {{file: changed.csv, dataset: cases.case, supplier: south, period: 2012-05, sha256: {'0' * 64}}}\n"
    )
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("manifest.yaml", manifest)
        archive.writestr("one.csv", cases(ONE))
        archive.writestr("changed.csv", cases(ONE))
        archive.writestr(EVENTS, gzip.compress((EVENT + "AB000001,1,2012-05-03,x\n").encode()))
    got = {r.file: r for r in home.collect(home.write("all.zip", out.getvalue()))}
    assert {name: (r.verdict, r.codes) for name, r in got.items()} == {
        "all.zip/one.csv": ("accepted", ()),
        f"all.zip/{EVENTS}": ("accepted", ()),
        "all.zip/manifest.yaml (nil 1)": ("accepted", ()),
        "all.zip/gone.csv": ("not_taken", ("PR-C027",)),
        "all.zip/changed.csv": ("not_taken", ("PR-C028",)),
    }


def test_one_bad_file_does_not_stop_the_others(home, cases):
    home.write("letter.pdf", b"%PDF-1.7 hello")
    home.write("cases_case_south_2012-05.csv", b"")
    home.write("cases_case_south_2012-06.csv", b"%PDF-1.7 hello")
    home.write("cases_case_south_2012-07.csv.gz", gzip.compress(cases(ONE).encode())[:-9])
    home.write("bomb.zip", zip_bomb())
    home.write(MAY, cases(ONE))
    got = {r.file: (r.verdict, r.codes) for r in home.collect(home.inbox)}
    assert got == {
        "letter.pdf": ("not_taken", ("PR-C022",)),
        "bomb.zip": ("not_taken", ("PR-C005",)),
        "cases_case_south_2012-05.csv": ("refused", ("PR-C006",)),
        "cases_case_south_2012-06.csv": ("refused", ("PR-C007",)),
        "cases_case_south_2012-07.csv.gz": ("refused", ("PR-C014",)),
        MAY: ("accepted", ()),
    }


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.csv", b"0" * (80 << 20))
    return out.getvalue()


def test_what_is_no_file(home, tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe.csv")
    got = home.collect(tmp_path / "absent.csv", tmp_path / "pipe.csv")
    assert [r.codes for r in got] == [("PR-C029",), ("PR-C029",)]


def test_a_sheet_too_large_for_memory_is_refused_and_the_batch_goes_on(home, cases):
    book = openpyxl.Workbook()
    book.active.title = "Data"
    book.active["A1"] = "person_number"
    book.active["XFD1048576"] = "far"
    out = io.BytesIO()
    book.save(out)
    home.write("held_north_2012Q1.xlsx", out.getvalue())
    home.write(MAY, cases(ONE))
    got = {r.file: r for r in home.collect(home.inbox)}
    assert got[MAY].verdict == "accepted"
    assert set(got["held_north_2012Q1.xlsx"].codes) <= {"PR-C009", "PR-C002", "PR-C003"}
    assert got["held_north_2012Q1.xlsx"].verdict == "refused"


def test_who_may_not(home, cases):
    home.actor = Actor("mallory", "local", "somebody")
    with pytest.raises(UserError) as caught:
        home.take(MAY, cases(ONE))
    assert caught.value.code == "PR-G001" and not home.journal.deliveries()


def test_a_receipt_goes_through_json_and_reconciles(home, cases):
    got = home.take(MAY, cases(ONE, TWO, BAD, BIG))
    assert Receipt.from_json(json.loads(json.dumps(got.to_json()))) == got
    assert Receipt.from_json(dict(home.journal.delivery(got.delivery).receipt)) == got
    assert "4 in = 3 valid + 1 refused" in got.text and "Please answer:" in got.text


def test_refused_rows_brought_again_corrected(home, cases):
    from piperoll.collect.lifecycle import Exported, refused_rows

    first = home.take(MAY, cases(ONE, TWO, BAD))
    out = home.inbox / "refused.csv"
    done = refused_rows(
        home.vault, home.journal, home.keyring, home.actor, first.received_at, first.delivery, out, "to correct"
    )
    assert done == Exported(1, 0) and out.stat().st_mode & 0o077 == 0
    out.write_text(out.read_text().replace(",X,", ",A,"))
    (second,) = home.collect(out, resubmit=first.delivery)
    assert (second.verdict, second.rows_in, second.rows_kept, second.carried) == ("accepted", 3, 3, 2)
    assert second.supersedes == first.delivery
    assert len(home.rows("cases.case")) == 3
    with pytest.raises(UserError) as caught:
        refused_rows(
            home.vault, home.journal, home.keyring, home.actor, first.received_at, first.delivery, out, "again"
        )
    assert caught.value.code == "PR-C035", "nothing is overwritten"
    assert "refused.read" in [e.action for e in home.journal.audit_entries()]


def test_a_file_of_another_period_is_asked_about(home, cases):
    """A few days after the period are noted; where they are many, the supplier is asked whether it is the right file."""
    june = [f"N,AB0000{n},A,2012-06-{n},5,Ann Canary,1981-01-01,AB1 2CD,true" for n in range(10, 20)]
    some = home.take(MAY, cases(*(row.replace("2012-06", "2012-05") for row in june[1:]), june[0]))
    assert [f.severity for f in some.findings if f.rule == "G-V05"] == ["W"] and some.verdict == "accepted"
    (asked,) = home.take("cases_case_south_2012-05.csv", cases(*june)).queries
    assert asked.rule == "G-V05"
    assert asked.sentence == "In 100.0% of the rows for May 2012, `opened` lies after its end. Is it the right file?"


def test_a_file_name_does_nothing_to_a_terminal(home, cases):
    path = Path(os.fsdecode(os.fsencode(home.inbox) + b"/may\x1b[2J\n\xff.csv"))
    path.write_text(cases(ONE))
    stated = Stated("cases", "case", "north", "2012-05")
    (got,) = home.collect(path, stated=stated)
    assert (got.verdict, got.file) == ("accepted", "may?[2J??.csv")
    assert got.text.isascii() and "\x1b" not in got.text


@pytest.mark.parametrize("name", ["may [1].csv", "may*.csv", "m?y.csv", "{may}.csv", "März 'x'.csv"])
def test_a_file_name_is_no_pattern(home, cases, name):
    home.write("may 1.csv", cases(BAD))
    home.write("may.csv", cases(BAD))
    (got,) = home.collect(home.write(name, cases(ONE, TWO)), stated=Stated("cases", "case", "north", "2012-05"))
    assert (got.verdict, got.rows_kept) == ("accepted", 2)


def test_lines_that_are_no_rows_come_back_as_they_were_delivered(home, cases):
    from piperoll.collect.lifecycle import Exported, refused_rows

    short = ",".join(TWO.split(",")[:3])
    good = [ONE.replace("AB000001", f"AB00001{n}") for n in range(8)]
    first = home.take(MAY, cases(*good, short, BAD))
    out = home.inbox / "refused.csv"
    done = refused_rows(
        home.vault, home.journal, home.keyring, home.actor, first.received_at, first.delivery, out, "to correct"
    )
    assert done == Exported(2, 1)
    header, _, line = out.read_text().splitlines()
    assert (header, line) == (cases().strip(), short)
    out.write_text(out.read_text().replace(",X,", ",A,").replace(short, TWO))
    (second,) = home.collect(out, resubmit=first.delivery)
    assert (second.verdict, second.rows_kept) == ("accepted", 10)


def test_what_cannot_be_resubmitted(home, cases):
    whole = home.take(MAY, cases(ONE))
    (got,) = home.collect(home.write("x.csv", cases(TWO)), resubmit=whole.delivery)
    assert got.codes == ("PR-C031",)


def test_a_value_is_overridden_with_reason_and_approver(home, cases):
    from piperoll.collect.lifecycle import override

    home.take(MAY, cases(ONE, TWO))

    def make(**changes):
        said = {
            "dataset": "cases.case", "key": {"case_number": "AB000001"}, "field": "amount",
            "value": "99.50", "mark": "r", "reason": "typo", "approver": "anna", **changes,
        }  # fmt: skip
        at = dt.datetime(2012, 11, 9, tzinfo=dt.UTC)
        return override(
            home.register, home.store, home.journal, home.keyring, home.staging, home.actor, at, *said.values()
        )

    made = make()
    assert made.key == {"case_number": home.keyring.token("AB000001", "case")} and made.mark == "r"
    for wrong in (
        {"field": "party_name"},
        {"field": "case_number"},
        {"field": "nothing"},
        {"value": "ninety"},
        {"field": "kind", "value": "Q"},
        {"field": "kind", "value": None},
        {"value": "-1"},
        {"field": "opened", "value": "1999-12-31"},
        {"key": {"amount": "1"}},
        {"reason": " "},
        {"mark": "x"},
        {"dataset": "cases.cas"},
    ):
        with pytest.raises(UserError) as caught:
            make(**wrong)
        assert caught.value.code == "PR-C032"
    with pytest.raises(UserError) as caught:
        make(key={"case_number": "AB999999"})
    assert caught.value.code == "PR-C033"


def test_no_name_and_no_number_outside_the_vault(home, cases, caplog, capfd):
    """Planted values of class D and L are found nowhere in plain: not in files, journal, receipts or logs."""
    home.take(MAY, cases(ONE, TWO, BAD, BIG, "N,CANARY99,A,2012-05-02,zz,Eve Canary,soon,AB1 2CD,false"))
    home.take(EVENTS, EVENT + "AB000001,1,2012-05-03,x\nAB777777,1,2012-05-03,x\n")
    broken = [ONE.replace("2012-05-01", "Zoe Canary"), ONE.replace("AB000001", "Canary 1"), '"Canary', "Canary,Canary"]
    for n, row in enumerate(broken, 1):
        home.take(f"cases_case_south_2012-0{n}.csv", cases(row))
    home.take("cases_case_south_2012-08.csv", cases(ONE).split("\n", 1)[1])
    home.take("cases_case_south_2012-09.csv", cases(ONE).encode() + b"\xff\xfe Canary")
    receipts = [d.receipt for d in home.journal.deliveries()]
    texts = "\n".join(Receipt.from_json(dict(r)).text for r in receipts) + caplog.text + "".join(capfd.readouterr())
    for path in home.root.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            texts += data.decode("latin-1")
    for canary in ("Canary", "CANARY", "AB000001", "AB777777", "AB1 2CD", "1980-01-01"):
        assert canary not in texts, canary
    assert Path(home.root / "vault").stat().st_mode & 0o077 == 0 or home.root.stat().st_mode & 0o077 == 0
