"""Goods between stores, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.lib.units.quantity import THOUSANDTHS, show_quantity
from edge.shop.catalog.queries import find_by_sku
from edge.shop.stock import costs
from edge.shop.stock.carrying import taken_out
from edge.shop.stock.commands import ExpectStock, RecordMovement, ReserveLine, ReviseReceipt, TransferLine
from edge.shop.stock.events import MAIN, CostCorrected, Move, StockMoved
from edge.shop.stock.rows import breaks_pieces, require_location
from edge.shop.transfers.commands import (
    AnnounceTransfer,
    ReceiveTransfer,
    RefuseTransfer,
    SendDraft,
    SendTransfer,
    SettleTransfer,
    TakeBackTransfer,
)
from edge.shop.transfers.drafts import drafted, implausible
from edge.shop.transfers.events import (
    TransferAnnounced,
    TransferReceived,
    TransferredGoods,
    TransferSent,
    TransferSettled,
    TransferTakenBack,
)
from edge.shop.transfers.queries import StoreTransfer, TransferGoods, read_transfer
from edge.shop.transfers.rules import worth

OPEN_LIMIT = 1_000
"""Transfers that are on their way at once."""
_AVERAGE = "SELECT average_micro FROM stock WHERE sku = ?"
_OPEN = "SELECT count(*) FROM transfer WHERE state = 'sent' AND direction = 'out'"


def send_transfer(tx: Transaction, command: SendTransfer) -> str | Refused:
    return _send(tx, command, tx.command_id.hex())


def send_draft(tx: Transaction, command: SendDraft) -> str | Refused:
    draft = drafted(tx.db, command.id)
    if isinstance(draft, Refused):
        return draft
    lines = tuple(TransferLine(line.sku, line.quantity, line.lot) for line in draft.lines)
    return _send(tx, SendTransfer(draft.store, lines, draft.location, draft.note, command.confirmed), draft.id)


def _send(tx: Transaction, command: SendTransfer, id: str) -> str | Refused:
    if refused := implausible(tx.db, command):
        return refused
    if tx.db.execute(_OPEN).fetchone()[0] >= OPEN_LIMIT:
        return Refused("too_many_transfers", {"limit": OPEN_LIMIT})
    out = taken_out(tx, command.location, command.lines, command.confirmed)
    if isinstance(out, Refused):
        return out
    lines = tuple(_leaving(tx, move) for move in out)
    tx.append(StockMoved("sent", tuple(out), note=command.note, document=id))
    tx.append(TransferSent(id, command.to_store, command.location, lines, command.note))
    return id


def _leaving(tx: Transaction, move: Move) -> TransferredGoods:
    (average,) = tx.db.execute(_AVERAGE, (move.sku,)).fetchone() or (None,)
    value = None if average is None else costs.value_milli(average, -move.delta)
    return TransferredGoods(move.sku, -move.delta, -move.boxes - move.opened, move.lot, move.expiry, value)


def announce_transfer(tx: Transaction, command: AnnounceTransfer) -> Refused | None:
    if read_transfer(tx.db, command.id) is not None:
        return None
    lines = tuple(
        TransferredGoods(one.sku, one.quantity, one.boxes, one.lot, one.expiry, one.value_milli)
        for one in command.lines
    )
    tx.append(TransferAnnounced(command.id, command.from_store, lines, command.note))
    return _expect(tx, command.id)


def _expect(tx: Transaction, id: str) -> Refused | None:
    """Tell the stock what is on its way, as far as the shop has the products."""
    found = read_transfer(tx.db, id)
    coming: dict[str, int] = {}
    for line in found.lines if found and found.direction == "in" and found.state == "sent" else ():
        product = find_by_sku(tx.db, line.sku)
        if product is not None:
            coming[line.sku] = coming.get(line.sku, 0) + line.quantity
    lines = tuple(ReserveLine(sku, quantity) for sku, quantity in list(coming.items())[:500])
    outcome = tx.do(ExpectStock(f"transfer-{id}", lines, MAIN))
    return outcome if isinstance(outcome, Refused) else None


def _incoming(tx: Transaction, id: str) -> StoreTransfer | Refused:
    found = read_transfer(tx.db, id)
    if found is None or found.direction != "in":
        return Refused("no_transfer", {"transfer": id})
    return found if found.state == "sent" else Refused("transfer_over", {"transfer": id, "state": found.state})


def receive_transfer(tx: Transaction, command: ReceiveTransfer) -> str | Refused:
    """The state that the transfer has come to."""
    found = _incoming(tx, command.id)
    if isinstance(found, Refused):
        return found
    if refused := require_location(tx.db, command.location):
        return refused
    said = {line.n: line.quantity for line in command.lines}
    if beyond := [n for n in said if n >= len(found.lines)]:
        return Refused("no_transfer_line", {"line": beyond[0], "lines": len(found.lines)})
    got = [said.get(line.n, line.quantity) for line in found.lines]
    for line, came in zip(found.lines, got, strict=True):
        if came > line.quantity and not command.confirmed:
            values = {"sku": line.sku, "sent": show_quantity(line.quantity), "came": show_quantity(came)}
            return Refused("more_than_sent", dict[str, str | int](values))
        if refused := _brought_in(tx, command.id, command.location, line, came):
            return refused
    tx.append(TransferReceived(command.id, found.store, tuple(got), note=command.note))
    now = read_transfer(tx.db, command.id)
    return _expect(tx, command.id) or (now.state if now else "")


def _brought_in(tx: Transaction, id: str, location: str, line: TransferGoods, came: int) -> Refused | None:
    """A line into the stock, at the value it left with; what is more than was sent is found."""
    product = find_by_sku(tx.db, line.sku)
    if product is None:
        return Refused("unknown_sku", {"sku": line.sku})
    if not line.quantity % THOUSANDTHS and breaks_pieces(tx.db, product, came):
        return Refused("pieces_moved_whole", {"sku": line.sku})  # only what was begun there comes in parts
    sent = min(came, line.quantity)
    if sent:
        size = (product.box or 0) * THOUSANDTHS
        boxes = min(line.boxes, sent // size) if size else 0
        value = None if line.value_milli is None else worth(line.value_milli, line.quantity, sent)
        cost = None if value is None else value // sent
        movement = RecordMovement(
            *(line.sku, "in", boxes, sent - boxes * size, location, line.lot, line.expiry, "transfer"),
            document=id,
            unit_cost_minor=cost,
            confirmed=True,
        )
        outcome = tx.do(movement)
        if isinstance(outcome, Refused):
            return outcome
        if value is not None and cost is not None and (rest := (value - cost * sent + 500) // 1000):
            tx.do(ReviseReceipt(outcome.first_seq, line.sku, add_minor=rest))
    if came > sent:
        surplus = RecordMovement(line.sku, "in", 0, came - sent, location, line.lot, line.expiry, "found", document=id)
        outcome = tx.do(surplus)
        if isinstance(outcome, Refused):
            return outcome
    return None


def refuse_transfer(tx: Transaction, command: RefuseTransfer) -> Refused | None:
    found = _incoming(tx, command.id)
    if isinstance(found, Refused):
        return found
    nothing = (0,) * len(found.lines)
    tx.append(TransferReceived(command.id, found.store, nothing, refused=True, note=command.note))
    return _expect(tx, command.id)


def settle_transfer(tx: Transaction, command: SettleTransfer) -> Refused | None:
    """What is missing is a loss here, if it was sent from here; a box that is not concerned hears of it in vain."""
    found = read_transfer(tx.db, command.id)
    if found is None or found.state != "sent":
        return None
    got = (*command.got, *[0] * len(found.lines))[: len(found.lines)]
    tx.append(TransferSettled(command.id, got, command.refused, command.note))
    if found.direction == "in":
        return _expect(tx, command.id)
    if not command.refused:
        for line, came in zip(found.lines, got, strict=True):
            lost = worth(line.value_milli, line.quantity, max(0, line.quantity - came))
            if lost:
                tx.append(CostCorrected(line.sku, lost, "lost_in_transit", document=command.id))
    return None


def take_back_transfer(tx: Transaction, command: TakeBackTransfer) -> Refused | None:
    found = read_transfer(tx.db, command.id)
    if found is None or found.direction != "out":
        return Refused("no_transfer", {"transfer": command.id})
    if found.state != "refused":
        return Refused("transfer_over", {"transfer": command.id, "state": found.state})
    if refused := require_location(tx.db, command.location):
        return refused
    for line in found.lines:
        if refused := _brought_in(tx, command.id, command.location, line, line.quantity):
            return refused
    tx.append(TransferTakenBack(command.id, command.location))
    return None
