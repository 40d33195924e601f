"""A customer account's debt and credit, with the papers and payments behind them."""

from __future__ import annotations

from functools import partial

from edge.accounting.accounts.entities import json_ids
from edge.core.figure import Amounts, Figure
from edge.core.registry import Registry
from edge.core.storage.database import Connection

_IN = "customer IN (SELECT value FROM json_each(?))"
_OWED = f"SELECT coalesce(sum(amount_minor - paid_minor), 0) FROM account_item WHERE {_IN}"
_ITEMS = f"""
    SELECT i.seq, i.amount_minor FROM account_item i WHERE i.{_IN}
    UNION ALL SELECT m.credit, -m.amount_minor FROM account_item i JOIN account_match m ON m.item = i.seq WHERE i.{_IN}
"""
_CREDIT = f"SELECT coalesce(sum(amount_minor - used_minor), 0) FROM account_credit WHERE {_IN} AND undone_on = ''"
_CREDITS = f"SELECT seq, amount_minor - used_minor FROM account_credit WHERE {_IN} AND undone_on = ''"


def _read_sum(sql: str, db: Connection, registry: Registry, customer: str) -> int:
    return int(db.execute(sql, (json_ids(db, customer),)).fetchone()[0])


def _rows(sql: str, db: Connection, registry: Registry, customer: str) -> Amounts:
    ids = json_ids(db, customer)
    return db.execute(sql, [ids] * sql.count("?")).fetchall()  # type: ignore[no-any-return]


def _figure(name: str, shown: str, parts: str) -> Figure:
    page = "/manager/accounts/one?customer={0}"
    return Figure(f"accounts.{name}", "minor", partial(_read_sum, shown), partial(_rows, parts), page, "customer")


FIGURES = (_figure("owed", _OWED, _ITEMS), _figure("credit", _CREDIT, _CREDITS))
