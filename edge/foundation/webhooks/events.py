"""Events of webhooks."""

from __future__ import annotations

from edge.core.messages import Event


class WebhookSet(Event, frozen=True):
    """A webhook was set. Its address receives later events of these types; without types, the whole feed."""

    id: str
    url: str
    types: tuple[str, ...]


class WebhookRemoved(Event, frozen=True):
    """A webhook was removed."""

    id: str


EVENTS: tuple[type[Event], ...] = (WebhookSet, WebhookRemoved)
