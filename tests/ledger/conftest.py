"""A small home with searches, for every test of this room."""

from tests.searches import exact, home, put, register, released


__all__ = ["exact", "home", "put", "register", "released"]
