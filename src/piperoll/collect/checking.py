"""The job of a limited child: prepare a delivered file, check it, split it, and leave the files in its directory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from piperoll.collect.hashtable import keep_tables_in
from piperoll.collect.job import checking_failed
from piperoll.collect.prepare import prepare
from piperoll.collect.prepared import CheckContext, Prepared
from piperoll.collect.remarks import Expected
from piperoll.collect.slots import Stated
from piperoll.collect.text import Told
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.register import Register


OUT = "out"


def check_delivery(shared: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """Do the job: ``CheckResult`` as JSON, and how many rows were carried over."""
    from piperoll.collect.check import check_file

    register = shared["register"]
    context: CheckContext = job["context"]
    stated: Stated = job["stated"]
    if tables := job.get("tables"):
        keep_tables_in(Path(tables), small=context.threads == 1)
    dataset = register.dataset(context.key)
    work = Path(job["work"])
    out = work / OUT
    out.mkdir()
    if job["path"] is None:
        prepared = nothing(dataset, work, job["told"])
    else:
        said = Told(stated.encoding, stated.delimiter)
        expected = expected_of(register, context)
        prepared = prepare(Path(job["path"]), work, dataset, job["told"], job["limits"], said, expected)
    if job.get("previous"):
        from piperoll.collect.resubmit import with_carried

        prepared = with_carried(prepared, job["previous"], shared, dataset, work, job["limits"])
    try:
        result = check_file(prepared, dataset, register, context, out)
    except (UserError, MemoryError, OSError):
        raise
    except Exception as error:
        raise checking_failed(error, job["told"]) from None
    return {"result": result.to_json(), "carried": prepared.carried}


def expected_of(register: Register, context: CheckContext) -> Expected:
    """What a file must be for its slot."""
    dataset = register.dataset(context.key)
    group = register.suppliers.get(dataset.suppliers)
    lists = {f.codes for f in dataset.fields if f.codes in register.codes}
    return Expected(
        source=context.source,
        dataset=context.dataset,
        supplier=context.supplier,
        period=Period.parse(context.period),
        names={s.key: (s.key, s.name, *s.former_names) for s in group.suppliers} if group else {},
        codes={name: frozenset(c.code for c in register.codes[name].codes) for name in sorted(filter(None, lists))},
    )


def nothing(dataset: Any, work: Path, told: str) -> Prepared:
    """A nil delivery without a file: every column and no row."""
    path = work / "nil.csv"
    names = tuple(f.name for f in dataset.fields)
    path.write_text(",".join(names) + "\n", encoding="utf-8")
    return Prepared(path, "csv", names, {name: name for name in names}, file=told)
