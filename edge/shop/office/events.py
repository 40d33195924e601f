"""What can have happened to the configuration, and to what another box sold."""

from __future__ import annotations

from edge.core.messages import Event, Remark


class ConfigurationChanged(Event, frozen=True):
    """Somebody changed these keys of config.toml on a page; they hold from the next start on."""

    keys: tuple[str, ...]


class AsideBroughtIn(Event, frozen=True):
    """What another box did by the command of this id, and this ledger lacked since a person let its box lead, stands
    right before this row: `facts` of it, under that id."""

    command: str
    facts: int


class AsideLeft(Event, frozen=True):
    """What another box did by the command of this id, and this ledger lacks since a person let its box lead, `facts` of
    it, never comes in."""

    remarks = ("reason",)

    command: str
    facts: int
    reason: Remark


EVENTS: tuple[type[Event], ...] = (ConfigurationChanged, AsideBroughtIn, AsideLeft)
