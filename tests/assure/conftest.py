"""A small home with searches, for every test of this room."""

from tests.assure.made import begun
from tests.searches import deliver, desk, register


__all__ = ["begun", "deliver", "desk", "register"]
