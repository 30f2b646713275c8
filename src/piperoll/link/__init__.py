"""Records of one person, from many sources, found and put together.

::

    from piperoll.link import link_frames

    result = link_frames({"record": "id", "fields": {"forename": None, "surname": None, "dob": None}}, frame)
    result.clusters, result.pairs, result.model

The same on files is ``piperoll link files``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from piperoll.link.api import Result, link_frames


__all__ = ["Result", "link_frames"]


def __getattr__(name: str) -> Any:
    """The names above, imported when first asked for: one step of the room need not load all others."""
    if name in __all__:
        from piperoll.link import api

        return getattr(api, name)
    raise AttributeError(name)
