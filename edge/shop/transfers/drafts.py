"""Goods for another store that are prepared, and not yet sent."""

from __future__ import annotations

from edge.core.journal.rows import read_header
from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.stock.carrying import line_again
from edge.shop.stock.rows import breaks_pieces, find_product, require_location
from edge.shop.transfers.commands import DraftTransfer, DropDraft, SendTransfer
from edge.shop.transfers.events import DraftedGoods, TransferDrafted, TransferDropped
from edge.shop.transfers.queries import StoreTransfer, read_transfer

DRAFTS_LIMIT = 200
"""Drafts that wait at once."""
_WAITING = "SELECT count(*) FROM transfer WHERE state = 'drafted'"


def draft_transfer(tx: Transaction, command: DraftTransfer) -> str | Refused:
    if command.id:
        before = drafted(tx.db, command.id)
        if isinstance(before, Refused):
            return before
    elif tx.db.execute(_WAITING).fetchone()[0] >= DRAFTS_LIMIT:
        return Refused("too_many_drafts", {"limit": DRAFTS_LIMIT})
    if refused := implausible(tx.db, command):
        return refused
    lines = _goods(tx.db, command)
    if isinstance(lines, Refused):
        return lines
    id = command.id or tx.command_id.hex()
    tx.append(TransferDrafted(id, command.to_store, command.location, lines, command.note))
    return id


def drop_draft(tx: Transaction, command: DropDraft) -> Refused | None:
    draft = drafted(tx.db, command.id)
    if isinstance(draft, Refused):
        return draft
    tx.append(TransferDropped(command.id))
    return None


def drafted(db: Connection, id: str) -> StoreTransfer | Refused:
    """A draft that waits to be sent."""
    found = read_transfer(db, id)
    if found is None:
        return Refused("no_transfer", {"transfer": id})
    return found if found.state == "drafted" else Refused("transfer_not_draft", {"transfer": id, "state": found.state})


def implausible(db: Connection, command: DraftTransfer | SendTransfer) -> Refused | None:
    """What cannot be meant, whatever is there."""
    header = read_header(db)
    if header is not None and command.to_store == header.store:
        return Refused("transfer_to_itself", {"location": command.to_store})
    if not command.lines:
        return Refused("transfer_empty")
    return require_location(db, command.location)


def _goods(db: Connection, command: DraftTransfer) -> tuple[DraftedGoods, ...] | Refused:
    """The lines, by the products' numbers, whatever code was scanned. What is there is asked when they are sent."""
    lines: list[DraftedGoods] = []
    seen: dict[str, set[str]] = {}
    for line in command.lines:
        product = find_product(db, line.sku)
        if product is None:
            return Refused("unknown_sku", {"sku": line.sku})
        if line_again(seen, product.sku, line.lot):
            return Refused("line_twice", {"sku": product.sku})
        quantity = line.quantity * product.units  # of cases, where one was scanned
        if breaks_pieces(db, product, quantity):
            return Refused("pieces_moved_whole", {"sku": product.sku})
        lines.append(DraftedGoods(product.sku, quantity, line.lot))
    return tuple(lines)
