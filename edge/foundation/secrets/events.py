"""What can have happened to secrets."""

from __future__ import annotations

from edge.core.messages import Event


class SecretSet(Event, frozen=True):
    """The secret of this name was entered, in place of another if there was one."""

    name: str


class SecretRemoved(Event, frozen=True):
    """The secret of this name was destroyed."""

    name: str


class SecretsRotated(Event, frozen=True):
    """All secrets came under another key, and the one before was destroyed."""


EVENTS: tuple[type[Event], ...] = (SecretSet, SecretRemoved, SecretsRotated)
