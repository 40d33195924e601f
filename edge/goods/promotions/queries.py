"""Queries on promotions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import places_of
from edge.goods.catalog.queries import json_text
from edge.goods.promotions.promotion import ALL_PRODUCTS, FOREVER_US, Promotion, keys_of
from edge.goods.promotions.rules import Item, Offer
from edge.lib.late_decoder import late_decoder

PAGE_LIMIT = 500
READ_LIMIT = 1_000
"""Number of promotions whose parsed form is cached; beyond it, they are parsed each time."""

_decode = late_decoder(Promotion)
_FIELDS = "id, body, from_us, until_us, seq"
_TOUCHING = """
    SELECT k.promotion, k.key FROM json_each(?1) j
    JOIN promotion_key k ON k.key = j.value AND k.until_us > ?2
    JOIN promotion p ON p.id = k.promotion
    WHERE p.from_us <= ?2 AND p.list IN ('', ?3)
"""
_CATEGORIES = "SELECT DISTINCT substr(key, 3) FROM promotion_key WHERE key >= 'c:' AND key < 'c;'"
_BODIES = "SELECT p.id, p.body FROM json_each(?) j JOIN promotion p ON p.id = j.value"
_PAGE = f"""
    SELECT {_FIELDS} FROM promotion WHERE (until_us <= ?1) = ?2 AND id > ?3 ORDER BY id LIMIT ?4
"""

_SINCE = f"SELECT {_FIELDS} FROM promotion WHERE until_us >= ? AND list = '' ORDER BY until_us DESC LIMIT ?"


class KeptPromotion(msgspec.Struct, frozen=True):
    """A promotion with start and end (None: no end), and the journal row that last changed it."""

    promotion: Promotion
    from_us: int
    until_us: int | None
    seq: int


def read_promotion(db: Connection, id: str) -> KeptPromotion | None:
    """Return one promotion, including ended ones, or None."""
    row = db.execute(f"SELECT {_FIELDS} FROM promotion WHERE id = ?", (id,)).fetchone()
    return _decode_promotion(row) if row else None


def read_promotions(
    db: Connection, at_us: Number, over: bool = False, after: str = "", limit: Number = 100
) -> list[KeptPromotion]:
    """Current and scheduled promotions at a moment, or with `over` ended ones, by id from after `after`."""
    rows = db.execute(_PAGE, (at_us, over, after, min(limit, PAGE_LIMIT)))
    return [_decode_promotion(row) for row in rows]


def promotions_of(db: Connection, sku: str, since_us: int) -> list[KeptPromotion]:
    """Return the promotions for everyone that end at `since_us` or later and apply to a product as now categorised.

    Only the `READ_LIMIT` promotions with the latest ends are considered.
    """
    places = places_of(db, [sku])
    keys = {ALL_PRODUCTS, *keys_of((sku,), (), ())}
    for place in places.values():
        keys |= {*keys_of((), place.categories, (place.brand,))}
    found = (_decode_promotion(row) for row in db.execute(_SINCE, (since_us, READ_LIMIT)))
    return [
        one
        for one in found
        if keys.intersection(one.promotion.goods.keys or (ALL_PRODUCTS,))
        and not keys.intersection(one.promotion.but.keys)
    ]


def count_ahead(db: Connection, at_us: int) -> int:
    """Number of current and scheduled promotions."""
    return int(db.execute("SELECT count(*) FROM promotion WHERE until_us > ?", (at_us,)).fetchone()[0])


def any_ahead(db: Connection, at_us: int) -> bool:
    """Whether any promotion is current or scheduled."""
    return db.execute("SELECT 1 FROM promotion WHERE until_us > ? LIMIT 1", (at_us,)).fetchone() is not None


def for_list(db: Connection, price_list: str, at_us: int) -> bool:
    """Whether any current or scheduled promotion is limited to customers of this price list."""
    found = db.execute("SELECT 1 FROM promotion WHERE until_us > ? AND list = ? LIMIT 1", (at_us, price_list))
    return found.fetchone() is not None


def offers(db: Connection, items: Iterable[Item], at_us: int, zone: str, price_list: str) -> list[Offer]:
    """Promotions in effect for a price list's customers, with the lines they apply to.

    Only promotions that match a line are read. `zone`: the shop's time zone, for hours and weekdays.
    """
    if not any_ahead(db, at_us):
        return []
    by_sku: dict[str, list[int]] = {}
    for item in items:
        by_sku.setdefault(item.sku, []).append(item.line)
    touched = _lines_by_key(db, by_sku)
    found: dict[str, list[str]] = {}
    for promotion, key in db.execute(_TOUCHING, (json_text(touched), at_us, price_list)):
        found.setdefault(promotion, []).append(key)
    local = datetime.fromtimestamp(at_us / 1e6, tz=ZoneInfo(zone))
    weekday, minute = local.isoweekday(), local.hour * 60 + local.minute
    running = ((id, _read(body)) for id, body in db.execute(_BODIES, (json_text(found),)))
    made = (
        Offer(one, _lines(found[id], but, touched))
        for id, (one, but) in running
        if one.holds(weekday, minute, price_list)
    )
    return [offer for offer in made if offer.lines]


def _lines_by_key(db: Connection, by_sku: Mapping[str, list[int]]) -> dict[str, tuple[int, ...]]:
    """Lines by lookup key, in order."""
    paths: dict[tuple[str, ...], list[int]] = {}
    brands: dict[str, list[int]] = {}
    for sku, place in places_of(db, by_sku).items():
        paths.setdefault(place.categories, []).extend(by_sku[sku])
        brands.setdefault(place.brand, []).extend(by_sku[sku])
    touched = dict(zip(keys_of(by_sku, (), ()), by_sku.values(), strict=True))
    touched[ALL_PRODUCTS] = [line for lines in by_sku.values() for line in lines]
    for path, lines in paths.items():
        for key in keys_of((), path, ()):
            touched.setdefault(key, []).extend(lines)
    for brand, lines in brands.items():
        for key in keys_of((), (), (brand,)):
            touched.setdefault(key, []).extend(lines)
    return {key: tuple(sorted(lines)) for key, lines in touched.items()}


def _lines(keys: list[str], but: frozenset[str], touched: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    """Lines with one of the keys, without duplicates and excluded lines."""
    if len(keys) == 1 and not but:
        return touched[keys[0]]
    left = {line for key in keys for line in touched[key]}
    for key in but:
        left.difference_update(touched.get(key, ()))
    return tuple(sorted(left))


@lru_cache(maxsize=READ_LIMIT)
def _read(body: str) -> tuple[Promotion, frozenset[str]]:
    """A promotion and its exclusion keys, cached by text because a scan may need hundreds."""
    promotion = _decode(body)
    return promotion, frozenset(promotion.but.keys)


def _decode_promotion(row: tuple[str, str, int, int, int]) -> KeptPromotion:
    _, body, from_us, until_us, seq = row
    return KeptPromotion(_decode(body), from_us, None if until_us == FOREVER_US else until_us, seq)


def categories_in_promotions(db: Connection) -> set[str]:
    """Categories used by promotions."""
    return {category for (category,) in db.execute(_CATEGORIES)}
