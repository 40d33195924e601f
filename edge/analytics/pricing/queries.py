"""Queries on price models: the one in use, suggestions, competitors' prices."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low
from typing import Annotated, Any

import msgspec

from edge.analytics.pricing.events import InStock, Outcome, ProposedPrice
from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.prices import price_at, prices_ahead
from edge.goods.catalog.product import HEAD_OFFICE
from edge.goods.catalog.queries import json_text

SHOWN = 200
Text = Annotated[str, msgspec.Meta(max_length=80)]
_FIELDS = "version, through, outcome, place, trained_us, trained_date, baskets, rows, right, right_before, strengths"
_proposal = msgspec.json.Decoder(ProposedPrice).decode
_RIVALS = """
    SELECT r.sku, r.competitor, r.price_minor, r.in_stock, r.seen_us,
        max(r.seen_us, coalesce((SELECT until_us FROM rival_seen s WHERE s.sku = r.sku AND s.competitor = r.competitor),
        0)), r.url
    FROM (SELECT *, row_number() OVER (PARTITION BY sku, competitor ORDER BY seq DESC) AS n FROM rival_price
        WHERE ?1 IS NULL OR sku IN (SELECT value FROM json_each(?1))) r
    WHERE r.n = 1 AND r.price_minor IS NOT NULL ORDER BY r.sku, r.price_minor, r.competitor
"""
_CHANGES = """
    SELECT competitor, price_minor, in_stock, seen_us, url FROM rival_price WHERE sku = ? ORDER BY seq DESC LIMIT ?
"""
AS_OF_US = 30 * 60 * 1_000_000
"""Age from which an observed price is shown with its time."""
_LEFT = "SELECT sku FROM price_left WHERE sku IN (SELECT value FROM json_each(?)) AND business_date >= ?"
_HELD = """
    SELECT p.sku FROM json_each(?1) j JOIN product p ON p.sku = j.value
    WHERE p.priced_by = ?3 OR EXISTS (
        SELECT 1 FROM price r WHERE r.product_id = p.id AND r.list = 'store' AND r.source = ?3
            AND iif(r.bound, r.until_us >= ?2, r.from_us > p.priced_us) AND NOT EXISTS (
                SELECT 1 FROM price n WHERE r.bound = 0 AND n.product_id = p.id AND n.list = 'store' AND n.bound = 0
                    AND n.from_us > r.from_us AND n.from_us <= ?2))
"""


class PriceModel(msgspec.Struct, frozen=True):
    """A trained model (see `PriceModelTrained`); `place` 0: in use, 1: used before that one."""

    version: str
    through: str
    outcome: Outcome
    place: int | None
    trained_us: int
    trained_date: str
    baskets: int
    rows: int
    right: int
    right_before: int
    strengths: dict[str, int]


class CompetitorPrice(msgspec.Struct, frozen=True):
    """A competitor's price for a product on a day."""

    sku: str
    competitor: str
    price_minor: int
    day: str


class RivalPrice(msgspec.Struct, frozen=True):
    """A competitor's price: in effect since `since_us`, last seen at `until_us`."""

    sku: str
    competitor: str
    price_minor: int
    in_stock: InStock
    since_us: int
    until_us: int
    url: str


class RivalChange(msgspec.Struct, frozen=True):
    """A change of a competitor's price or stock; `price_minor` None: no longer known."""

    competitor: str
    price_minor: int | None
    in_stock: InStock
    seen_us: int
    url: str


class RivalHistory(msgspec.Struct, frozen=True):
    """A product's current and earlier competitor prices (newest first), and `ours_minor`.

    `as_of`: competitors whose prices haven't been seen for half an hour.
    """

    ours_minor: int | None
    now: list[RivalPrice]
    as_of: list[str]
    changes: list[RivalChange]


def price_models(db: Connection, limit: Number = 20) -> list[PriceModel]:
    """Models, newest first; 200 at most."""
    rows = db.execute(f"SELECT {_FIELDS} FROM price_model ORDER BY trained_us DESC LIMIT ?", (min(limit, SHOWN),))
    return [_model(row) for row in rows]


def read_price_model(db: Connection, version: str) -> PriceModel | None:
    """A model by its version."""
    row = db.execute(f"SELECT {_FIELDS} FROM price_model WHERE version = ?", (version,)).fetchone()
    return _model(row) if row else None


def model_at(db: Connection, place: int) -> PriceModel | None:
    """The model at a place: 0 is in use, 1 was used before, and so on; None if there is none."""
    row = db.execute(f"SELECT {_FIELDS} FROM price_model WHERE place = ?", (place,)).fetchone()
    return _model(row) if row else None


