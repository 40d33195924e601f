"""What can have happened to webhooks."""

from __future__ import annotations

from edge.core.messages import Event


class WebhookSet(Event, frozen=True):
    """This address is told of facts of these types, behind this one; no types: of all that the feed has."""

    id: str
    url: str
    types: tuple[str, ...]


class WebhookRemoved(Event, frozen=True):
    """It is told nothing any more."""

    id: str


EVENTS: tuple[type[Event], ...] = (WebhookSet, WebhookRemoved)
