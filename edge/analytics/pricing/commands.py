"""Pricing commands."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.analytics.pricing.events import InStock, PriceModelTrained, ProposedPrice
from edge.core.messages import Command
from edge.goods.catalog.product import Sku

MANY = 100
"""Maximum products per answer."""
PROPOSED = 200
"""Maximum prices suggested at a time, highest value first."""
Skus = Annotated[tuple[Sku, ...], msgspec.Meta(min_length=1, max_length=MANY)]


class TrainPrices(Command, frozen=True):
    """Train a price model in the background; returns the job's id, or that of a job already running."""


class FinishPrices(Command, frozen=True):
    """Store a trained model and the suggestions of the model `priced_by`.

    The suggestions are only stored if that model is then in use.
    """

    trained: PriceModelTrained
    prices: Annotated[tuple[ProposedPrice, ...], msgspec.Meta(max_length=PROPOSED)] = ()
    priced_by: Annotated[str, msgspec.Meta(max_length=80)] = ""


class TakeProposedPrices(Command, frozen=True):
    """Approve the suggested prices of these products, effective now."""

    skus: Skus


class LeaveProposedPrices(Command, frozen=True):
    """Reject the suggested prices of these products; they aren't suggested again for three months."""

    skus: Skus


class RevertPriceModel(Command, frozen=True):
    """Return to the previously used price model."""


class NoteCompetitorPrice(Command, frozen=True):
    """Record a local competitor's price for a product today; without a price, it is no longer known."""

    sku: Sku
    competitor: Annotated[str, msgspec.Meta(max_length=60, pattern=r"\S")]
    price_minor: Annotated[int, msgspec.Meta(ge=1, le=2**53)] | None = None


class NoteRivalPrice(Command, frozen=True):
    """Record a competitor's price from a connector at a time.

    If price and stock are unchanged, only the time is extended; older data is ignored. Returns whether it was new.
    """

    sku: Sku
    competitor: Annotated[str, msgspec.Meta(max_length=100, pattern=r"\S")]
    price_minor: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    seen_us: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    in_stock: InStock = "unknown"
    url: Annotated[str, msgspec.Meta(max_length=500, pattern=r"^[^\x00-\x20\x7f]*$(?!\n)")] = ""
