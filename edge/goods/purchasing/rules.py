"""Decisions about orders: which state follows which, when goods are expected, from whom how much is bought. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from edge.lib.units.quantity import THOUSANDTHS

Bound = Literal["maximum", "shelf_life"]
"""Rules that say how much of a product may be ordered at most."""
MANY = 1_000_000
"""Packs that are as good as any number of them."""
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
"""States in which something is still to come."""
CHANGEABLE = frozenset({"draft", "approved", "sent"})
UNDER_WAY = frozenset({"sent", "part_received"})
STALE_DAYS = 90
"""A price older than this is marked."""
PRICE_OFF_PERCENT = 2
"""A cost that differs by more from the order's is told."""


class Foreseen(msgspec.Struct, frozen=True):
    """What a forecast says of a product at a place, in thousandths: `up_to` will be wanted until the delivery behind
    the next, with a margin, and `point` until the next; half of the reorder point is left in `days`, and it runs out
    `chance` of a hundred times before more can come. `lost`: how much of it will be asked for in vain where more comes
    in 0, 1, 2 days and so on: what is wanted of each day as often as nothing is left on it. `soon`: it is about to run
    out, as Today and the page of forecasts say. `imported`: how many of the days that this rests on were imported from
    another system."""

    up_to: int = 0
    point: int = 0
    days: int = 0
    chance: int = 0
    lost: tuple[int, ...] = ()
    soon: bool = False
    imported: int = 0


class Need(msgspec.Struct, frozen=True):
    """How a product stands at a place (empty: the whole shop), in thousandths; `ordered` counts drafts, too.

    With `par` and `reorder` it is wanted at `reorder` and below, up to `par`, and `quantity` at least; with a `minimum`
    alone below that, up to twice as much. `maximum`: the most there may be (0: no bound). `sells`: no more than that is
    sold before it would be over its last day (None: it keeps). What is `foreseen` may want it earlier, and more of it
    (all 0: there is no forecast); with no level and no minimum that alone wants it. `sells_for`: what a unit brings,
    without taxes.
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

    @property
    def position(self) -> int:
        return self.available + self.ordered

    @property
    def target(self) -> int:
        return max(self.level, self.foreseen.up_to)

    @property
    def level(self) -> int:
        """What it is filled up to without a forecast."""
        return max(self.par, self.reorder) if self.par or self.reorder else 2 * self.minimum

    @property
    def missing(self) -> int:
        """How much would fill it up; 0: it is not wanted yet."""
        wanted = self.is_low or self.foreseen.soon or self.position < self.foreseen.point
        return max(0, self.target - self.position, self.quantity) if wanted else 0

    @property
    def is_watched(self) -> bool:
        """Whether the shop says itself how much of it there should be."""
        return bool(self.par or self.reorder or self.minimum)

    @property
    def is_low(self) -> bool:
        """Whether it is wanted by its levels alone, whatever is foreseen."""
        if self.par or self.reorder:
            return self.position <= self.reorder
        return self.is_watched and self.position < self.minimum

    @property
    def bounds(self) -> dict[Bound, int]:
        """The most that may be ordered, by the rule that says so."""
        bounds: dict[Bound, int] = {}
        if self.maximum:
            bounds["maximum"] = max(0, self.maximum - self.position)
        if self.sells is not None:
            bounds["shelf_life"] = max(0, self.sells - max(0, self.position))
        return bounds

    def most_packs(self, offer: SupplierOffer) -> int:
        """The most whole packs that may be ordered."""
        return min((most // offer.pack_size for most in self.bounds.values()), default=MANY)

    def lost_minor(self, offer: SupplierOffer) -> int:
        """What is not earned, as likely as it runs out before this supplier comes; 0: nothing is foreseen."""
        if not self.foreseen.lost:
            return 0
        unit_cost = offer.unit_cost(packs_for(self.missing, offer, self.most_packs(offer)))
        lost = self.foreseen.lost[min(offer.comes_in, len(self.foreseen.lost) - 1)]
        return cost_of(lost, max(0, self.sells_for - unit_cost))


class WaitingDraft(msgspec.Struct, frozen=True):
    """A suggested order that is not approved yet, and what its goods cost."""

    supplier: str
    location: str
    goods_minor: int


class PriceBreak(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From so many packs on, a unit of any of them costs this."""

    packs: Annotated[int, msgspec.Meta(ge=2, le=1_000_000)]
    cost_minor: Annotated[int, msgspec.Meta(ge=1, le=10**12)]


