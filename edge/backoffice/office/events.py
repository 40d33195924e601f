"""Events of the configuration, and of another box's sales."""

from __future__ import annotations

from edge.core.messages import Event, Remark


class ConfigurationChanged(Event, frozen=True):
    """A user changed these keys of config.toml on a page; they apply from the next start."""

    keys: tuple[str, ...]


class AsideReported(Event, frozen=True):
    """Since a manual failover, `facts` of the command with this id at the other box are in no ledger: a receipt
    (`kind`; "": none) of its `register`, with `number`, sum (negative: paid out) and business day, or other facts of
    these `types`. A manager decides whether to import them."""

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
    """A command's events from the other box, missing since a manual failover, were imported: the `facts` rows directly
    before this one, under the id of `command`."""

    command: str
    facts: int


class AsideLeft(Event, frozen=True):
    """The other box's facts of the command with this id, missing since a manual failover, are permanently discarded."""

    remarks = ("reason",)

    command: str
    facts: int
    reason: Remark


EVENTS: tuple[type[Event], ...] = (ConfigurationChanged, AsideReported, AsideBroughtIn, AsideLeft)
