"""What a customer who pays later is granted, and an order that is delivered on account. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.lib.units.quantity import LIMIT
from edge.people.customers.commands import CustomerId as CustomerId

ACCOUNTS_MOST = 5_000
"""Customers with an account at once."""
LINES_MOST = 100
"""Products of one order."""
Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Minor = Annotated[int, msgspec.Meta(ge=0, le=10**11)]
Days = Annotated[int, msgspec.Meta(ge=0, le=365)]
Quantity = Annotated[int, msgspec.Meta(gt=0, le=LIMIT)]
"""Thousandths of a product's unit."""
SalesState = Literal["open", "partial", "complete", "cancelled"]
QuoteState = Literal["open", "accepted", "declined"]
PaymentTender = Literal["cash", "card", "transfer", "cheque"]
SALES_OPEN: tuple[SalesState, ...] = ("open", "partial")
TENDER = "account"
"""The kind of money at a till that is paid later."""


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A customer may pay later: up to `limit_minor` (None: without a bound; 0: nothing), `terms_days` behind the
    delivery. What is overdue by more than `hold_after_days` stops them. `dunning`: they are reminded."""

    customer: CustomerId
    limit_minor: Minor | None = None
    terms_days: Days = 30
    hold_after_days: Days = 30
    dunning: bool = True


class SalesLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So much of a product for so much a unit, in the store's currency, as its prices are written (with or without
    taxes)."""

    sku: Sku
    quantity: Quantity
    price_minor: Minor
