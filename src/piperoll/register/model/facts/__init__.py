"""The Statement's facts about a source (`Entry`) and about all of them (`Frame`).

Facts, not sentences: `piperoll.statement` makes the sentences. Phrases in the YAML are short noun phrases.
"""

from __future__ import annotations

from piperoll.register.model.facts.atoms import Flag, Heading, Link, State, Succession, When
from piperoll.register.model.facts.check import check
from piperoll.register.model.facts.entry import (
    Description,
    Entry,
    Item,
    Output,
    Sharing,
    Step,
    System,
    Use,
)
from piperoll.register.model.facts.frame import (
    Advantage,
    Candidate,
    Explained,
    Frame,
    Guidance,
    Licence,
    Procedure,
    Product,
    Protocol,
    ProtocolItem,
    Suppression,
)
from piperoll.register.model.facts.linkage import Linkage, LinkedAnalysis, Stage


__all__ = [
    "Advantage",
    "Candidate",
    "Description",
    "Entry",
    "Explained",
    "Flag",
    "Frame",
    "Guidance",
    "Heading",
    "Item",
    "Licence",
    "Link",
    "Linkage",
    "LinkedAnalysis",
    "Output",
    "Procedure",
    "Product",
    "Protocol",
    "ProtocolItem",
    "Sharing",
    "Stage",
    "State",
    "Step",
    "Succession",
    "Suppression",
    "System",
    "Use",
    "When",
    "check",
]
