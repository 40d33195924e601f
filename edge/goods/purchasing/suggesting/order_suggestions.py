"""Order suggestions: the fewest whole packs that satisfy all rules. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from edge.goods.purchasing.rules import (
    LinePart,
    Need,
    PartOfLine,
    Spare,
    SuggestedLine,
    SuggestedOrder,
    SuggestedTransfer,
    Suggestions,
    SupplierOffer,
    Unmet,
    Why,
    cheapest,
    landed_micro,
    most_packs_for,
    packs_for,
    packs_worth,
)
from edge.lib.units.quantity import THOUSANDTHS

Chosen = Mapping[tuple[str, str], str]
"""Chosen suppliers by product and location. Other products are bought from their cheapest supplier."""
Waiting = Mapping[tuple[str, str], int]
"""Value of the goods in a draft, by supplier and location.

It counts towards the minimum order, and the draft's fee is already due.
"""


def carry_first(needs: Iterable[Need], spares: Iterable[Spare]) -> tuple[list[Need], list[SuggestedTransfer]]:
    """Return the needs with other locations' surplus added to their stock, and the transfers that bring it."""
    left = {(spare.sku, spare.location): spare.quantity for spare in spares}
    wanted, transfers = [], []
    for need in needs:
        for (sku, location), quantity in left.items():
            # minimum order quantities apply only to orders, not to transfers
            room = max(0, need.target - need.position)
            part = min(need.missing, room, need.bounds.get("maximum", room), quantity)
            if sku == need.sku and location != need.location and part > 0:
                part -= part % THOUSANDTHS  # only whole units are transferred, even of goods sold by weight
                if part:
                    left[(sku, location)] -= part
                    transfers.append(SuggestedTransfer(sku, location, need.location, part))
                    now = {"available": need.available + part, "carried": need.carried + part}
                    need = msgspec.structs.replace(need, **now)
        wanted.append(need)
    return wanted, transfers


def suggest(
    needs: Iterable[Need],
    offers: Mapping[str, Sequence[SupplierOffer]],
    minimums: Mapping[str, int],
    budget_minor: int | None = None,
    chosen: Chosen | None = None,
    waiting: Waiting | None = None,
) -> Suggestions:
    """Suggest orders by supplier, with the fewest whole packs that fill every need and meet the suppliers' minimums.

    Within a budget, the most urgent needs come first, and the last line gets as many packs as fit. If a supplier's
    minimum can't be met, its goods are ordered from others if possible.
    """
    wanted, barred = list(needs), set[tuple[str, str]]()
    while True:
        found, short = _plan_orders(wanted, offers, minimums, budget_minor, chosen or {}, waiting or {}, barred)
        if short <= barred:
            return found
        barred |= short


def _plan_orders(
    needs: Iterable[Need],
    offers: Mapping[str, Sequence[SupplierOffer]],
    minimums: Mapping[str, int],
    budget_minor: int | None,
    chosen: Chosen,
    waiting: Waiting,
    barred: set[tuple[str, str]],
) -> tuple[Suggestions, set[tuple[str, str]]]:
    """Plan orders, using suppliers `barred` at a location only as a last resort.

    Also return the suppliers and locations whose minimum wasn't met.
    """
    groups: dict[tuple[str, str], list[tuple[Need, SupplierOffer]]] = {}
    unmet: list[Unmet] = []
    sooner: dict[tuple[str, str], tuple[Why, ...]] = {}
    for need in sorted(needs, key=_urgency):
        if not need.missing:
            continue
        if not need.is_watched and need.available < 0:  # it isn't counted, so the real quantity is unknown
            unmet.append(Unmet(need.sku, need.location, need.foreseen.up_to, "below_zero"))
            continue
        known = _not_barred(need, offers.get(need.sku, ()), barred)
        wanted_of = chosen.get((need.sku, need.location))
        mine = [one for one in known if one.supplier == wanted_of and one.comparable]
        offer = cheapest(mine or fitting(need, known) or known, need.missing, need.lost_minor)
        if offer is None:
            rule: Literal["other_currency", "no_supplier"] = "other_currency" if known else "no_supplier"
            unmet.append(Unmet(need.sku, need.location, need.missing, rule))
        else:
            groups.setdefault((offer.supplier, need.location), []).append((need, offer))
            sooner[need.sku, need.location] = _sooner(need, offer, known)
    orders, short = [], set[tuple[str, str]]()
    left = budget_minor
    for (supplier, location), wanted in groups.items():
        order, lacking = _order(
            supplier, location, wanted, minimums.get(supplier, 0), left, waiting.get((supplier, location))
        )
        unmet += lacking
        if any(one.rule == "least_order" for one in lacking):
            short.add((supplier, location))
        if order:
            told = (msgspec.structs.replace(one, why=(*one.why, *sooner[one.sku, location])) for one in order.lines)
            orders.append(msgspec.structs.replace(order, lines=tuple(told)))
            left = None if left is None else left - order.total_minor
    return Suggestions(tuple(orders), tuple(unmet)), short


