"""A small home with searches, for every test of this room."""

from tests.searches import deliver, desk, register


__all__ = ["deliver", "desk", "register"]
