"""Events of carts and orders."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.messages import Ciphertext, Event, PersonId, Remark, Sealed
from edge.ordering.orders.order import OrderGoods, Someone
from edge.ordering.orders.rules import Channel, Fulfilment, State

AGE = "age"
CODE_DEAD = "code_dead"
"""The reason of a delivery that failed because no person of the required age was present."""


class GoodsLeft(msgspec.Struct, frozen=True, array_like=True):
    """Goods left in a cart, in thousandths of the product's unit."""

    sku: str
    quantity: int


class CartEnded(Event, frozen=True):
    """A cart with contents was abandoned (`left`) or expired (`idle`)."""

    channel: Channel
    why: Literal["left", "idle"]
    goods: tuple[GoodsLeft, ...]
    total_minor: int
    began_us: int


class OrderPlaced(Event, frozen=True):
    """A cart became an order: `number` is gapless within the store's business day, `said` the displayed name.

    `secret`: the digest of its QR code's secret. `person`: the person whose key encrypts the sealed fields: the
    customer, or a person created for this order alone. `slot_from_us` 0: as soon as possible. Lines and coupons as in
    `SaleCompleted`; `substitutes`: missing products may be substituted. The goods include an overall discount.
    `no_show_fee_minor`: the fee shown to the customer, and the most that is kept from their prepayment if they don't
    come. `expected_us`: when an order without a slot should be ready, by the preparation time within opening hours; 0:
    unknown.
    """

    personal = ("name", "phone", "address", "note")
    person_in = "person"

    order: str
    number: int
    said: str
    channel: Channel
    cart: str
    fulfilment: Fulfilment
    goods: OrderGoods
    currency: str
    secret: str
    person: PersonId
    customer: Someone = ""
    name: Sealed = Ciphertext("")
    phone: Sealed = Ciphertext("")
    address: Sealed = Ciphertext("")
    note: Sealed = Ciphertext("")
    language: str = ""
    slot_from_us: int = 0
    slot_until_us: int = 0
    zone: str = ""
    place: str = ""
    substitutes: bool = False
    no_show_fee_minor: int = 0
    expected_us: int = 0


class OrderMoved(Event, frozen=True):
    """An order changed its state.

    On hand-over or delivery, `receipt` is its sale at this register; on cancellation, the sale of a kept fee.
    `id_checked`: the customer's age was checked. `driver`: the driver who delivers it. `no_show`: it was cancelled
    because the customer didn't come by the end of its day.
    """

    remarks = ("reason",)
    remarks_on = "person"
    own_words = frozenset({AGE, CODE_DEAD})

    order: str
    number: int
    was: State
    now: State
    reason: Remark = ""
    driver: Someone = ""
    receipt: int = 0
    id_checked: bool = False
    no_show: bool = False
    person: Someone = ""


class OrderChanged(Event, frozen=True):
    """An order's lines changed. Lines as in `SaleCompleted`; the goods include coupons and an overall discount."""

    remarks = ("reason",)
    remarks_on = "person"
    own_words = frozenset({AGE})

    order: str
    number: int
    revision: int
    goods: OrderGoods
    reason: Remark = ""
    person: Someone = ""


class OrderParted(Event, frozen=True):
    """A part of an order was handed over as the sale `receipt` of this register (`shown` on paper).

    `goods` are the remaining goods, which stay ready. `parts_minor`: the total of all parts so far. Goods as in
    `SaleCompleted`, with coupons and an overall discount.
    """

    order: str
    number: int
    revision: int
    goods: OrderGoods
    receipt: int
    shown: str
    id_checked: bool = False
    parts_minor: int = 0


class OrderAttached(Event, frozen=True):
    """A guest's order was assigned to a customer. The guest's data stays encrypted with its own key."""

    order: str
    number: int
    customer: Someone


class SubstituteProposed(Event, frozen=True):
    """A substitute for a line was proposed to the customer at this unit price.

    `instead_of` names the replaced product, if viewers of the order page may see it.
    """

    order: str
    number: int
    line: int
    sku: str
    names: dict[str, str]
    price_minor: int
    instead_of: dict[str, str]


class SubstituteDeclined(Event, frozen=True):
    """The customer declined a proposed substitute."""

    order: str
    number: int
    line: int


class SlotSet(Event, frozen=True):
    """An order's slot was changed; 0: as soon as possible."""

    order: str
    number: int
    slot_from_us: int
    slot_until_us: int


class OrderReaddressed(Event, frozen=True):
    """A delivery's address was changed, in this zone.

    It's encrypted with the key of `person`, like the order's other data.
    """

    personal = ("address",)
    person_in = "person"

    order: str
    number: int
    person: PersonId
    address: Sealed
    zone: str


class StatusPageSet(Event, frozen=True):
    """It was set whether head office's page shows the status of this store's orders to holders of their QR codes
    (`on_page`).

    Contains the store's name and time zone (IANA).
    """

    on_page: bool
    store_name: str = ""
    zone: str = ""


EVENTS: tuple[type[Event], ...] = (
    CartEnded,
    OrderPlaced,
    OrderMoved,
    OrderChanged,
    OrderParted,
    OrderAttached,
    SubstituteProposed,
    SubstituteDeclined,
    SlotSet,
    OrderReaddressed,
    StatusPageSet,
)
