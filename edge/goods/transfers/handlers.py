"""Transfers between stores, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.catalog.queries import find_by_sku
from edge.goods.stock.commands import ExpectStock, RecordMovement, ReserveLine, ReviseReceipt, TransferLine
from edge.goods.stock.events import CostCorrected, Move, StockMoved
from edge.goods.stock.location import MAIN
from edge.goods.stock.moving import costs
from edge.goods.stock.moving.carrying import carry_out
from edge.goods.stock.rows import breaks_pieces, called_by, require_location
from edge.goods.transfers.commands import (
    AnnounceTransfer,
    ReceiveTransfer,
    RefuseTransfer,
    SendDraft,
    SendTransfer,
    SettleTransfer,
    TakeBackTransfer,
)
from edge.goods.transfers.drafts import implausible, require_draft
from edge.goods.transfers.events import (
    TransferAnnounced,
    TransferReceived,
    TransferredGoods,
    TransferSent,
    TransferSettled,
    TransferTakenBack,
)
from edge.goods.transfers.queries import StoreTransfer, TransferGoods, read_transfer
from edge.goods.transfers.rules import worth
from edge.lib.units.quantity import THOUSANDTHS, show_quantity

OPEN_LIMIT = 1_000
"""Maximum transfers in transit."""
_AVERAGE = "SELECT average_micro FROM stock WHERE sku = ?"
_OPEN = "SELECT count(*) FROM transfer WHERE state = 'sent' AND direction = 'out'"


def send_transfer(tx: Transaction, command: SendTransfer) -> str:
    return _send(tx, command, tx.command_id.hex())


def send_draft(tx: Transaction, command: SendDraft) -> str:
    draft = require_draft(tx.db, command.id)
    lines = tuple(TransferLine(line.sku, line.quantity, line.lot) for line in draft.lines)
    return _send(tx, SendTransfer(draft.store, lines, draft.location, draft.note), draft.id)


def _send(tx: Transaction, command: SendTransfer, id: str) -> str:
    implausible(tx.db, command)
    if tx.db.execute(_OPEN).fetchone()[0] >= OPEN_LIMIT:
        raise Refusal("too_many_transfers", {"limit": OPEN_LIMIT})
    out = carry_out(tx, command.location, command.lines)
    lines = tuple(_leaving(tx, move) for move in out)
    tx.append(StockMoved("sent", tuple(out), note=command.note, document=id))
    tx.append(TransferSent(id, command.to_store, command.location, lines, command.note))
    return id


def _leaving(tx: Transaction, move: Move) -> TransferredGoods:
    (average,) = tx.db.execute(_AVERAGE, (move.sku,)).fetchone() or (None,)
    value = None if average is None else costs.value_milli(average, -move.delta)
    return TransferredGoods(move.sku, -move.delta, -move.boxes - move.opened, move.lot, move.expiry, value)


def announce_transfer(tx: Transaction, command: AnnounceTransfer) -> None:
    if read_transfer(tx.db, command.id) is not None:
        return
    lines = tuple(
        TransferredGoods(one.sku, one.quantity, one.boxes, one.lot, one.expiry, one.value_milli)
        for one in command.lines
    )
    tx.append(TransferAnnounced(command.id, command.from_store, lines, command.note))
    _expect(tx, command.id)


def _expect(tx: Transaction, id: str) -> None:
    """Set the expected stock of a transfer, for products that the shop has."""
    found = read_transfer(tx.db, id)
    coming: dict[str, int] = {}
    for line in found.lines if found and found.direction == "in" and found.state == "sent" else ():
        product = find_by_sku(tx.db, line.sku)
        if product is not None:
            coming[line.sku] = coming.get(line.sku, 0) + line.quantity
    lines = tuple(ReserveLine(sku, quantity) for sku, quantity in list(coming.items())[:500])
    tx.do(ExpectStock(f"transfer-{id}", lines, MAIN))


def _incoming(tx: Transaction, id: str) -> StoreTransfer:
    found = read_transfer(tx.db, id)
    if found is None or found.direction != "in":
        raise Refusal("no_transfer", {"transfer": id})
    if found.state != "sent":
        raise Refusal("transfer_over", {"transfer": id, "state": found.state})
    return found


def receive_transfer(tx: Transaction, command: ReceiveTransfer) -> str:
    """Receive a transfer; returns its new state."""
    found = _incoming(tx, command.id)
    require_location(tx.db, command.location)
    said = {line.n: line.quantity for line in command.lines}
    if beyond := [n for n in said if n >= len(found.lines)]:
        raise Refusal("no_transfer_line", {"line": beyond[0], "lines": len(found.lines)})
    got = [said.get(line.n, line.quantity) for line in found.lines]
    for line, came in zip(found.lines, got, strict=True):
        if came > line.quantity:
            values = {"sent": show_quantity(line.quantity), "came": show_quantity(came)}
            tx.ask("more_than_sent", {"sku": line.sku, **called_by(tx.db, line.sku), **values}, line.lot)
        _brought_in(tx, command.id, command.location, line, came)
    tx.append(TransferReceived(command.id, found.store, tuple(got), note=command.note))
    now = read_transfer(tx.db, command.id)
    _expect(tx, command.id)
    return now.state if now else ""


def _brought_in(tx: Transaction, id: str, location: str, line: TransferGoods, came: int) -> None:
    """Book a line into stock at the value it was sent with; a surplus is booked as found."""
    product = find_by_sku(tx.db, line.sku)
    if product is None:
        raise Refusal("unknown_sku", {"sku": line.sku})
    if not line.quantity % THOUSANDTHS and breaks_pieces(tx.db, product, came):
        raise Refusal("pieces_moved_whole", {"sku": line.sku})
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
        )
        outcome = tx.do(movement, asks=False)  # the goods are here, whatever their expiry date
        if value is not None and cost is not None and (rest := (value - cost * sent + 500) // 1000):
            tx.do(ReviseReceipt(outcome.first_seq, line.sku, add_minor=rest))
    if came > sent:
        surplus = RecordMovement(line.sku, "in", 0, came - sent, location, line.lot, line.expiry, "found", document=id)
        outcome = tx.do(surplus)


def refuse_transfer(tx: Transaction, command: RefuseTransfer) -> None:
    found = _incoming(tx, command.id)
    nothing = (0,) * len(found.lines)
    tx.append(TransferReceived(command.id, found.store, nothing, refused=True, note=command.note))
    _expect(tx, command.id)


def settle_transfer(tx: Transaction, command: SettleTransfer) -> None:
    """Record how a transfer in transit ended; missing goods that were sent from here are a loss.

    Ignored if the transfer is unknown here or has already ended.
    """
    found = read_transfer(tx.db, command.id)
    if found is None or found.state != "sent":
        return
    got = (*command.got, *[0] * len(found.lines))[: len(found.lines)]
    tx.append(TransferSettled(command.id, got, command.refused, command.note))
    if found.direction == "in":
        _expect(tx, command.id)
        return
    if not command.refused:
        for line, came in zip(found.lines, got, strict=True):
            lost = worth(line.value_milli, line.quantity, max(0, line.quantity - came))
            if lost:
                tx.append(CostCorrected(line.sku, lost, "lost_in_transit", document=command.id))


def take_back_transfer(tx: Transaction, command: TakeBackTransfer) -> None:
    found = read_transfer(tx.db, command.id)
    if found is None or found.direction != "out":
        raise Refusal("no_transfer", {"transfer": command.id})
    if found.state != "refused":
        raise Refusal("transfer_over", {"transfer": command.id, "state": found.state})
    require_location(tx.db, command.location)
    for line in found.lines:
        _brought_in(tx, command.id, command.location, line, line.quantity)
    tx.append(TransferTakenBack(command.id, command.location))
