"""What can have happened with orders from elsewhere. Who ordered what is the order's own."""

from __future__ import annotations

from edge.core.messages import Event
from edge.ordering.web_orders.web_article import TheirId, WebArticle
from edge.ordering.web_orders.web_order import ChannelId, Reference, WebChannel


class WebChannelSet(Event, frozen=True):
    """A channel is new or changed: all of it, as it is from now on."""

    channel: WebChannel


class WebChannelEnded(Event, frozen=True):
    """No more orders are taken from a channel."""

    id: ChannelId


class WebArticleSet(Event, frozen=True):
    """What a channel sells as one piece is so much of our goods from now on."""

    article: WebArticle


class WebArticleEnded(Event, frozen=True):
    """A channel's article is known by its sku alone again."""

    channel: ChannelId
    theirs: TheirId


class WebOrderTaken(Event, frozen=True):
    """An order of a channel is an order here, by its id."""

    channel: ChannelId
    reference: Reference
    order: str


class WebOrderHeld(Event, frozen=True):
    """What a channel said of an order could not be done, and waits for a person."""

    channel: ChannelId
    reference: Reference
    why: str


class WebOrderCancelled(Event, frozen=True):
    """A channel cancelled an order: `order` here ("": before it was one)."""

    channel: ChannelId
    reference: Reference
    order: str


class WebOrderDropped(Event, frozen=True):
    """Somebody has dealt with what was held of an order."""

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
