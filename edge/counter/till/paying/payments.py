"""Takes payments inside the transaction: the amount due, implausible amounts, and the effects of a completed sale."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from edge.core.asking import Ask
from edge.core.memo import Memo
from edge.core.messages import RecordedEvent, Refusal
from edge.core.registry import Transaction
from edge.counter.basket.basket import Basket
from edge.counter.basket.event_structs import RecordedLine, TenderDetails
from edge.counter.till.after_sale import receipts
from edge.counter.till.after_sale.exchanges import goods_back
from edge.counter.till.after_sale.receipt_links import proof_of
from edge.counter.till.after_sale.receipt_numbers import next_receipt_number
from edge.counter.till.after_sale.returned_stock import bring_back
from edge.counter.till.commands import Pay
from edge.counter.till.events import SaleCompleted
from edge.counter.till.lines.item_entry import is_code_of_goods, require_unrecalled
from edge.counter.till.lines.purchase_limits import LIMITED, ask_over_day, note_over_day, over_limit
from edge.counter.till.lines.selling_hours import TIMED, note_outside_hours, require_hours
from edge.counter.till.paying.card_money import back_to_cards, terminal_tender
from edge.counter.till.paying.coupon_money import coupons_used
from edge.counter.till.rules import payment, plausibility
from edge.counter.till.sale_effects import open_drawer, stock_moves, tell_slips, with_notices
from edge.counter.till.settings import TillSettings
from edge.foundation.printing.commands import QueuePrint
from edge.goods.catalog.least_age import least_ages, unclassified_in
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import read_products
from edge.goods.modifiers.modifier import added_skus
from edge.goods.stock.commands import MoveStock
from edge.lib.i18n import name_values
from edge.lib.regions.place import Jurisdiction
from edge.lib.units.receipt_number import shown_number
from edge.money.gift_cards.commands import HeldSum, HoldCard, LoadCard, ReleaseHolds, SpendCard
from edge.money.gift_cards.queries import find_card, may_look, read_card
from edge.money.payments.queries import find_payment
from edge.money.payments.states import TAKEN
from edge.money.tenders.tender import currency_of, is_foreign

AGE_CACHE = 10_000
"""Maximum number of products in the age cache. Above it, the cache is cleared."""
_AGES: Memo[dict[Jurisdiction, dict[str, tuple[int, Product | None]]]] = Memo(lambda db: {}, "product", "category")
"""Minimum ages and uncategorised products, by place and SKU.

Cached until a product or category changes.
"""


def take_payment(
    tx: Transaction, basket: Basket, command: Pay, settings: TillSettings, ask: Ask
) -> Basket | SaleCompleted:
    """Return the basket with a payment added, or the sale (without a number yet) if nothing is due.

    `ask`: asks to confirm unlikely amounts and exceeded daily limits.
    """
    require_unrecalled(tx, basket)
    if basket.customer and not basket.payment:  # a terminal payment was confirmed before it was sent
        ask_over_day(tx, basket.customer, basket.sold_lines, ask, basket.coming_back)
    if not basket.payment and not basket.tenders and TIMED.of(tx):
        require_hours(tx, basket.sold_lines, settings, ask)
    if is_foreign(command.kind):
        _require_rate(tx, command.kind, settings)
    if command.kind in ("gift", "credit"):
        return _pay_by_gift_card(tx, basket, command, settings, ask)
    if command.kind == "card" and (taken := terminal_tender(tx, basket, settings)):
        details = TenderDetails(payment=taken.payment, slip=taken.slip, cash_back_minor=taken.cash_back_minor)
        return payment.pay(basket, taken.kind, taken.amount_minor, taken.reference, settings, details)
    decision = payment.pay(basket, command.kind, command.amount_minor, command.reference, settings)
    if isinstance(decision, Basket) and _ended_unpaid(tx, decision):
        decision = decision.with_changes(payment="")  # another tender pays: forget the terminal's failed payment
    if command.amount_minor is not None:
        _require_plausible(tx, command.amount_minor, decision, settings, ask)
    return decision


def _ended_unpaid(tx: Transaction, basket: Basket) -> bool:
    """Whether the basket's terminal payment ended without taking money."""
    begun = find_payment(tx.db, basket.payment) if basket.payment else None
    return begun is not None and bool(begun.code) and not begun.is_open and begun.state not in TAKEN


def complete(
    tx: Transaction,
    sale: SaleCompleted,
    settings: TillSettings,
    printed: bool = True,
    note: str = "",
    slips: bool = True,
    ordered: Collection[str] = (),
) -> RecordedEvent:
    """Complete the sale with the register's next number.

    Its effects are stock, gift cards, drawer, receipt and kitchen tickets (under `note`). `ordered`: ids of coupons
    redeemed when it was ordered. Raises `Refusal` if a gift card can't be loaded or has too little left, or a legal
    limit is exceeded.
    """
    old_enough(tx, sale, settings)
    if LIMITED.of(tx):
        over_limit(tx, sale.lines, sale.returned_lines if sale.returns else ())
        if sale.customer:
            note_over_day(tx, sale.customer, sale.lines, sale.returned_lines if sale.returns else ())
    if TIMED.of(tx):
        note_outside_hours(tx, sale.lines, settings)
    sale, credit = goods_back(tx, sale, settings) if sale.returns else (sale, None)
    sale = msgspec.structs.replace(sale, number=next_receipt_number(tx))
    fact = tx.append(sale)
    number = shown_number(tx.actor.register, sale.number)
    tx.do(MoveStock("sale", stock_moves(sale.lines, -1), document=number))
    for goods in sale.returns:
        bring_back(tx, goods.register, goods.sale, goods.lines, number)
    left = _cards(tx, sale)
    if sale.back:
        back_to_cards(tx, sale.back)
    if sale.coupons:
        coupons_used(tx, sale, ordered)
    open_drawer(tx, (*sale.tenders, *sale.back), sale.change_minor)
    if printed:
        proof = proof_of(tx.db, settings, tx.actor.register, sale.number) if settings.proof_at else ""
        document = receipts.of_sale(sale, fact, with_notices(tx, settings), credit=credit, left=left, proof=proof)
        tx.do(QueuePrint("receipt", document, receipt=sale.number, is_first=True))
    if slips and settings.slips:
        tell_slips(tx, settings, "paid", sale.lines, note, receipt=sale.number)
    return fact


