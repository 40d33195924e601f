"""Drafts of transfers to another store."""

from __future__ import annotations

from edge.core.journal.rows import read_header
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.stock.moving.carrying import line_again
from edge.goods.stock.rows import breaks_pieces, find_product, require_location
from edge.goods.transfers.commands import DraftTransfer, DropDraft, SendTransfer
from edge.goods.transfers.events import DraftedGoods, TransferDrafted, TransferDropped
from edge.goods.transfers.queries import StoreTransfer, read_transfer

DRAFTS_LIMIT = 200
"""Maximum drafts."""
_WAITING = "SELECT count(*) FROM transfer WHERE state = 'drafted'"


def draft_transfer(tx: Transaction, command: DraftTransfer) -> str:
    if command.id:
        require_draft(tx.db, command.id)
    elif tx.db.execute(_WAITING).fetchone()[0] >= DRAFTS_LIMIT:
        raise Refusal("too_many_drafts", {"limit": DRAFTS_LIMIT})
    implausible(tx.db, command)
    lines = _goods(tx.db, command)
    id = command.id or tx.command_id.hex()
    tx.append(TransferDrafted(id, command.to_store, command.location, lines, command.note))
    return id


def drop_draft(tx: Transaction, command: DropDraft) -> None:
    require_draft(tx.db, command.id)
    tx.append(TransferDropped(command.id))


def require_draft(db: Connection, id: str) -> StoreTransfer:
    """A draft that hasn't been sent yet. Raises `Refusal` otherwise."""
    found = read_transfer(db, id)
    if found is None:
        raise Refusal("no_transfer", {"transfer": id})
    if found.state != "drafted":
        raise Refusal("transfer_not_draft", {"transfer": id, "state": found.state})
    return found


def implausible(db: Connection, command: DraftTransfer | SendTransfer) -> None:
    """Raise `Refusal` for implausible values."""
    header = read_header(db)
    if header is not None and command.to_store == header.store:
        raise Refusal("transfer_to_itself", {"location": command.to_store})
    if not command.lines:
        raise Refusal("transfer_empty")
    require_location(db, command.location)


def _goods(db: Connection, command: DraftTransfer) -> tuple[DraftedGoods, ...]:
    """The lines with the products' own numbers, even if another code was scanned.

    Stock is checked when the draft is sent.
    """
    lines: list[DraftedGoods] = []
    seen: dict[str, set[str]] = {}
    for line in command.lines:
        product = find_product(db, line.sku)
        if product is None:
            raise Refusal("unknown_sku", {"sku": line.sku})
        if line_again(seen, product.sku, line.lot):
            raise Refusal("line_twice", {"sku": product.sku})
        quantity = line.quantity * product.units  # in units, even if a case was scanned
        if breaks_pieces(db, product, quantity):
            raise Refusal("pieces_moved_whole", {"sku": product.sku})
        lines.append(DraftedGoods(product.sku, quantity, line.lot))
    return tuple(lines)
