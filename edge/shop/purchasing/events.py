"""What can have happened to suppliers and purchase orders."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from edge.core.messages import Ciphertext, Event, Sealed
from edge.core.registry import Upcaster

NOTHING = Ciphertext("")


class SupplierSet(Event, frozen=True):
    """A supplier, all of it as it is from now on. `contact`: the id of whoever is asked there (empty: nobody)."""

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


class SupplierRetired(Event, frozen=True):
    """A supplier from whom nothing is bought any more."""

    id: str


class SupplierPriceSet(Event, frozen=True):
    """What a supplier asks for one unit of a product, in packs of `pack` units, `min_packs` of them at least."""

    supplier: str
    sku: str
    code: str
    cost_minor: int
    pack: int
    min_packs: int
    from_date: str
    until_date: str


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

    number: int
    was: str
    now: str
    how: str = ""
    sent_on: str = ""
    expected_on: str = ""
    reason: str = ""


class ReceivedGoods(msgspec.Struct, frozen=True, array_like=True):
    """So many thousandths of a product as they came."""

    sku: str
    quantity: int
    unit_cost_minor: int
    lot: str
    expiry: str
    location: str


class PurchaseReceived(Event, frozen=True):
    """Goods of an order came with a delivery note."""

    number: int
    supplier: str
    delivery_note: str
    lines: tuple[ReceivedGoods, ...]


EVENTS: tuple[type[Event], ...] = (
    SupplierSet,
    SupplierRetired,
    SupplierPriceSet,
    PurchaseDrafted,
    PurchaseMoved,
    PurchaseReceived,
)
UPCASTERS: tuple[Upcaster, ...] = ()
