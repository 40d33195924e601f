"""What can have happened to directives from the hub: these events are their acknowledgement."""

from __future__ import annotations

from edge.core.messages import Event


class DirectiveApplied(Event, frozen=True):
    """All that a directive asked for was done; `unknown` names what it spoke of and the shop does not have."""

    directive: int
    kind: str
    changed: int
    unknown: tuple[str, ...] = ()


class DirectiveRefused(Event, frozen=True):
    """A directive could not be applied; the next ones go on."""

    directive: int
    kind: str
    reason: str


class DirectiveGivenUp(Event, frozen=True):
    """The job of a directive was cancelled, or failed, behind `changed` changes, which stay; the next ones go on."""

    directive: int
    kind: str
    changed: int
    cancelled: bool
    reason: str


class BoxKeyMade(Event, frozen=True):
    """This box's key, to which head office seals what only it shall read, has this public half (X25519, hex)."""

    public: str


EVENTS: tuple[type[Event], ...] = (DirectiveApplied, DirectiveRefused, DirectiveGivenUp, BoxKeyMade)
