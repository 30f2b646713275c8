"""Disclosure control of a release, seen from outside: what its manifest says, and what can be worked out of it.

The attack takes the written tables and the published definitions alone. It adds up and bounds like a patient reader;
the proof, which is stronger, lies in the home, and is checked here if it is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from piperoll.errors import Problem, UserError
from piperoll.ledger.report import Check
from piperoll.protect.proof.checker import Faulty, check
from piperoll.release import manifest
from piperoll.release.attacked import worked
from piperoll.release.outside import Seen, Tables, Written, seen
from piperoll.release.tie import tie


def disclosed(
    content: Mapping[str, Any], tables: Tables, written: Written, certificate: Path | None
) -> Iterator[Check]:
    """The statement of the manifest, the attack on what is written, and the certificate, if it is given."""
    said = content.get("disclosure")
    said = said if isinstance(said, dict) else {}
    yield _statement(said)
    found: Seen | None = None
    # A release that says that recovery was not ruled out is not held to it; `piperoll attack` tells what it leaves.
    if isinstance(said.get("relations"), dict) and said.get("secondary_suppression") is not False:
        try:
            found = seen(content, said, tables, written)
            yield _attack(found, said) if found is not None else Check("what can be worked out", 0)
        except (KeyError, TypeError, ValueError, AttributeError):
            text = "the definitions in the manifest cannot be read, so what can be worked out was not looked at."
            yield Check("what can be worked out", 0, (Problem("PR-E017", text, manifest.MANIFEST),))
    if certificate is not None:
        yield _certificate(said, found, certificate)


def _statement(said: Mapping[str, Any]) -> Check:
    if said.get("statement"):
        return Check("statement of protection", 1)
    text = "the manifest does not say what disclosure control has done and what it has not ruled out."
    return Check("statement of protection", 1, (Problem("PR-E015", text, manifest.MANIFEST),))


def _attack(seen: Seen, said: Mapping[str, Any]) -> Check:
    try:
        found = worked(seen, int(said["width"]), int(said.get("limited") or 0))
    except UserError as fault:
        return Check("what can be worked out", 0, (Problem(fault.code, fault.message, manifest.MANIFEST),))
    # The manifest may say that some are known better, whatever is suppressed.
    told = found.worked if found.fails else ()
    problems = tuple(
        Problem("PR-E018", f"a suppressed count can be worked out: {each.sentence}", each.name) for each in told
    )
    return Check("what can be worked out", found.hidden, problems)


def _certificate(said: Mapping[str, Any], found: Seen | None, path: Path) -> Check:
    """The certificate proves what it says, and says it of this release."""
    expected = said.get("certificate")
    try:
        data = path.read_bytes()
    except OSError:
        return _broken("the certificate cannot be read.", path)
    if not expected:
        return _broken("the manifest names no certificate.", path)
    if found is None:
        return _broken("the release cannot be read, so the certificate was not held against it.", path)
    try:
        counted = check(data, str(expected))
        tie(data, found, int(said["width"]), int(said.get("limited") or 0))
    except (Faulty, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as fault:
        return _broken(
            f"the certificate does not hold: {fault if isinstance(fault, Faulty) else 'it is damaged'}.", path
        )
    return Check("certificate", int(counted["cells"]))


def _broken(text: str, path: Path) -> Check:
    return Check("certificate", 1, (Problem("PR-E019", text, path.name),))
