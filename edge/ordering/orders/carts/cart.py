"""A cart: a basket outside any till. Local state. Pure."""

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
"""How long an untouched cart is kept, by channel (microseconds)."""
WARN_US = 90 * _S
"""Time without activity after which a kiosk asks whether the customer is still there (microseconds)."""
CART_MAX_AGE_US = 2 * 3600 * _S
"""Maximum age of an active cart, so that its goods aren't reserved indefinitely (microseconds)."""
RESERVATION_MAX_US = CART_MAX_AGE_US + 600 * _S
"""When the goods of a cart that was never ended are released: shortly after its latest possible end (microseconds)."""
CARTS_MOST = 500
"""Maximum carts per channel. Further carts are refused, so that strangers' phones leave room for kiosks and tills."""
LISTS_MOST = 2000
"""Maximum expired carts kept as lists. Above it, the oldest are dropped."""
LISTED_US = 7 * 24 * 3600 * _S
"""How long a phone's or customer's cart is kept as a list, without reservations (microseconds)."""
CART_LINES = 100
SEEN_US = 60 * _S
"""How long a cart keeps showing a line's previous price, because a quick tap may have missed it (microseconds)."""
CALL_US = 300 * _S
"""How long a cart waits after its customer called staff (microseconds)."""


class Cart(msgspec.Struct, frozen=True, omit_defaults=True):
    """The goods that a customer is about to order. `gone`: unavailable lines, which don't count in the total.

    `age_said`: the minimum age the customer states; staff check it at hand-over. `place`: the place, such as a table,
    whose QR code the phone scanned. `began_us`: when its first line was added, if it has one. `until_us`: when it ends
    if there is no activity. `short`: lines with too little stock, and the available thousandths; they can't be ordered
    in that quantity. `ended`: it expired and is a list until `until_us`; touching it revives it. `changed`: a line's
    previous unit price as last seen, if it's different now; `changed_us`: when the first of them was reported.
    `coupon_ends`: last days of coupons for carts older than that field of baskets; `coupons_gone`: code endings of
    coupons removed as no longer valid. `left_out`: names of goods that didn't fit in a merge, by size or law.
    `face_of`: the customer whose face opened it. Its contents return to them, but it gives no access to their other
    data (its basket has no customer).
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
        """Lines that can be ordered."""
        return self.basket.sold_lines

    def after_activity(self, at_us: int, **changes: object) -> Cart:
        """Return the cart after customer activity. An empty cart reserves nothing and its age starts over."""
        began_us = self.began_us if self.lines else at_us
        until_us = max(min(at_us + IDLE_US[self.channel], began_us + CART_MAX_AGE_US), at_us)
        return msgspec.structs.replace(self, began_us=began_us, touched_us=at_us, until_us=until_us, **changes)

    def waiting(self, at_us: int) -> Cart:
        """Return the cart with more time, while the staff that were called are on their way."""
        return msgspec.structs.replace(self, until_us=max(self.until_us, at_us + CALL_US))

    def is_over(self, at_us: int) -> bool:
        return at_us >= self.until_us

    @property
    def is_kept(self) -> bool:
        """Whether the cart becomes a list when it expires. A phone's or a customer's cart does, a kiosk's doesn't."""
        whose = self.channel == "phone" or bool(self.basket.customer)
        return bool(self.lines or self.gone) and self.channel != "kiosk" and whose

    def as_list(self, at_us: int) -> Cart:
        """Return the cart as the list kept after it expires."""
        return msgspec.structs.replace(self, ended=True, until_us=at_us + LISTED_US)

    def again(self, at_us: int) -> Cart:
        """Return the list as an open cart from this moment on."""
        return msgspec.structs.replace(self, ended=False, began_us=at_us).after_activity(at_us)


class CartView(Cart, frozen=True, omit_defaults=True):
    """A cart with its sums: `total_minor` with all taxes and deposits, `discount_minor` from promotions.

    `age`: the highest minimum age of its products. `left_s`: seconds until it expires. `missing`: names of requested
    but unavailable products. `sums`: all sums, as of a till's basket.
    """

    total_minor: int = 0
    discount_minor: int = 0
    age: int = 0
    left_s: int = 0
    missing: tuple[dict[str, str], ...] = ()
    sums: BasketSums | None = None

    @property
    def alone(self) -> Cart:
        """Return the cart alone, as stored."""
        return Cart(*(getattr(self, field) for field in Cart.__struct_fields__))
