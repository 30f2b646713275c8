"""How often each error happens, and what they come to in pairs of records of one person.

The model by which the Ministry of Justice's Core Person Record links prison, probation and court records (public
repository ministryofjustice/hmpps-person-match, model of 2026-02-23, MIT licence) says how often two records of one
person agree at each level. A record's own chance of an error is about half of what pairs show, since either record may
have it; ``TARGETS`` keeps the pairs' figures, to which a test holds what comes out.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace


# Share of pairs of one person's records, both with a value, by level (m probabilities of the model).
TARGETS: dict[str, dict[str, float]] = {
    # Array levels need a record's aliases, which few sources here have; what they find is left in the levels below.
    "name": {"exact": 0.881, "jw_90": 0.073, "reversed": 0.002, "rest": 0.044},
    # Of the .017 whose alias dates agree the model does not say how far apart the current ones are.
    "dob": {"exact": 0.948, "one_edit": 0.017, "five_years": 0.010, "other": 0.002, "alias": 0.017},
    # Frequency levels of one equal postcode added up: .653 + .040 + .015.
    "postcode": {"same": 0.708, "outward": 0.092, "other": 0.199},
    "pnc": {"different": 0.001},
}


@dataclass(frozen=True)
class Rates:
    """Chances, of a record unless a person is named.

    Attributes:
        typing: A forename or surname with a slip of the hand.
        hearing: Either of them in another spelling.
        nickname: A short form where the name has one.
        swapped: Forename and surname in each other's fields.
        half: One half of a double-barrelled surname left out, where there is one.
        middle_lost: No middle name, where there is one.
        middle_first: The middle name where the forename belongs, where there is one.
        middle_added: Someone else's middle name, where there is none.
        renamed: Of women: a change of surname at marriage or parting within the four years (a person).
        alias: A person's other name, known to police and prisons (a person).
        under_alias: A record under the alias, of those who have one.
        date_digit, date_swapped, date_january, date_year, date_far: Faults of the date of birth: one digit, day and
            month swapped, the first of January, a year off, some years off.
        date_other: Another date altogether.
        date_missing: No date (or 1 January 1900), in sources whose dates may be missing.
        sex_wrong, sex_missing: The other sex; none, or not known.
        ethnicity_missing, ethnicity_other: Not stated; another code.
        moves: Mean number of moves of home in four years; it varies much between persons.
        postcode_character: One character wrong.
        postcode_outward: The outward half alone.
        postcode_missing: None.
        homeless: No fixed abode at the time.
        code_character: One wrong character in an identifier (a check letter finds most).
        second_number: A person with two numbers of one kind.
        others_number: A person recorded under somebody else's PNC identifier.
    """

    typing: float = 0.0250
    hearing: float = 0.0135
    nickname: float = 0.0105
    swapped: float = 0.0010
    half: float = 0.10
    middle_lost: float = 0.13
    middle_first: float = 0.0020
    middle_added: float = 0.0040
    renamed: float = 0.05
    alias: float = 0.072
    under_alias: float = 0.22
    date_digit: float = 0.0135
    date_swapped: float = 0.0045
    date_january: float = 0.0040
    date_year: float = 0.0035
    date_far: float = 0.0020
    date_other: float = 0.0010
    date_missing: float = 0.012
    sex_wrong: float = 0.002
    sex_missing: float = 0.010
    ethnicity_missing: float = 0.08
    ethnicity_other: float = 0.03
    moves: float = 1.95
    postcode_character: float = 0.010
    postcode_outward: float = 0.006
    postcode_missing: float = 0.06
    homeless: float = 0.02
    code_character: float = 0.002
    second_number: float = 0.003
    others_number: float = 0.001

    def scaled(self, errors: float) -> Rates:
        """Every chance times ``errors``, none above .6; moves without that bound.

        ``under_alias`` stays, since the share of people with an alias grows already.
        """
        scaled = {each.name: getattr(self, each.name) * errors for each in fields(self) if each.name != "under_alias"}
        return replace(self, **{name: rate if name == "moves" else min(rate, 0.6) for name, rate in scaled.items()})


def present(share: float, errors: float) -> float:
    """The share of records that have an identifier: ``share`` at errors 1, half of it at 2, all at 0."""
    return share / errors if errors >= 1 else 1 - (1 - share) * errors
