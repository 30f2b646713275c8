"""From records to analysis datasets: SQL models in their order, and the lineage of every column."""

from piperoll.derive.cache import fingerprint
from piperoll.derive.models import Model
from piperoll.derive.plan import Planned, plan
from piperoll.derive.run import Result, inputs_of, needed, run


__all__ = ["Model", "Planned", "Result", "fingerprint", "inputs_of", "needed", "plan", "run"]
