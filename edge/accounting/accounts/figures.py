"""A customer account's debt and credit, a month's statement and the ages of open items, with the papers and payments
behind them. Keys: the customer; also the month, or the day on which items are that old."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import msgspec

from edge.accounting.accounts.entities import json_ids
from edge.accounting.accounts.queries import AccountItem, account_items
from edge.accounting.accounts.statement import AGES, Month, account_statement, age_of
from edge.core.figure import Amounts, Figure
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
    """What was owed before, and the month's movements."""
    yield from _opening_rows(db, registry, customer, month)
    if found := account_statement(db, customer, month, f"{month}-01"):
        yield from ((line.seq, line.amount_minor) for line in found.lines)


def _is_month(text: str) -> bool:
    try:
        msgspec.convert(text, Month)
    except msgspec.ValidationError:
        return False
    return True


def _aged(group: int, db: Connection, customer: str, day: str) -> list[AccountItem]:
    """The open items of an age group."""
    return [one for one in account_items(db, customer) if age_of(one, day) == group]


def _age(group: int, db: Connection, registry: Registry, customer: str, day: str) -> int | None:
    return sum(one.open_minor for one in _aged(group, db, customer, day)) if day_of(day) else None


def _age_rows(group: int, db: Connection, registry: Registry, customer: str, day: str) -> Iterator[tuple[int, int]]:
    """Open items, and what was already paid of each."""
    for one in _aged(group, db, customer, day):
        yield one.seq, one.amount_minor
        yield from db.execute(_MATCHED, (one.seq,)).fetchall()


_PAGE = "/manager/accounts/one?customer={0}"


def _figure(name: str, shown: str, parts: str) -> Figure:
    return Figure(f"accounts.{name}", "minor", partial(_read_sum, shown), partial(_rows, parts), _PAGE, "customer")


def _of_month(name: str, parts: Callable[..., Amounts]) -> Figure:
    return Figure(f"accounts.{name}", "minor", partial(_statement, name), parts, _PAGE, "customer", keys=2)


def _of_age(group: int) -> Figure:
    shown, parts = partial(_age, group), partial(_age_rows, group)
    return Figure(f"accounts.age_{group}", "minor", shown, parts, _PAGE, "customer", keys=2)


FIGURES = (
    *(_figure("owed", _OWED, _ITEMS), _figure("credit", _CREDIT, _CREDITS)),
    *(_of_month("opening", _opening_rows), _of_month("closing", _closing_rows)),
    *(_of_age(group) for group in range(len(AGES) + 1)),
)
