"""What can have happened to the configuration."""

from __future__ import annotations

from edge.core.messages import Event


class ConfigurationChanged(Event, frozen=True):
    """Somebody changed these keys of config.toml on a page; they hold from the next start on."""

    keys: tuple[str, ...]


EVENTS: tuple[type[Event], ...] = (ConfigurationChanged,)
