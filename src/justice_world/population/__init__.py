"""The people of the simulated justice system, as seven sources know them, with the truth apart.

Records are written as the inputs of a linkage are: one row a contact (police: one row a PNC identifier), with the
identifiers that the source knows. Errors at ``errors=1`` are calibrated so that pairs of records of one person agree
as often as `rates.TARGETS` says; what they come to is measured by tests.
"""

from __future__ import annotations

from justice_world.population.write import Written, write_population


__all__ = ["Written", "write_population"]
