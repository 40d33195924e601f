"""Suppliers. Pure."""

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
    """A supplier of the shop.

    `delivery_days`: delivery weekdays; empty: any. `fee_minor`: per delivery. `currency` "": the store's.
    `contact_name`, `email` and `phone` of the contact; empty if forgotten. `nightly`: draft suggestions every night;
    approve drafts up to `auto_approve_below_minor`. `order_url`: order API (`supplier_api.py`), with its key in the
    secret store. `province`: where they deliver from. `auto_approve_invoices`: approve invoices that match order and
    receipt and were read reliably. `licence`: their number in a regulator's register (`licences.py`).
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
    licence: Annotated[str, msgspec.Meta(max_length=80)] = ""
