"""Who is sent an edition and who is not yet; without any server."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from piperoll.cli import program
from piperoll.errors import EXIT_STATUS, UserError
from piperoll.notify import dispatches, planned, settle
from tests.notify.office import Office, circulating


def code(act: Callable[[], object]) -> str:
    with pytest.raises(UserError) as caught:
        act()
    return caught.value.code


def test_each_has_a_time(new_office: Callable[..., Office], monkeypatch: pytest.MonkeyPatch) -> None:
    office = new_office(
        "{to: alpha, by: extract}", "{to: beta, by: spreadsheet, when: made}",
        "{to: gamma, by: hub, when: request}", "{to: delta, by: extract, when: made}",
    )  # fmt: skip
    office.release()
    monkeypatch.setenv("PIPEROLL_NOW", "2012-07-20T09:29:59+00:00")
    assert office.states() == {"alpha": "waiting", "beta": "sent", "gamma": "on request", "delta": "refused"}
    outcomes = {each.recipient: each for each in office.send()}
    assert "09:30" in outcomes["alpha"].told and outcomes["delta"].told.startswith("PR-N012")
    assert [outcomes[name].bad for name in ("alpha", "beta", "gamma", "delta")] == [False, False, False, True]
    monkeypatch.setenv("PIPEROLL_NOW", "2012-07-20T09:30:00+00:00")
    assert office.states("gamma", "alpha") == {"alpha": "sent", "gamma": "sent"}
    monkeypatch.setenv("PIPEROLL_NOW", "2012-03-31T23:59:59+00:00")
    assert office.states("delta") == {"delta": "sent"}, "on the last day of its agreement"


def test_a_plan_sends_nothing_and_is_recorded(office: Office) -> None:
    found, entries = planned(office.desk, "fines", "2012Q2", office.directory)
    assert found.release.id == "fines/2012Q2/1"
    assert [piece.name for each in entries if each.parcel for piece in each.parcel.pieces] == [
        "RESTRICTED-fines_2012Q2.ods", "RESTRICTED-fines_2012Q2.xlsx", "RESTRICTED-tickets.csv",
    ]  # fmt: skip
    assert office.desk.journal.dispatches() == [] and not office.out.exists()
    assert [entry.action for entry in office.desk.journal.audit_entries()] == ["dispatch.plan"]


def test_who_is_not_on_the_list(office: Office) -> None:
    assert code(lambda: office.send("gamma")) == "PR-N017"
    assert code(lambda: planned(office.desk, "fine", "2012Q2", office.directory)) == "PR-W003"
    assert office.desk.journal.dispatches() == []


def test_no_list(office: Office, tmp_path) -> None:
    from piperoll.workspace import Workspace

    office.desk = Workspace(circulating(tmp_path / "none", marking=""), office.desk.home)
    assert code(office.send) == "PR-N017"


def test_without_a_server_nobody_is_sent_mail_and_nothing_is_begun(office: Office) -> None:
    outcomes = office.send()
    assert {(each.state, each.told[:7]) for each in outcomes} == {("refused", "PR-N021")}
    assert office.desk.journal.dispatches() == []


def test_what_is_restricted_goes_only_over_tls(office: Office) -> None:
    office.server(1, security="none")
    assert {(each.state, each.told[:7]) for each in office.send()} == {("refused", "PR-N023")}
    assert office.desk.journal.dispatches() == []


def test_too_large(office: Office) -> None:
    office.server(1, largest_mb=1)
    office.release(2, {"fines_2012Q2.xlsx": bytes(800_000), "tables/tickets.csv": b"a\r\n"})
    alpha, beta = office.send()
    assert (alpha.state, alpha.told[:7]) == ("refused", "PR-N024"), "as it is on the wire, a third larger"
    assert (beta.state, beta.told[:7]) == ("failed", "PR-N022"), "the small one goes its way, to a server that is down"


def test_an_edition_without_what_is_sent(new_office: Callable[..., Office]) -> None:
    office = new_office(
        "{to: alpha, by: spreadsheet, when: made}", "{to: beta, by: spreadsheet, what: [csv], when: made}"
    )
    office.release(1, {"tables/tickets.csv": b"a\r\n"})
    alpha, beta = office.send()
    assert (alpha.state, alpha.told[:7], beta.state) == ("refused", "PR-N018", "sent")


def test_nobody_but_the_owner(office: Office) -> None:
    from piperoll.govern import Actor
    from piperoll.workspace import Workspace

    other = Workspace(office.desk.register_dir, office.desk.home, actor=Actor("eve", home_owner="anna"))
    office.desk = other
    assert code(office.send) == "PR-G001"
    assert code(lambda: dispatches(other)) == "PR-G001"
    assert [(entry.action, entry.allowed) for entry in other.journal.audit_entries()] == [
        ("dispatch.plan", False), ("dispatch.list", False),
    ]  # fmt: skip


def call(office: Office, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(
        program, ["--register", str(office.desk.register_dir), "--home", str(office.desk.home), *words]
    )
    if isinstance(done.exception, UserError):
        return done.exception.exit_status, done.exception.sentence
    return done.exit_code, done.output


def test_everything_that_is_due(new_office: Callable[..., Office]) -> None:
    office = new_office("{to: alpha, by: extract}", "{to: gamma, by: hub, what: [page]}")
    status, said = call(office, "circulate", "--period", "2012Q2")
    assert (status, said) == (
        0,
        "fines 2012Q2: not made yet\n0 on the lists for 2012Q2, 0 sent now, 0 to look after.\n",
    )
    office.directory = office.desk.home / "releases" / "fines" / "2012Q2"
    office.release()
    status, said = call(office, "circulate", "--period", "2012")
    assert status == 0 and said.count("not made yet") == 3 and "2 on the lists for 2012, 2 sent now, 0 to look" in said
    assert (office.desk.home / "outward/extract/alpha/fines_2012Q2_1/SHA256SUMS").is_file()
    assert "2 on the lists for 2012Q2, 0 sent now" in call(office, "circulate", "fines", "--period", "2012Q2")[1]
    (office.directory / "index.html").write_text("changed")
    status, said = call(office, "circulate", "--period", "2012Q2")
    assert status == EXIT_STATUS["N"] and "PR-N020" in said and "1 to look after" in said
    assert call(office, "circulate", "fine", "--period", "2012Q2")[1].startswith("PR-W020")
    assert call(office, "dispatch", "fines", "2012q9")[1].startswith("PR-")


def test_who_has_what_was_withdrawn(new_office: Callable[..., Office]) -> None:
    office = new_office("{to: alpha, by: extract}")
    office.release()
    office.send()
    assert "withdrawn" not in call(office, "dispatches")[1]
    office.desk.journal.set_release_status("fines/2012Q2/1", "withdrawn")
    assert "alpha by extract: sent (written), 3 files" in call(office, "dispatches", "fines")[1]
    assert "the edition was withdrawn since" in call(office, "dispatches")[1]
    assert json.loads(call(office, "dispatches", "--json")[1])[0]["withdrawn"] is True


def test_who_settles_says_why(new_office: Callable[..., Office]) -> None:
    office = new_office("{to: alpha, by: extract, when: made}")
    office.release()
    office.send()
    assert code(lambda: settle(office.desk, "C1", arrived=False, reason=" ")) == "PR-N029"
    assert code(lambda: settle(office.desk, "C2", arrived=False, reason="x")) == "PR-N026"
    lost = settle(office.desk, "c1", arrived=False, reason="Alpha says that nothing came.")
    assert (lost.state, lost.steps[-1].reason) == ("failed", "Alpha says that nothing came.")
    assert office.states() == {"alpha": "sent"}
    assert [(each.id, each.state) for each in dispatches(office.desk, "fines")] == [("C1", "failed"), ("C2", "sent")]
    assert code(lambda: dispatches(office.desk, "fine")) == "PR-W003"
    actions = [entry.action for entry in office.desk.journal.audit_entries()]
    assert actions.count("dispatch.send") == 4 and "dispatch.settle" in actions
    assert office.desk.journal.verify_chain().whole
