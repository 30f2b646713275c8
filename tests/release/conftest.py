"""A small home with searches, for every test of this room."""

from tests.searches import deliver, desk, register, released


__all__ = ["deliver", "desk", "register", "released"]
