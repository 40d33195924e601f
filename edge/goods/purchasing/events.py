"""What can have happened to suppliers and purchase orders."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from edge.core.messages import Ciphertext, Event, Remark, Sealed

NOTHING = Ciphertext("")


class SupplierSet(Event, frozen=True):
    """A supplier, all of it as it is from now on. `contact`: the id of whoever is asked there (empty: nobody).

    `nightly`: what is suggested of them is drafted every night; what comes to no more than `auto_approve_below_minor`
    is approved, too. `order_url`: where their own system takes orders. `province`: where they are.
    `auto_approve_invoices`: an invoice that matches is approved by itself.
    """

    personal: ClassVar[tuple[str, ...]] = ("contact_name", "email", "phone")
    person_in: ClassVar[str] = "contact"

    id: str
    names: dict[str, str]
    lead_time_days: int
    rating: int
    minimum_order_minor: int
    fee_minor: int
    delivery_days: tuple[int, ...]
    currency: str
    contact: str = ""
    contact_name: Sealed = NOTHING
    email: Sealed = NOTHING
    phone: Sealed = NOTHING
    nightly: bool = False
    auto_approve_below_minor: int = 0
    order_url: str = ""
    province: str = ""
    auto_approve_invoices: bool = False


class SupplierRetired(Event, frozen=True):
    """A supplier from whom nothing is bought any more."""

    id: str


class CheaperFrom(msgspec.Struct, frozen=True, array_like=True):
    """From so many packs on, a unit of any of them costs this."""

    packs: int
    cost_minor: int


class SupplierPriceSet(Event, frozen=True):
    """What a supplier asks for one unit of a product, in packs of `pack` units, `min_packs` of them at least.

    `breaks`: from so many packs on, a unit costs less.
    """

    supplier: str
    sku: str
    code: str
    cost_minor: int
    pack: int
    min_packs: int
    from_date: str
    until_date: str
    breaks: tuple[CheaperFrom, ...] = ()


class PurchaseLine(msgspec.Struct, frozen=True, array_like=True):
    """So many thousandths of a product at a cost a unit, in packs of `pack` units; `code`: the supplier's number."""

    sku: str
    quantity: int
    pack: int
    unit_cost_minor: int
    code: str = ""


class PurchaseDrafted(Event, frozen=True):
    """What an order is from now on: a new one (`revision` 1), or other lines of one. `automatic`: it was suggested."""

    number: int
    supplier: str
    location: str
    lines: tuple[PurchaseLine, ...]
    note: str
    automatic: bool
    revision: int


class PurchaseMoved(Event, frozen=True):
    """An order came into another state. Sent: `how`, on which day, and when it is expected."""

    remarks = ("reason",)

    number: int
    was: str
    now: str
    how: str = ""
    sent_on: str = ""
    expected_on: str = ""
    reason: Remark = ""


class ReceivedGoods(msgspec.Struct, frozen=True, array_like=True):
    """So many thousandths of a product as they came. `movement`: the row of the journal that brought them in;
    `cause`: why they are bad."""

    sku: str
    quantity: int
    unit_cost_minor: int
    lot: str
    expiry: str
    location: str
    movement: int = 0
    cause: str = ""


class PurchaseReceived(Event, frozen=True):
    """Goods of an order came with a delivery note."""

    number: int
    supplier: str
    delivery_note: str
    lines: tuple[ReceivedGoods, ...]


class PurchaseReceiptCorrected(Event, frozen=True):
    """Of what came with a delivery note there was so much, at this cost; `n` is the line's place in it."""

    number: int
    supplier: str
    delivery_note: str
    n: int
    sku: str
    quantity: int
    unit_cost_minor: int


class GoodsBack(msgspec.Struct, frozen=True, array_like=True):
    """So many thousandths of a product that go back; `credit_minor` a unit, None where that is not known."""

    sku: str
    quantity: int
    credit_minor: int | None
    lot: str
    location: str


class GoodsReturned(Event, frozen=True):
    """Goods went back to their supplier: for credit, or (`replaced`) for others of an order, which is open again."""

    remarks = ("note",)

    supplier: str
    document: str
    lines: tuple[GoodsBack, ...]
    replaced: bool
    number: int = 0
    note: Remark = ""


EVENTS: tuple[type[Event], ...] = (
    SupplierSet,
    SupplierRetired,
    SupplierPriceSet,
    PurchaseDrafted,
    PurchaseMoved,
    PurchaseReceived,
    PurchaseReceiptCorrected,
    GoodsReturned,
)
