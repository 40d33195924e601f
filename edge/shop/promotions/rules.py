"""What promotions take off the lines of a basket. Pure.

Of higher priority first; of the same priority first those of several pieces together, the one that takes most off
before the others, then those of each piece by itself, the most for a piece before less, and at last those of what is
spent. Equals in the order of their ids. Each piece is used by one promotion at most, and nothing costs more for it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import msgspec

from edge.lib.tax.rules import FULL
from edge.lib.units.money import amount_minor, divide_half_up
from edge.lib.units.quantity import THOUSANDTHS
from edge.shop.promotions.promotion import (
    AmountOff,
    BuyGet,
    FixedPrice,
    PercentOff,
    Promotion,
    SeveralFor,
    SpendAmount,
    SpendShare,
)

PAIRS_LIMIT = 10_000
"""Pairs of a line and a promotion for it that are looked at; promotions beyond, the least in rank, are not applied."""


class Item(msgspec.Struct, frozen=True):
    """A line that promotions may touch: `quantity` thousandths of its unit at `price_minor` each.

    `pieces`: it can be counted, one by one; else (measured, or a case) it is used as a whole.
    `unit`: whether `price_minor` is that of the product's own unit; a case's is not.
    """

    line: int
    sku: str
    quantity: int
    price_minor: int
    pieces: bool = True
    unit: bool = True


class Offer(msgspec.Struct, frozen=True):
    """A promotion that holds now, and the lines of the basket that it is for."""

    promotion: Promotion
    lines: tuple[int, ...]


Taken = tuple[int, int, int]
"""(line, thousandths of it that are used, what comes off them in minor units)."""
Run = tuple[int, int, int]
"""(price of a piece, line, how many pieces)."""
Off = tuple[str, int]
"""(id of the promotion, what it takes off in minor units)."""


def discounts(items: Iterable[Item], offers: Iterable[Offer]) -> dict[int, tuple[Off, ...]]:
    """What comes off each line, by its number; lines from which nothing comes off are not there."""
    basket = Free({item.line: item for item in items})
    for _, same in groupby(_ranked(offers), key=lambda offer: offer.promotion.priority):
        stages: tuple[list[Offer], list[Offer], list[Offer]] = ([], [], [])
        for offer in same:
            stages[_stage(offer.promotion)].append(offer)
        several, each, spend = stages
        basket.most_first(several)
        basket.each(each)
        basket.most_first(spend)
    return {line: tuple(off.items()) for line, off in basket.off.items()}


class Free:
    """What of a basket no promotion has used yet, and what came off so far."""

    def __init__(self, items: Mapping[int, Item]) -> None:
        self.items = items
        self.quantity = {line: item.quantity for line, item in items.items()}
        self.off: dict[int, dict[str, int]] = {}

    def take(self, promotion: Promotion, taken: Iterable[Taken]) -> None:
        for line, quantity, minor in taken:
            self.quantity[line] -= quantity
            if minor:
                of_line = self.off.setdefault(line, {})
                of_line[promotion.id] = of_line.get(promotion.id, 0) + minor

    def most_first(self, offers: Iterable[Offer]) -> None:
        """Apply the one that takes most off, and so on: what a promotion takes off only shrinks as pieces are used."""
        heap = [(-_sum(taken), offer.promotion.id, 0, offer, taken) for offer in offers if (taken := self.fit(offer))]
        heapq.heapify(heap)
        used_at: dict[int, int] = {}
        step = 0
        while heap:
            known, id, looked_at, offer, taken = heapq.heappop(heap)
            if any(used_at.get(line, 0) > looked_at for line in offer.lines):
                taken = self.fit(offer)
                if -_sum(taken) > known:
                    heapq.heappush(heap, (-_sum(taken), id, step, offer, taken))
                    continue
            if taken and known:
                step += 1
                used_at.update((line, step) for line, *_ in taken)
                self.take(offer.promotion, taken)

    def fit(self, offer: Offer) -> list[Taken]:
        """What an offer of several pieces, or of what is spent, would do with what is free."""
        promotion = offer.promotion
        match promotion.deal:
            case SeveralFor() as deal:
                return _several(deal, self._runs(offer, deal.count), promotion.times)
            case BuyGet() as deal:
                return _buy_get(deal, self._runs(offer, deal.buy + deal.get), promotion.times)
            case SpendShare() | SpendAmount() as deal:
                free = [line for line in offer.lines if self.quantity[line]]
                worth = [amount_minor(self.items[line].price_minor, self.quantity[line]) for line in free]
                shares = spread(_spent(deal, sum(worth), promotion.times), worth)
                used = [(line, self.quantity[line], minor) for line, minor in zip(free, shares, strict=True)]
                return used if _sum(used) else []
        raise TypeError(f"{promotion.id} is for each piece by itself")

    def each(self, offers: Sequence[Offer]) -> None:
        """Apply offers of each piece by itself, those first that take most off it."""
        promotions = {offer.promotion.id: offer.promotion for offer in offers}
        left = {id: promotion.times or None for id, promotion in promotions.items()}
        best = [
            (-off, offer.promotion.id, line)
            for offer in offers
            for line in offer.lines
            if self.quantity[line] and (off := self._off_each(offer.promotion, self.items[line]))
        ]
        for _, id, line in sorted(best):
            item, quantity, times = self.items[line], self.quantity[line], left[id]
            if not quantity or times == 0:
                continue
            if times is not None:
                quantity = min(quantity, times * THOUSANDTHS) if item.pieces else quantity
                left[id] = times - (quantity // THOUSANDTHS if item.pieces else 1)
            self.take(promotions[id], [(line, quantity, _off(promotions[id], item, quantity))])

    def _off_each(self, promotion: Promotion, item: Item) -> int:
        """What comes off a piece, or off all of what is no piece."""
        return _off(promotion, item, THOUSANDTHS if item.pieces else self.quantity[item.line])

    def _runs(self, offer: Offer, group: int) -> list[Run]:
        """The free pieces of an offer, the dearest first; none where they are fewer than a group."""
        found = [
            (-self.items[line].price_minor, line, self.quantity[line] // THOUSANDTHS)
            for line in offer.lines
            if self.quantity[line] and self.items[line].pieces
        ]
        if sum(count for *_, count in found) < group:
            return []
        found.sort()
        return [(-price, line, count) for price, line, count in found]


def spread(total_minor: int, weights: Sequence[int]) -> list[int]:
    """A sum in proportion to weights, to the cent; no share is more than its weight where the sum is not."""
    whole, through, given, shares = sum(weights), 0, 0, []
    for weight in weights:
        through += weight
        share = divide_half_up(total_minor * through, whole) - given if whole else 0
        given += share
        shares.append(share)
    return shares


def _several(deal: SeveralFor, runs: Sequence[Run], times: int) -> list[Taken]:
    """Groups of pieces, the dearest together, as long as they cost more one by one."""
    taken: list[Taken] = []
    group: list[Run] = []
    missing, left = deal.count, times or None
    for price, line, count in runs:
        while count and left != 0:
            if missing == deal.count and count >= deal.count:
                groups = count // deal.count if left is None else min(count // deal.count, left)
                off = deal.count * price - deal.price_minor
                if off <= 0:
                    return taken
                taken.append((line, groups * deal.count * THOUSANDTHS, groups * off))
                count -= groups * deal.count
                left = None if left is None else left - groups
                continue
            some = min(count, missing)
            group.append((price, line, some))
            count, missing = count - some, missing - some
            if missing:
                continue
            worth = [price * some for price, _, some in group]
            off = sum(worth) - deal.price_minor
            if off <= 0:
                return taken
            shares = spread(off, worth)
            taken += [(of, some * THOUSANDTHS, minor) for (_, of, some), minor in zip(group, shares, strict=True)]
            group, missing, left = [], deal.count, None if left is None else left - 1
    return taken


def _buy_get(deal: BuyGet, runs: Sequence[Run], times: int) -> list[Taken]:
    """Of all pieces in a row, the dearest first, the last `get` of each full group."""
    size = deal.buy + deal.get
    groups = sum(count for _, _, count in runs) // size
    end = size * (min(groups, times) if times else groups)
    taken: list[Taken] = []
    place = before = 0
    for price, line, count in runs:
        behind = min(place + count, end)
        if behind <= place:
            break
        full, rest = divmod(behind, size)
        through = full * deal.get + max(0, rest - deal.buy)  # cheaper ones, of all so far
        taken.append((line, (behind - place) * THOUSANDTHS, _part((through - before) * price, deal.share)))
        place, before = behind, through
    return taken


def _spent(deal: SpendShare | SpendAmount, worth_minor: int, times: int) -> int:
    if worth_minor < deal.spend_minor:
        return 0
    if isinstance(deal, SpendShare):
        return _part(worth_minor, deal.share)
    full = worth_minor // deal.spend_minor
    return min(worth_minor, deal.off_minor * (min(full, times) if times else full))


def _off(promotion: Promotion, item: Item, quantity: int) -> int:
    """What a deal of each piece takes off some of a line."""
    worth = amount_minor(item.price_minor, quantity)
    match promotion.deal:
        case PercentOff(share):
            return _part(worth, share)
        case AmountOff(off_minor) if item.unit:
            return min(worth, amount_minor(off_minor, quantity))
        case FixedPrice(price_minor) if item.unit:
            return max(0, worth - amount_minor(price_minor, quantity))
    return 0


def _part(minor: int, share: int) -> int:
    return minor if share == FULL else divide_half_up(minor * share, FULL)


def _sum(taken: Iterable[Taken]) -> int:
    return sum(minor for *_, minor in taken)


def _stage(promotion: Promotion) -> int:
    match promotion.deal:
        case SeveralFor() | BuyGet():
            return 0
        case SpendShare() | SpendAmount():
            return 2
    return 1


def _ranked(offers: Iterable[Offer]) -> list[Offer]:
    """By priority and id, and of them as many as there is time for."""
    ranked = sorted(offers, key=lambda offer: (-offer.promotion.priority, offer.promotion.id))
    pairs = 0
    for place, offer in enumerate(ranked):
        pairs += len(offer.lines)
        if pairs > PAIRS_LIMIT:
            return ranked[:place]
    return ranked
