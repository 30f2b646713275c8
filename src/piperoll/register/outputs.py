"""Every output that the sources' entries name, and the publication that makes it: the list is read from the entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from piperoll.register.model.facts import Output, Sharing
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register


HEADINGS = {
    "statistical": "Statistical publication",
    "non_statistical": "Non-statistical publication",
    "synergies": "Synergies",
    "access": "Access and dissemination",
}
_OUTGOING = ("supply", "report", "publish_inside", "upload")


@dataclass(frozen=True)
class Named:
    """One output as one entry names it.

    Attributes:
        source: Key of the source.
        heading: A key of `HEADINGS`.
        title: What the entry calls it.
        product: Key of the catalogue's product; empty for what the entry describes under access.
        publication: What makes it; None where nothing does.
        elsewhere: Why nothing of this register makes it, for what is answered when somebody asks.
    """

    source: str
    heading: str
    title: str
    product: str
    publication: Publication | None
    elsewhere: str = ""

    @property
    def unbuilt(self) -> bool:
        """Whether it is owed and nothing makes it."""
        return self.publication is None and not self.elsewhere


def outputs(register: Register) -> list[Named]:
    """Every output of every entry, in the order of the Statement."""
    return [each for key in register.sources for each in _of_source(register, key)]


def without_statistics(register: Register) -> list[str]:
    """Sources whose entry says that no statistics come from them."""
    return [key for key, source in register.sources.items() if source.entry and source.entry.statistical == "none"]


def _of_source(register: Register, key: str) -> Iterator[Named]:
    entry = register.sources[key].entry
    if entry is None:
        return
    products = {each.key: each for each in register.frame.products} if register.frame else {}
    for heading in ("statistical", "non_statistical", "synergies"):
        named: str | tuple[Output, ...] = getattr(entry, heading)
        for each in () if isinstance(named, str) else named:
            product = products.get(each.product)
            made = register.publications.get(each.publication or (product.publication if product else ""))
            title = each.named or (product.title if product else each.product)
            yield Named(key, heading, title, each.product, made)
    for sharing in entry.access:
        # What is only looked at is an output where something of this register is made to be looked at.
        if (sharing.kind in _OUTGOING or sharing.publication) and not sharing.inward:
            made = register.publications.get(sharing.publication)
            yield Named(key, "access", _told(sharing), "", made, "" if made else _elsewhere(sharing))


def _elsewhere(sharing: Sharing) -> str:
    if sharing.on_request or sharing.ad_hoc or any("request" in each for each in sharing.purpose):
        return "answered when asked: piperoll table"
    if sharing.back:
        return "told to suppliers: piperoll returns verify"
    return f"made by {sharing.by}" if sharing.by else ""


def _told(sharing: Sharing) -> str:
    often = f" ({', '.join(sharing.frequency)})" if sharing.frequency else ""
    where = f", {sharing.channel}" if sharing.channel else ""
    return f"{sharing.what}{where}{often}"
