"""How simulated deliveries are posted by other ways than files in a folder, as the register declares (`Dataset.ways`).

Messages lie in a Maildir, records to be typed in lists, a national database is an SQLite file; a spreadsheet return
lies among the files. Their contents are what the file would have held.
"""

from __future__ import annotations

from piperoll.simulate.post.office import AS_FILES, Post
from piperoll.simulate.post.place import declare, reachable


__all__ = ["AS_FILES", "Post", "declare", "reachable"]
