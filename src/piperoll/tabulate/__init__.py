"""Statistical tables: measures by dimensions, with their hierarchies and totals, as cells."""

from piperoll.tabulate.cells import CELL_SCHEMA
from piperoll.tabulate.check import check_publication
from piperoll.tabulate.define import axes_of, find_table, models_of
from piperoll.tabulate.hierarchy import Hierarchy, labels
from piperoll.tabulate.identity import cell_identity, identity_of
from piperoll.tabulate.missing import Missing, excluding
from piperoll.tabulate.table import tabulate


__all__ = [
    "CELL_SCHEMA",
    "Hierarchy",
    "Missing",
    "axes_of",
    "cell_identity",
    "check_publication",
    "excluding",
    "find_table",
    "identity_of",
    "labels",
    "models_of",
    "tabulate",
]
