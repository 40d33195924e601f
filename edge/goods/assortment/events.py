"""Events of the assortment."""

from __future__ import annotations

from edge.core.messages import Event


class ListingSet(Event, frozen=True):
    """A product is listed or unlisted from `from_us`. This replaces later entries.

    `by`: the source; `group`: a group of stores ("": this store).
    """

    sku: str
    listed: bool
    from_us: int
    by: str
    group: str = ""


EVENTS: tuple[type[Event], ...] = (ListingSet,)
