"""A kiosk cart opened by a customer's face, inside the transaction: their carts' contents, and nothing else.

The kiosk's cart has no customer: store prices, without their points, payments, wishes or suggestions, and an order from
it is a guest's. Age-restricted goods and coupons stay in their own carts. A code makes the cart theirs
(`customer_sign_in`); on leaving, its contents are returned (`cart_handlers.end`).
"""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.basket.basket import BasketLine
from edge.counter.till.settings import TillSettings
from edge.goods.catalog.least_age import least_age
from edge.goods.catalog.queries import find_by_sku
from edge.lib.regions.place import Jurisdiction
from edge.ordering.orders.carts.cart import Cart, CartView
from edge.ordering.orders.carts.cart_handlers import CartHandlers, save, under_new_id
from edge.ordering.orders.carts.cart_moves import began, join_carts
from edge.ordering.orders.carts.cart_stock import hold_goods
from edge.ordering.orders.fulfilment.reservations import release
from edge.ordering.orders.queries import other_carts

_replace = msgspec.structs.replace


def open_by_face(tx: Transaction, cart: Cart, customer: str, settings: TillSettings) -> CartView:
    """Move the contents of a customer's carts into this one. Raises `Refusal` if it has another customer."""
    handlers = CartHandlers(settings)
    if cart.basket.customer == customer:
        return handlers.refresh_cart(tx, cart)
    require_own_face_cart(cart, customer)
    if cart.basket.customer:
        raise Refusal("cart_of_another")
    others = other_carts(tx.db, customer, cart.id, tx.at_us)
    cart = _replace(cart, face_of=customer, began_us=began(tx, cart, *others))
    for other in others:
        goods = tuple(line for line in other.lines if _is_for_everybody(tx, line, settings.place))
        if goods:
            alone = _replace(other.basket, lines=goods, coupons=(), coupon_ends={})
            cart = join_carts(cart, _replace(other, basket=alone, coupon_ends={}))
            _leave_the_rest(tx, other, goods)
    return handlers.merge_cart(tx, under_new_id(tx, cart), cart.basket)


def require_own_face_cart(cart: Cart, customer: str) -> None:
    """Raise `Refusal` for a cart opened by another customer's face. Its contents must be returned first."""
    if cart.face_of not in ("", customer):
        raise Refusal("cart_of_another")


def _is_for_everybody(tx: Transaction, line: BasketLine, place: Jurisdiction) -> bool:
    product = find_by_sku(tx.db, line.sku, tx.at_us) if line.sku else None
    return product is not None and least_age(tx.db, product, place) == 0


def _leave_the_rest(tx: Transaction, other: Cart, gone: tuple[BasketLine, ...]) -> None:
    """Remove these goods from the cart; delete it if it's empty."""
    release(tx, f"cart:{other.id}")
    left = tuple(line for line in other.basket.lines if line not in gone)
    other = _replace(other, basket=other.basket.with_changes(lines=left))
    if other.lines or other.basket.coupons:
        save(tx, other if other.ended else hold_goods(tx, other))
    else:
        tx.db.execute("DELETE FROM cart WHERE id = ?", (other.id,))
