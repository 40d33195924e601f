"""Purchasing rules: state transitions, expected dates, and quantities per supplier. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from edge.lib.units.quantity import THOUSANDTHS

Bound = Literal["maximum", "shelf_life"]
"""Rules that limit the order quantity of a product."""
MANY = 1_000_000
"""Represents an unlimited number of packs."""
State = Literal["draft", "approved", "sent", "part_received", "received", "closed", "cancelled"]
STATES: tuple[State, ...] = ("draft", "approved", "sent", "part_received", "received", "closed", "cancelled")
NEXT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "draft": frozenset({"approved", "cancelled"}),
        "approved": frozenset({"sent", "cancelled"}),
        "sent": frozenset({"part_received", "received", "cancelled"}),
        "part_received": frozenset({"part_received", "received", "closed"}),
        "received": frozenset({"received", "closed"}),
        "closed": frozenset(),
        "cancelled": frozenset(),
    }
)
OPEN: tuple[State, ...] = ("draft", "approved", "sent", "part_received")
"""States in which goods are still expected."""
CHANGEABLE = frozenset({"draft", "approved", "sent"})
UNDER_WAY = frozenset({"sent", "part_received"})
STALE_DAYS = 90
"""Age in days above which a price is marked as old."""
PRICE_OFF_PERCENT = 2
"""Difference from the ordered cost above which a received cost is reported."""


class Foreseen(msgspec.Struct, frozen=True):
    """Forecast of a product at a location, in thousandths: `up_to` is the demand until the delivery after next, with a
    margin, `point` until the next delivery; `days`: days until stock falls to half the reorder point; `chance` is the
    stock-out probability in percent before more can arrive. `lost`: expected unmet demand if more arrives in 0, 1, 2,
    ... days. `soon`: stock-out is imminent, as shown on Today and the forecast page. `imported`: the number of days of
    history that came from another system.
    """

    up_to: int = 0
    point: int = 0
    days: int = 0
    chance: int = 0
    lost: tuple[int, ...] = ()
    soon: bool = False
    imported: int = 0


class Need(msgspec.Struct, frozen=True):
    """A product's state at a location ("": the whole shop), in thousandths; `ordered` includes drafts.

    With `par` and `reorder`, it is reordered at or below `reorder`, up to `par` and at least `quantity`. With only a
    `minimum`, it is reordered below that, up to twice as much. `maximum`: upper limit (0: none). `sells`: expected
    sales before expiry (None: no limit). `foreseen` may require an earlier or larger order (all 0: no forecast);
    without levels, it alone decides. `sells_for`: net price per unit. `carried`: the quantity from suggested transfers,
    included in `available`.
    """

    sku: str
    location: str
    available: int
    ordered: int
    par: int = 0
    reorder: int = 0
    minimum: int = 0
    sells: int | None = None
    quantity: int = 0
    maximum: int = 0
    foreseen: Foreseen = Foreseen()
    sells_for: int = 0
    carried: int = 0

    @property
    def position(self) -> int:
        return self.available + self.ordered

    @property
    def target(self) -> int:
        return max(self.level, self.foreseen.up_to)

    @property
    def level(self) -> int:
        """Target without a forecast."""
        return max(self.par, self.reorder) if self.par or self.reorder else 2 * self.minimum

    @property
    def missing(self) -> int:
        """Quantity to reach the target; 0 if not needed yet."""
        wanted = self.is_low or self.foreseen.soon or self.position < self.foreseen.point
        return max(0, self.target - self.position, self.quantity) if wanted else 0

    @property
    def is_watched(self) -> bool:
        """Whether the shop has set stock levels."""
        return bool(self.par or self.reorder or self.minimum)

    @property
    def is_low(self) -> bool:
        """Whether stock is below the shop's levels, ignoring the forecast."""
        if self.par or self.reorder:
            return self.position <= self.reorder
        return self.is_watched and self.position < self.minimum

    @property
    def bounds(self) -> dict[Bound, int]:
        """Upper limits on the order quantity, by rule."""
        bounds: dict[Bound, int] = {}
        if self.maximum:
            bounds["maximum"] = max(0, self.maximum - self.position)
        if self.sells is not None:
            bounds["shelf_life"] = max(0, self.sells - max(0, self.position))
        return bounds

    def most_packs(self, offer: SupplierOffer) -> int:
        """Maximum whole packs to order."""
        return min((most // offer.pack_size for most in self.bounds.values()), default=MANY)

    def lost_minor(self, offer: SupplierOffer) -> int:
        """Expected lost profit before this supplier delivers; 0 without a forecast."""
        if not self.foreseen.lost:
            return 0
        unit_cost = offer.unit_cost(packs_for(self.missing, offer, self.most_packs(offer)))
        lost = self.foreseen.lost[min(offer.comes_in, len(self.foreseen.lost) - 1)]
        return cost_of(lost, max(0, self.sells_for - unit_cost))


class WaitingDraft(msgspec.Struct, frozen=True):
    """An unapproved suggested order, and the cost of its goods."""

    supplier: str
    location: str
    goods_minor: int


class PriceBreak(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A price break: from this number of packs, each unit costs this."""

    packs: Annotated[int, msgspec.Meta(ge=2, le=1_000_000)]
    cost_minor: Annotated[int, msgspec.Meta(ge=1, le=10**12)]


class SupplierOffer(msgspec.Struct, frozen=True):
    """A supplier's current unit price and quantity discounts. `comparable`: in the store's currency; `usual`: the last
    supplier; `later_days`: delay beyond the lead time due to delivery weekdays."""

    supplier: str
    sku: str
    code: str
    cost_minor: int
    pack: int = 1
    min_packs: int = 1
    lead_time_days: int = 0
    fee_minor: int = 0
    from_date: str = ""
    currency: str = ""
    breaks: tuple[PriceBreak, ...] = ()
    usual: bool = False
    later_days: int = 0

    @property
    def comes_in(self) -> int:
        """Days until delivery."""
        return self.lead_time_days + self.later_days

    @property
    def comparable(self) -> bool:
        return not self.currency

    @property
    def pack_size(self) -> int:
        return self.pack * THOUSANDTHS

    @property
    def tiers(self) -> list[tuple[int, int, int]]:
        """First and last number of packs at each unit price."""
        begins = [(self.min_packs, self.cost_minor)]
        for one in self.breaks:
            if one.packs <= self.min_packs:  # fewer can't be ordered
                begins = [(self.min_packs, one.cost_minor)]
            else:
                begins.append((one.packs, one.cost_minor))
        ends = [*(packs - 1 for packs, _ in begins[1:]), max(MANY, begins[-1][0])]
        return [(first, last, cost) for (first, cost), last in zip(begins, ends, strict=True)]

    def unit_cost(self, packs: int) -> int:
        """Unit price for a number of packs, at least the minimum."""
        return next((cost for first, _, cost in reversed(self.tiers) if packs >= first), self.tiers[0][2])

    def cost(self, packs: int) -> int:
        """Cost of a number of packs."""
        return cost_of(packs * self.pack_size, self.unit_cost(packs))


class Why(msgspec.Struct, frozen=True):
    """A reason: the key of its text, and the values for it."""

    code: str
    values: dict[str, int] = {}


PartOfLine = Literal[
    "forecast", "level", "available", "carried", "ordered", "order_quantity", "packs", "price_break", "limited", "least"
]
"""Part of the breakdown of a suggested quantity: the target from the forecast or the levels, minus stock and expected
goods; rounded up to the minimum quantity and to whole packs; plus packs for a better price or the supplier's minimum,
or minus packs because of a limit.
"""


class LinePart(msgspec.Struct, frozen=True):
    """A part of a suggested quantity, in thousandths; negative if it's subtracted."""

    of: PartOfLine
    quantity: int


class SuggestedLine(msgspec.Struct, frozen=True):
    """Whole packs of a product, with reasons. `parts` add up to its quantity."""

    sku: str
    quantity: int
    packs: int
    pack: int
    code: str
    unit_cost_minor: int
    total_minor: int
    why: tuple[Why, ...]
    parts: tuple[LinePart, ...]


class SuggestedOrder(msgspec.Struct, frozen=True):
    """A suggested order from one supplier for one location; `total_minor` includes the fee."""

    supplier: str
    location: str
    lines: tuple[SuggestedLine, ...]
    fee_minor: int
    total_minor: int


class SuggestedTransfer(msgspec.Struct, frozen=True):
    """Thousandths of a product to transfer from a location with surplus."""

    sku: str
    from_location: str
    to_location: str
    quantity: int


class Spare(msgspec.Struct, frozen=True):
    """Surplus of a product above target at a location."""

    sku: str
    location: str
    quantity: int


class Unmet(msgspec.Struct, frozen=True):
    """A need that can't be filled, and the rule that prevents it."""

    sku: str
    location: str
    missing: int
    rule: Literal["no_supplier", "other_currency", "over_budget", "least_order", "below_zero"] | Bound


class Suggestions(msgspec.Struct, frozen=True):
    """Orders by supplier and location, unfilled needs, and transfers to make before ordering.

    `saved_minor`: savings compared with buying each product from its usual supplier, or its cheapest if it has none.
    """

    orders: tuple[SuggestedOrder, ...]
    unmet: tuple[Unmet, ...]
    transfers: tuple[SuggestedTransfer, ...] = ()
    saved_minor: int = 0

    @property
    def count(self) -> int:
        """Number of product and location pairs to order or transfer."""
        return sum(len(order.lines) for order in self.orders) + len(self.unmet) + len(self.transfers)

    @property
    def total_minor(self) -> int:
        return sum(order.total_minor for order in self.orders)


def expected_on(sent: date, lead_time_days: int, delivery_days: Sequence[int]) -> date:
    """First delivery day after the lead time.

    >>> expected_on(date(2027, 1, 15), 2, (2,)).isoformat()  # a Friday; they come on Tuesdays
    '2027-01-19'
    """
    day = sent + timedelta(days=lead_time_days)
    while delivery_days and day.isoweekday() not in delivery_days:
        day += timedelta(days=1)
    return day


def cost_of(quantity: int, unit_cost_minor: int) -> int:
    """Cost of a quantity in thousandths, rounded up."""
    return -(-quantity * unit_cost_minor // THOUSANDTHS)


def packs_for(quantity: int, offer: SupplierOffer, most: int = MANY) -> int:
    """Fewest whole packs that contain a quantity, at least the minimum; more packs if they cost less in total, up to
    `most`.

    >>> packs_for(25_000, SupplierOffer("a", "cola", "", 100, pack=24))
    2
    >>> packs_for(1, SupplierOffer("a", "cola", "", 1, 6, min_packs=4))
    4
    >>> packs_for(9_000, SupplierOffer("a", "cola", "", 100, breaks=(PriceBreak(10, 80),)))
    10
    """
    fewest = max(-(-quantity // offer.pack_size), offer.min_packs)
    better = [one.packs for one in offer.breaks if fewest < one.packs <= most]
    return min((fewest, *better), key=lambda packs: (offer.cost(packs), packs))


def most_packs_for(money_minor: int, offer: SupplierOffer, most: int) -> int:
    """Most packs for an amount, up to `most`; 0 if below the minimum.

    >>> most_packs_for(850, SupplierOffer("a", "cola", "", 100, breaks=(PriceBreak(10, 80),)), 9)
    8
    """
    for first, last, cost in reversed(offer.tiers):
        one = cost_of(offer.pack_size, cost)
        packs = min(last, most, max(0, money_minor) // one if one else MANY)
        if packs >= first:
            return packs
    return 0


def packs_worth(money_minor: int, offer: SupplierOffer, more_than: int, most: int) -> int | None:
    """The number of packs above `more_than` with the lowest cost of at least `money_minor`; None if there is none.

    >>> packs_worth(850, SupplierOffer("a", "cola", "", 100, breaks=(PriceBreak(10, 80),)), 5, 20)
    11
    """
    found = []
    for first, last, cost in offer.tiers:
        one = cost_of(offer.pack_size, cost)
        packs = max(first, more_than + 1, -(-money_minor // one) if one else MANY + 1)
        if packs <= min(last, most):
            found.append((offer.cost(packs), packs))
    return min(found)[1] if found else None


def landed_micro(offer: SupplierOffer, quantity: int, lost_minor: int = 0) -> int:
    """Unit cost including fee and expected lost profit, for a quantity, in millionths of a minor unit."""
    packs = packs_for(quantity, offer)
    return (offer.cost(packs) + offer.fee_minor + lost_minor) * 1_000_000 * THOUSANDTHS // (packs * offer.pack_size)


def cheapest(
    offers: Iterable[SupplierOffer], quantity: int, lost_minor: Callable[[SupplierOffer], int] = lambda _: 0
) -> SupplierOffer | None:
    """Cheapest offer by landed cost and lost profit; ties prefer the sooner, then the usual supplier.

    None if no offer is comparable.
    """
    return min(
        (offer for offer in offers if offer.comparable),
        key=lambda one: (landed_micro(one, quantity, lost_minor(one)), one.comes_in, not one.usual, one.supplier),
        default=None,
    )


def price_off(ordered_minor: int, received_minor: int) -> bool:
    """Whether a received cost differs enough from the ordered cost to be reported."""
    return abs(received_minor - ordered_minor) * 100 > ordered_minor * PRICE_OFF_PERCENT
