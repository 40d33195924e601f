"""Queries of tenders."""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.money.tenders.entities import TENDERS
from edge.money.tenders.tender import ForeignRate, ShopTender


def read_tenders(db: Connection) -> tuple[ShopTender, ...]:
    """The shop's own tenders, by id."""
    return TENDERS.read(db)


def read_rates(db: Connection) -> tuple[ForeignRate, ...]:
    """The last rates of foreign currencies, including those of other days and 0 (not accepted)."""
    return tuple(
        ForeignRate(*row) for row in db.execute("SELECT currency, rate, business_date FROM foreign_rate ORDER BY 1")
    )
