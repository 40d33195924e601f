"""What an order says of itself. Pure."""

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
"""An order by its id, or by the secret of its QR: then its customer asks."""
Someone = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,63})?$(?!\n)")]
"""The id of a customer or of somebody who works here; empty: of nobody."""
_IN_LINK = re.compile(r"/order/([A-Za-z0-9_-]{20,64})(?:[?#].*)?$")
_OF_STORE = re.compile(r"#([A-Za-z0-9][A-Za-z0-9._-]{0,63})$")


class OrderGoods(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is ordered, with its prices as they were promised: the lines of a basket, and how its promotions are called.

    `min_age` is the highest of its products; `total_minor` is with all taxes, deposits, the fee of delivery and the
    tip, which are lines. `coupons`: used when it was placed; they take off the lines what those say. `discount`: what a
    person took off all of it, which its lines have. `delivered_to`: the other province that it is brought to, whose
    taxes and ages hold.
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
    def sold(self) -> tuple[RecordedLine, ...]:
        """The lines that were not struck."""
        return tuple(line for line in self.lines if not line.voided)

    @property
    def tip_minor(self) -> int:
        """The tip in it."""
        return tip_minor(self.lines)


class LineWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of an order and how much of it there shall be; 0 strikes it."""

    line: Number
    quantity: Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]


class OrderStep(msgspec.Struct, frozen=True):
    """One step of an order: from which state to which, when, by whom, from where and why."""

    order: str
    seq: int
    was: str
    now: str
    at_us: int
    actor: str
    surface: str
    reason: str


class OrderPart(msgspec.Struct, frozen=True):
    """A part of an order that was handed over before the rest: the receipt of a register, and what was paid."""

    register: str
    receipt: int
    total_minor: int


class Proposal(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something else in the place of a line, of which the customer is asked, or said no to."""

    line: int
    sku: str
    names: dict[str, str]
    price_minor: int
    instead_of: dict[str, str] = {}
    declined: bool = False


class KeptOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """An order as it is now. `said`: what people call it. `expected_us`: when one for as soon as possible should be
    ready. `late`: that moment is past, or it is `unattended`: nobody accepted it in time, its slot is over, or nobody
    goes on with it, so that somebody is called. `no_show`: it is ready, and the day of its slot is over. `stranded`:
    the shop is closed at the time of its slot. `short`: the lines of which there is not enough.
    `at_register`: on whose counter it lies since `at_register_us`, where `paid_minor` was taken for it already.
    `advance_minor`: what was paid ahead for it and neither used nor given back, as it is since `advance_us`; `ahead`:
    under which taxes, the oldest first.
    `no_show_fee_minor`: what of that is kept at most if nobody comes, as its customer was shown.

    `name`, `phone`, `address` and `note` are what the customer said; empty where they said nothing or were forgotten.
    `register` and `receipt` are of its sale, or of the fee that was kept; where it went in `parts`, of the
    last one, and `goods` are what is left. `secret` and `code`: of its QR and for picking it up, while they are good.
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
        """Whether something is still to be done with it."""
        return self.state not in ("handed_over", "delivered", "rejected", "cancelled")

    @property
    def tip_minor(self) -> int:
        """The tip in what is, or was, left of it."""
        return self.goods.tip_minor

    @property
    def wanted_us(self) -> int:
        """Until when it is wanted, or when it was ordered."""
        return self.slot_from_us or self.placed_us

    @property
    def held(self) -> AdvanceHeld | None:
        """What was paid ahead for it, as it pays for it."""
        return AdvanceHeld(self.id, self.said, self.advance_minor, self.ahead) if self.advance_minor else None

    @property
    def due_minor(self) -> int:
        """What is still to be paid for what is left of it."""
        return max(0, self.goods.total_minor - self.advance_minor) if self.open else 0

    @property
    def owed_minor(self) -> int:
        """What was paid ahead and is too much by now: it is to be given back."""
        return max(0, self.advance_minor - (self.goods.total_minor if self.open else 0))

    @property
    def no_show_kept_minor(self) -> int:
        """What of the money that was paid ahead for what is left of it can be kept, now that nobody came."""
        ahead_minor = self.advance_minor - self.owed_minor
        return min(self.no_show_fee_minor, ahead_minor) if self.no_show else 0

    @property
    def parts_minor(self) -> int:
        """What was paid for the parts that went before."""
        return sum(part.total_minor for part in self.parts)

    @property
    def whole_minor(self) -> int:
        """What all of it comes to: what went in parts, and what is or was left."""
        return self.parts_minor + self.goods.total_minor


def qr_path(secret: str, store: str) -> str:
    """What the QR of an order leads to on its box; which store it is of stands where no server is sent it."""
    return f"/order/{secret}#{store}"


def store_in(scanned: str) -> str:
    """The id of the store that an order's scanned QR is of; empty: it does not say."""
    found = _OF_STORE.search(scanned.strip())
    return found[1] if found else ""


def secret_in(scanned: str) -> str:
    """The secret that a scanned QR holds; empty: it is none of an order's."""
    found = _IN_LINK.search(scanned.strip())
    return found[1] if found else ""


def unknown_order(scanned: str, own: str) -> Refusal:
    """Why what was scanned opens nothing in the store `own`: another store's order is refused by that store's name."""
    store = store_in(scanned)
    return Refusal("order_of_store", {"store": store}) if store not in ("", own) else Refusal("no_such_order")


def digest(secret: str) -> str:
    """What the journal knows of a secret: 128 random bits and more need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
