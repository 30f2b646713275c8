"""From records to analysis datasets: SQL models in their order, and the lineage of every column."""

from piperoll.derive.cache import fingerprint
from piperoll.derive.lineage import Lineage, lineage
from piperoll.derive.models import Model
from piperoll.derive.plan import Planned, plan
from piperoll.derive.run import Result, inputs_of, merges_of, needed, run


__all__ = [
    "Lineage", "Model", "Planned", "Result", "fingerprint", "inputs_of", "lineage", "merges_of", "needed",
    "plan", "run",
]  # fmt: skip
