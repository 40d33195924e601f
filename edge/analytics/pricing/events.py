"""Events of price models and suggestions."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Event

Outcome = Literal["deployed", "kept", "not_enough"]
Why = Literal["earns_more", "expires"]
Minor = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Balance = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Thousandths = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Strength = Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)]


class ProposedPrice(msgspec.Struct, frozen=True, omit_defaults=True):
    """A suggested price instead of `was_minor`, and the reason (`why`).

    `sold_now` and `sold_then`: expected weekly sales at the current and the suggested price, in thousandths of the
    unit. `earned_now` and `earned_then`: the profit, in minor units without tax and costs.
    """

    sku: str
    price_minor: Minor
    was_minor: Minor
    why: Why
    sold_now: Count
    sold_then: Count
    earned_now: Balance
    earned_then: Balance


class PriceModelTrained(Event, frozen=True, omit_defaults=True):
    """A price model was trained on days up to `through`, and tested on the last four weeks before.

    `right` and `right_before`: the accuracy of this model and of the one in use, in thousandths (1 - WAPE).
    `strengths`: the percentage by which demand falls if the price rises one percent, in thousandths, by category ("":
    overall); `checksum`: their SHA-256 (hex). `rows`: product days, from `baskets` receipts.
    """

    model_version: str
    through: str
    outcome: Outcome
    baskets: Count
    rows: Count
    right: Thousandths = 0
    right_before: Thousandths = 0
    strengths: dict[str, Strength] = msgspec.field(default_factory=dict)
    checksum: str = ""


class PricesProposed(Event, frozen=True):
    """The model in use suggests these prices, replacing its earlier suggestions. They have no effect until approved."""

    model_version: str
    prices: tuple[ProposedPrice, ...]


class ProposedPriceAnswered(Event, frozen=True):
    """A user approved or rejected a suggested price."""

    sku: str
    model_version: str
    price_minor: int
    taken: bool


class PriceModelReverted(Event, frozen=True):
    """The previous model is in use again. The suggestions of the later model are withdrawn."""

    model_version: str
    instead_of: str


InStock = Literal["yes", "no", "unknown"]


class CompetitorPriceNoted(Event, frozen=True, omit_defaults=True):
    """A local competitor's price for a product, as seen on a day; None: no longer known. `seen_us`: the time (0: when
    recorded); `url`: its page."""

    sku: str
    competitor: str
    price_minor: int | None
    day: str = ""
    in_stock: InStock = "unknown"
    seen_us: int = 0
    url: str = ""


EVENTS: tuple[type[Event], ...] = (
    PriceModelTrained,
    PricesProposed,
    ProposedPriceAnswered,
    PriceModelReverted,
    CompetitorPriceNoted,
)
