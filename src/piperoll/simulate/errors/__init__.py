"""What clerks and systems do to names, dates and codes, for any simulation: whole columns at a time.

Each function takes a generator and the values to be spoilt, and gives as many spoilt values; which rows are spoilt, and
how often, is the caller's to say.
"""

from __future__ import annotations

from piperoll.simulate.errors.dates import Dates, first_of_january, off_by_years, one_digit, swapped
from piperoll.simulate.errors.letters import miscode, mistype
from piperoll.simulate.errors.sounds import misheard


__all__ = ["Dates", "first_of_january", "miscode", "misheard", "mistype", "off_by_years", "one_digit", "swapped"]
