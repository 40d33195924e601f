"""Calculates promotions on basket lines. Pure.

Order: higher priority first. Within a priority, promotions on several pieces together come first, the largest discount
before the others; then promotions on single pieces, the largest discount per piece first; then promotions on the amount
spent. Ties are resolved by id. Each piece is used by at most one promotion, and no price increases.

A promotion for a price list's customers reduces the list's price. A promotion for everyone is calculated from the
store's price and adds only the amount beyond the list's own reduction, so the customer pays the lower of the two
prices. It doesn't use up pieces that it wouldn't make cheaper.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

import msgspec

from edge.goods.promotions.promotion import (
    AmountOff,
    BuyGet,
    FixedPrice,
    PercentOff,
    Promotion,
    SeveralFor,
    SpendAmount,
    SpendShare,
)
from edge.lib.tax.rules import FULL
from edge.lib.units.money import amount_minor, divide_half_up
from edge.lib.units.quantity import THOUSANDTHS

PAIRS_LIMIT = 10_000
"""Maximum pairs of a line and a promotion to calculate; the lowest-ranked promotions beyond it aren't applied."""


class Item(msgspec.Struct, frozen=True):
    """A basket line: `quantity` thousandths of its unit at `price_minor` each.

    `pieces`: the line is countable; otherwise (measured goods, or a case) it is used as a whole. `unit`: `price_minor`
    is per product unit, not per case. `store_minor`: the general store price; None or a lower value means
    `price_minor`.
    """

    line: int
    sku: str
    quantity: int
    price_minor: int
    pieces: bool = True
    unit: bool = True
    store_minor: int | None = None


class Offer(msgspec.Struct, frozen=True):
    """A promotion in effect, and the lines it applies to."""

    promotion: Promotion
    lines: tuple[int, ...]


Taken = tuple[int, int, int]
"""(line, thousandths used, its discount in minor units)."""
Run = tuple[int, int, int, int]
"""(base price of a piece, difference to the buyer's lower price, line, number of pieces)."""
_HOW_MUCH_LESS, _PIECES = itemgetter(1), itemgetter(3)
Off = tuple[str, int]
"""(id of the promotion, its discount in minor units)."""


def discounts(items: Iterable[Item], offers: Iterable[Offer]) -> dict[int, tuple[Off, ...]]:
    """Discounts by line number; lines without any are omitted."""
    basket = Free({item.line: item for item in items})
    for _, same in groupby(_rank_offers(offers), key=lambda offer: offer.promotion.priority):
        stages: tuple[list[Offer], list[Offer], list[Offer]] = ([], [], [])
        for offer in same:
            stages[_stage(offer.promotion)].append(offer)
        several, each, spend = stages
        basket.most_first(several)
        basket.each(each)
        basket.most_first(spend)
    return {line: tuple(off.items()) for line, off in basket.off.items()}


