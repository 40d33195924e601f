"""How the shop is at this moment: whether an update may begin, and whether it is well."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from edge.core.process.parts import PartState
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.shop.orders.hours import StoreHours, is_open
from edge.shop.orders.queries import read_hours
from edge.shop.software.rules import ShopNow, Wellness

_WORK = """
    SELECT (SELECT count(*) FROM open_basket) + (SELECT count(*) FROM print_job WHERE state = 'sending')
        + (SELECT count(*) FROM job WHERE state = 'running')
"""
_SOLD = "SELECT max(at_us) FROM receipt"
_CLOCK = "SELECT clock FROM journal ORDER BY seq DESC LIMIT 1"


def shop_now(db: Connection, now_us: int, zone: str) -> ShopNow:
    """What may hold an update up. A shop that never said its hours is not held up by them."""
    where, hours = ZoneInfo(zone), read_hours(db)
    ((work,), (sold,), (clock,)) = (db.execute(query).fetchone() for query in (_WORK, _SOLD, _CLOCK))
    at = datetime.fromtimestamp(now_us / 1e6, UTC).astimezone(where).time()
    open_now = hours != StoreHours() and is_open(hours, where, now_us)
    return ShopNow(at, open_now, None if sold is None else now_us - sold, work, clock == "ok")


def wellness(db: Connection, registry: Registry, states: Iterable[PartState], heard: bool) -> Wellness:
    """How the box is, and of these parts. Those that are just starting are not at work yet."""
    parts = sorted(one.name for one in states if one.state == "ok")
    found = [one for capability in registry.capabilities for check in capability.checks for one in check(db)]
    return Wellness(tuple(parts), tuple(sorted(one.part for one in found if not one.ok)), heard)
