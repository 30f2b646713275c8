"""Small settings by key, as JSON."""

from __future__ import annotations

import json
from typing import Any

from piperoll.journal import models as m
from piperoll.journal.base import Base
from piperoll.journal.identity import canonical_json, clean


class State(Base):
    """Settings of a journal."""

    def set_state(self, key: str, value: Any) -> None:
        """Keep a JSON-like value under a key, in place of the one before."""
        with self.write():
            self.rows(m.StateRow).update_or_create(key=clean(key), defaults={"value": canonical_json(value)})

    def get_state(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default."""
        text = self.rows(m.StateRow).filter(key=clean(key)).values_list("value", flat=True).first()
        return default if text is None else json.loads(text)
