"""Events of transfers between stores."""

from __future__ import annotations

import msgspec

from edge.core.messages import Event


class TransferredGoods(msgspec.Struct, frozen=True, array_like=True):
    """Thousandths of a product, including `boxes` closed boxes; `value_milli`: their value when they left, in
    thousandths of a minor unit (None: unknown).
    """

    sku: str
    quantity: int
    boxes: int
    lot: str
    expiry: str
    value_milli: int | None


class DraftedGoods(msgspec.Struct, frozen=True, array_like=True):
    """Thousandths of a product, of a lot if given."""

    sku: str
    quantity: int
    lot: str = ""


class TransferDrafted(Event, frozen=True):
    """The complete draft of a transfer to another store was set; the goods are still in stock."""

    id: str
    to_store: str
    location: str
    lines: tuple[DraftedGoods, ...]
    note: str = ""


class TransferDropped(Event, frozen=True):
    """A draft was discarded."""

    id: str


class TransferSent(Event, frozen=True):
    """Goods were sent to another store."""

    id: str
    to_store: str
    location: str
    lines: tuple[TransferredGoods, ...]
    note: str = ""


class TransferAnnounced(Event, frozen=True):
    """Goods from another store are in transit to this one."""

    id: str
    from_store: str
    lines: tuple[TransferredGoods, ...]
    note: str = ""


class TransferReceived(Event, frozen=True):
    """A transfer was received, with a quantity for each line; `refused`: it was refused as a whole."""

    id: str
    from_store: str
    got: tuple[int, ...]
    refused: bool = False
    note: str = ""


class TransferSettled(Event, frozen=True):
    """A sent transfer ended: the other store received these quantities of each line, or refused the transfer
    (`refused`).
    """

    id: str
    got: tuple[int, ...]
    refused: bool = False
    note: str = ""


class TransferTakenBack(Event, frozen=True):
    """Goods that the other store refused were taken back into stock."""

    id: str
    location: str


EVENTS: tuple[type[Event], ...] = (
    TransferDrafted,
    TransferDropped,
    TransferSent,
    TransferAnnounced,
    TransferReceived,
    TransferSettled,
    TransferTakenBack,
)
