"""What can have happened to goods between stores."""

from __future__ import annotations

import msgspec

from edge.core.messages import Event


class TransferredGoods(msgspec.Struct, frozen=True, array_like=True):
    """So many thousandths of a product, `boxes` of it closed; `value_milli`: what they were worth when they left, in
    thousandths of a minor unit (None: that is not known)."""

    sku: str
    quantity: int
    boxes: int
    lot: str
    expiry: str
    value_milli: int | None


class DraftedGoods(msgspec.Struct, frozen=True, array_like=True):
    """So many thousandths of a product, of a lot where one was named."""

    sku: str
    quantity: int
    lot: str = ""


class TransferDrafted(Event, frozen=True):
    """What is prepared for another store, all of it, from now on; it is in the stock yet."""

    id: str
    to_store: str
    location: str
    lines: tuple[DraftedGoods, ...]
    note: str = ""


class TransferDropped(Event, frozen=True):
    """What was prepared is not sent."""

    id: str


class TransferSent(Event, frozen=True):
    """Goods left for another store."""

    id: str
    to_store: str
    location: str
    lines: tuple[TransferredGoods, ...]
    note: str = ""


class TransferAnnounced(Event, frozen=True):
    """Goods are on their way here from another store."""

    id: str
    from_store: str
    lines: tuple[TransferredGoods, ...]
    note: str = ""


class TransferReceived(Event, frozen=True):
    """So much came, a number a line; `refused`: nothing was taken."""

    id: str
    from_store: str
    got: tuple[int, ...]
    refused: bool = False
    note: str = ""


class TransferSettled(Event, frozen=True):
    """What became of a transfer elsewhere: the other store took so much a line, or nothing (`refused`)."""

    id: str
    got: tuple[int, ...]
    refused: bool = False
    note: str = ""


class TransferTakenBack(Event, frozen=True):
    """What the other store refused is here again."""

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
