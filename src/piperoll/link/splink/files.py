"""A specification and a model as Splink settings, in files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from piperoll.errors import UserError
from piperoll.link.block.groups import Mode
from piperoll.link.estimate.train import Trained
from piperoll.link.files.read import read_files
from piperoll.link.files.run import free, whole
from piperoll.link.files.spec import load_linkage
from piperoll.link.model import read_model
from piperoll.link.spec.model import Linkage, Rule
from piperoll.link.spec.terms import NotUnderstood, parse_rule
from piperoll.link.splink.columns import prepare_columns
from piperoll.link.splink.spec import write_new
from piperoll.link.splink.write import write_settings


def export(
    spec: Path,
    model: Path,
    out: Path,
    *,
    dialect: str = "duckdb",
    files: Sequence[Path] = (),
    prepared: Path | None = None,
    without: Sequence[str] = (),
) -> None:
    """Write Splink settings; and, into the new directory ``prepared``, each file as Parquet with their columns.

    Raises:
        UserError: ``PR-L001`` and others for the specification, ``PR-L012`` for the model, ``PR-L022`` for what Splink
            lacks, ``PR-L003`` to ``PR-L007`` for files and directories.
    """
    loaded = load_linkage(spec)
    rules, trained, mode = rules_and_chances(loaded.linkage, model)
    settings = write_settings(loaded.linkage, trained, dialect=dialect, rules=rules, mode=mode, without=without)
    if prepared is not None:
        free(prepared)
        with read_files(files, loaded.declared) as frames:
            ready = prepare_columns(frames, loaded.linkage, rules)

            def write(into: Path) -> None:
                for name, frame in ready.items():
                    frame.write_parquet(into / f"{name}.parquet")

            whole(prepared, write)
    write_new(out, json.dumps(settings, indent=2, ensure_ascii=False) + "\n")


def rules_and_chances(linkage: Linkage, path: Path) -> tuple[list[Rule], Trained, Mode | None]:
    """Blocking rules that a run used, what it learnt, and what was linked with what.

    Raises:
        UserError: ``PR-L012`` if the file is no model of the linkage.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        read = read_model(told, linkage, path.name)
        texts = dict.fromkeys(text.partition("; ")[0] for text in read.rules)  # parts of a rule are the rule's
        rules = [Rule(text, parse_rule(text)) for text in texts]
    except (OSError, ValueError, NotUnderstood):
        raise UserError("PR-L012", "this is no model of a linkage.", where=str(path),
                        fix="Name the model.json that `piperoll link files` wrote.") from None  # fmt: skip
    mode = told.get("mode")
    return rules, read.trained, mode if mode in ("dedupe", "link", "both") else None