def old_enough(tx: Transaction, sale: SaleCompleted, settings: TillSettings) -> None:
    """Raise `Refusal` for age-restricted goods unless that age was checked, and for cannabis without a category.

    A parked basket may contain such cannabis.
    """
    sold: dict[str, RecordedLine] = {}
    for line in sale.lines:
        if line.sku and not line.voided:
            for sku in (line.sku, *added_skus(line.modifiers)) if line.modifiers else (line.sku,):
                sold.setdefault(sku, line)
    ages = _ages_of(tx, list(sold), settings.place)
    for sku, line in sold.items():
        age, unclassified = ages[sku]
        if unclassified is not None:
            raise Refusal("category_missing", {**name_values(unclassified.names or {}), "sku": unclassified.sku})
        if age > sale.age_checked:
            raise Refusal("age_not_checked", {**name_values(line.names), "age": age})


def _ages_of(tx: Transaction, skus: list[str], place: Jurisdiction) -> Mapping[str, tuple[int, Product | None]]:
    """The minimum ages of products at a place, each with the part that has no category and can't be sold.

    0 for products that aren't in the catalogue. The result may contain other products.
    """
    known = _AGES.of(tx).setdefault(place, {})
    if unknown := [sku for sku in skus if sku not in known]:
        if len(known) + len(unknown) > AGE_CACHE:
            known.clear()
            unknown = skus
        products = [product for _, product, _ in read_products(tx.db, unknown).values()]
        ages, goods = least_ages(tx.db, products, place), {product.sku: product for product in products}
        known |= {
            sku: (ages.get(sku, 0), unclassified_in(tx.db, goods[sku]) if sku in goods else None) for sku in unknown
        }
    return known


def _require_rate(tx: Transaction, kind: str, settings: TillSettings) -> None:
    """Raise `Refusal` for foreign cash without an exchange rate set today."""
    rate = settings.rates.get(currency_of(kind))
    if rate and rate.business_date == tx.business_date:
        return
    raise Refusal("no_rate_today", {"currency": currency_of(kind)})


def _pay_by_gift_card(
    tx: Transaction, basket: Basket, command: Pay, settings: TillSettings, ask: Ask
) -> Basket | SaleCompleted:
    """Return the basket with a gift card payment, reserved on the card.

    By default it covers everything due, or the card's balance if lower. A typed amount is never reduced silently.
    """
    may_look(tx.db, tx.actor.register, tx.at_us)
    card = find_card(tx.db, command.reference)
    if card is None:
        raise Refusal("card_unknown")
    if any(tender.card == card.id for tender in basket.tenders):
        raise Refusal("card_twice", {"tail": card.tail})
    by_it = TenderDetails(card=card.id)
    due = payment.pay(basket, card.kind, None, card.tail, settings, by_it)  # this also checks whether the card may pay
    if isinstance(due, Basket):
        return due
    due_minor = due.tenders[-1].amount_minor if due.tenders and due.tenders[-1].card else 0
    wanted = min(due_minor, command.amount_minor if command.amount_minor is not None else due_minor)
    if not wanted:
        raise Refusal("amount_missing")
    kept: HeldSum = tx.do(HoldCard(card.id, wanted)).result
    if command.amount_minor is not None and kept.minor < wanted:
        ask("confirm_less", {"tail": card.tail, "wanted_minor": wanted, "free_minor": kept.minor})
    details = TenderDetails(card=card.id, unconfirmed=not kept.confirmed)
    return payment.pay(basket, card.kind, kept.minor, card.tail, settings, details)


def _cards(tx: Transaction, sale: SaleCompleted) -> tuple[receipts.CardLeft, ...]:
    """Spend and load the sale's gift cards. Returns each card's balance, by the last characters of its code."""
    touched = []
    for tender in sale.tenders:
        if tender.card:
            tx.do(SpendCard(tender.card, tender.amount_minor, tender.unconfirmed))
            touched.append(tender.card)
    spent = bool(touched)
    for line in sale.lines:
        if line.kind == "load" and not line.voided:
            tx.do(LoadCard(line.card, line.code, line.amount_minor))
            touched.append(line.card)
    if spent:
        tx.do(ReleaseHolds())
    cards = [card for id in dict.fromkeys(touched) if (card := read_card(tx.db, id))] if touched else ()
    return tuple([(card.tail, card.balance_minor) for card in cards]) if cards else ()


def _require_plausible(
    tx: Transaction, typed_minor: int, decision: Basket | SaleCompleted, settings: TillSettings, ask: Ask
) -> None:
    """Refuse an implausible typed amount, or ask to confirm it."""
    change_minor = decision.change_minor if isinstance(decision, SaleCompleted) else 0
    text = plausibility.may_be_code(typed_minor, change_minor, settings)
    if text and is_code_of_goods(tx, text, settings):
        raise Refusal("amount_is_code", {"code": text})
    if isinstance(decision, SaleCompleted):
        plausibility.cash_asked(decision, settings, ask)
