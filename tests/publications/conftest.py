"""One world for all tests of publications, made by the first worker that asks."""

from __future__ import annotations

import fcntl
import os
import pickle
from pathlib import Path

import pytest

from piperoll.register import load
from piperoll.register.model.register import Register
from tests.publications.sent import Sent


@pytest.fixture(scope="session")
def justice() -> Register:
    return load(Path(__file__).parents[2] / "justice")


@pytest.fixture(scope="session")
def sent(justice: Register, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """January 2009 to June 2012: 3 in 1,000 of all people, a fiftieth of the counts.

    While writing tests, name a directory in ``PIPEROLL_SENT`` to keep the world for the next run.
    """
    base = tmp_path_factory.getbasetemp()
    shared = Path(os.environ.get("PIPEROLL_SENT") or (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base))
    path = shared / "sent.pickle"
    with (shared / "sent.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            made = Sent(justice, "2009-01", "2012-06", 0.003, "2009-01", 0.02)
            path.write_bytes(pickle.dumps(made, protocol=5))
    made = pickle.loads(path.read_bytes())
    assert isinstance(made, Sent)
    made.register = justice
    return made
