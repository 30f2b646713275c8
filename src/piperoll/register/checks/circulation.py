"""Cross-checks of recipients, markings and the circulation lists of publications."""

from __future__ import annotations

import re

from piperoll.register.loaded import Loaded, Made
from piperoll.register.model.circulation import WHOLE, Circulation, Marking, Recipient, is_address, marking_of
from piperoll.register.model.publication import Publication
from piperoll.register.shape import Path, nearest


_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


def check_circulation(loaded: Loaded) -> None:
    """Note what is wrong with recipients and lists: ``PR-N010`` to ``PR-N016``."""
    markings: dict[str, Marking] = {}
    recipients: dict[str, Recipient] = {}
    declared = loaded.named("Recipients")
    for made in declared:
        markings = {each.key: each for each in made.value.markings}
        recipients = {each.key: each for each in made.value.recipients}
        loaded.unique("marking", [each.key for each in made.value.markings], made, ("markings",))
        loaded.unique("recipient", [each.key for each in made.value.recipients], made, ("recipients",))
        for i, each in enumerate(made.value.recipients):
            path: Path = ("recipients", i)
            if not _KEY.fullmatch(each.key):
                said = "A recipient's key has small letters, digits and _ only, a letter first: folders bear it."
                loaded.tell("PR-R017", made, (*path, "key"), said)
            if each.mailbox and not is_address(each.mailbox):
                said = "This is not one plain mail address."
                loaded.tell("PR-N014", made, (*path, "mailbox"), said, "Write office@example.gov.uk, and nothing else.")
            for j, key in enumerate(each.cleared):
                loaded.must_be("marking", key, markings, made, (*path, "cleared", j), "PR-N016")
            loaded.ordered(each.from_, each.until, made, (*path, "until"))
    for publication in loaded.all(Publication):
        _publication(loaded, publication, markings, recipients, bool(declared))


def _publication(
    loaded: Loaded,
    made: Made[Publication],
    markings: dict[str, Marking],
    recipients: dict[str, Recipient],
    declared: bool,
) -> None:
    publication = made.value
    marking = marking_of(publication.marking, markings.values())
    if not publication.circulation:
        if marking is not None and marking.restricted and publication.tables and made.sound(("circulation",)):
            said = f"It is marked `{publication.marking}`, and nothing says who may have it."
            loaded.tell("PR-N013", made, ("marking",), said, "Name the recipients under `circulation`.")
        return
    if declared and marking is None:
        said = f"Its marking, `{publication.marking}`, begins as no marking of recipients.yaml says."
        known = ", ".join(f"`{text}`" for each in markings.values() for text in each.says if text)
        loaded.tell("PR-N016", made, ("marking",), said, f"Known: {known}." if known else "Declare it there.")
    seen: set[tuple[str, str]] = set()
    for i, entry in enumerate(publication.circulation):
        path: Path = ("circulation", i)
        if (entry.to, entry.by) in seen:
            said = f"`{entry.to}` is sent this by {entry.by} already."
            loaded.tell("PR-R022", made, path, said, "Put what it is sent into one entry.")
        seen.add((entry.to, entry.by))
        _what(loaded, made, entry, path)
        if entry.when == "made" and publication.official:
            # Pre-release access has rules of its own and is no circulation.
            said = "Official statistics leave when they are published, for all at once."
            loaded.tell("PR-N015", made, (*path, "when"), said, "Write `when: publication`, or leave it out.")
        recipient = recipients.get(entry.to)
        if recipient is None:
            loaded.must_be("recipient", entry.to, recipients, made, (*path, "to"), "PR-N010")
        else:
            _recipient(loaded, made, entry, recipient, marking, path)


def _recipient(
    loaded: Loaded,
    made: Made[Publication],
    entry: Circulation,
    recipient: Recipient,
    marking: Marking | None,
    path: Path,
) -> None:
    publication = made.value
    if marking is not None and marking.key not in recipient.cleared:
        said = f"`{entry.to}` is not cleared for `{marking.key}`, which this publication is marked."
        cure = "Take it off the list, or clear it in recipients.yaml."
        loaded.tell("PR-N011", made, (*path, "to"), said, cure)
    if entry.by == "extract" and not recipient.agreement.strip():
        said = f"An extract leaves under an agreement, and that of `{entry.to}` is not named."
        loaded.tell("PR-N012", made, (*path, "to"), said, "Give its reference as `agreement` in recipients.yaml.")
    ended = recipient.until is not None and publication.starts is not None and recipient.until < publication.starts
    begins = recipient.from_ is not None and publication.ends is not None and publication.ends < recipient.from_
    if ended or begins:
        when = f"ended on {recipient.until}, before" if ended else f"begins on {recipient.from_}, after"
        said = f"The agreement of `{entry.to}` {when} this publication {'begins' if ended else 'ends'}."
        loaded.tell("PR-N012", made, (*path, "to"), said, "Take it off the list, or renew the agreement.")
    if entry.by == "mail" and not recipient.mailbox:
        said = f"`{entry.to}` has no mailbox."
        loaded.tell("PR-N015", made, (*path, "by"), said, "Give it one in recipients.yaml, or choose another way.")


def _what(loaded: Loaded, made: Made[Publication], entry: Circulation, path: Path) -> None:
    publication = made.value
    tables = [each.name for each in publication.tables]
    if not tables:
        said = "The publication has no tables, so there is no edition to send."
        loaded.tell("PR-N015", made, path, said, "Declare its tables, or take the list away.")
    if not entry.what:
        loaded.tell("PR-N015", made, (*path, "what"), "Nothing is sent.", f"Name {', '.join(WHOLE)} or tables.")
    for j, word in enumerate(entry.what):
        if word not in WHOLE and word not in tables:
            said = f"There is no table `{word}`."
            cure = nearest(word, [*WHOLE, *tables]) or f"Name {', '.join(WHOLE)} or a table."
            loaded.tell("PR-N015", made, (*path, "what", j), said, cure)
        if word == "page" and entry.by in ("mail", "spreadsheet"):
            said = f"A page with its charts cannot go by {entry.by}."
            loaded.tell("PR-N015", made, (*path, "what", j), said, "Send the workbook, or choose hub or extract.")
