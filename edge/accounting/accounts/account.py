"""A customer account's terms, and the lines of an order on account. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.lib.units.quantity import LIMIT
from edge.people.customers.commands import CustomerId as CustomerId

ACCOUNTS_MOST = 5_000
"""Maximum customers with an account."""
LINES_MOST = 100
"""Maximum products per order."""
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
"""The tender of purchases on account."""


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A customer's terms for buying on account: up to `limit_minor` (None: unlimited; 0: nothing), due
    `terms_days` after delivery. They're on hold once anything is overdue by more than `hold_after_days`.
    `dunning`: send reminders."""

    customer: CustomerId
    limit_minor: Minor | None = None
    terms_days: Days = 30
    hold_after_days: Days = 30
    dunning: bool = True


class SalesLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quantity of a product at a unit price in the store's currency, with or without taxes like the store's
    prices."""

    sku: Sku
    quantity: Quantity
    price_minor: Minor
