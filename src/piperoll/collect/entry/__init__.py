"""Records entered by hand: what stands behind the forms of an office, on paper or on a screen.

::

    forms = Forms(place, "cases.case", "north")
    draft = forms.open("2012-05")
    draft = forms.set(draft.id, {"case_number": "AB000001"}, draft.revision)
    forms.faults(draft.id)                              # the contract's sentences, as for a file
    saved = forms.save(draft.id, draft.revision)        # version 1
    submit(forms, "2012-05").receipt                    # an ordinary delivery of the office

An office sees its own records alone. Values lie in the vault, drafts too; the journal knows who, when, why and which
fields.
"""

from __future__ import annotations

from piperoll.collect.entry.content import Content
from piperoll.collect.entry.forms import Forms, Place
from piperoll.collect.entry.submit import Submitted, submit
from piperoll.collect.entry.validate import Fault


__all__ = ["Content", "Fault", "Forms", "Place", "Submitted", "submit"]
