"""Price a cart: a till's prices and promotions, and unavailable goods. Inside the transaction, or read-only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from edge.core.storage.database import Connection
from edge.counter.basket.basket_sums import basket_sums
from edge.counter.basket.totals import total_minor
from edge.counter.kitchen_screens.queries import has_run_out
from edge.counter.till.lines.pricing import PriceMoment, price_basket, priced_for
from edge.counter.till.settings import TillSettings
from edge.goods.assortment.queries import is_withheld
from edge.goods.catalog.least_age import least_age, least_age_added, unclassified_in
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import find_by_sku, read_products
from edge.goods.modifiers.modifier import added_skus
from edge.ordering.orders.carts.cart import SEEN_US, Cart, CartView
from edge.ordering.orders.carts.cart_stock import short_now
from edge.ordering.orders.paying.order_coupons import without_invalid_coupons
from edge.ordering.orders.queries import read_cart

_replace = msgspec.structs.replace


class ReadMoment(NamedTuple):
    """The moment of reading a cart (a `till.lines.pricing.PriceMoment`)."""

    db: Connection
    at_us: int
    business_date: str


def reprice_cart(tx: PriceMoment, cart: Cart, settings: TillSettings) -> tuple[Cart, int]:
    """Return the cart at current prices and promotions, and the minimum age of its goods.

    Expired coupons and products discontinued since are removed; products available again are restored.
    """
    cart = without_invalid_coupons(tx, cart)
    back = tuple(_replace(line, voided=False) if line.id in cart.gone else line for line in cart.basket.lines)
    basket, age, gone = priced_for(tx, cart.basket.with_changes(lines=back), cart.basket.price_list), 0, set[int]()
    for line in basket.sold_lines:
        product = find_by_sku(tx.db, line.sku, tx.at_us, basket.price_list)
        refused = product is not None and product.retired_us is not None and settings.retired == "refuse"
        withheld = is_withheld(tx.db, line.sku, tx.at_us)
        refused = refused or (product is not None and _has_unclassified(tx.db, product, added_skus(line.modifiers)))
        if product is None or refused or withheld or has_run_out(tx.db, line.sku, tx.business_date):
            gone.add(line.id)
        else:
            added = least_age_added(tx.db, added_skus(line.modifiers), settings.place)
            age = max(age, least_age(tx.db, product, settings.place), added)
    lines = tuple(
        _replace(line, voided=True, discounts=()) if line.id in gone and not line.voided else line
        for line in basket.lines
    )
    basket = price_basket(tx, _replace(basket, lines=lines), settings)
    seen = _seen_prices(cart, tx.at_us)
    changed = {
        line.id: seen[line.id] for line in basket.sold_lines if seen.get(line.id, line.price_minor) != line.price_minor
    }
    since = cart.changed_us if changed.keys() <= cart.changed.keys() else tx.at_us
    return _replace(cart, basket=basket, gone=tuple(sorted(gone)), changed=changed, changed_us=since), age


def _has_unclassified(db: Connection, product: Product, added: Sequence[str]) -> bool:
    """Whether a product, or what its modifiers add, is cannabis without a category."""
    goods = (product, *(one for _, one, _ in read_products(db, sorted(set(added))).values())) if added else (product,)
    return any(unclassified_in(db, one) for one in goods)


def _seen_prices(cart: Cart, at_us: int) -> dict[int, int]:
    """The unit price of each line as last seen.

    That is when the cart was last used, or earlier if a newer price may not have been noticed yet.
    """
    lately = cart.changed if at_us < cart.changed_us + SEEN_US else {}
    return {line.id: line.price_minor for line in cart.basket.lines} | lately


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


def looked_at(db: Connection, id: str, settings: TillSettings, at_us: int, business_date: str) -> CartView | None:
    """A cart at current prices with its sums; None if there is none.

    Nothing is saved, so the next user is notified again of changed prices and goods.
    """
    cart = read_cart(db, id)
    if cart is None:
        return None
    now, age = reprice_cart(ReadMoment(db, at_us, business_date), cart, settings)
    short = {} if now.ended else short_now(db, now)
    return view(_replace(now, short=short), age, settings, at_us)
