"""Actions requested by a machine, performed in order, each finished before the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from twin.messages import HandOver, Message, Released
from twin.records import Mark, Shipment, Stored


class Action(msgspec.Struct, frozen=True):
    """Base of all actions."""


class Keep(Action, frozen=True):
    """Write a voter's promises, whole, and sync."""

    stored: Stored


class Send(Action, frozen=True):
    to: str
    message: Message


class Write(Action, frozen=True):
    """Append these to the ledger after its last mark, and sync."""

    shipments: tuple[Shipment, ...]


class Replace(Action, frozen=True):
    """Replace the ledger with `image`; entries missing from `image` are set aside."""

    image: Any
    last: Mark


class LetOut(Action, frozen=True):
    """Everything up to this position may be answered, printed, sent."""

    position: int


class Led(Action, frozen=True):
    """This box leads in `term`: an epoch begins."""

    term: int


class Ended(Action, frozen=True):
    """This box leads no longer: stop at once, and don't answer what waits."""


Actions = list[Action]


class Ledger(Protocol):
    """A box's read access to its own ledger; it is written by actions only."""

    @property
    def last(self) -> Mark:
        """The mark of all that is written and synced."""
        ...

    def holds(self, mark: Mark) -> bool:
        """Whether this mark is in its history."""
        ...

    def after(self, mark: Mark, most: int) -> Sequence[Shipment] | None:
        """Return at most `most` shipments after a known mark; None: they are no longer kept."""
        ...

    def image(self) -> Any:
        """The whole ledger as of now."""
        ...


def is_farewell(action: object) -> bool:
    """Whether this is the last message of a former leader, after which it writes and accepts nothing."""
    return isinstance(action, Send) and isinstance(action.message, Released | HandOver)
