"""A small register about library loans, made by hand: two datasets, two code lists, a publication."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from piperoll.register.model.codes import Code, CodeList
from piperoll.register.model.contract import Dataset, Derivation, Field
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register, Source


LOAN = Dataset(
    "loan",
    "Loans",
    "events",
    ("loan_no",),
    (
        Field("loan_no", "str(8)", "L", domain="loan"),
        Field("reader", "str(40)", "D"),
        Field("postcode", "str(8)", "D"),
        Field("lent", "date", "T"),
        Field("branch", "code", "A", codes="branch"),
        Field("fee", "dec(8,2)", "M"),
    ),
    derive=(Derivation("ward", "lookup", "postcode", codes="ward"),),
)
GIVEN_BACK = Dataset(
    "given_back", "Returns", "events", ("loan_no",), (Field("loan_no", "str(8)", "L"), Field("on_day", "date", "T"))
)
BRANCH = CodeList("branch", "Branches", (Code("N", "North", attributes={"shelves": "12"}), Code("S", "South")))


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., tuple[Register, Publication]]:
    """``make({model: sql}, **publication)`` writes the models and gives register and publication."""

    def build(models: Mapping[str, str], **changes: object) -> tuple[Register, Publication]:
        publication = Publication("loans", "Loans", models=tuple(models))
        publication = replace(publication, **changes)
        folder = tmp_path / "register" / "publications" / "loans"
        folder.mkdir(parents=True, exist_ok=True)
        for name, sql in models.items():
            (folder / f"{name}.sql").write_text(sql, encoding="utf-8")
        register = Register(
            root=tmp_path / "register",
            key="library",
            title="Library",
            owner="Library",
            sources={"desk": Source("desk", "Desk", datasets=(LOAN, GIVEN_BACK))},
            codes={"branch": BRANCH},
            suppliers={},
            publications={"loans": publication},
            policies={},
        )
        return register, publication

    return build
