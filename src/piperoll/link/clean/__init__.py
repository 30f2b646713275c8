"""Cleaning of the distinct values of a column, before records are compared.

Every function here takes a polars Series and gives one of the same length; a null stays null, and what has nothing
left in it becomes null. Nothing here looks at one value at a time.
"""

from piperoll.link.clean.dates import dates
from piperoll.link.clean.identifiers import Identifier, cleaned, identifiers
from piperoll.link.clean.names import nicknames, phonetic
from piperoll.link.clean.postcodes import area, outward, postcodes, sector
from piperoll.link.clean.steps import STEPS, Step, check_steps, clean


__all__ = [
    "STEPS", "Identifier", "Step", "area", "check_steps", "clean", "cleaned", "dates", "identifiers", "nicknames",
    "outward", "phonetic", "postcodes", "sector",
]  # fmt: skip
