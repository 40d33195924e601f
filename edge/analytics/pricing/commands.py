"""What can be asked of the model of prices."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.analytics.pricing.events import InStock, PriceModelTrained, ProposedPrice
from edge.core.messages import Command
from edge.goods.catalog.product import Sku

MANY = 100
"""Products that are answered at once."""
PROPOSED = 200
"""Prices that are proposed at once: those that are worth most."""
Skus = Annotated[tuple[Sku, ...], msgspec.Meta(min_length=1, max_length=MANY)]


class TrainPrices(Command, frozen=True):
    """Make a model of what prices do, in the background; the job's id. One runs at a time: another one gets it."""


class FinishPrices(Command, frozen=True):
    """What a training came to, and what the model `priced_by` proposes; only that in use behind it is listened to."""

    trained: PriceModelTrained
    prices: Annotated[tuple[ProposedPrice, ...], msgspec.Meta(max_length=PROPOSED)] = ()
    priced_by: Annotated[str, msgspec.Meta(max_length=80)] = ""


class TakeProposedPrices(Command, frozen=True):
    """Yes: these products cost what is proposed, from now on."""

    skus: Skus


class LeaveProposedPrices(Command, frozen=True):
    """No: these products cost what they do; they are not asked about again for a quarter of a year."""

    skus: Skus


class RevertPriceModel(Command, frozen=True):
    """One step back: to the model that was in use before."""


class NoteCompetitorPrice(Command, frozen=True):
    """What somebody else in town asks for a product today; without a price: that is known no more."""

    sku: Sku
    competitor: Annotated[str, msgspec.Meta(max_length=60, pattern=r"\S")]
    price_minor: Annotated[int, msgspec.Meta(ge=1, le=2**53)] | None = None


class NoteRivalPrice(Command, frozen=True):
    """What a rival asked for a product at a moment, as a connector has it. Where neither price nor stock changed, it is
    only known to be so until then; what is older than what is known says nothing. The result: whether it was news."""

    sku: Sku
    competitor: Annotated[str, msgspec.Meta(max_length=100, pattern=r"\S")]
    price_minor: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    seen_us: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    in_stock: InStock = "unknown"
    url: Annotated[str, msgspec.Meta(max_length=500, pattern=r"^[^\x00-\x20\x7f]*$(?!\n)")] = ""
