"""Actions that a state machine requests. They are performed in order, each finished before the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from twin.messages import HandOver, Message, Released
from twin.records import Mark, Shipment, Stored


class Action(msgspec.Struct, frozen=True):
    """Base of all actions."""


class Keep(Action, frozen=True):
    """Write all of a voter's promises to disk and sync."""

    stored: Stored


class Send(Action, frozen=True):
    to: str
    message: Message


class Write(Action, frozen=True):
    """Append these shipments to the ledger after its last mark, and sync."""

    shipments: tuple[Shipment, ...]


class Replace(Action, frozen=True):
    """Replace the ledger with `image`; entries missing from `image` are set aside."""

    image: Any
    last: Mark


class LetOut(Action, frozen=True):
    """Release commands up to this position: they may be answered, printed and sent."""

    position: int


class Led(Action, frozen=True):
    """This box leads in `term`: an epoch begins."""

    term: int


class Ended(Action, frozen=True):
    """Stop leading at once, without answering the waiting commands."""


Actions = list[Action]


class Ledger(Protocol):
    """A box's read access to its own ledger; it is written by actions only."""

    @property
    def last(self) -> Mark:
        """The mark of the last shipment written and synced."""
        ...

    def holds(self, mark: Mark) -> bool:
        """Whether this mark is in its history."""
        ...

    def after(self, mark: Mark, most: int) -> Sequence[Shipment] | None:
        """Return at most `most` shipments after a known mark; None if they are no longer kept."""
        ...

    def image(self) -> Any:
        """Return the whole ledger as of now."""
        ...


def is_farewell(action: object) -> bool:
    """Whether this is the last message of a former leader, which then writes and accepts nothing more."""
    return isinstance(action, Send) and isinstance(action.message, Released | HandOver)
