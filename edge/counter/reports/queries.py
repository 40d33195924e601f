"""Totals, hours, best sellers and cashiers of a business day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from edge.core.storage.database import Connection
from edge.counter.reports.past_receipts import imported_receipt_days as imported_receipt_days
from edge.counter.reports.past_receipts import read_past_receipts as read_past_receipts
from edge.counter.till.rules import day_totals
from edge.counter.till.rules.day_totals import Day, DaySums, Sum
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import json_text, read_products
from edge.lib.i18n import ENGLISH
from edge.lib.units.dates import after
from edge.lib.units.money import divide_half_up

BEST_SHOWN, CASHIERS_SHOWN = 10, 20
QUARTER_US = 15 * 60 * 1_000_000
"""A quarter of an hour, in microseconds. Every time zone's offset is a multiple of it."""
PaperColumn = Literal["day", "quarter", "register", "person", "product"]
_decode = msgspec.json.Decoder(Day).decode
BEHIND = ("papers", "register_days")
"""The projections that these reports read. Queries wait until they have caught up."""
_OF_PEOPLE = ("givers", "tips_to")
_DAYS = "SELECT body FROM register_day WHERE business_date = ? ORDER BY register"
_QUARTERS = f"""
    SELECT at_us / {QUARTER_US}, sum(kind = 'sale' AND sold), sum(total_minor) FROM paper
    WHERE business_date = ? GROUP BY 1 ORDER BY 1
"""
_BEST = """
    SELECT sku, sum(quantity), sum(minor) FROM paper CROSS JOIN paper_product USING (seq)
    WHERE business_date = ? GROUP BY sku HAVING sum(minor) > 0 ORDER BY 3 DESC, sku LIMIT ?
"""
_CASHIERS = """
    SELECT person, sum(kind = 'sale' AND sold), sum(total_minor) FROM paper
    WHERE business_date = ? GROUP BY person ORDER BY 3 DESC, person LIMIT ?
"""
_UNTIL = """
    SELECT sum(kind = 'sale' AND sold), sum(total_minor) FROM paper WHERE business_date = ? AND at_us < ?
"""
_MODIFIERS = """
    SELECT ref, max(names), sum(quantity), sum(minor) FROM paper CROSS JOIN paper_modifier USING (seq)
    WHERE business_date BETWEEN ? AND ? GROUP BY ref HAVING sum(quantity) <> 0 ORDER BY 3 DESC, ref LIMIT 200
"""
_GOODS = """
    SELECT p.seq, sku, quantity, minor FROM json_each(?) j CROSS JOIN paper_product p ON p.seq = j.value
"""


_COLUMNS = {
    "day": "business_date",
    "quarter": f"at_us / {QUARTER_US}",
    "register": "register",
    "person": "person",
    "product": "sku",
}
_RECEIPT = "sum(kind = 'sale') - sum(kind = 'void' AND total_minor <= 0)"

_WITHIN = "((kind = 'sale' AND total_minor BETWEEN ?4 AND ?5) OR (kind = 'void' AND -total_minor BETWEEN ?4 AND ?5))"
"""SQL condition: receipts whose total is between two amounts, and the papers that void or refund such receipts."""


class PaperSums(msgspec.Struct, frozen=True):
    """Totals of the papers with these column values.

    Counts receipts that weren't voided; quantities are in thousandths and sums in minor units. Returns are deducted.
    """

    values: tuple[str, ...]
    count: int
    quantity: int
    minor: int


class SoldProduct(msgspec.Struct, frozen=True):
    """A product's sales less returns: `quantity` in thousandths of its `unit`."""

    sku: str
    names: dict[str, str]
    unit: str
    quantity: int
    minor: int


class SoldModifier(msgspec.Struct, frozen=True):
    """Sales of a modifier (`group/modifier`) less returns.

    The quantity is thousandths of the products that had it; the sum is the price it added before discounts.
    """

    ref: str
    names: dict[str, str]
    quantity: int
    minor: int


class SoldAt(msgspec.Struct, frozen=True):
    """A sale of a product: its time and quantity in thousandths of its unit."""

    at_us: int
    quantity: int


class Hour(msgspec.Struct, frozen=True):
    """An hour of the day: number of sales and takings less refunds, with the same values a week before."""

    hour: int
    sales: Sum
    before: Sum


class DayReport(msgspec.Struct, frozen=True):
    """A business day, with the totals of the same weekday a week before.

    `average_minor`: the average of sales with revenue; None if there were none. `average_before_minor`: that average a
    week before.
    """

    day: str
    sums: DaySums
    before: DaySums
    hours: tuple[Hour, ...]
    best: tuple[SoldProduct, ...]
    cashiers: dict[str, Sum]
    average_minor: int | None
    average_before_minor: int | None = None


def read_day_sums(db: Connection, day: str) -> DaySums:
    """Totals of all registers on a business day (ISO 8601), as on a Z report."""
    return day_totals.sums(_together(db, day))


def read_sum_until(db: Connection, day: str, until_us: int) -> Sum:
    """Totals of a business day up to a moment: number of sales, and takings less refunds."""
    count, minor = db.execute(_UNTIL, (day, until_us)).fetchone()
    return Sum(count or 0, minor or 0)


def _together(db: Connection, day: str) -> Day:
    return day_totals.together(_decode(body) for (body,) in db.execute(_DAYS, (day,)))


def goods_of(db: Connection, seqs: Iterable[int]) -> Iterator[tuple[int, str, int, int]]:
    """The products on papers, given the papers' journal rows: row, SKU, thousandths, minor units.

    Returns are negative.
    """
    yield from db.execute(_GOODS, (json_text(seqs),))


