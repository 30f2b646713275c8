"""Make docs/reference/sources.md: the 34 sources from runs of the simulated world, faults included.

    python tools/sources_table.py [--keep DIR]

Three short worlds are simulated, with faults put in by kind, and collected: one for the returns that ended in 2009,
one of 2012 in which nearly every source sends, one of 2013 for the system that began then. Every file's rows are set
against the truth, every fault against what collecting said (`piperoll simulate --account`), and each numbered rule
against a delivery with its fault (``tests/justice/rules``).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl


ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from piperoll.register import load  # noqa: E402
from piperoll.register.model.register import Register  # noqa: E402
from piperoll.simulate.account import ANSWERS, Accounting, account, read_truth  # noqa: E402
from piperoll.simulate.gather import gather  # noqa: E402
from piperoll.workspace import Workspace  # noqa: E402
from tests.justice.rulebench import Bench, cases, caught, faulty, rule_of  # noqa: E402


PAGE = ROOT / "docs" / "reference" / "sources.md"
# First and last month, share of people in sources of persons, and the first month of these.
WORLDS = (
    ("2008-04", "2009-04", "0.0005", "2009-03"),
    ("2012-02", "2012-07", "0.01", "2012-02"),
    ("2013-01", "2013-04", "0.002", "2013-01"),
)
SCALE = "0.02"
REFUSED_STATUS = 16  # of `collect` where a file was refused, as some must be
# A fault that no rule can know: what each kind looks like where it is not noticed.
UNNOTICED = {
    "encoding_value": "the characters changed in a free text or a name, where any may stand",
    "missing_value": "the field may be empty, as far as the contract knows",
    "mistyped": "the field is a text or a number for which the wrong value is as possible as the right one",
    "shifted_row": "neighbouring fields have one type, and each value is possible in the other",
    "stale_row": "an earlier state of a record is a record that once was right",
    "transposed": "two digits of an amount, of a day or of a name changed places and give another possible one",
    "wrong_order": "two dates changed places whose order nothing prescribes",
    "wrong_value": "another code of the list, or another amount, is as possible as the right one",
}


@dataclass(frozen=True)
class Line:
    """A source's row of the table.

    Attributes:
        rules, proven: Numbered rules, and those that caught the fault made for them.
        written: Rows that the truth says were written into its files.
        kept, refused, whole, known: What became of them; the four add up to ``written`` where nothing was lost.
        unbalanced: Files whose rows do not add up.
        answers: Faults put in, by what became of them (`piperoll.simulate.account.ANSWERS`).
    """

    source: str
    title: str
    datasets: int
    fields: int
    rules: int
    proven: int
    files: int
    written: int
    kept: int
    refused: int
    whole: int
    known: int
    unbalanced: int
    answers: Counter[str]

    @property
    def reconciled(self) -> bool:
        """Whether every row of every file is accounted for."""
        return not self.unbalanced and self.written == self.kept + self.refused + self.whole + self.known


def run_world(first: str, last: str, persons: str, persons_from: str, home: Path) -> Accounting:
    """Simulate a world, collect it, and account for its rows and faults.

    Raises:
        SystemExit: If a command ends otherwise than it should.
    """
    piperoll = [sys.executable, "-m", "piperoll", "--register", str(ROOT / "justice"), "--home", str(home)]
    simulated = [
        "simulate",
        "--from",
        first,
        "--to",
        last,
        "--scale",
        SCALE,
        "--persons",
        persons,
        "--persons-from",
        persons_from,
    ]
    for words in (simulated, ["collect", "--quiet", str(home / "inbox")]):
        done = subprocess.run([*piperoll, *words], stdout=subprocess.DEVNULL, check=False)
        if done.returncode not in (0, REFUSED_STATUS if words[0] == "collect" else 0):
            raise SystemExit(f"piperoll {' '.join(words)} ended with status {done.returncode}")
    space = Workspace(ROOT / "justice", home)
    _, files = read_truth(home / "truth")
    return account(home / "truth", **gather(space.journal, space.register, files))


def proven_rules(register: Register, work: Path) -> Counter[str]:
    """By source, how many numbered rules caught the fault that is written for them, run now."""
    bench = Bench(register, work)
    found: set[tuple[str, str, str]] = set()
    for case in cases(register):
        for rule_id, _, fault in case.faults:
            rule = rule_of(register, case.dataset, rule_id)
            if rule is None:
                continue
            store, sent = faulty(register, case, fault)
            if (rule_id, rule.severity) in caught(rule, bench.check(store, sent)):
                found.add((case.source, case.dataset, rule_id))
    return Counter(source for source, _, _ in found)


def table_lines(register: Register, done: Sequence[Accounting], proven: Counter[str]) -> list[Line]:
    """A line for each source of the register, in its order."""
    lines = []
    for key, source in register.sources.items():
        mine = pl.col("dataset").str.starts_with(f"{key}.")
        parts = [
            Accounting(each.faults.filter(mine), each.by_kind, each.files.filter(mine & (pl.col("file") != "")))
            for each in done
        ]
        rows: Counter[str] = Counter()
        answers: Counter[str] = Counter()
        for part in parts:
            rows.update({name: count for name, count in part.rows.items() if count})
            answers.update(part.faults["answer"].to_list())
        lines.append(
            Line(
                source=key,
                title=source.title,
                datasets=len(source.datasets),
                fields=sum(len(each.fields) for each in source.datasets),
                rules=sum(len(each.rules) for each in source.datasets),
                proven=proven[key],
                files=sum(part.files.height for part in parts),
                written=rows["written"],
                kept=rows["kept"],
                refused=rows["refused"],
                whole=rows["whole"],
                known=rows["known"],
                unbalanced=sum(part.unbalanced.height for part in parts),
                answers=answers,
            )
        )
    return lines


def kinds(done: Iterable[Accounting]) -> dict[str, Counter[str]]:
    """Over all sources, by kind of fault what became of those put in."""
    found: dict[str, Counter[str]] = {}
    for each in done:
        for kind, answer in each.faults.select("kind", "answer").iter_rows():
            found.setdefault(kind, Counter())[answer] += 1
    return dict(sorted(found.items()))


def page(lines: Sequence[Line], by_kind: dict[str, Counter[str]]) -> str:
    """The page of the documentation."""
    faults = sum((each for each in by_kind.values()), Counter[str]())
    worlds = "; ".join(
        f"{first} to {last}, with {float(share):g} of all people from {start} on"
        for first, last, share, start in WORLDS
    )
    out = [
        "# The sources, from a run", "",
        "Made by `make sources-table`, which simulates and collects three short worlds with faults in them",
        f"({worlds}; counts at a scale of {SCALE}).", "",
        "Rows *written* are those that the truth says lie in the files; each is *kept*, *refused*, in a delivery",
        "refused *whole*, or in a file that had come *before*: the sum is exact for every file, or the last column",
        "says for how many it is not. A *rule* is one of the contract's numbered ones, and *proven* if it caught the",
        "fault that is written for it (see [rules](rules.md)). *Faults* were put in by kind, without a look at the",
        "rules.", "",
        "| source | datasets | fields | rules | proven | files | rows written | kept | refused | whole | before"
        " | faults | noticed | adds up |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ]  # fmt: skip
    out += [_row(f"`{each.source}`", each) for each in lines]
    out += [_row("all", _sum(lines)), ""]
    share = faults["not_noticed"] / max(1, faults.total())
    out += [
        "## Faults by kind", "",
        f"Of {faults.total():,} faults {faults['not_noticed']:,} ({share:.1%}) were noticed by no rule. The",
        "others were refused, told as a warning or a question, recognised as bytes that came before, known as a",
        "delivery that is missing or late, or replaced by a later delivery before anybody counted.", "",
        "| kind | put in | " + " | ".join(each.replace("_", " ") for each in ANSWERS) + " | not noticed, of all |",
        "|---|--:|" + "--:|" * (len(ANSWERS) + 1),
    ]  # fmt: skip
    for kind, counted in by_kind.items():
        cells = " | ".join(f"{counted[each]:,}" for each in ANSWERS)
        out.append(f"| {kind} | {counted.total():,} | {cells} | {counted['not_noticed'] / counted.total():.1%} |")
    out += ["", "What was not noticed could not be known from the delivery:", ""]
    out += [
        f"- {kind}: {UNNOTICED[kind]}." for kind, each in by_kind.items() if each["not_noticed"] and kind in UNNOTICED
    ]
    return "\n".join(out) + "\n"


def _sum(lines: Sequence[Line]) -> Line:
    names = (
        "datasets",
        "fields",
        "rules",
        "proven",
        "files",
        "written",
        "kept",
        "refused",
        "whole",
        "known",
        "unbalanced",
    )
    numbers = {name: sum(getattr(each, name) for each in lines) for name in names}
    return Line("all", "", answers=sum((each.answers for each in lines), Counter[str]()), **numbers)


def _row(name: str, line: Line) -> str:
    noticed = line.answers.total() - line.answers["not_noticed"]
    numbers = (
        line.datasets, line.fields, line.rules, line.proven, line.files, line.written, line.kept, line.refused,
        line.whole, line.known, line.answers.total(), noticed,
    )  # fmt: skip
    told = "yes" if line.reconciled else f"no, {line.unbalanced} files"
    return f"| {name} | {' | '.join(f'{each:,}' for each in numbers)} | {told} |"


def main() -> int:
    """Write the page; 1 if a rule is not proven, a source sent nothing, or rows do not add up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--keep", type=Path, help="Directory for the worlds; kept, and used again where they are there."
    )
    options = parser.parse_args()
    register = load(ROOT / "justice")
    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep or Path(temporary)
        done = [run_world(*world, work / f"home-{world[0]}") for world in WORLDS]
        lines = table_lines(register, done, proven_rules(register, Path(temporary)))
    PAGE.write_text(page(lines, kinds(done)), encoding="utf-8")
    wrong = [each.source for each in lines if not each.files or not each.reconciled or each.proven != each.rules]
    print(f"{PAGE.relative_to(ROOT)}: {len(lines)} sources; {f'look at {wrong}' if wrong else 'all as they should be'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
