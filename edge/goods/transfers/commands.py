"""Commands for transfers between stores."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import AskingCommand, Command
from edge.goods.stock.commands import Expiry, Lot, Note, OfLot, TransferLine
from edge.goods.stock.location import MAIN, LocationId, Sku

LINES_LIMIT = 200
"""Maximum lines per transfer, limited by the size of a directive."""
MOST = 10**9
"""Maximum thousandths per line."""

TransferId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8,40}$(?!\n)")]
DraftId = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{8,40})?$(?!\n)")]
StoreId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,40}$(?!\n)")]
Quantity = Annotated[int, msgspec.Meta(ge=0, le=MOST)]


class SendTransfer(AskingCommand, frozen=True):
    """Send goods to another store of the company; returns the transfer's id, shared by both stores."""

    to_store: StoreId
    lines: Annotated[tuple[TransferLine, ...], msgspec.Meta(max_length=LINES_LIMIT)]
    location: LocationId = MAIN
    note: Note = ""


class DraftTransfer(Command, frozen=True):
    """Prepare a transfer to another store without moving stock; returns the transfer's id.

    `id`: the draft to replace; empty: a new one.
    """

    to_store: StoreId
    lines: Annotated[tuple[TransferLine, ...], msgspec.Meta(max_length=LINES_LIMIT)]
    location: LocationId = MAIN
    note: Note = ""
    id: DraftId = ""


class SendDraft(AskingCommand, frozen=True):
    """Send a draft as prepared; returns the transfer's id, shared by both stores."""

    id: TransferId


class DropDraft(Command, frozen=True):
    """Discard a draft."""

    id: TransferId


class SentGoods(OfLot, frozen=True, forbid_unknown_fields=True):
    """Thousandths of a product; `value_milli`: their value, in thousandths of a minor unit."""

    sku: Sku
    quantity: Annotated[int, msgspec.Meta(gt=0, le=10**15)]
    boxes: Annotated[int, msgspec.Meta(ge=0, le=10**9)] = 0
    lot: Lot = ""
    expiry: Expiry = ""
    value_milli: Annotated[int, msgspec.Meta(ge=0, le=10**18)] | None = None


class AnnounceTransfer(Command, frozen=True):
    """Head office announces goods sent here by another store; repeating it has no effect."""

    id: TransferId
    from_store: StoreId
    lines: Annotated[tuple[SentGoods, ...], msgspec.Meta(max_length=4 * LINES_LIMIT)]
    note: Note = ""


class GotLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The received thousandths of line `n` (counted from 0)."""

    n: Annotated[int, msgspec.Meta(ge=0, le=4 * LINES_LIMIT)]
    quantity: Quantity


class ReceiveTransfer(AskingCommand, frozen=True):
    """Receive a transfer; lines not listed count as received in full. A surplus needs confirmation."""

    id: TransferId
    lines: Annotated[tuple[GotLine, ...], msgspec.Meta(max_length=4 * LINES_LIMIT)] = ()
    location: LocationId = MAIN
    note: Note = ""


class RefuseTransfer(Command, frozen=True):
    """Refuse a whole transfer, which returns to its sender."""

    id: TransferId
    note: Note = ""


class SettleTransfer(Command, frozen=True):
    """Head office reports how a transfer ended at the other store: the received quantity of each line,
    or its refusal.
    """

    id: TransferId
    got: Annotated[tuple[Quantity, ...], msgspec.Meta(max_length=4 * LINES_LIMIT)] = ()
    refused: bool = False
    note: Note = ""


class TakeBackTransfer(Command, frozen=True):
    """Take goods that the other store refused back into stock."""

    id: TransferId
    location: LocationId = MAIN