class Free:
    """The unused part of a basket, and discounts so far."""

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
        """Repeatedly apply the largest discount. Discounts shrink as items are used up.

        With list prices, a discount can grow when items without benefit are used up; the offer then keeps its position.
        """
        heap = [(-_sum(taken), offer.promotion.id, 0, offer, taken) for offer in offers if (taken := self.fit(offer))]
        heapq.heapify(heap)
        used_at: dict[int, int] = {}
        step = 0
        while heap:
            known, id, looked_at, offer, taken = heapq.heappop(heap)
            if step > looked_at and any(used_at.get(line, 0) > looked_at for line in offer.lines):
                taken = self.fit(offer)
                if -_sum(taken) > known:
                    heapq.heappush(heap, (-_sum(taken), id, step, offer, taken))
                    continue
            if taken and known:
                step += 1
                used_at.update((line, step) for line, *_ in taken)
                self.take(offer.promotion, taken)

    def fit(self, offer: Offer) -> list[Taken]:
        """The items an offer on several items or on spending would use, with their discounts."""
        promotion = offer.promotion
        match promotion.deal:
            case SeveralFor() as deal:
                return _several(deal, self._runs(offer, deal.count), promotion.times)
            case BuyGet() as deal:
                return _buy_get(deal, self._runs(offer, deal.buy + deal.get), promotion.times)
            case SpendShare() | SpendAmount() as deal:
                return self._spend(deal, offer)
        raise TypeError(f"{promotion.id} takes off each piece and has no groups")

    def each(self, offers: Sequence[Offer]) -> None:
        """Apply single-item offers, largest discount first."""
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
            if times is not None and item.pieces:
                quantity = min(quantity, times * THOUSANDTHS)
            if not (minor := _off(promotions[id], item, quantity)):
                continue
            if times is not None:
                left[id] = times - (quantity // THOUSANDTHS if item.pieces else 1)
            self.take(promotions[id], [(line, quantity, minor)])

    def _off_each(self, promotion: Promotion, item: Item) -> int:
        """The discount on one item, or on a whole line that isn't countable."""
        free = self.quantity[item.line]
        if not item.pieces:
            return _off(promotion, item, free)
        if not _less(promotion, item):
            return _off(promotion, item, THOUSANDTHS)
        # an average, because rounding per piece could give zero
        return -(-_off(promotion, item, free) * THOUSANDTHS // free)

    def _spend(self, deal: SpendShare | SpendAmount, offer: Offer) -> list[Taken]:
        promotion, used = offer.promotion, list[Taken]()
        free = [(self.items[line], self.quantity[line]) for line in offer.lines if self.quantity[line]]
        worth = [amount_minor(item.price_minor + _less(promotion, item), quantity) for item, quantity in free]
        shares = spread(_discount_minor(deal, sum(worth), promotion.times), worth)
        for (item, quantity), asked, minor in zip(free, worth, shares, strict=True):
            used.append((item.line, quantity, max(0, minor - asked + amount_minor(item.price_minor, quantity))))
        return used if _sum(used) else []

    def _runs(self, offer: Offer, group: int) -> list[Run]:
        """Return the unused pieces of an offer, most expensive first, then by the buyer's price.

        Empty if there are fewer than `group`.
        """
        promotion, found, pieces = offer.promotion, list[Run](), 0
        for line in offer.lines:
            item, count = self.items[line], self.quantity[line] // THOUSANDTHS
            if count and item.pieces:
                less = _less(promotion, item) if item.store_minor is not None else 0
                found.append((-item.price_minor - less, less, line, count))
                pieces += count
        if pieces < group:
            return []
        found.sort()
        return [(-price, less, line, count) for price, less, line, count in found]


def spread(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Distribute an amount proportionally, to the cent.

    No share exceeds its weight unless the amount exceeds the total.
    """
    whole, through, given, shares = sum(weights), 0, 0, list[int]()
    if not whole:
        return [0] * len(weights)
    for weight in weights:
        through += weight
        before, given = given, divide_half_up(total_minor * through, whole)
        shares.append(given - before)
    return shares


def _groups(runs: Iterable[Run], size: int) -> Iterator[tuple[int, list[Run]]]:
    """Full groups of items, grouping the most expensive together: the number of identical groups, and
    their contents.
    """
    group: list[Run] = []
    missing = size
    for price, less, line, count in runs:
        if group:
            some = min(count, missing)
            group.append((price, less, line, some))
            count, missing = count - some, missing - some
            if missing:
                continue
            yield 1, group
            group, missing = [], size
        if count >= size:
            yield count // size, [(price, less, line, size)]
        if rest := count % size:
            group, missing = [(price, less, line, rest)], size - rest


def _several(deal: SeveralFor, runs: Sequence[Run], times: int) -> list[Taken]:
    """Apply a group price to full groups of pieces, most expensive first, as long as it makes them cheaper."""
    taken: list[Taken] = []
    left = times or None
    for often, group in _groups(runs, deal.count):
        worth = [price * pieces for price, _, _, pieces in group]
        off = sum(worth) - deal.price_minor
        if off <= 0 or left == 0:
            break
        shares = spread(off, worth) if len(group) > 1 else (off,)
        each = [share - less * pieces for (_, less, _, pieces), share in zip(group, shares, strict=True)]
        if max(each) <= 0:
            continue
        if left is not None:
            often = min(often, left)
            left -= often
        for (_, _, line, pieces), minor in zip(group, each, strict=True):
            taken.append((line, often * pieces * THOUSANDTHS, often * minor if minor > 0 else 0))
    return taken


def _buy_get(deal: BuyGet, runs: Sequence[Run], times: int) -> list[Taken]:
    """Discount the last `get` pieces of each full group of `buy` + `get`; pieces are sorted by price, highest first."""
    if runs and (runs[-1][0] <= 0 or any(map(_HOW_MUCH_LESS, runs))):
        runs = _worthwhile(deal, runs)
    buy, get, share = deal.buy, deal.get, deal.share
    size = buy + get
    groups = sum(map(_PIECES, runs)) // size
    end = size * (min(groups, times) if times else groups)
    taken: list[Taken] = []
    place = through = 0  # pieces so far, and how many of them are discounted
    for price, less, line, count in runs:
        if place == end:
            break
        pieces = count if count < end - place else end - place
        place += pieces
        rest = place % size
        before, through = through, place // size * get + (rest - buy if rest > buy else 0)
        minor = _part((through - before) * price, share) if through > before else 0
        taken.append((line, pieces * THOUSANDTHS, max(0, minor - pieces * less) if less else minor))
    return taken


def _worthwhile(deal: BuyGet, runs: Iterable[Run]) -> list[Run]:
    """Return the pieces of full groups that the deal makes cheaper."""
    kept: dict[int, Run] = {}
    for often, group in _groups(runs, deal.buy + deal.get):
        rest, brings = deal.get, False
        for price, less, _, pieces in reversed(group):
            cheaper = min(pieces, rest)
            rest -= cheaper
            brings = brings or cheaper * price * deal.share > pieces * less * FULL
        if brings:
            for price, less, line, pieces in group:
                before = kept[line][3] if line in kept else 0
                kept[line] = (price, less, line, before + often * pieces)
    return list(kept.values())


def _discount_minor(deal: SpendShare | SpendAmount, worth_minor: int, times: int) -> int:
    if worth_minor < deal.spend_minor:
        return 0
    if isinstance(deal, SpendShare):
        return _part(worth_minor, deal.share)
    full = worth_minor // deal.spend_minor
    return min(worth_minor, deal.off_minor * (min(full, times) if times else full))


def _off(promotion: Promotion, item: Item, quantity: int) -> int:
    """The single-item discount on part of a line."""
    less = _less(promotion, item)
    worth = amount_minor(item.price_minor + less, quantity)
    match promotion.deal:
        case PercentOff(share):
            minor = _part(worth, share)
        case AmountOff(off_minor) if item.unit:
            minor = min(worth, amount_minor(off_minor, quantity))
        case FixedPrice(price_minor) if item.unit:
            minor = max(0, worth - amount_minor(price_minor, quantity))
        case _:
            return 0
    return max(0, minor - worth + amount_minor(item.price_minor, quantity)) if less else minor


def _less(promotion: Promotion, item: Item) -> int:
    """The difference between the promotion's base price and the price the buyer already pays."""
    if promotion.list or item.store_minor is None:
        return 0
    return max(0, item.store_minor - item.price_minor)


def _part(minor: int, share: int) -> int:
    return minor if share == FULL else divide_half_up(minor * share, FULL)


def _sum(taken: Iterable[Taken]) -> int:
    return sum(minor for *_, minor in taken)


_STAGES = {SeveralFor: 0, BuyGet: 0, SpendShare: 2, SpendAmount: 2}


def _stage(promotion: Promotion) -> int:
    return _STAGES.get(type(promotion.deal), 1)


def _rank_offers(offers: Iterable[Offer]) -> list[Offer]:
    """Sort offers by priority and id; the number of offers is limited to bound processing time."""
    ranked = sorted(offers, key=lambda offer: (-offer.promotion.priority, offer.promotion.id))
    pairs = 0
    for place, offer in enumerate(ranked):
        pairs += len(offer.lines)
        if pairs > PAIRS_LIMIT:
            return ranked[:place]
    return ranked
