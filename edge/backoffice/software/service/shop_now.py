"""The shop's current state: whether an update may begin, and whether the shop is healthy."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from statistics import median
from zoneinfo import ZoneInfo

from edge.backoffice.software.rules import ShopNow, Wellness, waits_for
from edge.backoffice.software.settings import SoftwareSettings
from edge.core.journal.verify import check_tail
from edge.core.process.parts import PartState
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.till.lines.basket_names import basket_of
from edge.foundation.opening_hours.queries import read_hours
from edge.foundation.opening_hours.rules import StoreHours, is_open
from edge.goods.catalog.queries import find_by_code

_WORK = """
    SELECT (SELECT count(*) FROM print_job WHERE state = 'sending')
        + (SELECT count(*) FROM job WHERE state = 'running')
"""
PROBES = 15
_CODES = "SELECT code FROM product_code ORDER BY code LIMIT ?"
_BASKETS = "SELECT body FROM open_basket"
_SOLD = "SELECT max(at_us) FROM receipt"
_CLOCK = "SELECT clock FROM journal ORDER BY seq DESC LIMIT 1"


def shop_now(db: Connection, now_us: int, zone: str) -> ShopNow:
    """Collect the reasons to delay an update. Opening hours matter only if they are set."""
    where, hours = ZoneInfo(zone), read_hours(db)
    ((work,), (sold,), (clock,)) = (db.execute(query).fetchone() for query in (_WORK, _SOLD, _CLOCK))
    open_ones = sum(not basket_of(db, body).empty for (body,) in db.execute(_BASKETS).fetchall())
    at = datetime.fromtimestamp(now_us / 1e6, UTC).astimezone(where)
    open_now = hours != StoreHours() and is_open(hours, where, now_us)
    return ShopNow(
        at.date(), at.time(), open_now, None if sold is None else now_us - sold, work + open_ones, clock == "ok"
    )


def update_blocker(db: Connection, now_us: int, settings: SoftwareSettings) -> str:
    """The reason an update waits now, as a text key of `[software]`; "" if none."""
    return waits_for(shop_now(db, now_us, settings.zone), settings.window, settings.blocked_days, settings.pinned_until)


def wellness(db: Connection, registry: Registry, states: Iterable[PartState], heard: bool) -> Wellness:
    """The health of the box and these parts. Parts that are still starting don't count as working."""
    parts = sorted(one.name for one in states if one.state == "ok")
    found = [one for capability in registry.capabilities for check in capability.checks for one in check(db)]
    faults = tuple(sorted(one.part for one in found if not one.ok))
    return Wellness(tuple(parts), faults, heard, tuple(check_tail(db)), answer_us(db))


def answer_us(db: Connection) -> int | None:
    """The median time to look up a product by code (microseconds); None without products."""
    codes = [code for (code,) in db.execute(_CODES, (PROBES,))]
    took = []
    for code in codes:
        began = time.perf_counter_ns()
        find_by_code(db, code)
        took.append((time.perf_counter_ns() - began) // 1000)
    return int(median(took)) if took else None
