"""List every numbered rule of the register with its test; with ``--check``, fail where a source's rule has none.

A rule's test is a fault under its id in ``tests/justice/rules/<source>.yaml``, run by ``tests/justice/test_rules.py``.
Without ``--check`` every rule without a test counts; with it, only those of sources that have such a file.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from piperoll.register import load
from piperoll.register.model.register import Register


ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests" / "justice" / "rules"
SEVERITIES = {"E": "error", "W": "warning", "B": "blocks", "R": "query"}


@dataclass(frozen=True)
class Line:
    """A rule: where it stands, how it is judged, and the blocks of its source's file that hold a fault of it."""

    source: str
    dataset: str
    rule: str
    severity: str
    how: str
    message: str
    tests: tuple[str, ...]


def lines(register: Register) -> list[Line]:
    """Every rule of the register, in its order."""
    found = []
    for key, source in register.sources.items():
        tests = _faults(key)
        for dataset in source.datasets:
            for rule in dataset.rules:
                how = rule.generic or ("this row" if rule.check is not None else "several rows")
                name = f"{key}.{dataset.name}"
                blocks = tuple(
                    block for block, rules in tests.items() if block.split(" ")[0] == name and rule.id in rules
                )
                found.append(Line(key, dataset.name, rule.id, rule.severity, how, rule.message, blocks))
    return found


def tested_sources() -> set[str]:
    """Sources that have a file of rule tests."""
    return {path.stem for path in TESTS.glob("*.yaml")}


def missing(register: Register, sources: set[str] | None = None) -> list[Line]:
    """Rules without a test, of these sources or of all."""
    return [each for each in lines(register) if not each.tests and (sources is None or each.source in sources)]


def _faults(source: str) -> dict[str, set[str]]:
    path = TESTS / f"{source}.yaml"
    if not path.is_file():
        return {}
    written = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return {block: set(body.get("faults") or {}) for block, body in written.items()}


def table(register: Register) -> str:
    """The list as a page of the documentation."""
    every = lines(register)
    tested = sum(bool(each.tests) for each in every)
    out = [
        "# Rules of the register", "",
        f"{len(every):,} numbered rules; {tested:,} have a test with a fault that they catch and clean rows that they",
        "let pass (`tests/justice/rules/`). A rule is judged on each row, on several rows and other datasets, or by a",
        "check that every contract has (`G-V01` types, forms and identifiers, `G-V02` code lists, `G-V03` keys,",
        "`G-V10` references). An error refuses the row, a warning keeps it, a query asks the supplier, and what blocks",
        "refuses the delivery.", "",
    ]  # fmt: skip
    source = ""
    for each in every:
        if each.source != source:
            source = each.source
            title = register.sources[source].title
            out += [
                "",
                f"## {title} (`{source}`)",
                "",
                "| rule | dataset | severity | judged by | what is wrong | test |",
            ]
            out += ["|---|---|---|---|---|---|"]
        words = each.message.replace("|", "\\|")
        test = "yes" if each.tests else "missing"
        out.append(f"| {each.rule} | `{each.dataset}` | {SEVERITIES[each.severity]} | {each.how} | {words} | {test} |")
    return "\n".join(out)


def main() -> int:
    """Print the list; 1 if a rule has no test."""
    register = load(ROOT / "justice")
    some = tested_sources() if "--check" in sys.argv[1:] else None
    for each in lines(register):
        where = ", ".join(each.tests) or "NO TEST"
        print(f"{each.rule:<16} {each.severity}  {each.source}.{each.dataset}: {where}")
    lacking = missing(register, some)
    print(f"{len(lines(register))} rules, {len(lacking)} without a test")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
