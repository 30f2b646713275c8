"""pseudopeople's own sample data with its default noise: a census and the social security register, as CSV.

Usage: run_pseudopeople.py FOLDER SEED. Writes census.csv and ssa.csv as the package gives them, ``simulant_id`` too;
of the register all events but deaths, so that nearly everybody is in it once. Prints the package's version.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import pseudopeople


folder, seed = Path(sys.argv[1]), int(sys.argv[2])
census = pseudopeople.generate_decennial_census(year=2030, seed=seed)
register = pseudopeople.generate_social_security(year=2029, seed=seed)
register = register[register.event_type != "death"]
census.to_csv(folder / "census.csv", index=False)
register.to_csv(folder / "ssa.csv", index=False)
print(json.dumps({"version": f"pseudopeople {version('pseudopeople')}"}))
