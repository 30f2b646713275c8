"""The Statement's files in a directory: pages, workbook, JSON."""

from __future__ import annotations

from pathlib import Path

from piperoll.errors import UserError
from piperoll.present.ods import write_ods
from piperoll.present.pages import stylesheet
from piperoll.register.model.register import Register
from piperoll.statement import dictionary
from piperoll.statement.book import workbook
from piperoll.statement.data import to_json
from piperoll.statement.document import Statement
from piperoll.statement.pages import pages, shell


ODS, JSON = "statement.ods", "statement.json"


def files(text: Statement, register: Register) -> dict[str, bytes]:
    """Every file by its name in the directory; the same Statement gives the same bytes."""
    out = pages(text) | dictionary.pages(register, shell(text))
    out["assets/govuk.css"] = stylesheet("govuk.css")
    out["assets/piperoll.css"] = stylesheet("piperoll.css")
    out[ODS] = write_ods(workbook(text, register))
    out[JSON] = to_json(text, register)
    return dict(sorted(out.items()))


def write(made: dict[str, bytes], directory: Path) -> tuple[Path, ...]:
    """Write the files, each renamed into place when it is whole.

    Raises:
        UserError: ``PR-X005`` if the directory cannot be written to.
    """
    paths = []
    try:
        for name, data in made.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{path.name}.part")
            part.write_bytes(data)
            part.replace(path)
            paths.append(path)
    except OSError as error:
        raise UserError(
            "PR-X005",
            f"The Statement cannot be written here: {error.strerror}.",
            where=str(directory),
            fix="Name a directory that can be written to.",
        ) from error
    return tuple(paths)
