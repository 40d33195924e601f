"""Events of the assortment."""

from __future__ import annotations

from edge.core.messages import Event


class ListingSet(Event, frozen=True):
    """A product is listed or unlisted from `from_us`, by a source, for a `group` of stores ("": this one); replaces
    later entries."""

    sku: str
    listed: bool
    from_us: int
    by: str
    group: str = ""


EVENTS: tuple[type[Event], ...] = (ListingSet,)
