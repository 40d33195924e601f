"""Figures of customer accounts with the papers and payments behind them: debt and credit, a month's statement, and the
ages of open items.

Keys: the customer; also the month, or the day as of which items are that old.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec

from edge.accounting.accounts.account import SALES_OPEN, SalesLine
from edge.accounting.accounts.entities import json_ids
from edge.accounting.accounts.events import SalesOrderDelivered, SalesOrderEnded, SalesOrderOpened
from edge.accounting.accounts.queries import AccountItem, account_items
from edge.accounting.accounts.statement import AGES, Month, account_statement, age_of
from edge.core.figure import Amounts, Figure, Unit
from edge.core.journal.rows import facts_of_types, read_head
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.lib.units.dates import day_of

_IN = "customer IN (SELECT value FROM json_each(?))"
_OWED = f"SELECT coalesce(sum(amount_minor - paid_minor), 0) FROM account_item WHERE {_IN}"
_ITEMS = f"""
    SELECT i.seq, i.amount_minor FROM account_item i WHERE i.{_IN}
    UNION ALL SELECT m.credit, -m.amount_minor FROM account_item i JOIN account_match m ON m.item = i.seq WHERE i.{_IN}
"""
_CREDIT = f"SELECT coalesce(sum(amount_minor - used_minor), 0) FROM account_credit WHERE {_IN} AND undone_on = ''"
_CREDITS = f"SELECT seq, amount_minor - used_minor FROM account_credit WHERE {_IN} AND undone_on = ''"

_ORDERS = f"SELECT number FROM sales_order WHERE {_IN}"
_ORDERED = f"SELECT coalesce(sum(left_minor), 0) FROM sales_order WHERE {_IN} AND state IN {SALES_OPEN!r}"
_LINE = """
    SELECT {} FROM sales_line l JOIN sales_order o USING (number)
    WHERE o.customer = ?1 AND CAST(number AS TEXT) = ?2 AND l.sku = ?3
"""
_OF_ORDERS = (SalesOrderOpened, SalesOrderDelivered, SalesOrderEnded)
_OVERDUE = range(1, len(AGES) + 1)
"""Age groups of overdue items."""
_MATCHED = "SELECT credit, -amount_minor FROM account_match WHERE item = ?"
_BEFORE = f"""
    SELECT seq, amount_minor FROM account_item WHERE {_IN} AND business_date < ?2
    UNION ALL
    SELECT seq, -amount_minor FROM account_credit WHERE {_IN} AND business_date < ?2
        AND (undone_on = '' OR undone_on >= ?2)
""".replace("(?)", "(?1)")


def _read_sum(sql: str, db: Connection, registry: Registry, customer: str) -> int:
    return int(db.execute(sql, (json_ids(db, customer),)).fetchone()[0])


def _rows(sql: str, db: Connection, registry: Registry, customer: str) -> Amounts:
    ids = json_ids(db, customer)
    return db.execute(sql, [ids] * sql.count("?")).fetchall()  # type: ignore[no-any-return]


def _statement(name: str, db: Connection, registry: Registry, customer: str, month: str) -> int | None:
    found = account_statement(db, customer, month, f"{month}-01") if _is_month(month) else None
    return getattr(found, f"{name}_minor") if found else None


def _opening_rows(db: Connection, registry: Registry, customer: str, month: str) -> Amounts:
    return db.execute(_BEFORE, (json_ids(db, customer), f"{month}-01")).fetchall()  # type: ignore[no-any-return]


def _closing_rows(db: Connection, registry: Registry, customer: str, month: str) -> Iterator[tuple[int, ...]]:
    """Rows for the debt before the month, and for the month's movements."""
    yield from _opening_rows(db, registry, customer, month)
    if found := account_statement(db, customer, month, f"{month}-01"):
        yield from ((line.seq, line.amount_minor) for line in found.lines)


def _is_month(text: str) -> bool:
    try:
        msgspec.convert(text, Month)
    except msgspec.ValidationError:
        return False
    return True


def _items_of_ages(groups: range, db: Connection, customer: str, day: str) -> list[AccountItem]:
    """The open items of these age groups."""
    return [one for one in account_items(db, customer) if age_of(one, day) in groups]


