"""What a supplier is. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.goods.catalog.product import Names

SUPPLIERS_LIMIT = 1_000

SupplierId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]
Weekday = Annotated[int, msgspec.Meta(ge=1, le=7)]
"""1 is Monday."""
Minor = Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class Supplier(msgspec.Struct, frozen=True):
    """Somebody the shop buys from.

    `delivery_days`: the days of the week on which they come; none: any. `fee_minor`: for each delivery. `currency`
    empty: the store's. `contact_name`, `email` and `phone` say who is asked there; empty where they were forgotten.
    `nightly`: draft what is suggested every night; of those drafts, approve what comes to `auto_approve_below_minor` at
    most. `order_url`: where their own system takes orders (`supplier_api.py`); the key for it lies with the shop's
    secrets. `province`: where they deliver from, as the shop writes it. `auto_approve_invoices`: an invoice of
    theirs that matches what was ordered and came, and was surely read, is approved by itself.
    """

    id: SupplierId
    names: Names
    lead_time_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 1
    rating: Annotated[int, msgspec.Meta(ge=0, le=5)] = 0
    minimum_order_minor: Minor = 0
    fee_minor: Minor = 0
    delivery_days: Annotated[tuple[Weekday, ...], msgspec.Meta(max_length=7, extra={"control": "weekdays"})] = ()
    currency: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{3})?$(?!\n)")] = ""
    contact_name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    email: Annotated[str, msgspec.Meta(max_length=200, extra={"type": "email"})] = ""
    phone: Annotated[str, msgspec.Meta(max_length=40, extra={"type": "tel"})] = ""
    nightly: bool = False
    auto_approve_below_minor: Minor = 0
    order_url: Annotated[
        str, msgspec.Meta(max_length=500, pattern=r"^(https?://[^\s\x00-\x1f\x7f@]+)?$(?!\n)", extra={"type": "url"})
    ] = ""
    province: Annotated[str, msgspec.Meta(max_length=80)] = ""
    auto_approve_invoices: bool = False
