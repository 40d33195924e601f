"""Events of directives, which acknowledge them to the hub."""

from __future__ import annotations

from edge.core.messages import Event


class DirectiveApplied(Event, frozen=True):
    """A directive was fully applied. `unknown`: the items that the shop doesn't have."""

    directive: int
    kind: str
    changed: int
    unknown: tuple[str, ...] = ()


class DirectiveRefused(Event, frozen=True):
    """A directive couldn't be applied. Later directives continue."""

    directive: int
    kind: str
    reason: str


class DirectiveGivenUp(Event, frozen=True):
    """A directive's job was cancelled or failed after `changed` changes, which stay. Later directives continue."""

    directive: int
    kind: str
    changed: int
    cancelled: bool
    reason: str


class BoxKeyMade(Event, frozen=True):
    """This box has a key with this public half (X25519, hex), with which head office encrypts."""

    public: str


EVENTS: tuple[type[Event], ...] = (DirectiveApplied, DirectiveRefused, DirectiveGivenUp, BoxKeyMade)