def read_day(db: Connection, day: str, zone: ZoneInfo, turns_at_hour: int = 0) -> DayReport:
    """The report of a business day. `turns_at_hour`: the hour at which business days begin."""
    before = after(day, -7)
    own, a_week_before = _together(db, day), _together(db, before)
    return DayReport(
        day,
        day_totals.sums(own),
        day_totals.sums(a_week_before),
        _side_by_side(_hours(db, day, zone), _hours(db, before, zone), turns_at_hour),
        _best(db, day),
        {who: Sum(count, minor) for who, count, minor in db.execute(_CASHIERS, (day, CASHIERS_SHOWN))},
        _average_minor(own),
        _average_minor(a_week_before),
    )


def _average_minor(day: Day) -> int | None:
    """The average sale with revenue; None if there were none.

    Voided sales and lines that aren't revenue don't count.
    """
    receipts = day.taken.receipts
    return divide_half_up(receipts.minor, receipts.count) if receipts.count > 0 else None


def _hours(db: Connection, day: str, zone: ZoneInfo) -> dict[int, Sum]:
    found: dict[int, Sum] = {}
    for quarter, count, minor in db.execute(_QUARTERS, (day,)):
        hour = datetime.fromtimestamp(quarter * QUARTER_US / 1e6, tz=zone).hour
        had = found.get(hour, Sum(0, 0))
        found[hour] = Sum(had.count + count, had.minor + minor)
    return found


def read_papers_by(
    db: Connection,
    first: str,
    last: str,
    columns: Sequence[PaperColumn],
    skus: Iterable[str] = (),
    totals: tuple[int, int] | None = None,
) -> list[PaperSums]:
    """Totals of papers over some days (ISO 8601), grouped by columns.

    With the column `product`, or with `skus`, only the goods count. `totals`: only receipts whose total is between the
    two amounts, without refunds.
    """
    goods = "product" in columns or bool(skus := tuple(skus))
    chosen = ", ".join(_COLUMNS[one] for one in columns) or "''"
    sums = "0, sum(quantity), sum(minor)" if goods else f"{_RECEIPT}, 0, sum(total_minor)"
    table = "paper CROSS JOIN paper_product USING (seq)" if goods else "paper"
    of = "AND (?3 = '[]' OR sku IN (SELECT value FROM json_each(?3)))" if goods else "AND ?3 = '[]'"
    of += f" AND {_WITHIN}" if totals else ""
    group = ", ".join(str(place + 1) for place in range(len(columns)))
    rows = db.execute(
        f"SELECT {chosen}, {sums} FROM {table} WHERE business_date BETWEEN ?1 AND ?2 {of}"
        + (f" GROUP BY {group} ORDER BY {group}" if group else ""),
        (first, last, json_text(skus), *(totals or ())),
    )
    return [
        PaperSums(tuple(map(str, row[: len(columns)])), *(int(one or 0) for one in row[-3:])) for row in rows.fetchall()
    ]


def _side_by_side(now: dict[int, Sum], before: dict[int, Sum], turns_at_hour: int) -> tuple[Hour, ...]:
    """The hours of both days, from the first hour of either to the last, in business day order."""
    none = Sum(0, 0)
    places = [(hour - turns_at_hour) % 24 for hour in (*now, *before)]
    if not places:
        return ()
    hours = [(place + turns_at_hour) % 24 for place in range(min(places), max(places) + 1)]
    return tuple(Hour(hour, now.get(hour, none), before.get(hour, none)) for hour in hours)


def _best(db: Connection, day: str) -> tuple[SoldProduct, ...]:
    rows = db.execute(_BEST, (day, BEST_SHOWN)).fetchall()
    known = read_products(db, [sku for sku, *_ in rows])
    return tuple(_sold_product(sku, known[sku][1] if sku in known else None, *sold) for sku, *sold in rows)


def _sold_product(sku: str, product: Product | None, quantity: int, minor: int) -> SoldProduct:
    """A sold product; one no longer in the catalogue is named by its SKU."""
    names = (product.names if product else None) or {ENGLISH: sku}
    return SoldProduct(sku, names, (product.unit if product else None) or "piece", quantity, minor)


def modifiers_sold(db: Connection, since: str, until: str = "9999-12-31") -> list[SoldModifier]:
    """Modifiers sold between two business days, inclusive (ISO 8601), the most frequent first."""
    rows = db.execute(_MODIFIERS, (since, until)).fetchall()
    return [SoldModifier(ref, msgspec.json.decode(names), quantity, minor) for ref, names, quantity, minor in rows]


def read_sold_at(db: Connection, sku: str, since_us: int) -> list[SoldAt]:
    """Sales of a product since a moment, the oldest first; returns are omitted."""
    rows = db.execute(
        "SELECT at_us, quantity FROM paper_product JOIN paper USING (seq)"
        " WHERE sku = ? AND kind = 'sale' AND at_us >= ? ORDER BY at_us, seq",
        (sku, since_us),
    )
    return [SoldAt(*row) for row in rows]


def days_with_papers(db: Connection, first: str) -> frozenset[str]:
    """Business days from `first` on with any till activity."""
    rows = db.execute("SELECT DISTINCT business_date FROM register_day WHERE business_date >= ?", (first,))
    return frozenset(day for (day,) in rows)


def person_at(path: str) -> str:
    """The user to whom a figure of a day's sums belongs, given its path such as `givers.anna.minor`; empty if none."""
    name, *rest = path.split(".")
    return rest[0] if name in _OF_PEOPLE else ""
