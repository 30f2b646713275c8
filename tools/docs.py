"""Make the generated documents; with ``--check``, say which are out of date and fail.

Generated: the command line's reference, the index of error codes, the counting rules, the cases of disclosure
control, the JSON Schema of the register, the numbered rules of its contracts with their tests, the data dictionary.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from piperoll.cli import program
from piperoll.errors import EXIT_STATUS


ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
ROOMS = {
    "R": "Register", "S": "Store and vault", "J": "Journal", "G": "Who may do what", "Q": "Quality",
    "Y": "Presentation",
    "C": "Collect", "D": "Derive", "T": "Tabulate", "P": "Protect", "E": "Release", "X": "Statement", "M": "Simulate",
    "W": "Workspace, schedule and command line", "I": "Drafting a register", "L": "Link", "F": "Forecast",
    "N": "Circulation",
}  # fmt: skip


def command_line() -> str:
    """Reference of every command, from its own help."""
    lines = ["# Command line", "", "Made from the commands' own help.", ""]
    context = click.Context(program, info_name="piperoll")
    lines += ["```text", program.get_help(context), "```", ""]
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        assert command is not None
        lines += _command(command, click.Context(command, info_name=name, parent=context), 2)
    return "\n".join(lines)


def _command(command: click.Command, context: click.Context, level: int) -> list[str]:
    lines = [f"{'#' * level} piperoll {context.command_path.removeprefix('piperoll ')}", ""]
    lines += ["```text", command.get_help(context), "```", ""]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            lines += _command(below, click.Context(below, info_name=name, parent=context), level + 1)
    return lines


def errors() -> str:
    """Index of the error codes by room, from the titles of their pages."""
    lines = [
        "# Error codes",
        "",
        "Each message that you can do something about has a code. The letter names the part of Piperoll, and the part",
        "gives the exit status of the command.",
        "",
    ]
    for letter, room in ROOMS.items():
        pages = sorted(DOCS.glob(f"errors/PR-{letter}*.md"))
        if not pages:
            continue
        lines += [f"## {room} (exit status {EXIT_STATUS[letter]})", ""]
        for page in pages:
            title = page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
            lines.append(f"- [{title}]({page.name})")
        lines.append("")
    return "\n".join(lines)


def counting_rules() -> str:
    """Every publication's counting rules with their examples, which are run as tests."""
    lines = ["# Counting rules", "", "Each example is run against the real models by the tests.", ""]
    shared = ROOT / "justice" / "models"
    for folder in (shared, *sorted((ROOT / "justice" / "publications").iterdir())):
        rules = sorted(folder.glob("rules/*.md"))
        if not rules:
            continue
        lines += [f"## {'Shared' if folder == shared else folder.name.replace('_', ' ').capitalize()}", ""]
        for rule in rules:
            lines += [_deeper(rule.read_text(encoding="utf-8").strip(), 2), ""]
    return "\n".join(lines)


def _deeper(text: str, by: int) -> str:
    return "\n".join("#" * by + line if line.startswith("#") else line for line in text.splitlines())


def disclosure() -> str:
    """The exact cases of disclosure control, which are run as tests."""
    lines = ["# Disclosure control, case by case", "", "Each row of each table is run by the tests.", ""]
    for chapter in sorted((ROOT / "tests" / "spec" / "disclosure").glob("*.md")):
        lines += [_deeper(chapter.read_text(encoding="utf-8").strip(), 1), ""]
    return "\n".join(lines)


def schema() -> str:
    """JSON Schema of ``piperoll register show --json``."""
    from piperoll.register import document

    return document.dumps(document.schema())


def register() -> str:
    """Reference of the register's YAML, from the model."""
    from piperoll.register.reference import reference

    return reference()


def sql() -> str:
    """The SQL subset of models, from the lint that holds them to it."""
    from piperoll.derive.subset import reference

    return reference()


def outputs() -> str:
    """Every output that the entries of the Statement name, and the publication that makes it."""
    from piperoll.cli.outputs import COLUMNS
    from piperoll.register import load
    from piperoll.register.outputs import outputs as named_in
    from piperoll.release.outputs import SAMPLE, rows_of

    register = load(ROOT / "justice")
    named = named_in(register)
    columns = COLUMNS[:-1]
    lines = [
        "# Outputs",
        "",
        f"The {len(named)} outputs that the entries of the Statement name, read from the entries.",
        f"Not made: {sum(each.unbuilt for each in named)}. Cells are the counts in tables of the last edition up to",
        f"{SAMPLE}; `piperoll outputs` adds the last release in a home.",
        "",
        f"| {' | '.join(columns)} |",
        f"|{'---|' * len(columns)}",
        *(f"| {' | '.join(row[: len(columns)])} |" for row in rows_of(register, named)),
    ]
    return "\n".join(lines)


def rules() -> str:
    """Every numbered rule of the register, and whether it has a test."""
    from piperoll.register import load

    sys.path.insert(0, str(ROOT / "tools"))
    import rules as listed

    return listed.table(load(ROOT / "justice"))


def dictionary() -> str:
    """Every dataset, field and rule of the register."""
    from piperoll.register import load
    from piperoll.statement.dictionary import markdown

    return markdown(load(ROOT / "justice"))


GENERATED: dict[str, Callable[[], str]] = {
    "reference/command-line.md": command_line,
    "errors/index.md": errors,
    "reference/counting-rules.md": counting_rules,
    "reference/disclosure-cases.md": disclosure,
    "reference/sql.md": sql,
    "reference/register.md": register,
    "reference/register.schema.json": schema,
    "reference/rules.md": rules,
    "reference/dictionary.md": dictionary,
    "reference/outputs.md": outputs,
}


def main() -> int:
    """Write or check; 1 if something is out of date."""
    check = "--check" in sys.argv[1:]
    stale = []
    for name, make in GENERATED.items():
        path, text = DOCS / name, make().rstrip("\n") + "\n"
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    if check and stale:
        print(f"Out of date: {', '.join(stale)}. Run make docs.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
