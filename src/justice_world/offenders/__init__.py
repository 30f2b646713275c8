"""What seven systems send about the people of `justice_world.population`: their contracts' tables, month by month.

Magistrates' courts (Libra) and the Crown Court (CREST) hang together: who is committed or sent appears there with the
particulars that came along or that were taken anew.
"""

from __future__ import annotations

from justice_world.offenders.systems import ENGLAND_AND_WALES, Offenders


__all__ = ["ENGLAND_AND_WALES", "Offenders"]
