"""What a column is, from words in its name and the forms of its values: class by class, the careful guess first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from piperoll.register.model.contract import FieldClass


# SQL reads these as its own words
_RESERVED = (
    "all and any as asc at between by case cast check column create cross default desc distinct do else end except "
    "exists false fetch filter for foreign from full grant group having in inner insert intersect into is join key "
    "lateral left like limit natural not null offset on only or order outer primary references right row rows select "
    "set some table then to true union unique user using values when where window with"
)
_ORGANISATION = (
    "court force la lad authority council area region office school department site building offence station "
    "team country county district ward file column agency organisation organization company supplier provider trust "
    "product category type group service field variable measure code hospital establishment institution constituency"
)
_PERSON = (
    "surname forename forenames firstname lastname fullname initials maiden alias nickname email mail phone telephone "
    "mobile tel fax dob birthdate postcode postal zip address addr street road passport officer judge caseworker "
    "solicitor author contact applicant claimant defendant victim witness patient username"
)
_NUMBER = (
    "id ids ref refs reference number no num nr identifier urn uprn account nhs nino ni ssn soc pnc cro key uuid guid "
    "barcode licence license registration"
)
_COUNT = (
    "count counts n freq frequency total totals volume sum cases records persons people offences outcomes arrests "
    "population households ant antall anzahl nombre obs headcount"
)
_PLACE = (
    "sex gender age ages nationality citizenship marital occupation ethnicity region area county town city suburb "
    "state district ward locality parish latitude longitude lat long lon lng country authority la household"
)
_SENSITIVE = (
    "religion faith belief disability disabled health diagnosis sexuality orientation pregnancy pregnant union "
    "political offence sentence conviction outcome"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


RESERVED = _words(_RESERVED)
ORGANISATION, PERSON, NUMBER = _words(_ORGANISATION), _words(_PERSON), _words(_NUMBER)
COUNT, PLACE, SENSITIVE = _words(_COUNT), _words(_PLACE), _words(_SENSITIVE)


@dataclass(frozen=True)
class Facts:
    """What is known of a column's values, as shares (0 to 1) of those that are there.

    Attributes:
        rows, filled, distinct: Rows, rows with a value, different values.
        email, phone, postcode, digits, spaced: Share with that form; ``digits``: holds a digit; ``spaced``: holds a
            space.
        longest: Characters of the longest value.
    """

    rows: int
    filled: int
    distinct: int
    email: float = 0.0
    phone: float = 0.0
    postcode: float = 0.0
    digits: float = 0.0
    spaced: float = 0.0
    longest: int = 0

    @property
    def unlike(self) -> float:
        """Different values per value: 1 where each is another."""
        return self.distinct / self.filled if self.filled else 0.0

    @property
    def is_reference(self) -> bool:
        """Whether nearly each value is another, holds digits, and is one word."""
        own = self.rows >= 20 and self.unlike > 0.9
        return own and self.digits > 0.9 and self.spaced < 0.1 and self.longest <= 60

    @classmethod
    def from_row(cls, row: Mapping[str, float]) -> Facts:
        """From a row of the query that counts them."""
        whole = {"rows", "filled", "distinct", "longest"}
        filled = max(1, int(row["filled"]))
        return cls(**{k: int(v) if k in whole else v / filled for k, v in row.items()})  # type: ignore[arg-type]


def slug(header: str) -> str:
    """A field name from a header: small letters, digits and _, a letter first, no word of SQL."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", header.casefold()) if not unicodedata.combining(c))
    name = re.sub(r"_+", "_", re.sub(r"[^0-9a-z]+", "_", plain)).strip("_")[:50].strip("_")
    if not name or not name[0].isalpha():
        name = f"c_{name}".strip("_")
    return f"{name}_field" if name in RESERVED else name


def is_birth(words: frozenset[str]) -> bool:
    """Whether a name speaks of a day of birth."""
    return bool({"dob", "birthdate", "birthday"} & words) or ("birth" in words and "year" not in words)


def classify(name: str, kind: str, facts: Facts) -> tuple[FieldClass, str]:
    """Class of a column and why.

    Args:
        name: Field name.
        kind: Type as found so far: ``int``, ``dec``, ``date``, ``datetime``, ``bool`` or ``str``.
        facts: Of its values.
    """
    words = frozenset(name.split("_"))
    called = "its name says so"
    if is_birth(words):
        return "D", "its name speaks of a birth"
    if kind in ("date", "datetime"):
        return "T", "it holds dates that are not of births"
    if words & {"ethnicity", "ethnic", "race"}:
        return "QS", called
    for share, what in ((facts.email, "e-mail addresses"), (facts.postcode, "postcodes")):
        if kind == "str" and share >= 0.5:
            return "D", f"its values look like {what}"
    if kind != "bool" and PERSON & words and not ({"type", "code"} & words and facts.distinct <= 100):
        return "D", "its name speaks of people, or of where and how they are reached"
    if kind == "str" and "name" in words | {w.removesuffix("s") for w in words} and not ORGANISATION & words:
        return "D", "it may hold names of people"
    if kind in ("str", "int") and facts.phone >= 0.8 and facts.unlike > 0.5:
        return "D", "its values look like telephone numbers"
    if kind in ("str", "int") and NUMBER & words and not COUNT & words and facts.unlike > 0.5:
        return "L", "its name speaks of a reference, and nearly each row has its own"
    if kind == "str" and facts.is_reference:
        return "L", "nearly each row has its own mixture of letters and digits"
    if SENSITIVE & words and kind in ("str", "bool"):
        return "S", called
    if PLACE & words:
        return "Q", called
    if kind in ("int", "dec"):
        return "M", "it holds numbers"
    return "A", "nothing speaks for another class"
