"""Events of secrets."""

from __future__ import annotations

from edge.core.messages import Event


class SecretSet(Event, frozen=True):
    """The secret of this name was entered or replaced."""

    name: str


class SecretRemoved(Event, frozen=True):
    """The secret of this name was destroyed."""

    name: str


class SecretsRotated(Event, frozen=True):
    """All secrets were re-encrypted with a new key, and the old one destroyed."""


EVENTS: tuple[type[Event], ...] = (SecretSet, SecretRemoved, SecretsRotated)
