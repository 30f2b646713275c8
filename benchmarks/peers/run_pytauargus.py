"""tau-Argus' engine through its wheel, on a table with status and protection levels given.

Usage: run_pytauargus.py FOLDER METHOD. The folder holds table.tab, table.rda and the hierarchies; METHOD is an argument
of <SUPPRESS>, such as ``MOD(1,5,0,0,0)``, ``OPT(1,2)`` or ``RND(1,5)``. Prints seconds, the rows that were suppressed
besides, and after rounding the sum of distances.

Version 0.6.0 refuses a rounding base of 5 in any table with larger numbers; that check is left out for RND.
"""

import json
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path


SECONDARY = ("11", "12", "M")  # suppressed besides, by number or letter

folder, method = Path(sys.argv[1]).resolve(), sys.argv[2]
rda = (folder / "table.rda").read_text().splitlines()
columns = [line.split()[0] for line in rda if line[0] not in " <"]
explaining = "".join(f'"{name}"' for name in columns[: columns.index("n")])
batch = folder / "batch.arb"
batch.write_text(
    f'<OPENTABLEDATA> "{folder / "table.tab"}"\n<OPENMETADATA> "{folder / "table.rda"}"\n'
    f'<SPECIFYTABLE> {explaining}|"n"||"n"\n<SAFETYRULE>\n<READTABLE>\n<SUPPRESS> {method}\n'
    f'<WRITETABLE> (1,3,AS+,"{folder / "out.tab"}")\n'
)
tool = Path(sys.executable).with_name("tauargus")
start = time.perf_counter()
command = [str(tool), "run", str(batch)]
if method.startswith("RND"):
    lifted = "import sys; from pytauargus import engine, cli; engine.Engine._min_round_base = lambda *_: 1; "
    command = [sys.executable, "-c", lifted + "sys.exit(cli.main(sys.argv[1:]))", "run", str(batch)]
done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
seconds = time.perf_counter() - start
out = folder / "out.tab"
if done.returncode or not out.exists():
    print(json.dumps({"error": (done.stderr or done.stdout)[-300:], "seconds": seconds}))
    sys.exit()
wide = columns.index("n")
hidden, rounded = [], []
for line in out.read_text().splitlines():
    fields = [field.strip().strip('"') for field in line.split(",")]
    if method.startswith("RND"):
        rounded.append([fields[:wide], round(float(fields[wide]))])
    elif fields[-1] in SECONDARY:
        hidden.append(fields[:wide])
told = {"seconds": seconds, "hidden": hidden, "rounded": rounded, "version": f"pytauargus {version('pytauargus')}"}
print(json.dumps(told))
