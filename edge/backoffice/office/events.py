"""Events about the configuration, another box's sales, and ledgers that a restore replaced."""

from __future__ import annotations

from edge.core.messages import Event, Remark


class ConfigurationChanged(Event, frozen=True):
    """A user changed these keys of config.toml on a page; they apply from the next start."""

    keys: tuple[str, ...]


class AsideReported(Event, frozen=True):
    """A command at the other box, with this id, has `facts` that aren't in the ledger since a manual failover.

    They are a receipt (`kind`; "": none) of its `register`, with `number`, amount (negative: paid out) and business
    day, or other facts of these `types`. A manager decides whether to import them.
    """

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
    """A command's events from the other box, missing since a manual failover, were imported. They are the `facts` rows
    directly before this one, under the id of `command`."""

    command: str
    facts: int


class AsideLeft(Event, frozen=True):
    """The other box's facts from the command with this id, missing since a manual failover, were permanently
    discarded."""

    remarks = ("reason",)

    command: str
    facts: int
    reason: Remark


class LeftOutWrittenOff(Event, frozen=True):
    """A restore left these entries out, and a manager decided not to add them again: their number, and their sales with
    the sum. They stay in the replaced ledger's `folder`."""

    remarks = ("reason",)

    folder: str
    entries: int
    sales: int
    sum_minor: int
    currency: str
    reason: Remark


class AsideLedgerDeleted(Event, frozen=True):
    """A ledger that a restore replaced at `replaced_us` is deleted: its folder, last entry (0: unreadable) with its
    time, and size. `written_off`: some of its entries were nowhere else."""

    folder: str
    replaced_us: int
    entries: int
    last_us: int
    size_bytes: int
    written_off: bool


EVENTS: tuple[type[Event], ...] = (
    *(ConfigurationChanged, AsideReported, AsideBroughtIn, AsideLeft),
    *(LeftOutWrittenOff, AsideLedgerDeleted),
)
