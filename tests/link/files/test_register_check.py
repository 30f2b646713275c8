"""``register check`` tells what is wrong with the rules, levels and cleaning of declared linkages, file and line."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from piperoll.cli.register import register
from piperoll.errors import Problem, Problems
from piperoll.link.files.spec import check_linkages
from piperoll.link.vaulted.run import find_linkage
from tests.register.conftest import JUSTICE, copy_with


PAYERS = """\
linkage: those who pay
inputs:
  tickets: {dataset: tickets.ticket, where: amount > 10}
fields:
  holder: {kind: surname, clean: [upper]}
  born: {kind: date}
  issued: {kind: date}
block:
  rules:
    - soundex(holder), born
compare:
  holder:
    levels:
      - {when: holder}
      - {when: jaro_winkler(holder) >= 0.9}
  born:
never:
  - {when: different(born), unless_weight: 15}
"""
MATCHED = """\
linkage: reminded
inputs: {tickets: tickets.ticket, reminders: tickets.reminder}
fields:
  ticket_no: {kind: identifier, form: ticket}
  issued: {kind: date, from: {tickets: issued, reminders: sent}}
steps:
  - {key: ticket_no}
  - {key: ticket_no, within: issued, days: 30}
"""


def checked(root: Path) -> list[Problem]:
    """What the command tells."""
    lazy = SimpleNamespace(register_dir=root, act=lambda action, resource: None)
    result = CliRunner().invoke(register, ["check"], obj=lazy)
    return list(result.exception.problems) if isinstance(result.exception, Problems) else []


def with_payers(tmp_path: Path, text: str, **more: str) -> Path:
    return copy_with(tmp_path / "register", write={"linkage/payers.yaml": text, **more})


def test_good_ones_are_told_nothing_of(tmp_path: Path) -> None:
    root = with_payers(tmp_path, PAYERS, **{"linkage/reminded.yaml": MATCHED})
    assert checked(root) == []
    assert check_linkages(JUSTICE) == []


@pytest.mark.parametrize(
    ("text", "old", "new", "code", "line", "said"),
    [
        (PAYERS, "clean: [upper]", "clean: [uper]", "PR-L001", 5, "no step of cleaning `uper`"),
        (PAYERS, "soundex(holder), born", "soundx(holder), born", "PR-L002", 10, "`soundx(holder)` is no column"),
        (PAYERS, "soundex(holder), born", "holdr, born", "PR-L002", 10, "`holdr` is no field"),
        (PAYERS, "jaro_winkler(holder) >= 0.9", "jaro_winkler(holdr) >= 0.9", "PR-L002", 15, "`holdr` is no field"),
        (PAYERS, "jaro_winkler(holder) >= 0.9", "jaro_winkler(born) >= 0.9", "PR-L002", 15, "`born` is no text"),
        (PAYERS, "different(born)", "different(borne)", "PR-L002", 18, "`borne` is no field"),
        (PAYERS, "amount > 10", "amuont > 10", "PR-R025", 3, "amuont"),
        (PAYERS, "amount > 10", "holder = 'X'", "PR-R025", 3, "holder"),
        (PAYERS, "amount > 10", "amount >", "PR-R024", 3, ""),
        (MATCHED, "{key: ticket_no}", "{key: ticketno}", "PR-L002", 7, "`ticketno` is no field"),
        (MATCHED, "within: issued", "within: isued", "PR-L002", 8, "`isued` is no field"),
        (MATCHED, "within: issued", "within: ticket_no", "PR-L002", 8, "`ticket_no` is no date"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_in_its_place(
    tmp_path: Path, text: str, old: str, new: str, code: str, line: int, said: str
) -> None:
    assert old in text
    [problem] = checked(with_payers(tmp_path, text.replace(old, new, 1)))
    assert (problem.code, problem.where) == (code, f"linkage/payers.yaml:{line}")
    assert said in problem.message
    assert problem.key


def test_all_are_told_in_one_run_with_those_of_other_files(tmp_path: Path) -> None:
    wrong = PAYERS.replace("clean: [upper]", "clean: [uper]").replace("- {when: holder}", "- {when: holdr}")
    wrong = wrong.replace("jaro_winkler(holder)", "jaro_winkler(haldr)").replace("soundex(holder)", "soundx(holder)")
    root = with_payers(tmp_path, wrong, **{"linkage/reminded.yaml": MATCHED.replace("{key: ticket_no}", "{key: no}")})
    path = root / "sources" / "tickets.yaml"
    path.write_text(path.read_text().replace("codes: area,", "codes: aera,"))
    found = checked(root)
    assert [(each.code, each.where.rpartition("/")[2]) for each in found] == [
        ("PR-R020", "tickets.yaml:19"), ("PR-L001", "payers.yaml:5"), ("PR-L002", "payers.yaml:10"),
        ("PR-L002", "payers.yaml:14"), ("PR-L002", "payers.yaml:15"), ("PR-L002", "reminded.yaml:7"),
    ]  # fmt: skip


def test_what_the_register_tells_itself_is_told_once(tmp_path: Path) -> None:
    [problem] = checked(with_payers(tmp_path, PAYERS.replace("kind: surname", "kind: surnam")))
    assert problem.code.startswith("PR-R")
    [broken] = checked(with_payers(tmp_path / "other", PAYERS.replace("fields:", "fields: [")))
    assert broken.code.startswith("PR-R")


def test_a_run_refuses_the_same(tmp_path: Path) -> None:
    root = with_payers(tmp_path, MATCHED.replace("within: issued", "within: ticket_no"))
    with pytest.raises(Problems) as caught:
        find_linkage(root, "payers")
    [problem] = caught.value.problems
    assert (problem.code, problem.where) == ("PR-L002", "payers.yaml:8")
