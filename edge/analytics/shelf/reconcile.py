"""Compare gaps with recorded stock: phantom stock, the cost of empty shelves, misplaced products."""

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
"""Minimum expected sales for a conclusion; with fewer, an absence of sales means nothing."""
NEW_US = 4 * 7 * DAY_US
"""Time since a product's first sale below which it counts as new."""
USUAL = 0.05
"""Prior probability that a product has phantom stock."""
GAP_HOLDS_ALL, GAP_STORE_ROOM = 10.0, 3.0
"""Likelihood ratios of an empty shelf if it should hold all stock, and if there is also a store room."""
GOODS_SEEN, UNSEEN = 0.1, 1.0
"""Likelihood ratios if a camera sees goods in the facing, and if no camera covers it."""
SILENT_AT_ONCE = 40
"""Maximum products examined for missing sales at once, starting with the highest expected sales."""
MISSED_DAYS = 2.0
"""Minimum days of missed sales before phantom stock can be likely: with the prior, it takes three expected sales."""
SURE, LIKELY = 0.8, 0.5
KEPT_US = HOUR_US


class Phantom(msgspec.Struct, frozen=True):
    """A product with recorded stock that hasn't sold for unusually long and whose facing is empty or not watched.

    `percent`: the probability that the stock doesn't exist; `expected_permille`: the sales expected in that time, in
    thousandths. If only the lack of sales suggests it, `finding` is 0, and `bay` and `picture` are "".
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
    """The cost of a gap so far, in thousandths of the product's unit and minor units: lower and upper bound; and the
    cost per day at present.

    It's computed from the `expected` sales in thousandths, plus or minus `off_percent`, based on `sales` in half a
    year. `seen_percent`: share of the time in which looks showed the gap; `margin_minor`: margin per unit;
    `lost_percent`: share of missed sales that counts as lost.
    """

    finding: int
    sku: str
    empty_s: int
    lost_low: int
    lost_high: int
    lost_low_minor: int
    lost_high_minor: int
    lost_day_minor: int = 0
    expected: int = 0
    off_percent: int = 0
    sales: int = 0
    seen_percent: int = 100
    margin_minor: int = 0
    lost_percent: int = 0


def phantoms(db: Connection, now_us: int, settings: ShelfSettings) -> list[Phantom]:
    """Probable phantom stock among open gaps, most probable first."""
    made = [one for found in read_findings(db) if (one := phantom(db, found, now_us, settings))]
    return sorted(made, key=lambda one: -one.percent)


def silent_stock(db: Connection, now_us: int, settings: ShelfSettings) -> list[Phantom]:
    """Probable phantom stock suggested only by missing sales, most probable first.

    For products that a camera sees, it is much less probable.
    """
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
    """The probability that the stock behind a gap doesn't exist; None if unknown or improbable."""
    if found.kind != "gap" or found.closed_us is not None or not is_to_fill(db, found.sku):
        return None
    if goods_behind(db, found):
        return None  # the goods are at the back of the shelf and only need to be pulled forward
    # With a store room, an empty facing sells nothing despite stock: hours after the gap began prove nothing.
    until_us = min(now_us, found.first_us) if settings.store_room else now_us
    likelier = GAP_STORE_ROOM if settings.store_room else GAP_HOLDS_ALL
    told = _silent(db, found.sku, now_us, until_us, likelier, settings)
    return told and msgspec.structs.replace(told, finding=found.seq, bay=found.bay, picture=found.picture)


