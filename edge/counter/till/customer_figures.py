"""Figures of a customer's purchases, and the papers behind them."""

from __future__ import annotations

from functools import partial
from typing import Literal

from edge.core.figure import Amounts, Figure
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.people.customers.queries import all_ids

_PAGE = "/manager/customer?id={0}"
_IDS = "SELECT value FROM json_each(?)"
_PAPERS = f"SELECT seq, total_minor FROM customer_paper WHERE customer IN ({_IDS}) AND voided_by IS NULL"
_SPENT = f"SELECT coalesce(sum(total_minor), 0) FROM customer_paper WHERE customer IN ({_IDS}) AND voided_by IS NULL"
_ALL = f"SELECT seq, 1 FROM customer_paper WHERE customer IN ({_IDS})"
_COUNT = f"SELECT count(*) FROM customer_paper WHERE customer IN ({_IDS})"


def _read_sum(sql: str, db: Connection, registry: Registry, customer: str) -> int:
    return int(db.execute(sql, (json_text(all_ids(db, customer)),)).fetchone()[0])


def _rows(sql: str, db: Connection, registry: Registry, customer: str) -> Amounts:
    return db.execute(sql, (json_text(all_ids(db, customer)),)).fetchall()  # type: ignore[no-any-return]


def _figure(name: str, unit: Literal["minor", "count"], shown: str, parts: str) -> Figure:
    return Figure(f"customers.{name}", unit, partial(_read_sum, shown), partial(_rows, parts), _PAGE, "customer")


FIGURES = (_figure("spent", "minor", _SPENT, _PAPERS), _figure("papers", "count", _COUNT, _ALL))
