"""Double Metaphone against the examples that are published with it."""

from __future__ import annotations

import polars as pl
import pytest

from piperoll.link.clean import phonetic
from piperoll.link.clean.metaphone import double_metaphone


# Words that illustrate the rules of Philips (2000), one or more for each. The package metaphone 0.6 gives the same codes
# but for HUGH, JOSE, ROGIER, THUMB and CUMBER, whose rules it does not follow (silent GH and MB, the end of a word).
PUBLISHED = """
SMITH SM0 XMT      | SCHMIDT XMT SMT     | SNIDER SNTR XNTR   | SCHNEIDER XNTR SNTR | CAESAR SSR SSR    | CHIANTI KNT KNT
MICHAEL MKL MXL    | WACHTLER AKTLR FKTLR | ARCHITECT ARKTKT ARKTKT | CZERNY SRN XRN  | FOCACCIA FKX FKX  | BELLOCCHIO PLX PLX
BACCHUS PKS PKS    | ACCIDENT AKSTNT AKSTNT | BACCI PX PX      | MCHUGH MK MK       | EDGE AJ AJ        | EDGAR ATKR ATKR
GHISLANE JLN JLN   | GHIRADELLI JRTL JRTL | HUGH H H           | LAUGH LF LF        | MCLAUGHLIN MKLFLN MKLFLN | TAGLIARO TKLR TLR
BIAGGI PJ PK       | DANGER TNJR TNKR    | JOSE HS HS          | BAJADOR PJTR PHTR  | CABRILLO KPRL KPR | GALLEGOS KLKS KKS
THUMB 0M TM        | CUMBER KMR KMR      | CAMPBELL KMPL KMPL  | RASPBERRY RSPR RSPR | ROGIER RJ RJR    | HOCHMEIER HKMR HKMR
ISLE AL AL         | CARLISLE KRLL KRLL  | CARLYSLE KRLL KRLL  | SUGAR XKR SKR      | SCHOLZ XLS XLS    | SCHOOL SKL SKL
SCHOONER SKNR SKNR | SCHERMERHORN XRMRRN SKRMRRN | SCHENKER XNKR SKNKR | RESNAIS RSN RSNS | ARTOIS ART ARTS | THOMAS TMS TMS
THAMES TMS TMS     | ARNOW ARN ARNF      | FILIPOWICZ FLPTS FLPFX | BREAUX PR PR    | ZHAO J J          | KNIGHT NT NT
PSALM SLM SLM      | WRIGHT RT RT        | XAVIER SF SFR       | UOMO AM AM         | CHARACTER KRKTR KRKTR | CHORE XR XR
""".strip().replace("\n", "|").split("|")  # fmt: skip


@pytest.mark.parametrize("example", [each.split() for each in PUBLISHED], ids=lambda each: each[0])
def test_published_examples(example: list[str]) -> None:
    name, one, other = example
    assert double_metaphone(name) == (one, other)
    assert phonetic(pl.Series([name]), "metaphone").to_list() == [one]


@pytest.mark.parametrize(
    ("one", "other"),
    [("STEPHEN", "STEVEN"), ("CATHERINE", "KATHRYN"), ("PHILLIPS", "FILIPS"), ("MACKENZIE", "MAKENZIE"),
     ("NIGHTINGALE", "NITINGALE"), ("WRIGHT", "RITE"), ("SEÁN", "Sean"), ("O'Brien", "OBRIEN")],
)  # fmt: skip
def test_names_that_sound_alike_have_one_code(one: str, other: str) -> None:
    codes = phonetic(pl.Series([one, other]), "metaphone").to_list()
    assert codes[0] == codes[1] is not None


def test_nothing_heard_is_no_code() -> None:
    assert phonetic(pl.Series(["", None, "123", "李", "H", "GH"]), "metaphone").to_list() == [
        None,
        None,
        None,
        None,
        None,
        "K",
    ]


@pytest.mark.parametrize("letter", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
def test_letters_alone_and_many_times(letter: str) -> None:
    for count in range(1, 8):
        one, other = double_metaphone(letter * count)
        assert set(one + other) <= set("AFHJKLMNPRSTX0")
        assert len(one) <= 2 * count