def _silent(
    db: Connection, sku: str, now_us: int, until_us: int, likelier: float, settings: ShelfSettings
) -> Phantom | None:
    """The probability that a product's stock doesn't exist, given the sales expected until `until_us` and the look's
    likelihood ratio; None if unknown or improbable.
    """
    history = read_history(db, sku, now_us, settings.place)
    sold = history.sold
    if len(sold) < LEAST_SALES or now_us - sold[0].at_us < NEW_US:
        return None
    silent_us = max(0, until_us - sold[-1].at_us)
    expected = history.expected_sales(until_us - silent_us, until_us)
    if expected < LEAST_EXPECTED:
        return None
    chance = silence(expected, *history.spread)
    share = USUAL * likelier / (USUAL * likelier + (1 - USUAL) * chance)
    if share < LIKELY:
        return None
    on_hand = read_stock(db, sku)
    return Phantom(0, "", sku, on_hand, round(share * 100), round(expected * 1000), silent_us // 1_000_000, "")


def is_to_fill(db: Connection, sku: str) -> bool:
    """Whether a product has stock that could fill a shelf.

    Retired products, and goods recalled, reserved, in quarantine or for another store, don't count.
    """
    item = read_item(db, sku)
    if item is None or item.retired:
        return False
    recalled = sum(row.total for row in item.rows if row.recalled and row.total > 0)
    aside = sum(line.quantity for one in read_transfers(db, "out", "drafted") for line in one.lines if line.sku == sku)
    return item.available - recalled - aside > 0


class Losses:
    """The cost of open gaps, calculated from half a year's sales and cached for KEPT_US; unknown costs count as zero.

    Only the gap watch calculates, on the watch thread; any thread may read.
    """

    def __init__(self, settings: ShelfSettings) -> None:
        self._settings = settings
        self._known: dict[int, tuple[int, GapCost]] = {}

    def reckon(self, db: Connection, gaps: Sequence[ShelfFinding], now_us: int) -> None:
        """Calculate missing or outdated costs of these gaps."""
        made = {}
        for one in gaps:
            known = self._known.get(one.seq)
            if known is None or abs(now_us - known[0]) >= KEPT_US:
                known = now_us, gap_cost(db, one, now_us, self._settings)
            made[one.seq] = known
        self._known = made

    def known_costs(self) -> list[GapCost]:
        """The known costs, largest daily loss first."""
        return sorted((cost for _, cost in self._known.values()), key=lambda one: (-one.lost_day_minor, one.finding))


def by_loss(findings: Iterable[ShelfFinding], costs: Iterable[GapCost]) -> list[ShelfFinding]:
    """Findings by daily loss, largest first; ties by age, oldest first."""
    lost = {one.finding: one.lost_day_minor for one in costs}
    return sorted(findings, key=lambda one: (-lost.get(one.seq, 0), one.first_us, one.seq))


def _margin(db: Connection, sku: str, now_us: int) -> int:
    known = find_by_sku(db, sku, now_us)
    products = with_costs(db, [known]) if known else []
    price, cost = next(((one.price_minor or 0, one.cost_minor or 0) for one in products), (0, 0))
    return max(0, price - cost)


def silence(expected: float, mean: float, variance: float) -> float:
    """The probability of no sale if `expected` sales are expected: Poisson, or negative binomial if days vary more."""
    if variance > mean > 0:
        often = mean * mean / (variance - mean) * max(1.0, expected / mean)
        return float((often / (often + expected)) ** often)
    return math.exp(-expected)


def gap_cost(db: Connection, found: ShelfFinding, now_us: int, settings: ShelfSettings) -> GapCost:
    """The cost of sales lost while a facing was empty.

    Its lower bound only counts the time for which camera pictures showed the gap.
    """
    until_us = found.closed_us or now_us
    empty_us = max(0, until_us - found.first_us)
    history = read_history(db, found.sku, found.first_us, settings.place)
    pieces = history.expected_sales(found.first_us, until_us) * history.a_sale
    off = 1 / math.sqrt(len(history.sold)) if history.sold else 0.0
    hours = empty_us / HOUR_US * settings.open_share
    surely = min(1.0, found.seen_s / 3600 / hours) if found.seen_s is not None and hours > 0 else 1.0
    low, high = round(pieces * surely * max(0.0, 1 - off)), round(pieces * (1 + off))
    each_minor = _margin(db, found.sku, now_us)
    margin = each_minor * settings.lost_percent / 100 / 1000
    a_day = history.on(settings.day_of(now_us)) * history.a_sale
    return GapCost(
        found.seq,
        found.sku,
        empty_us // 1_000_000,
        lost_low=low,
        lost_high=high,
        lost_low_minor=round(low * margin),
        lost_high_minor=round(high * margin),
        lost_day_minor=round(a_day * margin),
        expected=round(pieces),
        off_percent=round(100 * off),
        sales=len(history.sold),
        seen_percent=round(100 * surely),
        margin_minor=each_minor,
        lost_percent=settings.lost_percent,
    )
