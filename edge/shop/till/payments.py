"""Taking money, inside the transaction: what is due, what cannot be meant, and what a paid sale leaves behind."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from edge.core.messages import RecordedEvent, Refused
from edge.core.registry import Transaction
from edge.lib.units.receipt_number import shown_number
from edge.shop.gift_cards.commands import HeldSum, HoldCard, LoadCard, ReleaseHolds, SpendCard
from edge.shop.gift_cards.queries import find_card
from edge.shop.printing.commands import QueuePrint
from edge.shop.stock.commands import MoveStock
from edge.shop.tenders.tender import currency_of, is_foreign
from edge.shop.till import receipts
from edge.shop.till.commands import Pay
from edge.shop.till.coupon_money import coupons_used
from edge.shop.till.events import SaleCompleted
from edge.shop.till.exchanges import goods_back
from edge.shop.till.item_entry import is_code_of_goods, recalled
from edge.shop.till.purchase_limits import over_limit
from edge.shop.till.returned_stock import bring_back
from edge.shop.till.rules import payment, plausibility
from edge.shop.till.rules.basket import Basket
from edge.shop.till.sale_effects import next_number, open_drawer, stock_moves, tell_slips, with_notices
from edge.shop.till.settings import TillSettings


def paid(tx: Transaction, basket: Basket, command: Pay, settings: TillSettings) -> Basket | SaleCompleted | Refused:
    """The basket with a payment in it, or the sale (without its number) if nothing is due any more."""
    if refused := recalled(tx, basket):
        return refused
    if is_foreign(command.kind) and (refused := _no_rate(tx, command.kind, settings)):
        return refused
    if command.kind in ("gift", "credit"):
        return _by_gift_card(tx, basket, command, settings)
    decision = payment.pay(basket, command.kind, command.amount_minor, command.reference, settings)
    if isinstance(decision, Refused):
        return decision
    return _mistyped(tx, command, decision, settings) or decision


def complete(
    tx: Transaction,
    sale: SaleCompleted,
    settings: TillSettings,
    printed: bool = True,
    note: str = "",
    slips: bool = True,
    ordered: Collection[str] = (),
) -> RecordedEvent | Refused:
    """The sale with the register's next number, and all that goes with it: goods, gift cards, drawer, receipt, slips
    (which call the order `note`). `ordered`: the ids of the coupons that were used when it was. Refused where a card
    cannot be loaded, or holds less by now, and where the law gives nobody so much."""
    if refused := over_limit(tx, sale.lines):
        return refused
    exchanged = goods_back(tx, sale, settings)
    if isinstance(exchanged, Refused):
        return exchanged
    sale, credit = exchanged
    sale = msgspec.structs.replace(sale, number=next_number(tx))
    fact = tx.append(sale)
    number = shown_number(tx.actor.register, sale.number)
    tx.do(MoveStock("sale", stock_moves(sale.lines, -1), document=number))
    for goods in sale.returns:
        bring_back(tx, goods.register, goods.sale, goods.lines, number)
    if refused := _cards(tx, sale) or coupons_used(tx, sale, ordered):
        return refused
    open_drawer(tx, (*sale.tenders, *sale.back), sale.change_minor)
    if printed:
        document = receipts.of_sale(sale, fact, with_notices(tx, settings), credit=credit)
        tx.do(QueuePrint("receipt", document, receipt=sale.number))
    if slips:
        tell_slips(tx, settings, "paid", sale.lines, note, receipt=sale.number)
    return fact


def _no_rate(tx: Transaction, kind: str, settings: TillSettings) -> Refused | None:
    """Why foreign cash is not taken: nobody said today what it is worth."""
    rate = settings.rates.get(currency_of(kind))
    if rate and rate.business_date == tx.business_date:
        return None
    return Refused("no_rate_today", {"currency": currency_of(kind)})


def _by_gift_card(
    tx: Transaction, basket: Basket, command: Pay, settings: TillSettings
) -> Basket | SaleCompleted | Refused:
    """The basket with what a card pays, which is held for it from now on: all that is due, or as much as is on it."""
    card = find_card(tx.db, command.reference)
    if card is None:
        return Refused("card_unknown")
    if any(tender.card == card.id for tender in basket.tenders):
        return Refused("card_twice", {"tail": card.tail})
    due = payment.pay(basket, card.kind, None, card.tail, settings, card.id)  # also whether it may pay at all
    if isinstance(due, Refused | Basket):
        return due
    due_minor = due.tenders[-1].amount_minor if due.tenders and due.tenders[-1].card else 0
    wanted = min(due_minor, command.amount_minor if command.amount_minor is not None else due_minor)
    if not wanted:
        return Refused("amount_missing")
    held = tx.do(HoldCard(card.id, wanted))
    if isinstance(held, Refused):
        return held
    kept: HeldSum = held.result
    return payment.pay(basket, card.kind, kept.minor, card.tail, settings, card.id, not kept.confirmed)


def _cards(tx: Transaction, sale: SaleCompleted) -> Refused | None:
    """Gift cards as the sale leaves them: spent, and loaded."""
    for tender in sale.tenders:
        spent = SpendCard(tender.card, tender.amount_minor, tender.unconfirmed) if tender.card else None
        if spent and isinstance(done := tx.do(spent), Refused):
            return done
    for line in sale.lines:
        if line.kind == "load" and not line.voided:
            done = tx.do(LoadCard(line.card, line.code, line.amount_minor))
            if isinstance(done, Refused):
                return done
    if any(tender.card for tender in sale.tenders):
        tx.do(ReleaseHolds())
    return None


def _mistyped(
    tx: Transaction, command: Pay, decision: Basket | SaleCompleted, settings: TillSettings
) -> Refused | None:
    """Why a sum that somebody typed cannot be meant, or has to be asked about."""
    if command.amount_minor is None:
        return None
    change_minor = decision.change_minor if isinstance(decision, SaleCompleted) else 0
    text = plausibility.may_be_code(command.amount_minor, change_minor, settings)
    if text and is_code_of_goods(tx, text, settings):
        return Refused("amount_is_code", {"code": text})
    if isinstance(decision, Basket) or command.confirmed:
        return None
    return plausibility.cash_asked(decision, settings)
