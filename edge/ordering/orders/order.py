"""The data of an order. Pure."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated

import msgspec

from edge.core.messages import Number, Refusal
from edge.counter.basket.basket import AdvanceHeld
from edge.counter.basket.event_structs import RecordedLine, SaleCoupon, TypedDiscount
from edge.counter.basket.taxed_total import PaidAhead
from edge.counter.basket.tips import tip_minor
from edge.lib.units.quantity import LIMIT
from edge.ordering.orders.rules import Channel, Fulfilment, State

ORDER_ID = r"o[0-9a-z]{8,40}"
OrderId = Annotated[str, msgspec.Meta(pattern=rf"^{ORDER_ID}$(?!\n)")]
CartId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{16,64}$(?!\n)")]
SECRET = r"[A-Za-z0-9_-]{20,64}"
Secret = Annotated[str, msgspec.Meta(pattern=rf"^{SECRET}$(?!\n)")]
OrderName = Annotated[str, msgspec.Meta(pattern=rf"^({ORDER_ID}|{SECRET})$(?!\n)")]
"""An order, named by its id or by the secret of its QR code. With the secret, the caller acts as its customer."""
Someone = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,63})?$(?!\n)")]
"""The id of a customer or user, or empty."""
_IN_LINK = re.compile(r"/order/([A-Za-z0-9_-]{20,64})(?:[?#].*)?$")
_OF_STORE = re.compile(r"#([A-Za-z0-9][A-Za-z0-9._-]{0,63})$")


class OrderGoods(msgspec.Struct, frozen=True, omit_defaults=True):
    """The ordered goods at promised prices: a basket's lines, and the names of its promotions.

    `min_age`: the highest minimum age of its products. `total_minor` includes all taxes, deposits, the delivery fee and
    the tip, which are lines. `coupons`: redeemed on placing; their discounts are in the lines. `discount`: an overall
    discount, distributed over the lines. `delivered_to`: the other province it's delivered to, whose taxes and minimum
    ages apply.
    """

    lines: tuple[RecordedLine, ...]
    promotions: dict[str, dict[str, str]] = {}
    price_list: str = "store"
    min_age: int = 0
    total_minor: int = 0
    fee_minor: int = 0
    coupons: tuple[SaleCoupon, ...] = ()
    discount: TypedDiscount | None = None
    delivered_to: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2})?$(?!\n)")] = ""

    @property
    def sold_lines(self) -> tuple[RecordedLine, ...]:
        """Lines that haven't been removed."""
        return tuple(line for line in self.lines if not line.voided)

    @property
    def tip_minor(self) -> int:
        """The included tip."""
        return tip_minor(self.lines)


class LineWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line's new quantity; 0 strikes it."""

    line: Number
    quantity: Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]


class OrderStep(msgspec.Struct, frozen=True):
    """A step of an order: its states before and after, when, by whom, from where and why."""

    order: str
    seq: int
    was: str
    now: str
    at_us: int
    actor: str
    surface: str
    reason: str


class OrderPart(msgspec.Struct, frozen=True):
    """A part of an order handed over earlier: a register's receipt, and its total."""

    register: str
    receipt: int
    total_minor: int


class Proposal(msgspec.Struct, frozen=True, omit_defaults=True):
    """A substitute proposed for a line, pending or declined by the customer."""

    line: int
    sku: str
    names: dict[str, str]
    price_minor: int
    instead_of: dict[str, str] = {}
    declined: bool = False


class KeptOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """An order's current state. `said`: its displayed name. `expected_us`: when an order without a slot should be
    ready. `late`: that time has passed, or staff are alerted because it's `unattended`: not accepted in time, past
    its slot, or without progress. `no_show`: it's ready, and the day of its slot is over. `stranded`: the shop is
    closed at its slot. `short`: lines with too little stock. `at_register`: the register where it's open since
    `at_register_us`, with `paid_minor` already taken. `advance_minor`: the unused and unrefunded advance, as of
    `advance_us`; `ahead`: its tax tables, the oldest first. `no_show_fee_minor`: the most of the advance that is
    kept if the customer doesn't come, as shown to them.

    `name`, `phone`, `address` and `note` are the customer's; empty if not given or forgotten. `register` and `receipt`
    belong to its sale or kept fee. For an order handed over in `parts`, they belong to the last part, and `goods` are
    the rest. `secret` (in its QR code) and `code` (for pickup): only while valid.
    """

    id: str
    number: int
    said: str
    business_date: str
    state: State
    channel: Channel
    placed_us: int
    changed_us: int
    fulfilment: Fulfilment
    goods: OrderGoods
    currency: str
    seq: int = 0
    language: str = ""
    version: int = 1
    slot_from_us: int = 0
    slot_until_us: int = 0
    expected_us: int = 0
    zone: str = ""
    place: str = ""
    customer: str = ""
    name: str = ""
    phone: str = ""
    address: str = ""
    note: str = ""
    driver: str = ""
    attempts: int = 0
    register: str = ""
    receipt: int = 0
    late: bool = False
    unattended: bool = False
    no_show: bool = False
    stranded: bool = False
    short: tuple[int, ...] = ()
    at_register: str = ""
    at_register_us: int = 0
    paid_minor: int = 0
    advance_minor: int = 0
    advance_us: int = 0
    ahead: tuple[PaidAhead, ...] = ()
    no_show_fee_minor: int = 0
    parts: tuple[OrderPart, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    substitutes: bool = False
    secret: str = ""
    code: str = ""

    @property
    def open(self) -> bool:
        """Whether the order still needs work."""
        return self.state not in ("handed_over", "delivered", "rejected", "cancelled")

    @property
    def tip_minor(self) -> int:
        """The tip in the remaining goods."""
        return self.goods.tip_minor

    @property
    def wanted_us(self) -> int:
        """The start of the order's slot, or without a slot when it was placed (UTC microseconds)."""
        return self.slot_from_us or self.placed_us

    @property
    def held_advance(self) -> AdvanceHeld | None:
        """The order's advance as a basket uses it; None if there is none."""
        return AdvanceHeld(self.id, self.said, self.advance_minor, self.ahead) if self.advance_minor else None

    @property
    def due_minor(self) -> int:
        """The amount still due for the remaining goods."""
        return max(0, self.goods.total_minor - self.advance_minor) if self.open else 0

    @property
    def owed_minor(self) -> int:
        """The excess of the order's advance, which must be refunded."""
        return max(0, self.advance_minor - (self.goods.total_minor if self.open else 0))

    @property
    def no_show_kept_minor(self) -> int:
        """The part of the order's advance that can be kept as a no-show fee."""
        ahead_minor = self.advance_minor - self.owed_minor
        return min(self.no_show_fee_minor, ahead_minor) if self.no_show else 0

    @property
    def parts_minor(self) -> int:
        """The total paid for earlier parts."""
        return sum(part.total_minor for part in self.parts)

    @property
    def whole_minor(self) -> int:
        """The total of the whole order: its parts and the rest."""
        return self.parts_minor + self.goods.total_minor


def qr_path(secret: str, store: str) -> str:
    """The path in the QR code of an order. The store's id is in the fragment, which browsers don't send to servers."""
    return f"/order/{secret}#{store}"


def store_in(scanned: str) -> str:
    """The store's id in an order's scanned QR code, or empty."""
    found = _OF_STORE.search(scanned.strip())
    return found[1] if found else ""


def secret_in(scanned: str) -> str:
    """The secret in a scanned QR code; empty if it isn't an order's."""
    found = _IN_LINK.search(scanned.strip())
    return found[1] if found else ""


def unknown_order(scanned: str, own: str) -> Refusal:
    """The refusal for a scan that opens no order in the store `own`.

    For another store's order, it names that store's id.
    """
    store = store_in(scanned)
    return Refusal("order_of_store", {"store": store}) if store not in ("", own) else Refusal("no_such_order")


def digest(secret: str) -> str:
    """The digest of a secret, as stored in the journal. A secret with at least 128 random bits needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