def _of_ages(groups: range, db: Connection, registry: Registry, customer: str, day: str) -> int | None:
    return sum(one.open_minor for one in _items_of_ages(groups, db, customer, day)) if day_of(day) else None


def _age_rows(groups: range, db: Connection, registry: Registry, customer: str, day: str) -> Iterator[tuple[int, int]]:
    """Rows of open items, and of the payments already made on each."""
    for one in _items_of_ages(groups, db, customer, day):
        yield one.seq, one.amount_minor
        yield from db.execute(_MATCHED, (one.seq,)).fetchall()


def _ordered_rows(db: Connection, registry: Registry, customer: str) -> Iterator[tuple[int, int]]:
    """Rows with the change in orders' undelivered quantities by each event."""
    numbers = {number for (number,) in db.execute(_ORDERS, (json_ids(db, customer),))}
    left, totals = dict[int, int](), dict[int, int]()
    for fact in facts_of_types(db, registry, [one.__name__ for one in _OF_ORDERS], 1, read_head(db).seq):
        event: Any = fact.event
        if event.number not in numbers:
            continue
        was = now = left.get(event.number, 0)
        match event:
            case SalesOrderOpened(total_minor=total):
                now = was + total - totals.get(event.number, 0)
                totals[event.number] = total
            case SalesOrderDelivered(left_minor=now):
                pass
            case SalesOrderEnded(state=state) if state not in SALES_OPEN:
                now = 0
        left[event.number] = now
        yield fact.seq, now - was


def _line_rows(
    value: Callable[[SalesLine], int], db: Connection, registry: Registry, customer: str, number: str, sku: str
) -> Iterator[tuple[int, int]]:
    """Rows with the change to an order's line by each event that set its lines."""
    was = 0
    for fact in facts_of_types(db, registry, [SalesOrderOpened.__name__], 1, read_head(db).seq):
        if isinstance(fact.event, SalesOrderOpened) and str(fact.event.number) == number:
            now = next((value(line) for line in fact.event.lines if line.sku == sku), was)
            yield fact.seq, now - was
            was = now


def _delivered_rows(
    db: Connection, registry: Registry, customer: str, number: str, sku: str
) -> Iterator[tuple[int, int]]:
    for fact in facts_of_types(db, registry, [SalesOrderDelivered.__name__], 1, read_head(db).seq):
        if isinstance(fact.event, SalesOrderDelivered) and str(fact.event.number) == number:
            yield fact.seq, sum(line.quantity for line in fact.event.lines if line.sku == sku)


_PAGE = "/manager/accounts/one?customer={0}"


def _figure(name: str, shown: str, parts: Callable[..., Amounts]) -> Figure:
    return Figure(f"accounts.{name}", "minor", partial(_read_sum, shown), parts, _PAGE, "customer")


def _of_month(name: str, parts: Callable[..., Amounts]) -> Figure:
    return Figure(f"accounts.{name}", "minor", partial(_statement, name), parts, _PAGE, "customer", keys=2)


def _of_day(name: str, groups: range) -> Figure:
    shown, parts = partial(_of_ages, groups), partial(_age_rows, groups)
    return Figure(f"accounts.{name}", "minor", shown, parts, _PAGE, "customer", keys=2)


def _of_line(name: str, unit: Unit, field: str, parts: Callable[..., Amounts]) -> Figure:
    shown = _LINE.format(field)
    return Figure(f"accounts.{name}", unit, shown, parts, _PAGE, "customer", keys=3)


FIGURES = (
    _of_line("quantity", "quantity", "quantity", partial(_line_rows, lambda line: line.quantity)),
    _of_line("price", "minor", "price_minor", partial(_line_rows, lambda line: line.price_minor)),
    _of_line("delivered", "quantity", "delivered", _delivered_rows),
    _figure("ordered", _ORDERED, _ordered_rows),
    _of_day("overdue", _OVERDUE),
    *(_figure("owed", _OWED, partial(_rows, _ITEMS)), _figure("credit", _CREDIT, partial(_rows, _CREDITS))),
    *(_of_month("opening", _opening_rows), _of_month("closing", _closing_rows)),
    *(_of_day(f"age_{group}", range(group, group + 1)) for group in range(len(AGES) + 1)),
)
