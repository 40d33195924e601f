"""What a cart costs now, inside the transaction: a till's prices and promotions, and what cannot be had any more."""

from __future__ import annotations

import msgspec

from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.catalog.queries import find_by_sku
from edge.shop.orders.cart import Cart, CartView
from edge.shop.orders.order_coupons import without_gone
from edge.shop.till.pricing import priced, priced_for
from edge.shop.till.rules.basket_sums import basket_sums
from edge.shop.till.rules.payment import total_minor
from edge.shop.till.settings import TillSettings

_replace = msgspec.structs.replace


def refreshed(tx: Transaction, cart: Cart, settings: TillSettings) -> tuple[Cart, int]:
    """The cart at the prices and promotions of this moment, without the coupons that are over; what was given up
    meanwhile is struck, what is sold again is not any more. And the age that its goods ask for."""
    cart = without_gone(tx, cart)
    back = tuple(_replace(line, voided=False) if line.id in cart.gone else line for line in cart.basket.lines)
    before = {line.id: line.price_minor for line in back}
    basket, age, gone = priced_for(tx, cart.basket.changed(lines=back), cart.basket.price_list), 0, set[int]()
    for line in basket.sold:
        product = find_by_sku(tx.db, line.sku, tx.at_us, basket.price_list)
        if product is None or (product.retired_us is not None and settings.retired == "refuse"):
            gone.add(line.id)
        else:
            age = max(age, product.min_age)
    lines = tuple(
        _replace(line, voided=True, discounts=()) if line.id in gone and not line.voided else line
        for line in basket.lines
    )
    basket = priced(tx, _replace(basket, lines=lines), settings)
    there = {line.id for line in basket.lines}
    dearer = {
        line.id: before[line.id] for line in basket.sold if before.get(line.id, line.price_minor) != line.price_minor
    }
    changed = {id: was for id, was in cart.changed.items() if id in there} | dearer
    return _replace(cart, basket=basket, gone=tuple(sorted(gone)), changed=changed), age


def view(cart: Cart, age: int, settings: TillSettings, at_us: int) -> CartView:
    """The cart with its sums."""
    fields = {field: getattr(cart, field) for field in Cart.__struct_fields__}
    left_s = max(0, (cart.until_us - at_us) // 1_000_000)
    return CartView(
        **fields,
        total_minor=total_minor(cart.basket, settings),
        discount_minor=cart.basket.discount_minor,
        age=age,
        left_s=left_s,
        sums=basket_sums(cart.basket, settings),
    )


def looked_at(db: Connection, cart: Cart, settings: TillSettings, at_us: int) -> CartView:
    """The cart as it was when somebody touched it last, with its sums: nothing is priced anew."""
    found = (find_by_sku(db, line.sku, at_us, cart.basket.price_list) for line in cart.lines)
    return view(cart, max((product.min_age for product in found if product), default=0), settings, at_us)
