"""The record of a check: for the checker who decides, as JSON and as a page to read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from piperoll.protect.output.rules import Finding, Rules, Verdict


@dataclass(frozen=True)
class Record:
    """What was checked, against what, and what was found.

    It tells figures that were inferred, and so stays inside.

    Attributes:
        files: Name to SHA-256.
        against: What else was taken into account: earlier outputs, releases.
        rules: Thresholds.
        findings: In order of file, sheet, table and check; those of the whole output last.
    """

    files: dict[str, str]
    against: tuple[str, ...]
    rules: Rules
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of all findings."""
        return max((f.verdict for f in self.findings), key=lambda v: v.weight, default=Verdict.PASS)

    def of(self, verdict: Verdict) -> list[Finding]:
        """Findings of one verdict."""
        return [f for f in self.findings if f.verdict is verdict]

    def to_json(self) -> dict[str, Any]:
        """As JSON-like data."""
        return {
            "verdict": self.verdict.value,
            "files": [{"name": name, "sha256": digest} for name, digest in self.files.items()],
            "against": list(self.against),
            "rules": {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self.rules).items()},
            "findings": [f.to_json() for f in self.findings],
        }

    def json(self) -> str:
        """The record as text, the same for the same findings."""
        return json.dumps(self.to_json(), indent=2, ensure_ascii=False) + "\n"

    def markdown(self) -> str:
        """The record as a page: the verdict, what to look at, then what passed."""
        lines = [f"# Output check: {self.verdict.value}", ""]
        lines += ["Figures that can be inferred are told here: this record stays inside.", ""]
        lines += ["| file | SHA-256 |", "|---|---|"]
        lines += [f"| {_cell(name)} | `{digest}` |" for name, digest in self.files.items()]
        lines.append("")
        if self.against:
            lines += ["Together with: " + "; ".join(map(_cell, self.against)) + ".", ""]
        n, k = self.rules.dominance
        lines += [
            f"Rules: counts from {self.rules.threshold}; dominance ({n}, {k:g}); p = {self.rules.percent:g}; "
            f"at least {self.rules.freedom} degrees of freedom.",
            "",
        ]
        for verdict, title in (
            (Verdict.FAIL, "Must be changed"),
            (Verdict.REVIEW, "To be looked at"),
            (Verdict.PASS, "Passed"),
        ):
            found = self.of(verdict)
            if not found:
                continue
            lines += [f"## {title} ({len(found)})", "", "| where | check | finding | what to do |", "|---|---|---|---|"]
            lines += [
                f"| {_cell(where(f))} | {f.check} | {_cell(f.sentence)}{_cell(places(f))} | {_cell(f.cure)} |"
                for f in found
            ]
            lines.append("")
        return "\n".join(lines)


def where(finding: Finding) -> str:
    """Place of a finding in words."""
    return " ".join(part for part in (finding.file, finding.sheet, finding.table) if part)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def places(finding: Finding) -> str:
    """Cells of a finding in brackets, as far as they are kept."""
    if not finding.places:
        return ""
    more = f" and {finding.count - len(finding.places)} more" if finding.count > len(finding.places) else ""
    return f" ({', '.join(finding.places)}{more})"


def _cell(text: str) -> str:
    """Text of a file in a table of Markdown: no sign of it may make markup or a cell of its own."""
    flat = " ".join(text.split())
    for sign in "\\`*_[]<>|":
        flat = flat.replace(sign, "\\" + sign)
    return flat