def _not_barred(need: Need, known: Sequence[SupplierOffer], barred: set[tuple[str, str]]) -> Sequence[SupplierOffer]:
    """Offers of suppliers that aren't barred at the location, if one fits; otherwise all offers."""
    left = [one for one in known if (one.supplier, need.location) not in barred]
    return left if fitting(need, left) else known


def _sooner(need: Need, offer: SupplierOffer, known: Sequence[SupplierOffer]) -> tuple[Why, ...]:
    """The reason for paying more, if a cheaper supplier would deliver later than this one; otherwise empty."""
    other = cheapest((one for one in known if need.most_packs(one) >= one.min_packs), need.missing)
    if not need.foreseen.lost or other is None or other.comes_in <= offer.comes_in:
        return ()
    more = (landed_micro(offer, need.missing) - landed_micro(other, need.missing)) * need.missing
    more_minor = more // (1_000_000 * THOUSANDTHS)
    return (Why("sooner", {"more": more_minor, "days": other.comes_in - offer.comes_in}),) if more_minor > 0 else ()


def _urgency(need: Need) -> tuple[int, str, str]:
    return need.position * THOUSANDTHS // max(1, need.target), need.sku, need.location


def _order(
    supplier: str,
    location: str,
    wanted: Sequence[tuple[Need, SupplierOffer]],
    minimum_minor: int,
    budget_minor: int | None,
    waiting_minor: int | None,
) -> tuple[SuggestedOrder | None, list[Unmet]]:
    fee = wanted[0][1].fee_minor if waiting_minor is None else 0
    left = None if budget_minor is None else budget_minor - fee
    lines: list[SuggestedLine] = []
    unmet: list[Unmet] = []
    mosts: list[int] = []
    for need, offer in wanted:
        most = need.most_packs(offer)
        packs = packs_for(need.missing, offer, most)
        if most < offer.min_packs:
            rule = min(need.bounds, key=lambda name: need.bounds[name])
            unmet.append(Unmet(need.sku, location, need.missing, rule))
            continue
        packs = min(packs, most)
        if left is not None:
            packs = most_packs_for(left, offer, packs)
        if packs < offer.min_packs:
            unmet.append(Unmet(need.sku, location, need.missing, "over_budget"))
            continue
        line = _line(need, offer, packs)
        lines.append(line)
        mosts.append(most)
        left = None if left is None else left - line.total_minor
    if not lines:
        return None, unmet
    of = {offer.sku: offer for _, offer in wanted}
    topped = _topped_up(lines, [of[line.sku] for line in lines], mosts, minimum_minor, waiting_minor or 0)
    total = fee + sum(line.total_minor for line in topped)
    if topped and (budget_minor is None or total <= budget_minor):
        return SuggestedOrder(supplier, location, tuple(topped), fee, total), unmet
    missing = {need.sku: need.missing for need, _ in wanted}
    why: Literal["over_budget", "least_order"] = "over_budget" if topped else "least_order"
    return None, [*unmet, *(Unmet(line.sku, location, missing[line.sku], why) for line in lines)]


