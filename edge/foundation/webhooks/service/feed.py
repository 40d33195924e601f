"""Events for programs: available types and format, for feed and webhooks."""

from __future__ import annotations

import msgspec

from edge.core.journal.rows import read_rows_of
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from sync.wire import Row

FEEDS = frozenset(
    {
        "till",
        "stock",
        "catalog",
        "promotions",
        "gift_cards",
        "shifts",
        "orders",
        "purchasing",
        "web_orders",
        "opening_hours",
    }
)
"""Capabilities whose events are sent. Events about people, keys and settings aren't sent."""
SPAN = 5_000
"""Journal rows to search per response."""


class ToldEvent(msgspec.Struct, frozen=True):
    """An event. `seq` is its immutable journal row; later events have higher ones."""

    seq: int
    type: str
    version: int
    at_us: int
    business_date: str
    register: str
    body: msgspec.Raw


def available_types(registry: Registry) -> tuple[str, ...]:
    """Available types, sorted."""
    capabilities = (one for one in registry.capabilities if one.name in FEEDS)
    return tuple(sorted(event.__name__ for capability in capabilities for event in capability.events))


def read_told(db: Connection, types: tuple[str, ...], after: int, limit: int) -> tuple[list[Row], int]:
    """Up to `limit` events after a row, and the last row examined."""
    return read_rows_of(db, types, after + 1, SPAN, limit)


def told_event(row: Row) -> ToldEvent:
    return ToldEvent(row.seq, row.type, row.version, row.at_us, row.business_date, row.register, msgspec.Raw(row.body))
