"""Who is in which prison, as the prison systems' own bookings and movements have it."""

from __future__ import annotations

import polars as pl

from justice_world.rooms import day
from piperoll.periods import Period


ESCORT = "ESC"
_OPEN = 10**6  # last day of a stay that goes on
_KNOWN = ("noms_no", "surname", "forenames", "dob", "sex", "ethnicity", "nationality", "person")


class Stock:
    """Prisoners from month to month; the stock begins empty and fills with the bookings that are sent."""

    def __init__(self) -> None:
        self.held = pl.DataFrame()
        self._known = pl.DataFrame()
        self._stays = pl.DataFrame()

    def month(
        self, month: Period, prisoners: pl.DataFrame, bookings: pl.DataFrame, movements: pl.DataFrame
    ) -> pl.DataFrame:
        """Everybody who is in prison at some time of the month: ``came``, ``since`` and ``leaves`` are days since 1970.

        Who is moved within the month is counted from the day of the move on; ``since`` is the first day in the
        ``establishment``, ``came`` that of the booking.
        """
        if prisoners.width:
            rows = prisoners.select(*_KNOWN[:-1], pl.col("person").cast(pl.Int64))
            self._known = _latest([self._known, rows], "noms_no")
        if bookings.width:
            self._stays = _latest([self._stays, self._booked(bookings)], "book_id")
        if movements.width and self._stays.width:
            self._moved(movements)
        if not (self._stays.width and self._known.width):
            return self.held
        self._stays = self._stays.filter(pl.col("leaves") >= day(month))
        held = self._stays.sort("noms_no", "came", "book_id").unique("noms_no", keep="last", maintain_order=True)
        self.held = self._known.join(held, on="noms_no", how="inner", maintain_order="left").drop("book_id")
        return self.held

    def without(self, dead: pl.DataFrame) -> None:
        """Take those who died out for good: the prison systems' bookings go on without knowing."""
        self._known = self._known.join(dead, on="noms_no", how="anti", maintain_order="left")

    def _booked(self, bookings: pl.DataFrame) -> pl.DataFrame:
        rows = bookings.unique("book_id", keep="last", maintain_order=True)
        came = pl.col("booking_begin").cast(pl.Int32).cast(pl.Int64)
        ended = pl.col("booking_end").cast(pl.Int32).cast(pl.Int64)
        fresh = rows.select(
            "book_id", "noms_no", came=came, since=came, leaves=ended.fill_null(_OPEN), establishment="agy_loc"
        )
        if not self._stays.width:
            return fresh
        before = self._stays.select("book_id", at="since", place="establishment")
        return fresh.join(before, on="book_id", how="left", maintain_order="left").select(
            "book_id", "noms_no", "came", pl.coalesce("at", "since").alias("since"), "leaves",
            pl.coalesce("place", "establishment").alias("establishment"),
        )  # fmt: skip

    def _moved(self, movements: pl.DataFrame) -> None:
        """The last prison that someone came into, and when."""
        into = movements.filter(pl.col("direction") == "IN", pl.col("movement_type").is_in(["ADM", "TRN"]))
        last = into.sort("book_id", "movement_seq").unique("book_id", keep="last", maintain_order=True)
        moved = last.select("book_id", at=pl.col("movement_date").cast(pl.Int32).cast(pl.Int64), place="to_agy")
        self._stays = self._stays.join(moved, on="book_id", how="left", maintain_order="left").select(
            "book_id", "noms_no", "came", pl.coalesce("at", "since").alias("since"), "leaves",
            pl.coalesce("place", "establishment").alias("establishment"),
        )  # fmt: skip


def _latest(frames: list[pl.DataFrame], key: str) -> pl.DataFrame:
    return pl.concat([each for each in frames if each.width]).unique(key, keep="last", maintain_order=True)
