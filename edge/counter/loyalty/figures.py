"""A member's points in this shop, and the papers and changes that earned, used or expired them."""

from __future__ import annotations

from edge.core.figure import Amounts, Figure
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.people.customers.queries import all_ids

_OF = "WHERE customer IN (SELECT value FROM json_each(?)) AND purse = ?"
_HELD = f"SELECT coalesce(sum(points), 0) FROM loyalty_purse {_OF}"
_MOVED = f"SELECT seq, points FROM loyalty_move {_OF}"


def _balance(db: Connection, registry: Registry, customer: str, purse: str) -> int:
    return int(db.execute(_HELD, (json_text(all_ids(db, customer)), purse)).fetchone()[0])


def _balance_rows(db: Connection, registry: Registry, customer: str, purse: str) -> Amounts:
    return db.execute(_MOVED, (json_text(all_ids(db, customer)), purse)).fetchall()  # type: ignore[no-any-return]


FIGURES = (Figure("loyalty.points", "count", _balance, _balance_rows, "/manager/customer?id={0}", "customer", keys=2),)
