"""What to order of whom: whole packs, the least that satisfies all rules at once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from edge.lib.units.quantity import THOUSANDTHS
from edge.shop.purchasing.rules import (
    MANY,
    Need,
    Spare,
    SuggestedLine,
    SuggestedOrder,
    SuggestedTransfer,
    Suggestions,
    SupplierOffer,
    Unmet,
    Why,
    cheapest,
    cost_of,
    packs_for,
)

Chosen = Mapping[tuple[str, str], str]
"""From whom a product is bought for a place, where somebody has chosen; else of whoever is cheapest for it alone."""
Waiting = Mapping[tuple[str, str], int]
"""The goods of a supplier's draft for a place that more is put into: it counts for the least order, its fee is due."""


def carry_first(needs: Iterable[Need], spares: Iterable[Spare]) -> tuple[list[Need], list[SuggestedTransfer]]:
    """What other places of the shop have too much of goes where it is wanted, before any of it is ordered."""
    left = {(spare.sku, spare.location): spare.quantity for spare in spares}
    wanted, transfers = [], []
    for need in needs:
        for (sku, location), quantity in left.items():
            room = max(0, need.target - need.position)  # what is ordered at least is for suppliers
            part = min(need.missing, room, need.bounds.get("maximum", room), quantity)
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
    chosen: Chosen | None = None,
    waiting: Waiting | None = None,
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
        wanted_of = (chosen or {}).get((need.sku, need.location))
        mine = [one for one in known if one.supplier == wanted_of and one.comparable]
        offer = cheapest(mine or fitting(need, known) or known, need.missing)
        if offer is None:
            rule: Literal["other_currency", "no_supplier"] = "other_currency" if known else "no_supplier"
            unmet.append(Unmet(need.sku, need.location, need.missing, rule))
        else:
            groups.setdefault((offer.supplier, need.location), []).append((need, offer))
    orders = []
    left = budget_minor
    for (supplier, location), wanted in groups.items():
        order, lacking = _order(
            supplier, location, wanted, minimums.get(supplier, 0), left, (waiting or {}).get((supplier, location))
        )
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
    waiting_minor: int | None,
) -> tuple[SuggestedOrder | None, list[Unmet]]:
    fee = wanted[0][1].fee_minor if waiting_minor is None else 0
    left = None if budget_minor is None else budget_minor - fee
    lines: list[SuggestedLine] = []
    unmet: list[Unmet] = []
    rooms: list[int] = []
    for need, offer in wanted:
        packs, most = packs_for(need.missing, offer), need.most_packs(offer)
        if most < offer.min_packs:
            rule = min(need.bounds, key=lambda name: need.bounds[name])
            unmet.append(Unmet(need.sku, location, need.missing, rule))
            continue
        packs = min(packs, most)
        if left is not None:
            packs = min(packs, _affordable(offer, left))
        if packs < offer.min_packs:
            unmet.append(Unmet(need.sku, location, need.missing, "over_budget"))
            continue
        line = _line(need, offer, packs)
        lines.append(line)
        rooms.append(most - packs)
        left = None if left is None else left - line.total_minor
    if not lines:
        return None, unmet
    topped = _topped_up(lines, rooms, minimum_minor, waiting_minor or 0)
    total = fee + sum(line.total_minor for line in topped)
    if topped and (budget_minor is None or total <= budget_minor):
        return SuggestedOrder(supplier, location, tuple(topped), fee, total), unmet
    missing = {need.sku: need.missing for need, _ in wanted}
    why: Literal["over_budget", "least_order"] = "over_budget" if topped else "least_order"
    return None, [*unmet, *(Unmet(line.sku, location, missing[line.sku], why) for line in lines)]


def _affordable(offer: SupplierOffer, left_minor: int) -> int:
    """The most packs for so much money."""
    cost = cost_of(offer.pack_size, offer.cost_minor)
    return max(0, left_minor) // cost if cost else MANY


def _line(need: Need, offer: SupplierOffer, packs: int) -> SuggestedLine:
    quantity = packs * offer.pack_size
    if need.par or need.reorder:
        numbers = {"position": need.position, "reorder": need.reorder, "target": need.target}
        why = [Why("below_reorder", numbers)]
        if need.quantity > need.target - need.position:
            why.append(Why("order_quantity", {"least_quantity": need.quantity}))
    else:
        why = [Why("below_minimum", {"position": need.position, "minimum": need.minimum, "target": need.target})]
    if need.expected > need.level:
        why.append(Why("forecast", {"expected": need.expected}))
    if quantity > need.missing:
        code = "least_packs" if packs == offer.min_packs > 1 else "whole_packs"
        why.append(Why(code, {"missing": need.missing, "packs": packs, "pack": offer.pack}))
    elif quantity < need.missing:
        bound = next((name for name, most in need.bounds.items() if quantity + offer.pack_size > most), None)
        numbers = {"missing": need.missing, "most": need.maximum} if bound == "maximum" else {"missing": need.missing}
        why.append(Why(bound or "within_budget", numbers))
    total = cost_of(quantity, offer.cost_minor)
    return SuggestedLine(need.sku, quantity, packs, offer.pack, offer.code, offer.cost_minor, total, tuple(why))


def _topped_up(
    lines: list[SuggestedLine], rooms: Sequence[int], minimum_minor: int, waiting_minor: int
) -> list[SuggestedLine]:
    """More packs, where all are less than the supplier delivers: of the line that overshoots least, else of one after
    another as far as there is room; none where even that is too little."""
    lines = list(lines)
    room = {at: packs for at, packs in enumerate(rooms) if packs}
    while (short := minimum_minor - waiting_minor - sum(line.total_minor for line in lines)) > 0:
        costs = {at: cost_of(lines[at].pack * THOUSANDTHS, lines[at].unit_cost_minor) for at in room}
        if not any(costs.values()):
            return [] if any(line.unit_cost_minor for line in lines) else lines
        at = min((at for at, cost in costs.items() if cost), key=lambda at: _overshoot(short, costs[at], room[at]))
        more = min(room.pop(at), -(-short // costs[at]))
        line = lines[at]
        quantity = (line.packs + more) * line.pack * THOUSANDTHS
        why = (*line.why, Why("least_order", {"least": minimum_minor, "packs": more}))
        total = cost_of(quantity, line.unit_cost_minor)
        lines[at] = msgspec.structs.replace(
            line, quantity=quantity, packs=line.packs + more, total_minor=total, why=why
        )
    return lines


def _overshoot(short_minor: int, cost_minor: int, room: int) -> tuple[bool, int]:
    """How well a line makes up for what an order lacks: enough of it first, then the least that is too much."""
    packs = -(-short_minor // cost_minor)
    return packs > room, packs * cost_minor - short_minor


def fitting(need: Need, offers: Iterable[SupplierOffer]) -> list[SupplierOffer]:
    """The offers of which no fewer packs are sold than there may be."""
    return [one for one in offers if one.comparable and need.most_packs(one) >= one.min_packs]
