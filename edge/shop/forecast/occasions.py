"""Reads of what is on, and of what is forecast."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection


class Occasion(msgspec.Struct, frozen=True):
    """Something that is on (see `OccasionSet`)."""

    id: str
    name: str
    first: str
    last: str
    effect_percent: int
    category: str


def read_occasions(db: Connection) -> list[Occasion]:
    """All that is on or was entered, by its first day."""
    rows = db.execute("SELECT id, name, first_date, last_date, effect_percent, category FROM occasion ORDER BY 3, 1")
    return [Occasion(*row) for row in rows]


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
    return {category for (category,) in db.execute("SELECT DISTINCT category FROM occasion WHERE category <> ''")}
