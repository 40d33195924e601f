"""Splits bills, merges them, and prints them before payment. Inside the transaction."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

import msgspec

from edge.core.messages import Command, Number, Refusal
from edge.core.registry import Transaction
from edge.counter.basket import splitting, totals
from edge.counter.basket.basket import LINES_LIMIT, Basket
from edge.counter.basket.splitting import BillPart
from edge.counter.kitchen.commands import MovedSlipLine, MoveSlipLines
from edge.counter.till.after_sale import receipts
from edge.counter.till.commands import BasketName
from edge.counter.till.events import BillPrinted
from edge.counter.till.lines.basket_changes import load
from edge.counter.till.lines.basket_names import basket_of
from edge.counter.till.lines.parked_baskets import order_of, put_aside
from edge.counter.till.lines.pricing import price_basket, priced_for
from edge.counter.till.queries import read_basket
from edge.counter.till.sale_effects import save
from edge.counter.till.settings import TillSettings
from edge.foundation.printing.commands import QueuePrint
from edge.goods.stock.commands import ReleaseStock

_SET_ASIDE = "SELECT body, business_date FROM parked_basket WHERE id = ? AND taken_us = 0"
_TAKEN = "UPDATE parked_basket SET taken_us = ?, taken_register = ?, taken_person = ?, body = x'' WHERE id = ?"


class SplitBasket(Command, frozen=True):
    """Split these lines, or pieces of them, off the register's basket into a parked one."""

    parts: Annotated[tuple[BillPart, ...], msgspec.Meta(min_length=1, max_length=LINES_LIMIT)]
    name: BasketName = ""


class JoinBasket(Command, frozen=True):
    """Merge a parked basket into the register's, to pay both together."""

    id: Number


class PrintBill(Command, frozen=True):
    """Print the register's bill for guests. It's neither a receipt nor a payment.

    `guests`: the number of equal shares to print.
    """

    guests: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0


class BillSplits:
    """Splits, merges and prints bills in a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def split_basket(self, tx: Transaction, command: SplitBasket) -> Basket:
        basket = load(tx)
        left, other = splitting.split_basket(basket, {part.line: part.quantity for part in command.parts})
        name = command.name.strip() or basket.name
        other = price_basket(tx, msgspec.structs.replace(other, name=name), self._settings)
        id = put_aside(tx, other, self._settings)
        moved = tuple(MovedSlipLine(line.id, line.id, line.quantity) for line in other.lines)
        tx.do(MoveSlipLines(tx.actor.register, order_of(id), moved))
        return save(tx, price_basket(tx, left, self._settings))

    def join(self, tx: Transaction, command: JoinBasket) -> Basket:
        basket = load(tx)
        found = tx.db.execute(_SET_ASIDE, (command.id,)).fetchone()
        if found is None:
            raise Refusal("parked_unknown", {"number": command.id})
        other, day = basket_of(tx.db, found[0]), found[1]
        if date.fromisoformat(tx.business_date) > date.fromisoformat(day) + timedelta(days=1):
            raise Refusal("parked_old", {"since": day})
        joined, became = splitting.join(basket, other)
        if joined.price_list != other.price_list:
            joined = priced_for(tx, joined, joined.price_list)
        tx.db.execute(_TAKEN, (tx.at_us, tx.actor.register, tx.actor.name, command.id))
        tx.do(ReleaseStock(order_of(command.id)))
        moved = tuple(MovedSlipLine(line.id, became[line.id], line.quantity) for line in other.lines)
        tx.do(MoveSlipLines(order_of(command.id), tx.actor.register, moved, ends=True))
        return save(tx, price_basket(tx, joined, self._settings))

    def print_bill(self, tx: Transaction, command: PrintBill) -> None:
        basket = read_basket(tx.db, tx.actor.register)
        if not basket.sold_lines:
            raise Refusal("basket_empty")
        if basket.questions:
            raise Refusal("answer_first", {"waiting": len(basket.questions)})
        sums = totals.totals(basket, self._settings)
        fact = tx.append(BillPrinted(self._settings.currency, len(basket.sold_lines), sums.total_minor))
        tx.do(QueuePrint("bill", receipts.of_bill(basket, sums, fact, self._settings, command.guests)))
