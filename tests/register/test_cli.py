"""The commands: what they print, and their exit status."""

from __future__ import annotations

import json
import subprocess
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from piperoll.cli.register import register
from piperoll.errors import Problems, UserError

from .conftest import BASE


@pytest.fixture
def run():
    acts = []

    def invoke(root, *arguments, status=0):
        lazy = SimpleNamespace(register_dir=root, act=lambda action, resource: acts.append((action, resource)))
        result = CliRunner().invoke(register, [str(each) for each in arguments], obj=lazy)
        if isinstance(result.exception, UserError):
            raise result.exception
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code == status, result.output
        return result.output

    invoke.acts = acts
    return invoke


class TestCheck:
    def test_counts(self, run):
        assert run(BASE, "check") == (
            "A small register: no mistakes found.\n"
            "1 source, 2 datasets, 10 fields, 2 rules, 3 code lists, 7 codes, 2 suppliers, 1 publication, 1 table, "
            "1 policy, 0 linkages, 0 merges, 0 forecasts, 1 assessment, 0 operational measures\n"
        )
        assert run.acts == [("register.check", "register _base")]

    def test_a_broken_register(self, run, edited):
        root = edited({"sources/tickets.yaml": [["codes: area,", "codes: aera,"], ["mode: events", "mode: event"]]})
        with pytest.raises(Problems) as caught:
            run(root, "check")
        assert caught.value.sentence.splitlines() == [
            "PR-R020 sources/tickets.yaml:19: `datasets.ticket.fields.area.codes`: There is no code list `aera`. "
            "Did you mean `area`?",
            "PR-R013 sources/tickets.yaml:33: `datasets.reminder.mode`: Expected one of `full`, `snapshot`, "
            "`increment`, `events`, found `event`. Did you mean `events`?",
        ]
        assert run.acts


class TestShow:
    def test_dataset(self, run):
        text = run(BASE, "show", "tickets.ticket")
        assert text.startswith("Tickets issued (dataset tickets.ticket)\n")
        assert "amount     dec(8,2)  M" in text
        assert "T-1   E         paid before it was issued" in text

    @pytest.mark.parametrize(
        ("key", "words"),
        [
            ("tickets", "tickets.reminder: Reminders sent (2 fields, 0 rules)"),
            ("area", "South and coast"),
            ("forces", "North force"),
            ("fines", "Tickets by area"),
            ("counts", "suppress below: 5"),
            ("ticket", "letters: ZABCD"),
            ("head", "Head of profession"),
        ],
    )
    def test_kinds(self, run, key, words):
        assert words in run(BASE, "show", key)

    def test_json(self, run):
        made = json.loads(run(BASE, "show", "tickets.ticket", "--json"))
        assert made["kind"] == "dataset"
        assert made["value"]["fields"][1]["class"] == "L"

    def test_unknown(self, run):
        with pytest.raises(UserError, match="Did you mean `tickets`"):
            run(BASE, "show", "tickts")


class TestList:
    def test_all(self, run):
        lines = run(BASE, "list").splitlines()
        assert lines[0] == "source       tickets                                  Tickets"
        assert [line.split()[0] for line in lines] == [
            *["source"], *["dataset"] * 2, *["codes"] * 3, "suppliers", "publication", "policy", "quality", "identifier", "person", "group",
        ]  # fmt: skip

    def test_one_kind(self, run):
        assert [line.split()[1] for line in run(BASE, "list", "--kind", "codes").splitlines()] == [
            "area",
            "region",
            "status",
        ]


class TestExport:
    def test_files(self, run, tmp_path):
        printed = run(BASE, "export", "csvw", "tickets", "--out", tmp_path / "new" / "dir")
        names = ["tickets.reminder.csv-metadata.json", "tickets.ticket.csv-metadata.json"]
        assert sorted(path.name for path in (tmp_path / "new" / "dir").iterdir()) == names
        assert len(printed.splitlines()) == 2

    def test_import_again(self, run, tmp_path):
        run(BASE, "export", "odcs", "--out", tmp_path)
        assert run(BASE, "import-odcs", tmp_path / "tickets.odcs.yaml").startswith("# Drafted from an ODCS contract.\n")


class TestDiff:
    def test_directories(self, run, edited):
        after = edited({"sources/tickets.yaml": [["max: 1000", "max: 10"]]})
        assert run(BASE, "diff", BASE, after).splitlines() == [
            "breaks    dataset tickets.ticket.amount: `max` was `1000`, now `10`.",
            "1 breaks, 0 adds, 0 describes",
        ]
        assert json.loads(run(BASE, "diff", BASE, after, "--json")) == [
            {
                "effect": "breaks",
                "kind": "dataset",
                "key": "tickets.ticket.amount",
                "message": "`max` was `1000`, now `10`.",
            }
        ]

    def test_exit_status(self, run, edited):
        adds = edited({"sources/tickets.yaml": [["max: 1000", "max: 5000"]]})
        run(BASE, "diff", BASE, adds)
        run(BASE, "diff", BASE, adds, "--fail-on", "breaks")
        run(BASE, "diff", BASE, adds, "--fail-on", "adds", status=1)
        run(BASE, "diff", BASE, adds, "--fail-on", "describes", status=1)
        run(BASE, "diff", adds, BASE, "--fail-on", "breaks", status=1)

    def test_git_revisions(self, run, edited, tmp_path):
        root = edited()

        def git(*arguments):
            identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
            subprocess.run(["git", "-C", tmp_path, *identity, *arguments], check=True, capture_output=True)

        git("init", "-q")
        git("add", ".")
        git("commit", "-q", "-m", "first")
        git("tag", "v1")
        path = root / "policies" / "counts.yaml"
        path.write_text(path.read_text().replace("suppress_below: 5", "suppress_below: 8"))
        expected = "breaks    policy counts: `suppress_below` changed."
        assert run(root, "diff", "v1").splitlines()[0] == expected
        git("commit", "-q", "-a", "-m", "second")
        assert run(root, "diff", "v1", "HEAD").splitlines()[0] == expected
        assert run(root, "diff", "HEAD").splitlines() == ["0 breaks, 0 adds, 0 describes"]

    @pytest.mark.parametrize("version", ["nosuchref", "--output=x", "a b", "HEAD:x", ""])
    def test_no_such_version(self, run, edited, tmp_path, version):
        subprocess.run(["git", "init", "-q", tmp_path], check=True, capture_output=True)
        with pytest.raises(UserError) as caught:
            run(edited(), "diff", "--", version)
        assert caught.value.code == "PR-R041"

    def test_a_version_with_mistakes(self, run, edited):
        broken = edited({"sources/tickets.yaml": [["mode: events", "mode: event"]]})
        with pytest.raises(Problems):
            run(BASE, "diff", broken, BASE)
