"""Events of web orders. Personal data is in the order's own events."""

from __future__ import annotations

from edge.core.messages import Event
from edge.ordering.web_orders.web_article import TheirId, WebArticle
from edge.ordering.web_orders.web_order import ChannelId, Reference, WebChannel


class WebChannelSet(Event, frozen=True):
    """A channel was added or changed, with its whole new state."""

    channel: WebChannel


class WebChannelEnded(Event, frozen=True):
    """A channel was deleted."""

    id: ChannelId


class WebArticleSet(Event, frozen=True):
    """A channel's article was mapped to a quantity of one of our products."""

    article: WebArticle


class WebArticleEnded(Event, frozen=True):
    """An article's mapping was deleted, so it's matched by SKU again."""

    channel: ChannelId
    theirs: TheirId


class WebOrderTaken(Event, frozen=True):
    """A channel's order became the order `order` here."""

    channel: ChannelId
    reference: Reference
    order: str


class WebOrderHeld(Event, frozen=True):
    """A channel's message about an order couldn't be applied and waits for a person."""

    channel: ChannelId
    reference: Reference
    why: str


class WebOrderCancelled(Event, frozen=True):
    """A channel cancelled an order. `order`: its order here ("": it wasn't accepted yet)."""

    channel: ChannelId
    reference: Reference
    order: str


class WebOrderDropped(Event, frozen=True):
    """A person resolved a held order."""

    channel: ChannelId
    reference: Reference


EVENTS: tuple[type[Event], ...] = (
    WebChannelSet,
    WebChannelEnded,
    WebArticleSet,
    WebArticleEnded,
    WebOrderTaken,
    WebOrderHeld,
    WebOrderCancelled,
    WebOrderDropped,
)
