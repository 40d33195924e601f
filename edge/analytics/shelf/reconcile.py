"""What gaps mean beside the ledger: stock that is not there, what empty shelves cost, what has its place elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import timedelta

import msgspec

from edge.analytics.forecast.queries import read_silent
from edge.analytics.shelf.queries import ShelfFinding, goods_behind, goods_seen, read_findings
from edge.analytics.shelf.sales_history import DAY_US, HOUR_US, LEAST_SALES, WEEKS, read_history
from edge.analytics.shelf.settings import ShelfSettings
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import find_by_sku, with_costs
from edge.goods.stock.queries import read_item, read_stock
from edge.goods.transfers.queries import read_transfers

LEAST_EXPECTED = 1.0
"""Who should not have sold once says nothing by its silence."""
NEW_US = 4 * 7 * DAY_US
"""Who was sold first less long ago is new."""
USUAL = 0.05
"""How many products have stock on paper alone, before anything is seen."""
GAP_HOLDS_ALL, GAP_STORE_ROOM = 10.0, 3.0
"""How much likelier that is where the shelf, which holds all of it, or only a part, is empty."""
GOODS_SEEN, UNSEEN = 0.1, 1.0
"""The same where a camera sees goods in its place, and where none looks."""
SILENT_AT_ONCE = 40
"""Products whose silence is looked into at once, those that should have sold most."""
MISSED_DAYS = 2.0
"""Whose sales are missed on fewer days cannot be likely: with the usual share it takes three expected ones."""
SURE, LIKELY = 0.8, 0.5
KEPT_US = HOUR_US


class Phantom(msgspec.Struct, frozen=True):
    """A product with stock on hand and no sale for longer than usual, whose facing is empty or not seen.

    `percent`: how likely that stock is not there; `expected_permille`: thousandths of sales that should have been.
    `finding` is 0, `bay` and `picture` are "" where its silence alone says so.
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
    """What a gap cost so far, in thousandths of the product's unit and minor units: at least, and at most; and what a
    day of it costs today."""

    finding: int
    sku: str
    empty_s: int
    lost_low: int
    lost_high: int
    lost_low_minor: int
    lost_high_minor: int
    lost_day_minor: int = 0


def phantoms(db: Connection, now_us: int, settings: ShelfSettings) -> list[Phantom]:
    """Likely phantom stock among the gaps that stand, the likeliest first."""
    made = [one for found in read_findings(db) if (one := phantom(db, found, now_us, settings))]
    return sorted(made, key=lambda one: -one.percent)


def silent_stock(db: Connection, now_us: int, settings: ShelfSettings) -> list[Phantom]:
    """Likely phantom stock by its silence alone, the likeliest first: of products that no camera sees, or of which one
    sees goods, which makes it much less likely."""
    today = settings.day_of(now_us)
    first = today - timedelta(weeks=WEEKS)
    empty = {one.sku for one in read_findings(db) if one.kind == "gap"}
    seen = goods_seen(db)
    skus = read_silent(db, first.isoformat(), today.isoformat(), LEAST_SALES, MISSED_DAYS, SILENT_AT_ONCE)
    made = []
    for sku in skus:
        if sku in empty or not is_to_fill(db, sku):
            continue
        likelier = GOODS_SEEN if sku in seen else UNSEEN
        if told := _silent(db, sku, now_us, now_us, likelier, settings):
            made.append(told)
    return sorted(made, key=lambda one: (-one.percent, one.sku))


def phantom(db: Connection, found: ShelfFinding, now_us: int, settings: ShelfSettings) -> Phantom | None:
    """How likely the stock behind a gap is not there; None where nothing can be said, or it is not likely."""
    if found.kind != "gap" or found.closed_us is not None or not is_to_fill(db, found.sku):
        return None
    if goods_behind(db, found):
        return None  # they are there, and want to be drawn to the front
    # An empty facing sells nothing, whatever lies in the store room: hours behind the gap then say nothing.
    until_us = min(now_us, found.first_us) if settings.store_room else now_us
    likelier = GAP_STORE_ROOM if settings.store_room else GAP_HOLDS_ALL
    told = _silent(db, found.sku, now_us, until_us, likelier, settings)
    return told and msgspec.structs.replace(told, finding=found.seq, bay=found.bay, picture=found.picture)


def _silent(
    db: Connection, sku: str, now_us: int, until_us: int, likelier: float, settings: ShelfSettings
) -> Phantom | None:
    """How likely a product's stock is not there, by the sales that should have been until a moment, and how much
    likelier what is seen makes it; None where nothing can be said, or it is not likely."""
    history = read_history(db, sku, now_us, settings.place)
    sold = history.sold
    if len(sold) < LEAST_SALES or now_us - sold[0].at_us < NEW_US:
        return None
    silent_us = max(0, until_us - sold[-1].at_us)
    expected = history.expected(until_us - silent_us, until_us)
    if expected < LEAST_EXPECTED:
        return None
    chance = silence(expected, *history.spread)
    share = USUAL * likelier / (USUAL * likelier + (1 - USUAL) * chance)
    if share < LIKELY:
        return None
    on_hand = read_stock(db, sku)
    return Phantom(0, "", sku, on_hand, round(share * 100), round(expected * 1000), silent_us // 1_000_000, "")


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
    """What gaps cost that stand: worked out of half a year's sales by the watch of gaps, on the thread of watches, and
    kept for KEPT_US; what was not worked out yet counts as nothing. One thread reckons, any may ask."""

    def __init__(self, settings: ShelfSettings) -> None:
        self._settings = settings
        self._known: dict[int, tuple[int, GapCost]] = {}

    def reckon(self, db: Connection, gaps: Sequence[ShelfFinding], now_us: int) -> None:
        """Work out what is not known of these, or no longer."""
        made = {}
        for one in gaps:
            known = self._known.get(one.seq)
            if known is None or abs(now_us - known[0]) >= KEPT_US:
                known = now_us, gap_cost(db, one, now_us, self._settings)
            made[one.seq] = known
        self._known = made

    def known(self) -> list[GapCost]:
        """What is known: those first by which most is lost in a day."""
        return sorted((cost for _, cost in self._known.values()), key=lambda one: (-one.lost_day_minor, one.finding))


def by_loss(findings: Iterable[ShelfFinding], costs: Iterable[GapCost]) -> list[ShelfFinding]:
    """Findings, those by which most is lost first; the older one first where that is the same."""
    lost = {one.finding: one.lost_day_minor for one in costs}
    return sorted(findings, key=lambda one: (-lost.get(one.seq, 0), one.first_us, one.seq))


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
    until_us = found.closed_us or now_us
    empty_us = max(0, until_us - found.first_us)
    history = read_history(db, found.sku, found.first_us, settings.place)
    pieces = history.expected(found.first_us, until_us) * history.a_sale
    off = 1 / math.sqrt(len(history.sold)) if history.sold else 0.0
    hours = empty_us / HOUR_US * settings.open_share
    surely = min(1.0, found.seen_s / 3600 / hours) if found.seen_s is not None and hours > 0 else 1.0
    low, high = round(pieces * surely * max(0.0, 1 - off)), round(pieces * (1 + off))
    margin = _margin(db, found.sku, now_us) * settings.lost_percent / 100 / 1000
    a_day = history.on(settings.day_of(now_us)) * history.a_sale
    money = (round(thousandths * margin) for thousandths in (low, high, a_day))
    return GapCost(found.seq, found.sku, empty_us // 1_000_000, low, high, *money)