def _line(need: Need, offer: SupplierOffer, packs: int) -> SuggestedLine:
    quantity = packs * offer.pack_size
    if not need.is_low:
        numbers = {"position": need.position, "point": need.foreseen.point, "target": need.target}
        why = [Why("below_foreseen", numbers)]
    elif need.par or need.reorder:
        numbers = {"position": need.position, "reorder": need.reorder, "target": need.target}
        why = [Why("below_reorder", numbers)]
    else:
        why = [Why("below_minimum", {"position": need.position, "minimum": need.minimum, "target": need.target})]
    if need.quantity > need.target - need.position:
        why.append(Why("order_quantity", {"least_quantity": need.quantity}))
    if need.foreseen.up_to:
        why.append(Why("runs_out", {"days": need.foreseen.days, "chance": need.foreseen.chance}))
    if need.foreseen.up_to > need.level:
        why.append(Why("forecast", {"expected": need.foreseen.up_to}))
    if need.foreseen.imported:
        why.append(Why("imported", {"days": need.foreseen.imported}))
    if not need.is_watched:
        why.append(Why("unwatched"))
    fewest = min(packs, max(-(-need.missing // offer.pack_size), offer.min_packs))
    if fewest * offer.pack_size > need.missing:
        code = "least_packs" if fewest == offer.min_packs > 1 else "whole_packs"
        why.append(Why(code, {"missing": need.missing, "packs": fewest, "pack": offer.pack}))
    if packs > fewest:
        why.append(
            Why("price_break", {"packs": packs, "fewer": fewest, "less": offer.cost(fewest) - offer.cost(packs)})
        )
    elif quantity < need.missing:
        bound = next((name for name, most in need.bounds.items() if quantity + offer.pack_size > most), None)
        numbers = {"missing": need.missing, "most": need.maximum} if bound == "maximum" else {"missing": need.missing}
        why.append(Why(bound or "within_budget", numbers))
    bought = (offer.unit_cost(packs), offer.cost(packs))
    return SuggestedLine(
        need.sku, quantity, packs, offer.pack, offer.code, *bought, tuple(why), _parts(need, offer, packs)
    )


def _parts(need: Need, offer: SupplierOffer, packs: int) -> tuple[LinePart, ...]:
    """The breakdown of a suggested number of packs."""
    quantity = packs * offer.pack_size
    needed = max(-(-need.missing // offer.pack_size), offer.min_packs)
    rounded = min(packs, needed) * offer.pack_size - need.missing
    parts: dict[PartOfLine, int] = {
        "forecast" if need.foreseen.up_to >= need.level else "level": need.target,
        "available": need.carried - need.available,
        "carried": -need.carried,
        "ordered": -need.ordered,
        "order_quantity": need.missing - (need.target - need.position),
        "packs" if packs >= needed else "limited": rounded,
        "price_break": quantity - need.missing - rounded,
    }
    return tuple(LinePart(of, part) for of, part in parts.items() if part)


def _topped_up(
    lines: Sequence[SuggestedLine],
    offers: Sequence[SupplierOffer],
    mosts: Sequence[int],
    minimum_minor: int,
    waiting_minor: int,
) -> list[SuggestedLine]:
    """Add packs to reach the supplier's minimum: to the line with the smallest excess, otherwise to several lines; none
    if it can't be reached.
    """
    lines = list(lines)
    left = {at for at, most in enumerate(mosts) if most > lines[at].packs}
    while (short := minimum_minor - waiting_minor - sum(line.total_minor for line in lines)) > 0:
        enough = {at: packs_worth(lines[at].total_minor + short, offers[at], lines[at].packs, mosts[at]) for at in left}
        fits = [(offers[at].cost(packs) - lines[at].total_minor, at, packs) for at, packs in enough.items() if packs]
        if fits:
            _, at, packs = min(fits)
        else:
            ends = [(at, packs) for at in left for packs in _ends(offers[at], lines[at].packs, mosts[at])]
            more = [(offers[at].cost(packs) - lines[at].total_minor, -at, packs) for at, packs in ends]
            gained, at, packs = max(more, default=(0, 0, 0))
            at = -at
            if gained <= 0:
                return [] if any(line.unit_cost_minor for line in lines) else lines
        lines[at] = _with_more(lines[at], offers[at], packs, minimum_minor)
        left.discard(at)
    return lines


def _ends(offer: SupplierOffer, more_than: int, most: int) -> list[int]:
    """The last number of packs in each price tier. An order with the highest cost is always at such a number."""
    return [min(last, most) for first, last, _ in offer.tiers if first <= most and min(last, most) > more_than]


def _with_more(line: SuggestedLine, offer: SupplierOffer, packs: int, minimum_minor: int) -> SuggestedLine:
    why = (*line.why, Why("least_order", {"least": minimum_minor, "packs": packs - line.packs}))
    parts = (*line.parts, LinePart("least", (packs - line.packs) * offer.pack_size))
    bought = {"unit_cost_minor": offer.unit_cost(packs), "total_minor": offer.cost(packs), "why": why, "parts": parts}
    return msgspec.structs.replace(line, quantity=packs * offer.pack_size, packs=packs, **bought)


def fitting(need: Need, offers: Iterable[SupplierOffer]) -> list[SupplierOffer]:
    """Offers whose minimum order isn't too large. If a forecast sets a deadline, only those that meet it, if any do."""
    fit = [one for one in offers if one.comparable and need.most_packs(one) >= one.min_packs]
    soon = [one for one in fit if one.comes_in <= need.foreseen.days] if need.foreseen.lost else []
    return soon or fit
