"""What can have happened to the configuration, and to what another box sold."""

from __future__ import annotations

from edge.core.messages import Event, Remark


class ConfigurationChanged(Event, frozen=True):
    """Somebody changed these keys of config.toml on a page; they hold from the next start on."""

    keys: tuple[str, ...]


class AsideReported(Event, frozen=True):
    """What another box did by the command of this id, `facts` of it, is in no ledger since a person let this box lead:
    a paper (`kind`; "": none) of the other box's `register`, with its `number`, sum (below 0: money that went out) and
    day of business, or other facts of these `types`. A manager decides whether it comes in."""

    command: str
    facts: int
    kind: str
    register: str
    number: int
    total_minor: int
    currency: str
    day: str
    done_us: int
    types: tuple[str, ...]


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


EVENTS: tuple[type[Event], ...] = (ConfigurationChanged, AsideReported, AsideBroughtIn, AsideLeft)
