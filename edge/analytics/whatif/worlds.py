"""The shop at a time as the till's pricing reads it: the ledger, with original or other promotions.

Each world is a ledger reader whose temporary tables shadow the ledger's tables of the same name. The till's statements
therefore read the temporary tables, and the ledger can't be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from edge.analytics.whatif.scenario import Scenario
from edge.core.journal.rows import facts_of_types
from edge.core.messages import RecordedEvent
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import places_of
from edge.goods.promotions import project
from edge.goods.promotions.events import PromotionEnded, PromotionSet
from edge.goods.promotions.promotion import Goods, Promotion, keys_of
from edge.lib.tax.rules import FULL

_PROMOTIONS = (PromotionSet.__name__, PromotionEnded.__name__)
_TABLES = """
    CREATE TEMP TABLE promotion (id TEXT PRIMARY KEY, from_us INTEGER NOT NULL, until_us INTEGER NOT NULL,
        list TEXT NOT NULL, body TEXT NOT NULL, seq INTEGER NOT NULL);
    CREATE TEMP TABLE promotion_key (key TEXT NOT NULL, until_us INTEGER NOT NULL, promotion TEXT NOT NULL);
    CREATE INDEX temp.promotion_until ON promotion (until_us);
    CREATE INDEX temp.promotion_keyed ON promotion_key (key, until_us);
    CREATE INDEX temp.promotion_keys ON promotion_key (promotion);
"""
_PRICES = """
    CREATE TEMP TABLE product AS SELECT * FROM main.product;
    CREATE UNIQUE INDEX temp.product_id ON product (id);
    CREATE UNIQUE INDEX temp.product_sku ON product (sku);
    CREATE TEMP TABLE product_code AS SELECT * FROM main.product_code;
    CREATE UNIQUE INDEX temp.product_coded ON product_code (code);
    CREATE TEMP TABLE price AS SELECT * FROM main.price;
    CREATE INDEX temp.price_of ON price (product_id, list, bound, from_us);
    CREATE TEMP TABLE touched (sku TEXT PRIMARY KEY, id INTEGER NOT NULL);
    CREATE INDEX temp.touched_id ON touched (id);
"""
_TOUCH = """
    INSERT OR IGNORE INTO touched (sku, id)
    SELECT p.sku, p.id FROM json_each(?) j JOIN main.product p ON p.sku = j.value
"""
_SHARE = "(price_minor * (:full + :percent) + :full / 2) / :full"
_MORE = (
    f"UPDATE temp.product SET price_minor = {_SHARE} WHERE id IN (SELECT id FROM touched)",
    f"UPDATE temp.product_code SET price_minor = {_SHARE} WHERE product_id IN (SELECT id FROM touched)",
    f"UPDATE temp.price SET price_minor = {_SHARE} WHERE product_id IN (SELECT id FROM touched)",
)
_FIXED = (
    "UPDATE temp.product SET price_minor = :price WHERE id IN (SELECT id FROM touched)",
    "UPDATE temp.price SET price_minor = :price WHERE list = 'store' AND product_id IN (SELECT id FROM touched)",
)


class PricedMoment(NamedTuple):
    """The catalogue and time for price lookups (`edge/counter/till/lines/pricing.py`)."""

    db: Connection
    at_us: int
    business_date: str


class World:
    """The ledger with promotions in temporary tables. `without`: ids of the shop's promotions that are left out."""

    def __init__(self, db: Connection, without: Iterable[str] = ()) -> None:
        db.execute("PRAGMA query_only = OFF")  # for temporary tables only: the file itself is open read-only
        db.executescript(_TABLES)
        self.db = db
        self._without = frozenset(without)

    def follow(self, fact: RecordedEvent) -> None:
        """Apply a change of the shop's promotions."""
        match fact.event:
            case PromotionSet(promotion) if promotion.id not in self._without:
                project.projector.on[PromotionSet](self.db, fact, fact.event)
            case PromotionEnded(id) if id not in self._without:
                project.projector.on[PromotionEnded](self.db, fact, fact.event)

    def run(self, promotion: Promotion) -> None:
        """Run an additional promotion, from the start of the ledger unless it has its own start."""
        always = msgspec.structs.replace(promotion, from_us=promotion.from_us or 1)
        fact = RecordedEvent(0, 0, b"", "", "", "panel", "", 1, PromotionSet(always), "ok")
        project.projector.on[PromotionSet](self.db, fact, fact.event)

    def at(self, at_us: int, business_date: str) -> PricedMoment:
        """The world at a time."""
        return PricedMoment(self.db, at_us, business_date)


def other_world(db: Connection, scenario: Scenario) -> tuple[World, frozenset[str]]:
    """A scenario's world, and the products with changed prices."""
    world = World(db, {*scenario.without, *(one.id for one in scenario.promotions)})
    for promotion in scenario.promotions:
        world.run(promotion)
    touched = set[str]()
    if scenario.prices:
        db.executescript(_PRICES)
    for rule in scenario.prices:
        skus = goods_skus(db, rule.goods)
        db.execute("DELETE FROM touched")
        db.execute(_TOUCH, (msgspec.json.encode(sorted(skus)).decode(),))
        for statement in _MORE if rule.price_minor is None else _FIXED:
            db.execute(statement, {"full": FULL, "percent": rule.percent, "price": rule.price_minor})
        touched |= skus
    return world, frozenset(touched)


def goods_skus(db: Connection, goods: Goods) -> set[str]:
    """The products in a selection, by their current categories; all products if it's empty."""
    skus = [sku for (sku,) in db.execute("SELECT sku FROM main.product")]
    wanted = set(goods.keys)
    if not wanted:
        return set(skus)
    places = places_of(db, skus)
    return {
        sku for sku, place in places.items() if wanted.intersection(keys_of((sku,), place.categories, (place.brand,)))
    }


def promotion_facts(db: Connection, registry: Registry, through: int) -> Iterator[RecordedEvent]:
    """All promotion events up to a journal row, in order."""
    if db.execute("SELECT 1 FROM main.promotion LIMIT 1").fetchone():
        yield from facts_of_types(db, registry, _PROMOTIONS, 1, through)
