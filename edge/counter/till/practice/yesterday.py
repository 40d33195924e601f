"""Yesterday for practice mode: the last day with sales, from noon on, and its customers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from edge.core.clock import Clock, ClockReading
from edge.core.journal.rows import read_fact
from edge.core.registry import Registry
from edge.core.services import Service
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.till.events import SaleCompleted

NOON = 12
CUSTOMERS = 200
"""Maximum customers to replay, more than a training session needs."""
_LAST_DAY = "SELECT max(business_date) FROM receipt WHERE kind = 'sale' AND business_date < ?"
_FIRST = "SELECT min(at_us) FROM receipt WHERE kind = 'sale' AND business_date = ? AND at_us >= ?"
_SALES = """
    SELECT seq FROM receipt WHERE kind = 'sale' AND business_date = ? AND at_us >= ? AND voided_by IS NULL
    ORDER BY seq LIMIT ?
"""
_SERVED = "SELECT count(*) FROM receipt WHERE register = ? AND kind = 'sale'"
_CLEARED = "SELECT count(*) FROM journal WHERE register = ? AND type = 'BasketAbandoned'"
_LAST_SALE = """
    SELECT total_minor FROM receipt WHERE register = ? AND kind = 'sale' AND seq =
        (SELECT max(seq) FROM journal WHERE register = ? AND type IN ('SaleCompleted', 'BasketAbandoned'))
"""


class PlayedCustomer(msgspec.Struct, frozen=True):
    """A replayed customer: when they came, with which goods, how they paid, and the total (`total_minor`)."""

    at_us: int
    lines: tuple[RecordedLine, ...]
    tenders: tuple[str, ...]
    total_minor: int


class Yesterday(msgspec.Struct, frozen=True):
    """A moment of an earlier day, for practice mode.

    `view`: the shop's tables at that time, up to row `seq`. The customers are those who came after it.
    """

    at_us: int
    seq: int
    view: Path
    customers: tuple[PlayedCustomer, ...]


class CustomerNow(msgspec.Struct, frozen=True):
    """The next customer at the practice till; None: all were served.

    `number` counts from 1. `wait_ms`: the time until they arrive. `queue`: the customers waiting behind them.
    `last_minor`: the previous sale's total here; None: the previous basket was cleared. `came_to_minor`: its original
    total.
    """

    customer: PlayedCustomer | None
    number: int
    count: int
    wait_ms: int
    queue: int
    last_minor: int | None
    came_to_minor: int | None


class PlayedCustomers:
    """The customers of a practice, in order.

    A customer counts as served once they have paid or their basket is cleared.
    """

    def __init__(self, register: str, customers: tuple[PlayedCustomer, ...]) -> None:
        self._register = register
        self._customers = customers

    def now(self, db: Connection, at_us: int) -> CustomerNow | None:
        """The next customer at a moment of the practice; None if there are no customers to replay."""
        count = len(self._customers)
        if not count:
            return None
        done = sum(db.execute(sql, (self._register,)).fetchone()[0] for sql in (_SERVED, _CLEARED))
        last = db.execute(_LAST_SALE, (self._register, self._register)).fetchone()
        came_to = self._customers[done - 1].total_minor if last and 0 < done <= count else None
        next_one = self._customers[done] if done < count else None
        queue = sum(one.at_us <= at_us for one in self._customers[done + 1 :])
        wait_ms = max(0, next_one.at_us - at_us) // 1000 if next_one else 0
        return CustomerNow(next_one, done + 1, count, wait_ms, queue, last and last[0], came_to)


CUSTOMERS_PLAYED: Service[PlayedCustomers] = Service("customers_played", lambda site: PlayedCustomers("", ()))


class ClockOfThen:
    """The shop's clock, set back to an earlier moment.

    It has a new boot id, because it continues from rows of an earlier time.
    """

    def __init__(self, clock: Clock, at_us: int) -> None:
        self._clock, self._back_us = clock, clock.read().at_us - at_us

    def read(self) -> ClockReading:
        now = self._clock.read()
        return ClockReading(now.at_us - self._back_us, now.mono_us, bytes(16))


def last_day(db: Connection, today: str) -> str | None:
    """The last business day before `today` with sales; None if there is none."""
    day: str | None = db.execute(_LAST_DAY, (today,)).fetchone()[0]
    return day


def find_noon(db: Connection, zone: str, today: str) -> tuple[str, int] | None:
    """The last business day before `today` with sales, and its noon (UTC microseconds); None if there is no such day.

    If there was no sale after noon, the time of its first sale is returned instead.
    """
    day = last_day(db, today)
    if day is None:
        return None
    noon = datetime.fromisoformat(day).replace(hour=NOON, tzinfo=ZoneInfo(zone))
    noon_us = int(noon.timestamp()) * 1_000_000
    (after_us,) = db.execute(_FIRST, (day, noon_us)).fetchone()
    if after_us is not None:
        return day, noon_us
    (first_us,) = db.execute(_FIRST, (day, 0)).fetchone()
    return day, first_us - 1


def read_customers(db: Connection, registry: Registry, day: str, at_us: int) -> tuple[PlayedCustomer, ...]:
    """Customers of a business day from a moment on, at any register. Voided sales are omitted."""
    found = []
    for (seq,) in db.execute(_SALES, (day, at_us, CUSTOMERS)).fetchall():
        fact = read_fact(db, registry, seq)
        if isinstance(sale := fact.event, SaleCompleted):
            lines = tuple(line for line in sale.lines if not line.voided)
            kinds = tuple(dict.fromkeys(one.kind for one in sale.tenders))
            found.append(PlayedCustomer(fact.at_us, lines, kinds, sale.total_minor))
    return tuple(found)
