"""What can have happened to the model of prices, and to what it proposes."""

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
    """What a product might cost instead of `was_minor`: `why`, and what a week is expected to sell (thousandths of its
    unit) and to earn (minor units, without tax and behind cost) at today's price and at that one."""

    sku: str
    price_minor: Minor
    was_minor: Minor
    why: Why
    sold_now: Count
    sold_then: Count
    earned_now: Balance
    earned_then: Balance


class PriceModelTrained(Event, frozen=True, omit_defaults=True):
    """A model of what prices do was made from days through `through`, and tried on the last four weeks before that.

    `right` and `right_before`: of a thousand, how much of what was sold it and the one in use foretold (1 - WAPE).
    `strengths`: by how many percent less is bought at a price one percent higher, in thousandths, by category ("": of
    all); `checksum` (SHA-256, hex) is of those. `rows` days of products, from `baskets` papers.
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
    """The model in use proposes these prices, in the place of all that it proposed before. None holds by that."""

    model_version: str
    prices: tuple[ProposedPrice, ...]


class ProposedPriceAnswered(Event, frozen=True):
    """Somebody took a price that was proposed, or left it."""

    sku: str
    model_version: str
    price_minor: int
    taken: bool


class PriceModelReverted(Event, frozen=True):
    """The model that was in use before is again, instead of a later one; what that proposed is proposed no more."""

    model_version: str
    instead_of: str


InStock = Literal["yes", "no", "unknown"]


class CompetitorPriceNoted(Event, frozen=True, omit_defaults=True):
    """What somebody else in town asks for a product, as it was seen on a day; None: that is known no more. `seen_us`:
    when (0: as it was noted); `url`: where they ask it."""

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
