"""Made-up people for tests of linkage, and slips in what is written of them."""

from __future__ import annotations

import random

import polars as pl


FORENAMES = ("ALICE", "BEATRICE", "CLARA", "DOROTHY", "EDITH", "FREDERICK", "GEORGE", "HENRY", "IVAN", "JOSEPH",
             "KENNETH", "LEONARD", "MARGARET", "NORMAN", "OLIVE", "PATRICIA")  # fmt: skip
SURNAMES = ("ABBOTT", "BARKER", "CARTER", "DAWSON", "ELLIOTT", "FLETCHER", "GRANGER", "HOLLOWAY", "IRVING", "JARVIS",
            "KEMP", "LAWSON", "MERCER", "NORTON", "OSBORNE", "PRITCHARD", "QUIGLEY", "REDFERN", "SAUNDERS",
            "THORNTON")  # fmt: skip


def people(count: int, seed: int, *, twice: float = 1.0, slips: float = 0.1) -> pl.DataFrame:
    """Records ``id``, names, date of birth, postcode, a person's ``number``, a ``case`` of each record, and ``truth``.

    Args:
        twice: Share of the people who have two records; others have one.
        slips: Share of values that differ in a second record.
    """
    rng = random.Random(seed)
    rows = []
    for person in range(count):
        first = [
            rng.choice(FORENAMES), rng.choice(SURNAMES),
            f"{rng.randint(1940, 1995)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
            f"{rng.choice('ABCDEF')}B{rng.randint(1, 20)} {rng.randint(1, 9)}{rng.choice('ABDEFGH')}{rng.choice('JLNP')}",
            f"{person:05d}{rng.randint(10, 99)}",
        ]  # fmt: skip
        rows.append([*first, f"C{rng.randint(0, 999_999):06d}", person])
        if rng.random() < twice:
            again = [slip(each, rng) if k < 4 and rng.random() < slips else each for k, each in enumerate(first)]
            rows.append([*again, f"C{rng.randint(0, 999_999):06d}", person])
    columns = ["forename", "surname", "dob", "postcode", "number", "case", "truth"]
    return pl.DataFrame(rows, schema=columns, orient="row").with_row_index("id").cast({"id": pl.String})


def slip(text: str, rng: random.Random) -> str:
    """A letter or digit replaced by another."""
    at = rng.choice([k for k, each in enumerate(text) if each.isalnum()])
    letters = "0123456789" if text[at].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return text[:at] + rng.choice(letters) + text[at + 1 :]
