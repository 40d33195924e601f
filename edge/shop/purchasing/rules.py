"""Decisions about orders: which state follows which, when goods are expected, from whom how much is bought. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal

import msgspec

from edge.lib.units.quantity import THOUSANDTHS

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


class Need(msgspec.Struct, frozen=True):
    """How a product stands at a place (empty: the whole shop), in thousandths; `ordered` counts drafts, too.

    With `par` and `reorder` it is wanted at `reorder` and below, up to `par`; with a `minimum` alone below that, up to
    twice as much. `sells`: no more than that is sold before it would be over its last day (None: it keeps).
    """

    sku: str
    location: str
    available: int
    ordered: int
    par: int = 0
    reorder: int = 0
    minimum: int = 0
    sells: int | None = None

    @property
    def position(self) -> int:
        return self.available + self.ordered

    @property
    def target(self) -> int:
        return max(self.par, self.reorder) if self.par or self.reorder else 2 * self.minimum

    @property
    def missing(self) -> int:
        """How much would fill it up; 0: it is not wanted yet."""
        levels = bool(self.par or self.reorder)
        wanted = self.position <= self.reorder if levels else self.position < self.minimum
        return max(0, self.target - self.position) if wanted else 0


class SupplierOffer(msgspec.Struct, frozen=True):
    """What a supplier asks for a unit of a product now. `comparable`: it is in the store's currency."""

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

    @property
    def comparable(self) -> bool:
        return not self.currency

    @property
    def pack_size(self) -> int:
        return self.pack * THOUSANDTHS


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
    rule: Literal["no_supplier", "other_currency", "over_budget", "shelf_life"]


class Suggestions(msgspec.Struct, frozen=True):
    """What to order, by supplier and place, what could not be suggested, and what to carry from another place first."""

    orders: tuple[SuggestedOrder, ...]
    unmet: tuple[Unmet, ...]
    transfers: tuple[SuggestedTransfer, ...] = ()


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


