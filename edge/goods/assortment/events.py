"""What can have happened to the range."""

from __future__ import annotations

from edge.core.messages import Event


class ListingSet(Event, frozen=True):
    """From `from_us` on a product is in the store's range, or is not, by this one's word, said for a `group` of
    stores ("": for this one); what was said of a later moment is gone."""

    sku: str
    listed: bool
    from_us: int
    by: str
    group: str = ""


EVENTS: tuple[type[Event], ...] = (ListingSet,)
