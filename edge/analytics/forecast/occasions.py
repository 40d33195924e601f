"""Reads of what is on, and of what is forecast."""

from __future__ import annotations

from edge.analytics.forecast.commands import Occasion
from edge.analytics.forecast.entities import OCCASIONS
from edge.core.storage.database import Connection


def read_occasions(db: Connection) -> list[Occasion]:
    """All that is on or was entered, by its first day."""
    return sorted(OCCASIONS.read(db), key=lambda one: (one.first, one.id))


def read_items(db: Connection) -> list[str]:
    """The products that the champion forecasts: those of which most was taken, at most 500."""
    rows = db.execute(
        "SELECT d.sku FROM demand_day d JOIN forecast_model m ON m.role = 'champion'"
        " JOIN forecast_item i ON i.version = m.version AND i.item = d.sku"
        " GROUP BY d.sku ORDER BY sum(d.minor) DESC LIMIT 500"
    )
    return [sku for (sku,) in rows]


def categories_of_occasions(db: Connection) -> set[str]:
    """The categories that something that is on is about."""
    return {one.category for one in OCCASIONS.read(db) if one.category}