def packs_for(quantity: int, offer: SupplierOffer) -> int:
    """The fewest whole packs that hold so much, and no fewer than the supplier sells.

    >>> packs_for(25_000, SupplierOffer("a", "cola", "", 100, pack=24))
    2
    >>> packs_for(1, SupplierOffer("a", "cola", "", 1, 6, min_packs=4))
    4
    """
    return max(-(-quantity // offer.pack_size), offer.min_packs)


def landed_micro(offer: SupplierOffer, quantity: int) -> int:
    """What a unit costs with its share of the fee when so much is bought, in millionths of a minor unit."""
    bought = packs_for(quantity, offer) * offer.pack_size
    return (cost_of(bought, offer.cost_minor) + offer.fee_minor) * 1_000_000 * THOUSANDTHS // bought


def cheapest(offers: Iterable[SupplierOffer], quantity: int) -> SupplierOffer | None:
    """Whose unit costs least with its share of the fee; of equal ones who comes sooner."""
    return min(
        (offer for offer in offers if offer.comparable),
        key=lambda offer: (landed_micro(offer, quantity), offer.lead_time_days, offer.supplier),
        default=None,
    )


def carry_first(needs: Iterable[Need], spares: Iterable[Spare]) -> tuple[list[Need], list[SuggestedTransfer]]:
    """What other places of the shop have too much of goes where it is wanted, before any of it is ordered."""
    left = {(spare.sku, spare.location): spare.quantity for spare in spares}
    wanted, transfers = [], []
    for need in needs:
        for (sku, location), quantity in left.items():
            part = min(need.missing, quantity)
            if sku == need.sku and location != need.location and part > 0:
                part -= part % THOUSANDTHS  # whole units, whatever it is sold by
                if part:
                    left[(sku, location)] -= part
                    transfers.append(SuggestedTransfer(sku, location, need.location, part))
                    need = msgspec.structs.replace(need, available=need.available + part)
        wanted.append(need)
    return wanted, transfers


def suggest(
    needs: Iterable[Need],
    offers: Mapping[str, Sequence[SupplierOffer]],
    minimums: Mapping[str, int],
    budget_minor: int | None = None,
) -> Suggestions:
    """What to order of whom: whole packs, the least of each that fills every need and the suppliers' minimums.

    Within a budget, what lacks most comes first, and of the last line as many packs as fit.
    """
    groups: dict[tuple[str, str], list[tuple[Need, SupplierOffer]]] = {}
    unmet: list[Unmet] = []
    for need in sorted(needs, key=_urgency):
        if not need.missing:
            continue
        known = offers.get(need.sku, ())
        offer = cheapest(known, need.missing)
        if offer is None:
            rule: Literal["other_currency", "no_supplier"] = "other_currency" if known else "no_supplier"
            unmet.append(Unmet(need.sku, need.location, need.missing, rule))
        else:
            groups.setdefault((offer.supplier, need.location), []).append((need, offer))
    orders = []
    left = budget_minor
    for (supplier, location), wanted in groups.items():
        order, lacking = _order(supplier, location, wanted, minimums.get(supplier, 0), left)
        unmet += lacking
        if order:
            orders.append(order)
            left = None if left is None else left - order.total_minor
    return Suggestions(tuple(orders), tuple(unmet))


def _urgency(need: Need) -> tuple[int, str, str]:
    return need.position * THOUSANDTHS // max(1, need.target), need.sku, need.location


def _order(
    supplier: str,
    location: str,
    wanted: Sequence[tuple[Need, SupplierOffer]],
    minimum_minor: int,
    budget_minor: int | None,
) -> tuple[SuggestedOrder | None, list[Unmet]]:
    fee = wanted[0][1].fee_minor
    left = None if budget_minor is None else budget_minor - fee
    lines: list[SuggestedLine] = []
    unmet: list[Unmet] = []
    for need, offer in wanted:
        packs = packs_for(need.missing, offer)
        if need.sells is not None:
            packs = min(packs, max(0, need.sells - max(0, need.position)) // offer.pack_size)
            if packs < offer.min_packs:
                unmet.append(Unmet(need.sku, location, need.missing, "shelf_life"))
                continue
        if left is not None:
            packs = min(packs, _affordable(offer, left))
        if packs < offer.min_packs:
            unmet.append(Unmet(need.sku, location, need.missing, "over_budget"))
            continue
        line = _line(need, offer, packs)
        lines.append(line)
        left = None if left is None else left - line.total_minor
    if not lines:
        return None, unmet
    lines = _topped_up(lines, minimum_minor)
    total = fee + sum(line.total_minor for line in lines)
    if budget_minor is None or total <= budget_minor:
        return SuggestedOrder(supplier, location, tuple(lines), fee, total), unmet
    return None, [Unmet(need.sku, location, need.missing, "over_budget") for need, _ in wanted]


def _affordable(offer: SupplierOffer, left_minor: int) -> int:
    """The most packs for so much money."""
    cost = cost_of(offer.pack_size, offer.cost_minor)
    return max(0, left_minor) // cost if cost else 10**6


def _line(need: Need, offer: SupplierOffer, packs: int) -> SuggestedLine:
    quantity = packs * offer.pack_size
    if need.par or need.reorder:
        numbers = {"position": need.position, "reorder": need.reorder, "target": need.target}
        why = [Why("below_reorder", numbers)]
    else:
        why = [Why("below_minimum", {"position": need.position, "minimum": need.minimum, "target": need.target})]
    if quantity > need.missing:
        code = "least_packs" if packs == offer.min_packs > 1 else "whole_packs"
        why.append(Why(code, {"missing": need.missing, "packs": packs, "pack": offer.pack}))
    elif quantity < need.missing:
        fits = need.sells is not None and quantity + offer.pack_size > need.sells - max(0, need.position)
        why.append(Why("shelf_life" if fits else "within_budget", {"missing": need.missing}))
    total = cost_of(quantity, offer.cost_minor)
    return SuggestedLine(need.sku, quantity, packs, offer.pack, offer.code, offer.cost_minor, total, tuple(why))


def _topped_up(lines: list[SuggestedLine], minimum_minor: int) -> list[SuggestedLine]:
    """More packs of one line, where all are less than the supplier delivers: of the line that overshoots least."""
    short = minimum_minor - sum(line.total_minor for line in lines)
    costs = [cost_of(line.pack * THOUSANDTHS, line.unit_cost_minor) for line in lines]
    if short <= 0 or not any(costs):
        return lines
    _, at = min((-(-short // cost) * cost, at) for at, cost in enumerate(costs) if cost)
    line = lines[at]
    packs = line.packs + -(-short // costs[at])
    quantity = packs * line.pack * THOUSANDTHS
    why = (*line.why, Why("least_order", {"least": minimum_minor, "packs": packs - line.packs}))
    total = cost_of(quantity, line.unit_cost_minor)
    lines[at] = msgspec.structs.replace(line, quantity=quantity, packs=packs, total_minor=total, why=why)
    return lines


def price_off(ordered_minor: int, received_minor: int) -> bool:
    """Whether a cost differs so much from the order's that somebody should know."""
    return abs(received_minor - ordered_minor) * 100 > ordered_minor * PRICE_OFF_PERCENT