def proposed_prices(db: Connection, limit: Number = SHOWN) -> list[ProposedPrice]:
    """Suggestions to approve, largest expected gain first; 200 at most."""
    found = [_proposal(body) for (body,) in db.execute("SELECT body FROM price_proposal")]
    return sorted(found, key=lambda one: (one.earned_now - one.earned_then, one.sku))[: min(limit, SHOWN)]


def proposals_of(db: Connection, skus: Sequence[str]) -> dict[str, tuple[str, ProposedPrice]]:
    """The suggestions for these products, each with its model's version."""
    rows = db.execute(
        "SELECT r.version, r.body FROM json_each(?) j JOIN price_proposal r ON r.sku = j.value", (json_text(skus),)
    )
    found = ((version, _proposal(body)) for version, body in rows)
    return {one.sku: (version, one) for version, one in found}


def rejected_since(db: Connection, skus: Sequence[str], day: str) -> set[str]:
    """Products whose suggestion was rejected on that day or later."""
    return {sku for (sku,) in db.execute(_LEFT, (json_text(skus), day))}


def count_proposed(db: Connection) -> int:
    """The number of suggestions to approve."""
    return int(db.execute("SELECT count(*) FROM price_proposal").fetchone()[0])


def competitor_prices(db: Connection, limit: Number = SHOWN) -> list[CompetitorPrice]:
    """Competitors' prices, last seen first; 200 at most."""
    rows = db.execute(
        "SELECT sku, competitor, price_minor, day FROM competitor_price ORDER BY day DESC, sku, competitor LIMIT ?",
        (min(limit, SHOWN),),
    )
    return [CompetitorPrice(*row) for row in rows]


def asked_elsewhere(db: Connection, since: str) -> dict[str, tuple[int, int]]:
    """The lowest and median competitor price of each product, from `since` on."""
    prices: dict[str, list[int]] = {}
    for sku, price in db.execute(
        "SELECT sku, price_minor FROM competitor_price WHERE day >= ? AND price_minor > 0", (since,)
    ):
        prices.setdefault(sku, []).append(price)
    return {sku: (min(found), median_low(found)) for sku, found in prices.items()}


def priced_by_head_office(db: Connection, skus: Sequence[str], now_us: int) -> set[str]:
    """Products whose price is set by head office, now or in the future."""
    return {sku for (sku,) in db.execute(_HELD, (json_text(skus), now_us, HEAD_OFFICE))}


def _model(row: tuple[Any, ...]) -> PriceModel:
    strengths = msgspec.json.decode(row[-1], type=dict[str, int])
    version, through, outcome, place, at_us, day, baskets, rows, right, before = row[:-1]
    return PriceModel(version, through, outcome, place, at_us, day, baskets, rows, right, before, strengths)


def rivals_of(db: Connection, skus: Sequence[str] | None = None) -> dict[str, list[RivalPrice]]:
    """Competitors' current prices by SKU, lowest first; for these products, or for all."""
    found: dict[str, list[RivalPrice]] = {}
    for row in db.execute(_RIVALS, (None if skus is None else json_text(skus),)):
        found.setdefault(row[0], []).append(RivalPrice(*row))
    return found


def dearer_than(db: Connection, now_us: int, percent: int) -> dict[str, tuple[int, RivalPrice]]:
    """Our price and the cheapest competitor's, by SKU, where ours is more than this many percent higher.

    Competitors without stock are ignored.
    """
    rivals = rivals_of(db)
    ours, _ = prices_ahead(db, sorted(rivals), [now_us])
    found: dict[str, tuple[int, RivalPrice]] = {}
    for sku, theirs in rivals.items():
        lowest = next((one for one in theirs if one.in_stock != "no"), None)
        if lowest and sku in ours and ours[sku] * 100 > lowest.price_minor * (100 + percent):
            found[sku] = (ours[sku], lowest)
    return found


def rival_prices(db: Connection, sku: Text, now_us: Number = 0, limit: Number = SHOWN) -> RivalHistory:
    """Competitors' prices for a product with their history, at most 200 changes.

    `now_us`: the time for our own price and for marking outdated ones (0: neither).
    """
    now = rivals_of(db, (sku,)).get(sku, [])
    changes = [RivalChange(*row) for row in db.execute(_CHANGES, (sku, min(limit, SHOWN)))]
    as_of = [one.competitor for one in now if now_us and now_us - one.until_us > AS_OF_US]
    return RivalHistory(price_at(db, sku, now_us) if now_us else None, now, as_of, changes)
