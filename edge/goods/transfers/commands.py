"""What can be asked of goods between stores."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import AskingCommand, Command
from edge.goods.stock.commands import Expiry, Lot, Note, OfLot, TransferLine
from edge.goods.stock.location import MAIN, LocationId, Sku

LINES_LIMIT = 200
"""Lines of one transfer: what one directive holds."""
MOST = 10**9
"""Thousandths in one line."""

TransferId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8,40}$(?!\n)")]
DraftId = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{8,40})?$(?!\n)")]
StoreId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,40}$(?!\n)")]
Quantity = Annotated[int, msgspec.Meta(ge=0, le=MOST)]


class SendTransfer(AskingCommand, frozen=True):
    """Send goods to another store of the company; the result is the transfer's id, which both stores use."""

    to_store: StoreId
    lines: Annotated[tuple[TransferLine, ...], msgspec.Meta(max_length=LINES_LIMIT)]
    location: LocationId = MAIN
    note: Note = ""


class DraftTransfer(Command, frozen=True):
    """Prepare goods for another store, and take nothing out of the stock yet; the result is the transfer's id.

    `id`: the draft that is to be so from now on; empty: a new one.
    """

    to_store: StoreId
    lines: Annotated[tuple[TransferLine, ...], msgspec.Meta(max_length=LINES_LIMIT)]
    location: LocationId = MAIN
    note: Note = ""
    id: DraftId = ""


class SendDraft(AskingCommand, frozen=True):
    """Send what was prepared, as it was prepared; the result is the transfer's id, which both stores use."""

    id: TransferId


class DropDraft(Command, frozen=True):
    """Give up what was prepared."""

    id: TransferId


class SentGoods(OfLot, frozen=True, forbid_unknown_fields=True):
    """So many thousandths of a product; `value_milli`: what they are worth, in thousandths of a minor unit."""

    sku: Sku
    quantity: Annotated[int, msgspec.Meta(gt=0, le=10**15)]
    boxes: Annotated[int, msgspec.Meta(ge=0, le=10**9)] = 0
    lot: Lot = ""
    expiry: Expiry = ""
    value_milli: Annotated[int, msgspec.Meta(ge=0, le=10**18)] | None = None


class AnnounceTransfer(Command, frozen=True):
    """Head office says what another store has sent here; what is known already has no second effect."""

    id: TransferId
    from_store: StoreId
    lines: Annotated[tuple[SentGoods, ...], msgspec.Meta(max_length=4 * LINES_LIMIT)]
    note: Note = ""


class GotLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many thousandths of the line `n` came (from 0 up)."""

    n: Annotated[int, msgspec.Meta(ge=0, le=4 * LINES_LIMIT)]
    quantity: Quantity


class ReceiveTransfer(AskingCommand, frozen=True):
    """What came of a transfer; lines that are not named came as they were sent. More than that is asked about."""

    id: TransferId
    lines: Annotated[tuple[GotLine, ...], msgspec.Meta(max_length=4 * LINES_LIMIT)] = ()
    location: LocationId = MAIN
    note: Note = ""


class RefuseTransfer(Command, frozen=True):
    """Take nothing of a transfer: it goes back."""

    id: TransferId
    note: Note = ""


class SettleTransfer(Command, frozen=True):
    """Head office says what became of a transfer at the other store: so much of each line, or nothing was taken."""

    id: TransferId
    got: Annotated[tuple[Quantity, ...], msgspec.Meta(max_length=4 * LINES_LIMIT)] = ()
    refused: bool = False
    note: Note = ""


class TakeBackTransfer(Command, frozen=True):
    """Put what the other store refused into the stock again."""

    id: TransferId
    location: LocationId = MAIN
