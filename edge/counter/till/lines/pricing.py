"""Applies promotions and price lists to a basket.

Runs inside the transaction, or read-only for a moment (`PriceMoment`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.basket.basket import Basket, BasketLine
from edge.counter.basket.discounts import apply_discounts, with_coupon
from edge.counter.basket.event_structs import Discount, SaleCoupon
from edge.counter.basket.tips import following
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import DISCOUNT, OVERRIDE
from edge.goods.catalog.categories.queries import places_of
from edge.goods.catalog.prices import STORE, store_prices
from edge.goods.catalog.queries import CatalogProduct, find_by_code, find_by_sku
from edge.goods.promotions.queries import any_ahead, offers
from edge.goods.promotions.rules import Item, Offer, discounts
from edge.people.coupons.code import CouponCode
from edge.people.coupons.queries import usable
from edge.people.customers.queries import by_member_code, price_list_of, resolve

_replace = msgspec.structs.replace


class PriceMoment(Protocol):
    """The catalogue and time for which prices are read. A transaction is one."""

    @property
    def db(self) -> Any: ...
    @property
    def at_us(self) -> int: ...
    @property
    def business_date(self) -> str: ...


def apply_promotions(tx: PriceMoment, basket: Basket, settings: TillSettings) -> Basket:
    """Return the basket with current promotions on its lines. Its revision doesn't change."""
    if settings.undiscounted:
        basket = hold_prices(tx, basket, settings)
    if not basket.promotions and not any_ahead(tx.db, tx.at_us):
        return basket
    items = [
        _item(line) for line in basket.sold_lines if line.kind == "goods" and not (line.undiscounted or is_final(line))
    ]
    found = offers(tx.db, items, tx.at_us, settings.zone, basket.price_list) if items else []
    if found and basket.price_list != STORE:
        items = _with_store_prices(tx, basket, items, found)
    off = discounts(items, found) if found else {}
    if not off and not basket.promotions:
        return basket
    used = {promotion for of_line in off.values() for promotion, _ in of_line}
    names = {offer.promotion.id: offer.promotion.names for offer in found if offer.promotion.id in used}
    lines = tuple(_with(line, tuple(Discount(*one) for one in off.get(line.id, ()))) for line in basket.lines)
    return _replace(basket, lines=lines, promotions=names)


def hold_prices(tx: PriceMoment, basket: Basket, settings: TillSettings) -> Basket:
    """Mark the goods of categories that the shop never discounts (`TillSettings.undiscounted`)."""
    open_ = [line.sku for line in basket.sold_lines if line.kind == "goods" and not line.undiscounted]
    if not open_:
        return basket
    categories = set(settings.undiscounted)
    skus = {sku for sku, place in places_of(tx.db, open_).items() if categories.intersection(place.categories)}
    if not skus:
        return basket

    def mark_undiscounted(line: BasketLine) -> BasketLine:
        return _replace(line, undiscounted=True) if line.kind == "goods" and line.sku in skus else line

    return _replace(basket, lines=tuple(mark_undiscounted(line) for line in basket.lines))


def price_basket(tx: PriceMoment, basket: Basket, settings: TillSettings) -> Basket:
    """Return the basket with promotions, then manual discounts, then a percentage tip on the result."""
    basket = apply_discounts(apply_promotions(tx, basket, settings))
    return following(basket, settings) if basket.tip_share else basket


def for_customer(tx: Transaction, basket: Basket, customer: str) -> Basket:
    """Return the basket with this customer and their price list; without a customer, with the store's list."""
    if not customer:
        return priced_for(tx, _replace(basket, customer=""), STORE)
    id = resolve(tx.db, customer)
    if id is None:
        raise Refusal("no_such_customer", {"id": customer})
    return priced_for(tx, _replace(basket, customer=id), price_list_of(tx.db, id))


def for_member(tx: Transaction, basket: Basket, code: str) -> Basket:
    """Return the basket with the customer of a member code."""
    id = by_member_code(tx.db, code)
    if id is None:
        raise Refusal("member_unknown", {"number": code[:40]})
    return for_customer(tx, basket, id)


def list_denied(tx: Transaction, price_list: str, command: str) -> None:
    """Raise `Refusal` for a price list without its customer, unless the actor has the right."""
    if price_list == STORE or tx.actor.may(OVERRIDE) or tx.actor.may(DISCOUNT):
        return
    raise Refusal("right_denied", {"command": command, "right": OVERRIDE})


def priced_for(tx: PriceMoment, basket: Basket, price_list: str) -> Basket:
    """Return the basket at a list's prices. Final and typed prices are kept."""
    lines = tuple(
        line
        if line.voided or line.reason or line.kind != "goods" or is_final(line)
        else _reprice_line(tx, line, price_list)
        for line in basket.lines
    )
    return basket.with_changes(lines=lines, price_list=price_list)


def is_final(line: BasketLine) -> bool:
    """Whether the price was set by a person or printed on the product.

    Neither price lists nor promotions change such a price.
    """
    return line.listed_minor is not None or (line.label is not None and line.label.price_minor is not None)


def _item(line: BasketLine) -> Item:
    single = line.units == 1
    return Item(line.id, line.sku, line.quantity, line.price_minor, line.unit == "piece" and single, single)


def _with_store_prices(tx: PriceMoment, basket: Basket, items: Sequence[Item], found: Iterable[Offer]) -> list[Item]:
    """The items, with the store's general price for those to which a general promotion applies."""
    touched = {id for offer in found if not offer.promotion.list for id in offer.lines}
    lines = {line.id: line for line in basket.sold_lines if line.id in touched and not line.reason}
    at_store = store_prices(tx.db, [line.sku for line in lines.values() if line.units == 1], tx.at_us)

    def with_price(item: Item) -> Item:
        line = lines.get(item.line)
        if line is None:
            return item
        if line.units > 1:
            return _replace(item, store_minor=_reprice_line(tx, line, STORE).price_minor)
        price_minor = at_store.get(line.sku)
        return _replace(item, store_minor=None if price_minor is None else price_minor + line.modifiers_minor)

    return [with_price(item) for item in items]


def _with(line: BasketLine, found: tuple[Discount, ...]) -> BasketLine:
    return line if line.discounts == found else _replace(line, discounts=found)


def _reprice_line(tx: PriceMoment, line: BasketLine, price_list: str) -> BasketLine:
    """Return the line at the list's current price.

    It's unchanged if the catalogue has no price, or another product for that code.
    """
    found: CatalogProduct | None
    if line.units > 1:
        found = find_by_code(tx.db, line.code, tx.at_us, price_list)
    else:
        found = find_by_sku(tx.db, line.sku, tx.at_us, price_list)
    if found is None or found.price_minor is None or (found.sku, found.units) != (line.sku, line.units):
        return line
    return _replace(line, price_minor=found.price_minor + line.modifiers_minor)


def with_scanned_coupon(tx: Transaction, basket: Basket, code: CouponCode, currency: str) -> Basket:
    """Return the basket with a coupon that is valid now, in the store's currency.

    The coupon is redeemed when the sale is completed.
    """
    found = usable(tx.db, code, tx.business_date, currency)
    terms = code.terms
    coupon = SaleCoupon(code.id, code.tail, code.series, found.name, terms.share, terms.sum_minor)
    basket = _replace(basket, coupon_ends={**basket.coupon_ends, code.id: str(terms.ends)})
    return with_coupon(basket, coupon)
