"""Figures of suggested prices, price models and competitors' prices, with the events that recorded them. Keys: a
product; a model's version; a category and a version; a product and a competitor, for an earlier price with its time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from edge.analytics.pricing.events import PriceModelTrained, PricesProposed, ProposedPrice
from edge.core.figure import Figure, Unit
from edge.core.journal.browse import JournalFilter, facts_of_day, read_back
from edge.core.journal.rows import fact_of
from edge.core.registry import Registry
from edge.core.storage.database import Connection

_PAGE, _RIVALS = "/manager/pricing", "/manager/rivals?sku={0}"
_OPEN = "SELECT body FROM price_proposal WHERE sku = ?"
_FROM_JOURNAL = JournalFilter(type=PricesProposed.__name__)
_TRAINED = "SELECT trained_date FROM price_model WHERE version = ?"
_STRENGTH = """
    SELECT s.value FROM price_model m, json_each(m.strengths) s WHERE s.key = ?1 AND m.version = ?2
"""
_NEWEST = "SELECT seq, price_minor FROM rival_price WHERE sku = ?1 AND competitor = ?2 ORDER BY seq DESC LIMIT 1"
_AT = "FROM rival_price WHERE sku = ?1 AND competitor = ?2 AND seen_us = ?3 ORDER BY seq DESC LIMIT 1"


def _read_amount(field: str, db: Connection, registry: Registry, sku: str) -> int | None:
    found = db.execute(_OPEN, (sku,)).fetchone()
    return getattr(msgspec.json.decode(found[0], type=ProposedPrice), field) if found else None


def _suggestion_rows(field: str, db: Connection, registry: Registry, sku: str) -> Iterator[tuple[int, int]]:
    """Yield a field of the product's newest suggestion with its journal row. It replaced all earlier suggestions."""
    before = 0
    while not (page := read_back(db, _FROM_JOURNAL, before, 1)).rows and page.before:
        before = page.before
    for row in page.rows:
        event = fact_of(registry, row).event
        assert isinstance(event, PricesProposed)
        yield from ((row.seq, getattr(one, field)) for one in event.prices if one.sku == sku)


def _trainings(db: Connection, registry: Registry, version: str) -> Iterator[tuple[int, PriceModelTrained]]:
    """Yield the training of a model, with its journal row."""
    for (day,) in db.execute(_TRAINED, (version,)).fetchall():
        for fact in facts_of_day(db, registry, [PriceModelTrained.__name__], day):
            if isinstance(fact.event, PriceModelTrained) and fact.event.model_version == version:
                yield fact.seq, fact.event


def _training_rows(field: str, db: Connection, registry: Registry, version: str) -> Iterator[tuple[int, int]]:
    yield from ((seq, getattr(event, field)) for seq, event in _trainings(db, registry, version))


def _strength_rows(db: Connection, registry: Registry, category: str, version: str) -> Iterator[tuple[int, int]]:
    yield from ((seq, event.strengths.get(category, 0)) for seq, event in _trainings(db, registry, version))


def _of_suggestion(name: str, unit: Unit, field: str) -> Figure:
    parts = partial(_suggestion_rows, field)
    return Figure(f"pricing.{name}", unit, partial(_read_amount, field), parts, _PAGE, "product")


def _of_model(field: str, unit: Unit) -> Figure:
    shown = f"SELECT {field} FROM price_model WHERE version = ?1"
    return Figure(f"pricing.{field}", unit, shown, partial(_training_rows, field), _PAGE)


FIGURES = (
    _of_suggestion("suggested_price", "minor", "price_minor"),
    _of_suggestion("price_now", "minor", "was_minor"),
    _of_suggestion("suggested_sells", "quantity", "sold_then"),
    _of_suggestion("sells_now", "quantity", "sold_now"),
    _of_suggestion("suggested_earns", "minor", "earned_then"),
    _of_suggestion("earns_now", "minor", "earned_now"),
    _of_model("right", "percent"),
    _of_model("right_before", "percent"),
    _of_model("baskets", "count"),
    Figure("pricing.strength", "quantity", _STRENGTH, _strength_rows, _PAGE, keys=2),
    Figure("pricing.price", "minor", f"SELECT price_minor FROM ({_NEWEST})", _NEWEST, _PAGE, "product", keys=2),
    Figure(
        "pricing.asks",
        "minor",
        f"SELECT price_minor {_AT}",
        f"SELECT seq, price_minor {_AT}",
        _RIVALS,
        "product",
        keys=3,
    ),
)
