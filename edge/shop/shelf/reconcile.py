"""What gaps mean beside the ledger: stock that is not there, what empty shelves cost, what has its place elsewhere."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from edge.core.storage.database import Connection
from edge.shop.catalog.queries import find_by_sku, with_costs
from edge.shop.reports.queries import SoldAt, read_sold_at
from edge.shop.shelf.queries import EmptyTime, ShelfFinding, goods_behind, read_empty, read_findings
from edge.shop.shelf.settings import ShelfSettings
from edge.shop.stock.queries import read_item, read_stock
from edge.shop.transfers.queries import read_transfers

WEEKS = 26
LEAST_SALES, LEAST_EXPECTED = 4, 1.0
"""Who sold less often in that time, or should not have sold once since, says nothing by its silence."""
NEW_US = 4 * 7 * 24 * 3_600_000_000
"""Who was sold first less long ago is new."""
USUAL = 0.05
"""How many products have stock on paper alone, before anything is seen."""
GAP_HOLDS_ALL, GAP_STORE_ROOM = 10.0, 3.0
"""How much likelier that is where the shelf, which holds all of it, or only a part, is empty."""
SURE, LIKELY = 0.8, 0.5
HOUR_US = 3_600_000_000
KEPT_US = HOUR_US


class Phantom(msgspec.Struct, frozen=True):
    """A product with stock on hand, an empty facing, and no sale for longer than usual.

    `percent`: how likely that stock is not there; `expected_permille`: thousandths of sales that should have been.
    """

    finding: int
    bay: str
    sku: str
    on_hand: int
    percent: int
    expected_permille: int
    silent_s: int
    picture: str


class GapCost(msgspec.Struct, frozen=True):
    """What a gap cost so far, in thousandths of the product's unit and minor units: at least, and at most."""

    finding: int
    sku: str
    empty_s: int
    lost_low: int
    lost_high: int
    lost_low_minor: int
    lost_high_minor: int


def phantoms(db: Connection, now_us: int, settings: ShelfSettings) -> list[Phantom]:
    """Likely phantom stock among the gaps that stand, the likeliest first."""
    made = [one for found in read_findings(db) if (one := phantom(db, found, now_us, settings))]
    return sorted(made, key=lambda one: -one.percent)


def phantom(db: Connection, found: ShelfFinding, now_us: int, settings: ShelfSettings) -> Phantom | None:
    """How likely the stock behind a gap is not there; None where nothing can be said, or it is not likely."""
    if found.kind != "gap" or found.closed_us is not None or not is_to_fill(db, found.sku):
        return None
    if goods_behind(db, found):
        return None  # they are there, and want to be drawn to the front
    history = _history(db, found.sku, now_us)
    sold = history.sold
    if len(sold) < LEAST_SALES or now_us - sold[0].at_us < NEW_US:
        return None
    # An empty facing sells nothing, whatever lies in the store room: hours behind the gap then say nothing.
    until_us = min(now_us, found.first_us) if settings.store_room else now_us
    silent_us = max(0, until_us - sold[-1].at_us)
    expected = _rate(history, settings) * silent_us / HOUR_US * settings.open_share
    if expected < LEAST_EXPECTED:
        return None
    likelier = GAP_STORE_ROOM if settings.store_room else GAP_HOLDS_ALL
    chance = silence(expected, *_spread(history))
    share = USUAL * likelier / (USUAL * likelier + (1 - USUAL) * chance)
    if share < LIKELY:
        return None
    silent_s, sure = silent_us // 1_000_000, round(share * 100)
    on_hand = read_stock(db, found.sku)
    return Phantom(found.seq, found.bay, found.sku, on_hand, sure, round(expected * 1000), silent_s, found.picture)


def is_to_fill(db: Connection, sku: str) -> bool:
    """Whether there should be some of it for a shelf: not of what was given up; nor what was recalled, is kept for
    somebody, stands in quarantine, or was put aside for another store."""
    item = read_item(db, sku)
    if item is None or item.retired:
        return False
    recalled = sum(row.total for row in item.rows if row.recalled and row.total > 0)
    aside = sum(line.quantity for one in read_transfers(db, "out", "drafted") for line in one.lines if line.sku == sku)
    return item.available - recalled - aside > 0


class Losses:
    """What is lost in an hour without a product: worked out of half a year's sales by `reckon`, beside the event loop,
    and kept for KEPT_US; what was not worked out yet counts as nothing. One thread reckons, any may ask for the
    order."""

    def __init__(self, settings: ShelfSettings) -> None:
        self._settings = settings
        self._known: dict[str, tuple[int, float]] = {}

    def reckon(self, db: Connection, findings: Sequence[ShelfFinding], now_us: int) -> None:
        """Work out what is not known of these, or no longer."""
        known = self._known
        made = {one.sku: known.get(one.sku, (0, 0.0)) for one in findings}
        for sku, (at_us, _) in made.items():
            if abs(now_us - at_us) >= KEPT_US:
                made[sku] = now_us, _lost_an_hour(db, sku, now_us, self._settings)
        self._known = made

    def ordered(self, findings: Sequence[ShelfFinding]) -> list[ShelfFinding]:
        """Findings, those by which most is lost in an hour first; the older one first where that is the same."""
        known = self._known
        return sorted(findings, key=lambda one: (-known.get(one.sku, (0, 0.0))[1], one.first_us, one.seq))


