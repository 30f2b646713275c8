"""Family courts: what FamilyMan, the care monitoring system and the database of forced marriage orders send.

They hang together: a care case of FamilyMan that was made after 1 April 2012 is keyed a second time into the monitoring
system, with errors of its own.
"""

from __future__ import annotations

from justice_world.family.room import Family


__all__ = ["Family"]