class SupplierOffer(msgspec.Struct, frozen=True):
    """What a supplier asks for a unit of a product now, and for one of more packs. `comparable`: it is in the store's
    currency; `usual`: it was ordered of them last; `later_days`: ordered today, it comes so much later than their lead,
    as they come only on some days of the week."""

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
        """In how many days it is here."""
        return self.lead_time_days + self.later_days

    @property
    def comparable(self) -> bool:
        return not self.currency

    @property
    def pack_size(self) -> int:
        return self.pack * THOUSANDTHS

    @property
    def tiers(self) -> list[tuple[int, int, int]]:
        """The first and the last number of packs that cost so much a unit."""
        begins = [(self.min_packs, self.cost_minor)]
        for one in self.breaks:
            if one.packs <= self.min_packs:  # nobody may order fewer
                begins = [(self.min_packs, one.cost_minor)]
            else:
                begins.append((one.packs, one.cost_minor))
        ends = [*(packs - 1 for packs, _ in begins[1:]), max(MANY, begins[-1][0])]
        return [(first, last, cost) for (first, cost), last in zip(begins, ends, strict=True)]

    def unit_cost(self, packs: int) -> int:
        """What a unit of so many packs costs; of fewer than are sold, as of the fewest."""
        return next((cost for first, _, cost in reversed(self.tiers) if packs >= first), self.tiers[0][2])

    def cost(self, packs: int) -> int:
        """What so many packs cost."""
        return cost_of(packs * self.pack_size, self.unit_cost(packs))


class Why(msgspec.Struct, frozen=True):
    """A reason, by the key of its sentence and the numbers in it."""

    code: str
    values: dict[str, int] = {}


class SuggestedLine(msgspec.Struct, frozen=True):
    """So many whole packs of a product, and why."""

    sku: str
    quantity: int
    packs: int
    pack: int
    code: str
    unit_cost_minor: int
    total_minor: int
    why: tuple[Why, ...]


class SuggestedOrder(msgspec.Struct, frozen=True):
    """What to order of one supplier for one place; `total_minor` with the fee."""

    supplier: str
    location: str
    lines: tuple[SuggestedLine, ...]
    fee_minor: int
    total_minor: int


class SuggestedTransfer(msgspec.Struct, frozen=True):
    """So many thousandths of a product that one place of the shop has too much of, and another wants."""

    sku: str
    from_location: str
    to_location: str
    quantity: int


class Spare(msgspec.Struct, frozen=True):
    """What a place has of a product beyond its target."""

    sku: str
    location: str
    quantity: int


class Unmet(msgspec.Struct, frozen=True):
    """What is wanted and cannot be suggested: which rule stands in the way."""

    sku: str
    location: str
    missing: int
    rule: Literal["no_supplier", "other_currency", "over_budget", "least_order", "below_zero"] | Bound


class Suggestions(msgspec.Struct, frozen=True):
    """What to order, by supplier and place, what could not be suggested, and what to carry from another place first.

    `saved_minor`: by how much it is less than each product from its usual supplier, or, where there is none, from
    whoever is cheapest for it alone.
    """

    orders: tuple[SuggestedOrder, ...]
    unmet: tuple[Unmet, ...]
    transfers: tuple[SuggestedTransfer, ...] = ()
    saved_minor: int = 0

    @property
    def count(self) -> int:
        """How many products, by place, want ordering or carrying."""
        return sum(len(order.lines) for order in self.orders) + len(self.unmet) + len(self.transfers)

    @property
    def total_minor(self) -> int:
        return sum(order.total_minor for order in self.orders)


def expected_on(sent: date, lead_time_days: int, delivery_days: Sequence[int]) -> date:
    """The first day on which a supplier comes once the lead time is over.

    >>> expected_on(date(2027, 1, 15), 2, (2,)).isoformat()  # a Friday; they come on Tuesdays
    '2027-01-19'
    """
    day = sent + timedelta(days=lead_time_days)
    while delivery_days and day.isoweekday() not in delivery_days:
        day += timedelta(days=1)
    return day


def cost_of(quantity: int, unit_cost_minor: int) -> int:
    """What so many thousandths cost, rounded up."""
    return -(-quantity * unit_cost_minor // THOUSANDTHS)


def packs_for(quantity: int, offer: SupplierOffer, most: int = MANY) -> int:
    """The fewest whole packs that hold so much, and no fewer than the supplier sells; more, where more of them cost
    less, and no more than there may be, if that is enough.

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
    """The most packs for so much money, and no more than `most`; 0: not the fewest that are sold.

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
    """How many packs, more than these, cost so much (above 0) or more, and the least of all that do; None: no number
    of them.

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
    """What a unit costs with its share of the fee, and of what is lost until it comes, when so much is bought, in
    millionths of a minor unit."""
    packs = packs_for(quantity, offer)
    return (offer.cost(packs) + offer.fee_minor + lost_minor) * 1_000_000 * THOUSANDTHS // (packs * offer.pack_size)


def cheapest(
    offers: Iterable[SupplierOffer], quantity: int, lost_minor: Callable[[SupplierOffer], int] = lambda _: 0
) -> SupplierOffer | None:
    """Whose unit costs least with its share of the fee, and of what is lost until it comes; of equal ones who comes
    sooner, then the usual one."""
    return min(
        (offer for offer in offers if offer.comparable),
        key=lambda one: (landed_micro(one, quantity, lost_minor(one)), one.comes_in, not one.usual, one.supplier),
        default=None,
    )


def price_off(ordered_minor: int, received_minor: int) -> bool:
    """Whether a cost differs so much from the order's that somebody should know."""
    return abs(received_minor - ordered_minor) * 100 > ordered_minor * PRICE_OFF_PERCENT
