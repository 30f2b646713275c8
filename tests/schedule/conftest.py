"""A small home with searches, for every test of this room."""

import pytest

from piperoll.store.tokens import Keyring
from piperoll.workspace import Workspace
from tests import searches
from tests.searches import deliver, register


__all__ = ["deliver", "register"]


@pytest.fixture
def desk(register, tmp_path, monkeypatch) -> Workspace:
    """With keys, as a home has them once something was collected: without them nothing is kept to be fast."""
    monkeypatch.setenv("PIPEROLL_NOW", searches.AT.isoformat())
    made = Workspace(register, tmp_path / "home")
    Keyring(made.home / "keys").token_key("any")
    return made
