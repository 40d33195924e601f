"""A cart: a basket beside any till. Local state. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from edge.counter.basket.basket import Basket, BasketLine
from edge.counter.basket.basket_sums import BasketSums
from edge.ordering.orders.rules import Channel

_S = 1_000_000
IDLE_US: Mapping[Channel, int] = MappingProxyType(
    {"kiosk": 120 * _S, "phone": 1800 * _S, "till": 1800 * _S, "api": 1800 * _S}
)
"""How long a cart is kept untouched."""
WARN_US = 90 * _S
"""When a kiosk asks whether somebody is still there."""
KEPT_MOST_US = 2 * 3600 * _S
"""How long a cart is kept that is touched again and again: goods are not held for ever."""
HELD_MOST_US = KEPT_MOST_US + 600 * _S
"""When goods are free again of a cart that nobody was there to end: a little after it must have."""
CARTS_MOST = 500
"""Carts at a time of one channel; the next one is refused: phones of strangers leave room for kiosks and tills."""
LISTS_MOST = 2000
"""Carts whose time is over that are kept as lists; of more, the oldest go."""
LISTED_US = 7 * 24 * 3600 * _S
"""How long the cart of a phone or a customer is kept as a list, for which nothing is held."""
CART_LINES = 100
SEEN_US = 60 * _S
"""How long a cart goes on saying what a line cost before, once that was told: a finger that is quicker than the eye has
not seen it yet."""
CALL_US = 300 * _S
"""How long a cart waits for somebody who was called."""


class Cart(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody is about to order. `gone`: lines that cannot be had any more; they count nothing.

    `age_said`: how old the customer says they are at least; somebody looks when the goods are handed over. `place`: of
    whose QR the phone came. `began_us`: when its first line came, as far as it has one. `until_us`: when it ends if
    nobody touches it. `short`: lines of which there is not enough, and how many thousandths there are; they cannot be
    ordered so. `ended`: its time is over; it is a list until
    `until_us`, and lives again when somebody touches it. `changed`: what a unit of a line cost before, as it was last
    seen, where it is another price by now; it was `changed_us` that the first of them was told to whoever touched it.
    `coupon_ends`: the last days of coupons of carts that began before their baskets had those; `coupons_gone`: the ends
    of the codes of those that were taken off, as they cannot be used any more. `left_out`: the
    names of goods of another cart that found no room as it became one with this, by its size or by law. `face_of`: the
    customer for whom a face opened it: what lies in it goes back to them, and nothing else of theirs is open by it
    (its basket is nobody's).
    """

    id: str
    channel: Channel
    register: str
    basket: Basket
    began_us: int
    touched_us: int
    until_us: int
    language: str = ""
    age_said: int = 0
    gone: tuple[int, ...] = ()
    changed: dict[int, int] = {}
    place: str = ""
    short: dict[int, int] = {}
    ended: bool = False
    coupon_ends: dict[str, str] = {}
    coupons_gone: tuple[str, ...] = ()
    left_out: tuple[dict[str, str], ...] = ()
    changed_us: int = 0
    face_of: str = ""

    @property
    def lines(self) -> tuple[BasketLine, ...]:
        """The lines that can be ordered."""
        return self.basket.sold

    def touched(self, at_us: int, **changes: object) -> Cart:
        """The cart after somebody touched it; an empty one holds nothing, and begins anew."""
        began_us = self.began_us if self.lines else at_us
        until_us = max(min(at_us + IDLE_US[self.channel], began_us + KEPT_MOST_US), at_us)
        return msgspec.structs.replace(self, began_us=began_us, touched_us=at_us, until_us=until_us, **changes)

    def waiting(self, at_us: int) -> Cart:
        """The cart while somebody who was called comes."""
        return msgspec.structs.replace(self, until_us=max(self.until_us, at_us + CALL_US))

    def is_over(self, at_us: int) -> bool:
        return at_us >= self.until_us

    @property
    def is_kept(self) -> bool:
        """Whether it becomes a list when its time is over: a phone's, or a customer's. A kiosk's is nobody's then."""
        whose = self.channel == "phone" or bool(self.basket.customer)
        return bool(self.lines or self.gone) and self.channel != "kiosk" and whose

    def as_list(self, at_us: int) -> Cart:
        """What is kept of it when its time is over."""
        return msgspec.structs.replace(self, ended=True, until_us=at_us + LISTED_US)

    def again(self, at_us: int) -> Cart:
        """The list as a cart, as of this moment."""
        return msgspec.structs.replace(self, ended=False, began_us=at_us).touched(at_us)


class CartView(Cart, frozen=True, omit_defaults=True):
    """A cart with what it comes to: `total_minor` with all taxes and deposits, `discount_minor` is off by promotions.

    `age`: the highest that its products ask for. `left_s`: seconds until it ends. `missing`: the names of what was
    wished for and cannot be had. `sums`: all that it comes to, as of a till's basket.
    """

    total_minor: int = 0
    discount_minor: int = 0
    age: int = 0
    left_s: int = 0
    missing: tuple[dict[str, str], ...] = ()
    sums: BasketSums | None = None

    @property
    def alone(self) -> Cart:
        """The cart as it is kept."""
        return Cart(*(getattr(self, field) for field in Cart.__struct_fields__))
