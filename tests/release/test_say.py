"""What each kind of reference says: directions, rounding, percentage points, ties, gaps, breaks and what is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.periods import Period
from piperoll.release.sentences.cells import Known, Ref
from piperoll.release.sentences.say import Given, say
from piperoll.release.sentences.variation import LEAST, ordinary


NOW = Period.parse("2012Q2")
PERCENT = Given(places=1, unit="%")


def cell(value: float | str | None, back: int = 0, marks: str = "", **codes: str) -> Known:
    """A figure so many quarters before now."""
    known = None if value is None else Decimal(str(value))
    names = {name: code.title() for name, code in codes.items()}
    return Known(Ref.of("t", "m", NOW.shift(-back), codes), known, tuple(marks.split()), names)


def cells(values: Sequence[float | None], marks: Sequence[str] = ()) -> list[Known]:
    """Now, a year before, and the other quarters, newest first."""
    made = [cell(value, back, marks[back] if back < len(marks) else "") for back, value in enumerate(values)]
    return [made[0], made[4], *made[1:4], *made[5:]] if len(made) > 4 else made


def changed(now: float | None, then: float | None, given: Given | None = None, marks: str = "") -> str:
    return say("change", [cell(now), cell(then, 4, marks)], given or Given()).text


@pytest.mark.parametrize(
    ("now", "then", "given", "text"),
    [
        (2289, 2473, Given(), "a decrease of 7% from 2,473 in Apr to Jun 2011"),
        (2473, 2289, Given(), "an increase of 8% from 2,289 in Apr to Jun 2011"),
        (2473, 2473, Given(), "the same as in Apr to Jun 2011"),
        (1003, 1000, Given(), "an increase of less than 1% from 1,000 in Apr to Jun 2011"),
        (6, 4, Given(), "an increase of 2 from 4 in Apr to Jun 2011"),
        (5, 0, Given(), "an increase of 5 from 0 in Apr to Jun 2011"),
        (29, 30, Given(), "a decrease of 3% from 30 in Apr to Jun 2011"),
        (42.4, 40.1, PERCENT, "an increase of 2.3 percentage points from 40.1% in Apr to Jun 2011"),
        (41.0, 40.0, Given(unit="%"), "an increase of 1 percentage point from 40% in Apr to Jun 2011"),
        (40.04, 40.01, PERCENT, "the same as in Apr to Jun 2011"),
        (12.3, 10.0, Given(places=1, unit=" weeks"), "an increase of 23% from 10.0 weeks in Apr to Jun 2011"),
        (3.25, 3.2, Given(places=1), "an increase of 3% from 3.2 in Apr to Jun 2011"),
        (None, 5, Given(), ""),
    ],
)
def test_a_change(now: float | None, then: float, given: Given, text: str) -> None:
    assert changed(now, then, given) == text


def test_a_change_from_what_is_hidden_says_so() -> None:
    assert changed(50, None, marks="c") == "which cannot be compared with Apr to Jun 2011 [c]"
    assert say("change", [cell(None, 0, "c"), cell(50, 4)], Given()).hidden
    absent = Known(cell(1, 4).ref, None, ("x",), there=False)
    said = say("change", [cell(50), absent], Given())
    assert said.text == "for which these tables have no earlier figure to compare with"
    assert say("change", [cell(50)], Given()).text == said.text, "and when it is said again from what it used"


def test_a_break_between_is_told_and_no_change_is() -> None:
    for back in (0, 1, 3):
        marks = ["b" if each == back else "" for each in range(8)]
        text = say("change", cells([50, 60, 70, 80, 100, 90, 80, 70], marks), Given()).text
        assert text == "which a break in the series [b] keeps from being compared with Apr to Jun 2011"
        assert "break in the series [b]" in say("moved", cells([50, 60, 70, 80, 100], marks), Given()).text
    before = ["b" if each == 4 else "" for each in range(8)]
    assert "a decrease of 50%" in say("change", cells([50, 60, 70, 80, 100, 90, 80, 70], before), Given()).text


@pytest.mark.parametrize(
    ("now", "then", "given", "text"),
    [
        (2289, 2473, Given(), "decreased by 7%, from 2,473 in Apr to Jun 2011 to 2,289 in Apr to Jun 2012"),
        (7, 7, Given(), "were unchanged between Apr to Jun 2011 and Apr to Jun 2012, at 7"),
        (7, 7, Given(plural=False), "was unchanged between Apr to Jun 2011 and Apr to Jun 2012, at 7"),
        (7, 4, Given(), "increased by 3, from 4 in Apr to Jun 2011 to 7 in Apr to Jun 2012"),
        (42.4, 40.1, PERCENT,
         "increased by 2.3 percentage points, from 40.1% in Apr to Jun 2011 to 42.4% in Apr to Jun 2012"),
        (700, None, Given(), "stood at 700 in Apr to Jun 2012; no figure for Apr to Jun 2011 can be given [c]"),
    ],
)  # fmt: skip
def test_a_verb(now: float, then: float | None, given: Given, text: str) -> None:
    assert say("moved", [cell(now), cell(then, 4, "" if then is not None else "c")], given).text == text


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_direction_words_follow_the_figures(now: int, then: int) -> None:
    for op in ("change", "moved"):
        text = say(op, [cell(now), cell(then, 4)], Given()).text
        up, down = "increase" in text, "decrease" in text
        assert (up, down) == (now > then, now < then)
        assert f"{then:,}" in text or now == then


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([90, 80, 70, 60, 50, 95, 10], ", the highest since Jan to Mar 2011"),
        ([10, 80, 70, 60, 50, 10, 90], ", the lowest since Jan to Mar 2011"),
        ([90, 80, 70, 60, 50, 40], ", the highest of all periods shown, from Jan to Mar 2011 on"),
        ([90, 80, 70, 60, 95, 40], ""),
        ([90, 80, 70, 60], ""),
        ([90, 80, None, 60, 50, 95], ""),
        ([90, 95, 70, 60, 50, 40], ""),
        ([None, 95, 70, 60, 50, 40], ""),
    ],
)
def test_a_record_of_a_year_at_least(values: list[float | None], text: str) -> None:
    made = [cell(value, back) for back, value in enumerate(values)]
    said = say("record", made, Given())
    assert said.text == text
    if text:
        kept = [made[place] for place in said.used]
        assert say("record", kept, Given()).text == text, "it rests on the cells it names and no others"


def test_no_record_over_a_break() -> None:
    values = [90, 80, 70, 60, 50, 40, 30]
    assert say("record", [cell(v, back, "b" if back == 3 else "") for back, v in enumerate(values)], Given()).text == ""


def areas(**values: float | None) -> list[Known]:
    return [cell(value, 0, "" if value is not None else "c", area=name) for name, value in values.items()]


BY = Given(by="area")


@pytest.mark.parametrize(
    ("values", "given", "text"),
    [
        ({"north": 5, "south": 9, "west": 7}, BY, "highest in South (9)"),
        ({"north": 5, "south": 9, "west": 7}, Given(by="area", first=2), "highest in South (9) and West (7)"),
        ({"north": 9, "south": 9, "west": 7}, BY, "highest in North and South (both 9)"),
        ({"north": 9, "south": 9, "west": 9}, BY, "highest in North, South and West (each 9)"),
        ({"north": 9, "south": None, "west": 7}, BY, "highest in North (9) among those that can be shown"),
        ({"north": 9.44, "south": 9.45}, Given(by="area", places=1, unit="%", word="for"), "highest for South (9.5%)"),
        (dict.fromkeys("abcdef", 4), BY, "highest in 6 of 6 (4 each)"),
    ],
)
def test_a_rank(values: dict[str, float | None], given: Given, text: str) -> None:
    assert say("highest", areas(**values), given).text == text


def test_the_lowest_and_what_cannot_be_ranked() -> None:
    assert say("lowest", areas(north=5, south=9), BY).text == "lowest in North (5)"
    assert say("lowest", areas(north=None, south=None), BY).hidden


def spread(*pairs: tuple[float | None, float | None]) -> str:
    made = [each for place, (now, then) in enumerate(pairs) for each in
            (cell(now, 0, area=f"a{place}"), cell(then, 4, area=f"a{place}"))]  # fmt: skip
    return say("spread", made, Given(by="area", word="regions")).text


def test_in_how_many_it_went_which_way() -> None:
    assert spread((1, 2), (1, 2), (3, 2)) == "decreased in 2 of 3 regions and increased in 1"
    assert spread((1, 1), (2, 2)) == "stayed the same in 2 of 2 regions"
    text = "increased in 1 of 3 regions and stayed the same in 1 (for 1 no comparison can be given)"
    assert spread((2, 1), (2, 2), (None, 2)) == text
    assert spread((None, 1), (2, None)) == "could not be compared in any of 2 regions"
    assert spread() == ""


def test_a_share_and_a_figure() -> None:
    assert say("share", [cell(37), cell(100)], Given()).text == "37%"
    assert say("share", [cell(1), cell(1000)], Given()).text == "less than 1%"
    assert say("share", [cell(0), cell(1000)], Given()).text == "0%"
    assert say("share", [cell(1), cell(0)], Given()).hidden and say("share", [cell(1), cell(None)], Given()).hidden
    said = say("figure", [cell("1234.50")], Given(places=1))
    assert (said.text, said.value) == ("1,234.5", "1234.5")
    assert say("figure", [cell(None, 0, "c")], Given()).hidden


def test_what_is_told_instead() -> None:
    given_ = Given(subject="Claims issued (New)")
    assert say("told", [cell(None, 0, "c")], given_).text == "Claims issued (New), Apr to Jun 2012: cannot be given [c]"
    assert say("told", [cell(1200)], given_).text == "Claims issued (New), Apr to Jun 2012: 1,200"
    assert say("withheld", [cell(None, 0, "c")], given_).text.endswith("no figure can be given [c]")
    assert say("withheld", [cell(None), cell(1)], given_).text == "", "which is not so"


def series(base: float, wave: float, years: int = 7) -> list[Decimal]:
    """Quarters with a season, and a wave that alternates over the years so that no trend explains it."""
    season = (1.0, 1.1, 0.9, 1.05)
    noise = (0.3, -1.0, 0.7, 1.0, -0.5, -0.2, 0.9, -0.8, 0.1, 0.6, -0.9)
    return [Decimal(round(base * season[q % 4] + wave * noise[q % len(noise)])) for q in range(4 * years)]


def test_a_change_within_the_variation_of_its_series() -> None:
    calm = series(10_000, 20)
    assert ordinary([*calm, calm[-4] + 60], 4) is True
    assert ordinary([*calm, calm[-4] + 900], 4) is False
    wild = series(10_000, 900)
    assert ordinary([*wild, wild[-4] + 450], 4) is True
    assert ordinary([*wild, wild[-4] + 600], 4) is False, "six per cent are told, however wild the series"
    assert ordinary([*calm, calm[-4] + 450], 4) is False, "and less where the series is calm"


def test_a_steady_trend_is_no_variation() -> None:
    falling = [Decimal(round(20_000 * 0.975**q)) for q in range(29)]
    assert ordinary(falling, 4) is False, "ten per cent a year, every year, is a decrease"


def test_a_second_difference_cancels_level_season_and_trend() -> None:
    rising = [Decimal(round((100 + 0.5 * q + (3, -2, 4, 1)[q % 4]) ** 2 / 4)) for q in range(28)]
    assert ordinary(rising, 4) is True, "on the square-root scale it rises by one each year, less than chance"
    assert ordinary([*rising[:-1], rising[-1] * 2], 4) is False


def test_chance_alone_is_the_least_variation() -> None:
    flat = [Decimal(400)] * 28
    assert ordinary([*flat, Decimal(440)], 4) is True, "2 sqrt(440) - 2 sqrt(400) = 1.95 < 1.96 sqrt 2"
    assert ordinary([*flat, Decimal(470)], 4) is False


def test_a_short_series_is_not_judged() -> None:
    calm = series(1000, 10)
    assert ordinary(calm[: 4 + LEAST + 3], 4) is not None, "eight second differences before the last change"
    assert ordinary(calm[: 4 + LEAST + 2], 4) is None
    assert ordinary([*calm[:10], None, *calm[11:15]], 4) is None, "gaps leave too few"
    assert ordinary([*calm[:-1], None], 4) is None
    assert ordinary([], 4) is None and ordinary([Decimal(3)], 4) is None


def test_little_changed_gives_both_figures() -> None:
    calm = series(10_000, 20)
    values = [float(each) for each in reversed([*calm, calm[-4] + 60])]
    judged = say("change", cells(values), Given(judge=True)).text
    assert judged == f"little changed from {int(calm[-4]):,} in Apr to Jun 2011"
    assert say("change", cells(values), Given()).text.startswith("an increase of 1%")
    assert say("moved", cells(values), Given(judge=True)).text.startswith("were little changed, at ")
    same = [values[4], *values[1:]]
    assert say("change", cells(same), Given(judge=True)).text == "the same as in Apr to Jun 2011"
