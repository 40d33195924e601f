"""Queries on occasions and forecast items."""

from __future__ import annotations

from edge.analytics.forecast.commands import Occasion
from edge.analytics.forecast.entities import OCCASIONS
from edge.core.storage.database import Connection


def read_occasions(db: Connection) -> list[Occasion]:
    """All occasions by first day."""
    return sorted(OCCASIONS.read(db), key=lambda one: (one.first, one.id))


def read_items(db: Connection) -> list[str]:
    """The products the champion forecasts, by revenue, at most 500."""
    rows = db.execute(
        "SELECT d.sku FROM demand_day d JOIN forecast_model m ON m.role = 'champion'"
        " JOIN forecast_item i ON i.version = m.version AND i.item = d.sku"
        " GROUP BY d.sku ORDER BY sum(d.minor) DESC LIMIT 500"
    )
    return [sku for (sku,) in rows]


def categories_of_occasions(db: Connection) -> set[str]:
    """The categories with an occasion."""
    return {one.category for one in OCCASIONS.read(db) if one.category}
