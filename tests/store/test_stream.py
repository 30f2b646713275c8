"""A result read over Arrow's C interface is the one that PyArrow would bring."""

from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest

from piperoll.store.duck import connect
from piperoll.store.stream import Stream


QUERIES = [
    "SELECT 1 AS a, 'x' AS b, NULL AS c",
    "SELECT * FROM (VALUES (DATE '2012-04-01', 1.5::DECIMAL(10, 2)), (NULL, NULL)) AS t (d, e)",
    "SELECT sum(i) AS s, count(*) AS n, avg(i) AS m FROM range(5000) AS t (i)",
    "SELECT i, i::VARCHAR AS t FROM range(5000) AS t (i) ORDER BY i",
    "SELECT 1::BIGINT AS a, 'x'::VARCHAR AS b WHERE false",
]


@pytest.mark.parametrize("query", QUERIES)
def test_it_is_the_same_frame(query: str) -> None:
    con = connect()
    read, expected = pl.DataFrame(Stream(con.sql(query))), con.sql(query).pl()
    con.close()
    assert read.schema == expected.schema
    assert read.equals(expected)


def test_it_needs_no_pyarrow_and_leaves_nothing_behind() -> None:
    program = (
        "import sys\nimport polars as pl\nfrom piperoll.store.duck import connect\n"
        "from piperoll.store.stream import Stream\n"
        "con = connect()\nprint(pl.DataFrame(Stream(con.sql('SELECT 42 AS a'))).item())\ncon.close()\n"
        "print('pyarrow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout.split(), done.stderr) == (["42", "False"], "")
