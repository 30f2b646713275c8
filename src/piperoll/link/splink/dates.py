"""What `compare.dates` asks of two dates, as SQL over texts YYYYMMDD; 00 stands for a part that is not known."""

from __future__ import annotations

from piperoll.link.compare import program as op


def date_sql(operation: int, number: int, left: str, right: str) -> str:
    """The condition that an operation of `compare.program` on dates is.

    Args:
        number: Its number: digits that may differ, or which parts agree.
        left, right: The two texts, as SQL.
    """
    years, months, days = ((_part(left, *at), _part(right, *at)) for at in ((1, 4), (5, 2), (7, 2)))
    if operation == op.DATE_DIGITS:
        same = " + ".join(_one(f"{_part(left, at, 1)} = {_part(right, at, 1)}") for at in range(1, 9))
        return f"{same} >= {8 - number}"
    if operation == op.DATE_TURNED:
        return (f"{years[0]} = {years[1]} AND {months[0]} = {days[1]} AND {days[0]} = {months[1]} "
                f"AND {days[0]} <> '00' AND {days[1]} <> '00'")  # fmt: skip
    assert operation == op.DATE_PARTS
    year = f"{years[0]} = {years[1]} AND {years[0]} <> '0000'"
    month = f"{months[0]} = {months[1]} AND {months[0]} <> '00'"
    day = f"{days[0]} = {days[1]} AND {days[0]} <> '00'"
    if number == 8:
        return f"{' + '.join(_one(each) for each in (year, month, day))} >= 2"
    if number == 16:
        known = " AND ".join(f"{each} <> '00'" for each in (*months, *days))
        return (f"{year} AND NOT ({known}) AND ({month} OR {months[0]} = '00' OR {months[1]} = '00') "
                f"AND ({day} OR {days[0]} = '00' OR {days[1]} = '00')")  # fmt: skip
    wanted = [part for bit, part in ((1, year), (2, month), (4, day)) if number & bit]
    return " AND ".join(wanted)


def _part(text: str, start: int, size: int) -> str:
    return f"substr({text}, {start}, {size})"


def _one(condition: str) -> str:
    return f"(CASE WHEN {condition} THEN 1 ELSE 0 END)"
