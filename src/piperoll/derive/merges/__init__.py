"""Merges of systems: records paired one to one, made one, and reconciled; every difference with its reason."""

from piperoll.derive.merges.made import Made, Reconciled, made_of
from piperoll.derive.merges.run import load_came, merge


__all__ = ["Made", "Reconciled", "load_came", "made_of", "merge"]
