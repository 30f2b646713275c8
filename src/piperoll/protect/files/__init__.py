"""Disclosure control for any tidy table: no register, no home, only a file and a specification.

* `protect_table` and `attack_table`: frames in, frames out.
* ``spec``: what a specification may say. ``hierarchies``: trees, tau-Argus files, dimLists, columns of parents.
* ``read``: untrusted files, in a limited child. ``cells``, ``rule``: from the table to the engine's problem.
* ``write``, ``report``, ``pictures``, ``choices``: what people are given.
"""

from __future__ import annotations

from piperoll.protect.files.outside import Attack, Seen, attack_table
from piperoll.protect.files.run import Protected, protect_table
from piperoll.protect.files.spec import Loaded, Spec, load_spec, read_spec


__all__ = [
    "Attack",
    "Loaded",
    "Protected",
    "Seen",
    "Spec",
    "attack_table",
    "load_spec",
    "protect_table",
    "read_spec",
]
