"""Postcodes, the slips mended in them, and the areas around them."""

from __future__ import annotations

import polars as pl
import pytest

from piperoll.link.clean import area, outward, postcodes, sector


@pytest.mark.parametrize(
    ("written", "code"),
    [
        # the six forms, and Girobank's
        ("M1 1AE", "M1 1AE"),
        ("B33 8TH", "B33 8TH"),
        ("W1A 0AX", "W1A 0AX"),
        ("CR2 6XH", "CR2 6XH"),
        ("DN55 1PT", "DN55 1PT"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("GIR 0AA", "GIR 0AA"),
        # ways of writing them
        ("ec1a1bb", "EC1A 1BB"),
        (" ec1a  1bb ", "EC1A 1BB"),
        ("EC1A-1BB", "EC1A 1BB"),
        ("EC1A 1BB.", "EC1A 1BB"),
        ("EC 1A1 BB", "EC1A 1BB"),
        # slips where one kind of character alone can stand
        ("0L1 2AB", "OL1 2AB"),
        ("1G1 2AB", "IG1 2AB"),
        ("M1 IAE", "M1 1AE"),
        ("M1 OAE", "M1 0AE"),
        ("MI 1AE", "M1 1AE"),
        ("MO 1AE", "M0 1AE"),
        ("S014 3AB", "SO14 3AB"),
        ("DNI5 1PT", "DN15 1PT"),
        ("ECIA 1BB", "EC1A 1BB"),
        # and where both can: left, and in the inward code's letters, where neither O nor I stands
        ("SO1 2AB", "SO1 2AB"),
        ("S01 2AB", "S01 2AB"),
        ("M1 1A0", "M1 1A0"),
        ("M1 10E", "M1 10E"),
        # other shapes
        ("2119", "2119"),
        ("d02  x285", "D02 X285"),
        ("75008", "75008"),
        ("12345-6789", "12345-6789"),
        ("sw1a", "SW1A"),
        ("sw1a 1", "SW1A 1"),
        ("BFPO 12", "BFPO 12"),
        ("SW1A 1AA LONDON", "SW1A 1AA LONDON"),
        ("MÉ1 1AA", "MÉ1 1AA"),
        # nothing
        ("NFA", None),
        ("n.f.a.", None),
        ("No Fixed Abode", None),
        ("UNKNOWN", None),
        ("N/A", None),
        ("-", None),
        ("", None),
        ("ZZ99 3VZ", None),
        ("zz993wz", None),
        ("ZZ99", None),
        ("NF1 1NF", None),
        (None, None),
    ],
)
def test_postcodes(written: str | None, code: str | None) -> None:
    assert postcodes(pl.Series([written], dtype=pl.String)).to_list() == [code]


@pytest.mark.parametrize(
    ("code", "in_area", "in_outward", "in_sector"),
    [
        ("M1 1AE", "M", "M1", "M1 1"),
        ("EC1A 1BB", "EC", "EC1A", "EC1A 1"),
        ("GIR 0AA", "GIR", "GIR", "GIR 0"),
        ("SW1A", "SW", "SW1A", None),
        ("SW1A 1", "SW", "SW1A", "SW1A 1"),
        ("2119", "21", "211", "2119"),
        ("D02 X285", "D0", "D02", "D02X"),
        ("12345-6789", "12", "123", "1234"),
        ("75", "75", "75", "75"),
        ("--", None, None, None),
        (None, None, None, None),
    ],
)
def test_parts(code: str | None, in_area: str | None, in_outward: str | None, in_sector: str | None) -> None:
    codes = pl.Series("postcode", [code], dtype=pl.String)
    assert area(codes).to_list() == [in_area]
    assert outward(codes).to_list() == [in_outward]
    assert sector(codes).to_list() == [in_sector]
    assert area(codes).name == outward(codes).name == sector(codes).name == "postcode"


def test_shape_and_order() -> None:
    found = postcodes(pl.Series("p", ["m11ae", None, "nfa", "m11ae"]))
    assert (found.name, found.to_list()) == ("p", ["M1 1AE", None, None, "M1 1AE"])
    assert postcodes(pl.Series("p", [], dtype=pl.String)).len() == 0
    assert postcodes(pl.Series([2119, None])).to_list() == ["2119", None]
    assert postcodes(pl.Series(["9" * 300])).str.len_chars().to_list() == [64]
