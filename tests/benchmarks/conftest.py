"""The benchmarks are scripts beside each other: they are imported by their own names."""

import sys
from pathlib import Path


sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
