"""What a machine asks to be done, in order, each finished before the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from twin.messages import HandOver, Message, Released
from twin.records import Mark, Shipment, Stored


class Action(msgspec.Struct, frozen=True):
    """Any of them."""


class Keep(Action, frozen=True):
    """Write what a voter promises, whole, and sync it."""

    stored: Stored


class Send(Action, frozen=True):
    to: str
    message: Message


class Write(Action, frozen=True):
    """Write these behind the ledger's last mark, and sync it."""

    shipments: tuple[Shipment, ...]


class Replace(Action, frozen=True):
    """Let the ledger be `image`; what it has and `image` has not is put aside."""

    image: Any
    last: Mark


class LetOut(Action, frozen=True):
    """Everything up to this position may be answered, printed, sent."""

    position: int


class Led(Action, frozen=True):
    """This box leads, in `term`: an epoch begins."""

    term: int


class Ended(Action, frozen=True):
    """This box leads no longer: it stops at once, and what waits is not answered."""


Actions = list[Action]


class Ledger(Protocol):
    """What a box reads of its own ledger; it is written by actions alone."""

    @property
    def last(self) -> Mark:
        """Of all that is written and synced."""
        ...

    def holds(self, mark: Mark) -> bool:
        """Whether this place is in its history."""
        ...

    def after(self, mark: Mark, most: int) -> Sequence[Shipment] | None:
        """What comes behind a mark that it holds, `most` at most; None: that is not kept so far back."""
        ...

    def image(self) -> Any:
        """All of it, as it is now."""
        ...


def is_farewell(action: object) -> bool:
    """What a box that leads no longer says last: it writes nothing more, and takes nothing from anybody."""
    return isinstance(action, Send) and isinstance(action.message, Released | HandOver)
