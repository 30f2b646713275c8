"""The register's calendars of bank holidays are those of the rule by which the simulation works."""

from __future__ import annotations

from piperoll.register.model.register import Register
from piperoll.simulate.calendars import bank_holidays


def test_the_registers_calendars_agree_with_the_rule(register: Register) -> None:
    listed = [each.code for each in register.codes["bank_holiday"].codes]
    years = sorted({int(code[:4]) for code in listed})
    assert years == list(range(2005, 2015))
    assert sorted(listed) == [f"{day}" for year in years for day in bank_holidays(year)]
    kingdom = register.codes["uk_bank_holiday"].codes
    here = sorted(each.code for each in kingdom if "England" in each.attributes["nations"])
    assert here == [f"{day}" for year in range(2002, 2015) for day in bank_holidays(year)]
