"""Trial commands."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.analytics.trials.events import TrialEnd
from edge.analytics.trials.trial import PRICES_LIMIT, PRODUCTS_LIMIT, Day, Limit, Measure, Rounds, Weeks
from edge.core.messages import Command
from edge.goods.catalog.product import Price, Sku
from edge.goods.promotions.promotion import Promotion

Number = Annotated[int, msgspec.Meta(ge=1, le=2**53)]


class TriedPrice(msgspec.Struct, frozen=True):
    """The price of a product in a trial's weeks."""

    sku: Sku
    price_minor: Price


class StartTrial(Command, frozen=True):
    """Run a promotion or other prices for `weeks_on` weeks, then usual weeks (`weeks_off`), `rounds` times.

    Returns the trial's number.
    """

    first: Day
    stop_at_minor: Limit
    weeks_on: Weeks = 2
    weeks_off: Weeks = 2
    rounds: Rounds = 1
    measure: Measure = "margin"
    promotion: Promotion | None = None
    prices: Annotated[tuple[TriedPrice, ...], msgspec.Meta(max_length=PRICES_LIMIT)] = ()
    skus: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=PRODUCTS_LIMIT)] = ()


class StopTrial(Command, frozen=True):
    """Stop a trial now, which ends its promotions and prices."""

    number: Number


class EndTrial(Command, frozen=True):
    """End a trial for a reason found by the regular check (`TrialCheck`)."""

    number: Number
    why: TrialEnd
    subject: Annotated[str, msgspec.Meta(max_length=80)] = ""
    shortfall_minor: Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)] = 0
