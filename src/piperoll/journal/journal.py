"""`Journal`: everything that can be asked of the operational database and written to it."""

from __future__ import annotations

from piperoll.journal.content import Content
from piperoll.journal.dispatches import Dispatches
from piperoll.journal.entries import Entries
from piperoll.journal.imprints import Imprints
from piperoll.journal.overrides import Overrides
from piperoll.journal.problems import Problems
from piperoll.journal.signoffs import Signoffs
from piperoll.journal.state import State
from piperoll.journal.told import Told
from piperoll.journal.waivers import Waivers
from piperoll.journal.words import Words


class Journal(Overrides, Told, Signoffs, Imprints, Entries, Words, Waivers, Problems, Dispatches, State, Content):
    """One journal. Made by `piperoll.journal.open_journal`.

    - deliveries: `commit_delivery`, `find_delivery`, `in_force`, `delivery`, `deliveries`,
      `withdraw_delivery`, `findings`, `refused_rows`, `refused_counts`
    - queries: `queries`, `query`, `answer_query`, `confirmed_keys`
    - returns: `record_word`, `words`
    - vintages: `vintage`, `vintages`, `record_vintage`, `deliveries_as_of`, `volume_history`
    - overrides: `make_override`, `withdraw_override`, `overrides`, `overrides_as_of`
    - rules of coverage set aside: `record_waiver`, `waivers`
    - problems of sources: `open_problem`, `move_problem`, `problems`
    - what was sent to whom: `begin_dispatch`, `end_dispatch`, `dispatch`, `dispatches`
    - releases: `record_release`, `release`, `releases`, `find_release`, `set_release_status`,
      `published_cells`, `cell_history`, `count_cells`
    - what is said of editions, and the log of corrections: `record_imprint`, `imprints`
    - before an edition is published: `record_draft`, `drafts`, `makers`, `record_signoff`, `signoffs`,
      `record_approval`, `approval`, `record_quality_waiver`, `quality_waivers`
    - everything told: `entries`, `record_told`, `last_told`, `told_periods`, `count_told`, `check_seals`
    - records entered by hand: `add_entry`, `update_entry`, `entry`, `entered`, `entry_versions`, `add_keying`,
      `keyings`, `resolve_keying`, `begin_sending`, `sendings`, `finish_sending`
    - audit: `append_audit`, `audit_entries`, `verify_chain`, `audit_head`, `add_checkpoint`, `checkpoints`
    - settings: `set_state`, `get_state`; comparison of two journals: `content`, `content_digest`

    `write` puts several of these into one transaction.
    """
