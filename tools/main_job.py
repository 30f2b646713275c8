"""The main job of ``make run``: simulated deliveries in, a quarter's releases and the Statement out.

Each step is a command of the command line, run as a user would run it; its time is shown, and at the end where to look.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console

from piperoll.errors import EXIT_STATUS


HOME = Path(".piperoll")
PUBLICATION = "mortgage_and_landlord_possession"
PERIOD = "2012Q2"
EDITION = HOME / "releases" / PUBLICATION / PERIOD
POST = HOME / "post"
# The last month comes by the ways that the register declares; before it all send files.
WAYS_FROM = "2012-06"
DATABASE = ("collect", "--quiet", "--database", "iaps")

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Check the register", ("register", "check")),
    # A quarter of the claims and a hundredth of the persons (the latter for half a year, since every file takes time
    # however few rows it has), so that the whole takes minutes; every file of each court region and trust all the same.
    # Civil legal aid goes on to August 2013, in which its new system has taken over from the old one; so do deaths in
    # custody, of which a hundredth of the persons has only a few.
    (
        "Simulate deliveries, 2006 to June 2012, and of civil legal aid and deaths to August 2013",
        (
            "simulate",
            "--out",
            f"{HOME}/inbox",
            "--scale",
            "0.25",
            "--persons",
            "0.01",
            "--persons-from",
            "2012-01",
            "--ways-from",
            WAYS_FROM,
            "--to",
            "2013-08",
            "--only",
            "cis,ccms,deaths",
            "--only-after",
            WAYS_FROM,
        ),
    ),
    ("Collect the files", ("collect", "--quiet", f"{HOME}/inbox")),
    ("Collect the mailbox", ("collect", "--quiet", "--mailbox", f"maildir:{POST}/mail")),
    ("Read the national database of accredited programmes", (*DATABASE, "--period", WAYS_FROM)),
    (
        "Enter records by hand, and forms on paper twice",
        ("enter-lists", f"{POST}/enter", "--as", "first clerk", "--second-as", "second clerk"),
    ),
    ("See what came in", ("deliveries", "--by-source")),
    # No national total lacks a part unless somebody has said why: three forces never sent their warrants of a month.
    *(
        (
            f"Say why totals are given without a force's return for {month}",
            (
                "override",
                "coverage",
                "fta.fta_return",
                month,
                "--reason",
                "The force has told that it cannot supply it.",
                "--approver",
                "Head of profession",
            ),
        )
        for month in ("2012-01", "2012-02", "2012-05")
    ),
    ("Link the courts' cases", ("link", "run", "court_cases")),
    (
        f"Release everything that is due for {PERIOD}; prove that no suppressed count of possession can be worked out",
        ("run", "--period", PERIOD, "--prove", PUBLICATION),
    ),
    ("Verify the release", ("verify", str(EDITION))),
    ("Render the Statement", ("statement", "--out", f"{HOME}/statement")),
)


def main() -> int:
    """Run the steps in order; stop at the first that fails, with its exit status."""
    console = Console()
    started = time.monotonic()
    # The first proof compiles its kernels, which is done before it is needed; should this fail, the release does it.
    compiling = subprocess.Popen([sys.executable, str(Path(__file__).with_name("compile_kernels.py"))])
    for number, (title, arguments) in enumerate(STEPS, start=1):
        console.rule(f"{number} of {len(STEPS)}: {title}", align="left")
        if arguments[: len(DATABASE)] == DATABASE and not (POST / "iaps.sqlite").exists():
            console.print("Left out: no ODBC driver for SQLite is here (libsqliteodbc), so its rows came as files.")
            continue
        console.print(f"[dim]piperoll {' '.join(arguments)}[/dim]")
        begun = time.monotonic()
        if "--prove" in arguments:
            compiling.wait()
        done = subprocess.run([sys.executable, "-m", "piperoll", *arguments], check=False)
        # Some simulated files are faulty beyond use: they are refused, and what refers to them is, as it should be.
        refused = arguments[0] in ("collect", "enter-lists") and done.returncode == EXIT_STATUS["C"]
        if done.returncode and not refused:
            console.print(f"Step {number} failed with status {done.returncode}.")
            return done.returncode
        console.print(f"[dim]{time.monotonic() - begun:.0f} seconds[/dim]")
    console.rule(f"Done in {time.monotonic() - started:.0f} seconds", align="left")
    console.print("Where to look:")
    for path, what in (
        (EDITION / "index.html", "a bulletin: open it in a browser"),
        (EDITION, "its workbook (ODS, XLSX), tables (CSV), charts and manifest"),
        (HOME / "releases", "everything else that is due for the quarter"),
        (HOME / "statement" / "index.html", "the Statement of Administrative Sources"),
    ):
        console.print(f"  {path}  [dim]{what}[/dim]", soft_wrap=True)
    console.print("Try next:")
    console.print(
        f'  .venv/bin/piperoll table {PUBLICATION} claims --where region="South East" --period {PERIOD}',
        soft_wrap=True,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