def _lost_an_hour(db: Connection, sku: str, now_us: int, settings: ShelfSettings) -> float:
    history = _history(db, sku, now_us)
    return _rate(history, settings) * _a_sale(history.sold) * _margin(db, sku, now_us)


def _a_sale(sold: Sequence[SoldAt]) -> float:
    """Thousandths of the product's unit that a sale usually takes."""
    return sum(one.quantity for one in sold) / max(1, len(sold))


def _margin(db: Connection, sku: str, now_us: int) -> int:
    known = find_by_sku(db, sku, now_us)
    products = with_costs(db, [known]) if known else []
    price, cost = next(((one.price_minor or 0, one.cost_minor or 0) for one in products), (0, 0))
    return max(0, price - cost)


def silence(expected: float, mean: float, variance: float) -> float:
    """How likely no sale is where so many are expected: Poisson, or, where days differ more, negative binomial."""
    if variance > mean > 0:
        often = mean * mean / (variance - mean) * max(1.0, expected / mean)
        return float((often / (often + expected)) ** often)
    return math.exp(-expected)


def gap_cost(db: Connection, found: ShelfFinding, now_us: int, settings: ShelfSettings) -> GapCost:
    """What was not sold while a facing was empty: at least in the time in which looks saw it so."""
    empty_us = max(0, (found.closed_us or now_us) - found.first_us)
    history = _history(db, found.sku, found.first_us)
    sold = history.sold
    hours = empty_us / HOUR_US * settings.open_share
    pieces = _rate(history, settings) * hours * _a_sale(sold)
    off = 1 / math.sqrt(len(sold)) if sold else 0.0
    surely = min(1.0, found.seen_s / 3600 / hours) if found.seen_s is not None and hours > 0 else 1.0
    low, high = round(pieces * surely * max(0.0, 1 - off)), round(pieces * (1 + off))
    margin = _margin(db, found.sku, now_us) * settings.lost_percent / 100 / 1000
    return GapCost(found.seq, found.sku, empty_us // 1_000_000, low, high, round(low * margin), round(high * margin))


class _History(NamedTuple):
    """Half a year of sales: all, those while the product was on its shelf, and for how long between the first and the
    last of these it was not. What sells in an empty time says nothing of how it sells."""

    sold: list[SoldAt]
    shelved: list[SoldAt]
    empty_us: int


def _history(db: Connection, sku: str, at_us: int) -> _History:
    since_us = at_us - WEEKS * 7 * 24 * HOUR_US
    sold = read_sold_at(db, sku, since_us)
    spans = [_span(one, sold) for one in read_empty(db, sku, since_us)]
    shelved = [one for one in sold if not any(begin <= one.at_us < end for begin, end in spans)]
    if not shelved:
        return _History(sold, [], 0)
    empty_us, done_us = 0, shelved[0].at_us
    for begin, end in sorted(spans):
        begin, end = max(begin, done_us), min(end, shelved[-1].at_us)
        empty_us += max(0, end - begin)
        done_us = max(done_us, end)
    return _History(sold, shelved, empty_us)


def _span(empty: EmptyTime, sold: Sequence[SoldAt]) -> tuple[int, int]:
    """An empty time; of what was not there at all it begins with the last sale before."""
    end = max((one.at_us + 1 for one in sold), default=0) if empty.until_us is None else empty.until_us
    last_us = max((one.at_us for one in sold if one.at_us < empty.from_us), default=empty.from_us - 1)
    return (last_us + 1 if empty.not_there else empty.from_us), end


def _rate(history: _History, settings: ShelfSettings) -> float:
    """Sales in an hour in which the shop is open, and the product is on its shelf."""
    sold = history.shelved
    if len(sold) < 2:
        return 0.0
    hours = (sold[-1].at_us - sold[0].at_us - history.empty_us) / HOUR_US * settings.open_share
    return (len(sold) - 1) / hours if hours > 0 else 0.0


def _spread(history: _History) -> tuple[float, float]:
    """Mean and variance of sales by day, days without any among them; days of an empty shelf are none."""
    days = Counter(one.at_us // (24 * HOUR_US) for one in history.shelved)
    if not days:
        return 0.0, 0.0
    span = max(len(days), max(days) - min(days) + 1 - history.empty_us // (24 * HOUR_US))
    mean = len(history.shelved) / span
    return mean, (sum((count - mean) ** 2 for count in days.values()) + (span - len(days)) * mean * mean) / span
