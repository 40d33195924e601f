"""Taking money, inside the transaction: what is due, what cannot be meant, and what a paid sale leaves behind."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent, Refused
from edge.core.registry import Transaction
from edge.shop.printing.commands import QueuePrint
from edge.shop.stock.commands import MoveStock
from edge.shop.till import receipts
from edge.shop.till.adding import is_code_of_goods
from edge.shop.till.commands import Pay
from edge.shop.till.events import SaleCompleted
from edge.shop.till.rules import payment, plausible
from edge.shop.till.rules.basket import Basket
from edge.shop.till.sale_effects import next_number, open_drawer, stock_moves, tell_slips, with_notices
from edge.shop.till.settings import TillSettings


def paid(tx: Transaction, basket: Basket, command: Pay, settings: TillSettings) -> Basket | SaleCompleted | Refused:
    """The basket with a payment in it, or the sale (without its number) if nothing is due any more."""
    decision = payment.pay(basket, command.kind, command.amount_minor, command.reference, settings)
    if isinstance(decision, Refused):
        return decision
    return _mistyped(tx, command, decision, settings) or decision


def complete(
    tx: Transaction, sale: SaleCompleted, settings: TillSettings, printed: bool = True, note: str = ""
) -> RecordedEvent:
    """The sale with the register's next number, and all that goes with it: goods, drawer, receipt, slips (which call
    the order `note`)."""
    sale = msgspec.structs.replace(sale, number=next_number(tx))
    fact = tx.append(sale)
    tx.do(MoveStock("sale", stock_moves(sale.lines, -1)))
    open_drawer(tx, sale.tenders)
    if printed:
        document = receipts.of_sale(sale, fact, with_notices(tx, settings))
        tx.do(QueuePrint("receipt", document, receipt=sale.number))
    tell_slips(tx, settings, "paid", sale.lines, note, receipt=sale.number)
    return fact


def _mistyped(
    tx: Transaction, command: Pay, decision: Basket | SaleCompleted, settings: TillSettings
) -> Refused | None:
    """Why a sum that somebody typed cannot be meant, or has to be asked about."""
    if command.amount_minor is None:
        return None
    change_minor = decision.change_minor if isinstance(decision, SaleCompleted) else 0
    text = plausible.may_be_code(command.amount_minor, change_minor, settings)
    if text and is_code_of_goods(tx, text, settings):
        return Refused("amount_is_code", {"code": text})
    if isinstance(decision, Basket) or command.confirmed:
        return None
    return plausible.cash_asked(decision, settings)
