"""What can have happened with carts and orders."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.messages import Ciphertext, Event, PersonId, Remark, Sealed
from edge.ordering.orders.order import OrderGoods, Someone
from edge.ordering.orders.rules import Channel, Fulfilment, State

AGE = "age"
CODE_DEAD = "code_dead"
"""The reason of a delivery that failed as nobody there was old enough."""


class GoodsLeft(msgspec.Struct, frozen=True, array_like=True):
    """What lay in a cart: thousandths of a product's unit."""

    sku: str
    quantity: int


class CartEnded(Event, frozen=True):
    """A cart with something in it was given up (`left`), or nobody touched it any more (`idle`)."""

    channel: Channel
    why: Literal["left", "idle"]
    goods: tuple[GoodsLeft, ...]
    total_minor: int
    began_us: int


class OrderPlaced(Event, frozen=True):
    """A cart became an order: `number` has no gaps in the store's day of business, `said` is what people call it.

    `secret` is the digest of what its QR holds. `person` is under whose key the sealed fields are: the customer, or one
    who is known of this order alone. `slot_from_us` 0: as soon as possible. Lines and coupons are as in
    `SaleCompleted`; `substitutes` says that something like it will do for what is missing. The goods have what a person
    took off all of it. `no_show_fee_minor` is what the customer was shown that is kept, at most, of what they pay
    ahead, if nobody comes. `expected_us` is when an order for as soon as possible should be ready, by the shop's time
    to prepare in open hours; 0: nobody knows.
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
    """An order went one step on. Handed over or delivered it is the sale `receipt` of this register, cancelled that
    is the sale of a fee that was kept; `id_checked`: and somebody looked how old the customer is. `driver`: who
    takes it there. `no_show` says of a cancelled one that nobody had come for it by the end of its day."""

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
    """An order has other lines from now on. They are as in `SaleCompleted`, and the goods have coupons, and what a
    person took off all of it."""

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
    """A part of an order was handed over as the sale `receipt` of this register (`shown` on paper); `goods` are left
    of it, and it stays ready. `parts_minor` says what was paid for all its parts up to this one; the goods have
    coupons, and what a person took off all of it; all is as in `SaleCompleted`."""

    order: str
    number: int
    revision: int
    goods: OrderGoods
    receipt: int
    shown: str
    id_checked: bool = False
    parts_minor: int = 0


class OrderAttached(Event, frozen=True):
    """An order of a guest is this customer's from now on; what its guest said stays under the key that it has."""

    order: str
    number: int
    customer: Someone


class SubstituteProposed(Event, frozen=True):
    """A customer is asked whether this product, at this price for a unit of it, will do in the place of a line:
    `instead_of` what, where people who look at the page of the order may know that."""

    order: str
    number: int
    line: int
    sku: str
    names: dict[str, str]
    price_minor: int
    instead_of: dict[str, str]


class SubstituteDeclined(Event, frozen=True):
    """It will not do."""

    order: str
    number: int
    line: int


class SlotSet(Event, frozen=True):
    """An order is wanted at another time; 0: as soon as possible."""

    order: str
    number: int
    slot_from_us: int
    slot_until_us: int


class OrderReaddressed(Event, frozen=True):
    """A delivery goes to another address, in this zone; it is sealed under the key of `person`, as what else was said
    of the order is."""

    personal = ("address",)
    person_in = "person"

    order: str
    number: int
    person: PersonId
    address: Sealed
    zone: str


class StatusPageSet(Event, frozen=True):
    """From now on head office's page shows how far an order of this store is to who has its QR (`on_page`), or nobody:
    what people call the store, and the zone of its clocks (IANA)."""

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
