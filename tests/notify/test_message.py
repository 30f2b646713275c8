"""A message: what it says, that nothing in it can become a header, and that it is the same whenever it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from piperoll.notify.message import message_of, subject, text
from piperoll.notify.parcel import Parcel, parcel_of
from piperoll.notify.release import edition_of
from tests.notify.office import FIGURE, FILES, Office


SENDER = "statistics@justice.invalid"


@pytest.fixture
def parcel(office: Office) -> Parcel:
    return made(office)


def made(office: Office, number: int = 1, title: str = "Tickets and fines", marking: str = "restricted") -> Parcel:
    register = office.desk.register
    edition = edition_of(office.desk.journal.releases()[0], office.directory)
    entry = register.publications["fines"].circulation[number]
    return parcel_of(edition, entry, register.recipients[entry.to], register.markings[marking], title, "Ask us")


def read(parcel: Parcel) -> EmailMessage:
    return message_from_bytes(message_of(parcel, SENDER), policy=policy.default)


def test_what_it_says(parcel: Parcel) -> None:
    message = read(parcel)
    assert [message[name] for name in ("From", "To", "Subject", "X-Protective-Marking", "Auto-Submitted")] == [
        SENDER, "beta@beta.invalid", "RESTRICTED: Tickets and fines, 2012Q2", "RESTRICTED", "auto-generated",
    ]  # fmt: skip
    assert message["Date"] == "Fri, 20 Jul 2012 12:00:00 +0000" and message["Message-ID"].endswith("@justice.invalid>")
    assert [name for name in ("Cc", "Bcc", "Reply-To") if message[name]] == []
    body, attached = message.get_body().get_content(), list(message.iter_attachments())
    lines = body.splitlines()
    assert lines[0] == lines[-1] == "RESTRICTED" and "Made from simulated data: not official statistics." in lines
    assert "It is for those on the circulation list alone: do not pass it on." in lines and "To: Beta Office" in lines
    assert [each.get_filename() for each in attached] == ["RESTRICTED-tickets.csv"]
    data = attached[0].get_payload(decode=True)
    assert data == FILES["tables/tickets.csv"], "byte for byte, its line ends and all"
    assert f"{hashlib.sha256(data).hexdigest()}  RESTRICTED-tickets.csv" in lines


def test_it_is_the_same_again_and_its_lines_are_ended_as_mail_has_them(parcel: Parcel) -> None:
    first = message_of(parcel, SENDER)
    assert first == message_of(parcel, SENDER)
    assert first.count(b"\n") == first.count(b"\r\n") and max(map(len, first.split(b"\r\n"))) <= 998
    assert first.isascii()


def test_another_recipient_has_another_message(office: Office) -> None:
    one, two = read(made(office, 0)), read(made(office, 1))
    assert one["Message-ID"] != two["Message-ID"] and one["To"] == "alpha@alpha.invalid"
    assert "beta" not in one.as_string() and "alpha" not in two.as_string(), "nobody learns who else is sent it"


def test_no_figure_stands_outside_the_files(parcel: Parcel) -> None:
    message = read(parcel)
    heads = [f"{name}: {value}" for name, value in message.items()]
    assert FIGURE not in "".join(heads) + message.get_body().get_content() + subject(parcel)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Fines\r\nBcc: thief@evil.invalid", "Fines Bcc: thief@evil.invalid"),
        ("Fines\n\nText of ours", "Fines Text of ours"),
        ("Fines\u2028\x00\x1b[31m", "Fines [31m"),
        ("Dirwyon a thocynnau \u0175", "Dirwyon a thocynnau \u0175"),
        ("x" * 2000, "x" * 2000),
    ],
)
def test_a_title_stays_one_line_of_one_header(office: Office, title: str, shown: str) -> None:
    parcel = made(office, title=title)
    raw = message_of(parcel, SENDER)
    message = message_from_bytes(raw, policy=policy.default)
    assert message["Bcc"] is None and message["To"] == "beta@beta.invalid"
    assert " ".join(message["Subject"].split()) == f"RESTRICTED: {shown}, 2012Q2"
    assert len(list(message.iter_attachments())) == 1 and f"{shown}, 2012Q2, edition 1" in text(parcel).splitlines()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_an_organisation_or_agreement_cannot_add_lines_that_look_like_ours(parcel: Parcel) -> None:
    recipient = replace(parcel.recipient, organisation="Beta\nRelease: another", agreement="DSA\n2")
    lines = text(replace(parcel, recipient=recipient)).splitlines()
    assert "To: Beta Release: another" in lines and "Under: DSA 2" in lines
    assert [line for line in lines if line.startswith("Release: ")] == ["Release: fines/2012Q2/1"]


def test_what_is_not_marked_says_nothing_of_it(new_office: Callable[..., Office]) -> None:
    office = new_office(marking="")
    office.release()
    message = read(made(office, 0, marking="open"))
    assert message["Subject"] == "Tickets and fines, 2012Q2" and message["X-Protective-Marking"] is None
    names = [each.get_filename() for each in message.iter_attachments()]
    assert names == ["fines_2012Q2.ods", "fines_2012Q2.xlsx"]
