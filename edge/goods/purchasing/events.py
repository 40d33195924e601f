"""Events of suppliers and purchase orders."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from edge.core.messages import Ciphertext, Event, Remark, Sealed

NOTHING = Ciphertext("")


class SupplierSet(Event, frozen=True):
    """A supplier's complete new state. `contact`: id of the contact person ("": none).

    `nightly`: draft suggested orders every night, and approve orders up to `auto_approve_below_minor`. `order_url`:
    address of the supplier's order API. `province`: the province from which it delivers. `auto_approve_invoices`:
    approve matching invoices automatically. `licence`: number in a regulator's register.
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
    licence: str = ""


class SupplierRetired(Event, frozen=True):
    """A supplier was retired."""

    id: str


class CheaperFrom(msgspec.Struct, frozen=True, array_like=True):
    """A price break: from this number of packs, each unit costs this."""

    packs: int
    cost_minor: int


class SupplierPriceSet(Event, frozen=True):
    """A supplier's unit price for a product, in packs of `pack` units, at least `min_packs`.

    `breaks`: quantity discounts by number of packs.
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


class SupplierPriceWithdrawn(Event, frozen=True):
    """A supplier's price for a product was withdrawn; `price`: the journal row of its `SupplierPriceSet`."""

    supplier: str
    sku: str
    price: int


class PurchaseLine(msgspec.Struct, frozen=True, array_like=True):
    """Thousandths of a product at a unit cost, in packs of `pack` units; `code`: the supplier's number."""

    sku: str
    quantity: int
    pack: int
    unit_cost_minor: int
    code: str = ""


class PurchaseDrafted(Event, frozen=True):
    """An order's new content: a new order (`revision` 1), or changed lines. `automatic`: from a suggestion."""

    number: int
    supplier: str
    location: str
    lines: tuple[PurchaseLine, ...]
    note: str
    automatic: bool
    revision: int


class PurchaseMoved(Event, frozen=True):
    """An order changed state. If it was sent: `how`, when, and the expected delivery date."""

    remarks = ("reason",)

    number: int
    was: str
    now: str
    how: str = ""
    sent_on: str = ""
    expected_on: str = ""
    reason: Remark = ""


class ReceivedGoods(msgspec.Struct, frozen=True, array_like=True):
    """Thousandths of a product as received. `movement`: its journal row; `cause`: the defect, if any."""

    sku: str
    quantity: int
    unit_cost_minor: int
    lot: str
    expiry: str
    location: str
    movement: int = 0
    cause: str = ""


class PurchaseReceived(Event, frozen=True):
    """Goods of an order were received with a delivery note."""

    number: int
    supplier: str
    delivery_note: str
    lines: tuple[ReceivedGoods, ...]


class PurchaseReceiptCorrected(Event, frozen=True):
    """A receipt was corrected to this quantity and unit cost; `n` is the line's position."""

    number: int
    supplier: str
    delivery_note: str
    n: int
    sku: str
    quantity: int
    unit_cost_minor: int


class GoodsBack(msgspec.Struct, frozen=True, array_like=True):
    """Thousandths of a product to return; `credit_minor` per unit, or None if unknown."""

    sku: str
    quantity: int
    credit_minor: int | None
    lot: str
    location: str


class GoodsReturned(Event, frozen=True):
    """Goods were returned for credit, or (`replaced`) for replacement under an order, which was reopened."""

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
    SupplierPriceWithdrawn,
    PurchaseDrafted,
    PurchaseMoved,
    PurchaseReceived,
    PurchaseReceiptCorrected,
    GoodsReturned,
)
