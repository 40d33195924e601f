"""Queries of quotes."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from edge.accounting.accounts.account import QuoteState, SalesLine
from edge.accounting.accounts.entities import json_ids
from edge.accounting.accounts.queries import personal_data_of as account_data_of
from edge.core.messages import Number
from edge.core.storage.database import Connection

PAGE_LIMIT = 500
Text = Annotated[str, msgspec.Meta(max_length=80)]
_FIELDS = "number, customer, state, currency, total_minor, valid_until, business_date, changed_us, sales_order, lines"
_QUOTE = f"SELECT {_FIELDS} FROM quote WHERE number = ?"
_QUOTES = f"""
    SELECT {_FIELDS} FROM quote WHERE (?1 = '' OR state = ?1) AND (?2 = 0 OR number < ?2)
        AND (?3 = '[]' OR customer IN (SELECT value FROM json_each(?3))) ORDER BY number DESC LIMIT ?4
"""


class Quote(msgspec.Struct, frozen=True):
    """A quote's current state. Its prices are valid through a business day. `sales_order`: the order made from it, or
    0."""

    number: int
    customer: str
    state: QuoteState
    currency: str
    total_minor: int
    valid_until: str
    business_date: str
    changed_us: int
    sales_order: int
    lines: tuple[SalesLine, ...]


def read_quote(db: Connection, number: Number) -> Quote | None:
    """A quote by number, or None."""
    row = db.execute(_QUOTE, (number,)).fetchone()
    return _quote(row) if row else None


def read_quotes(
    db: Connection, state: Text = "", before: Number = 0, customer: Text = "", limit: Number = 100
) -> list[Quote]:
    """Quotes in a state ("": any), the newest first; with numbers below `before`."""
    ids = json_ids(db, customer) if customer else "[]"
    return [_quote(row) for row in db.execute(_QUOTES, (state, before, ids, min(limit, PAGE_LIMIT))).fetchall()]


def _quote(row: tuple[Any, ...]) -> Quote:
    lines = msgspec.json.decode(row[-1], type=tuple[SalesLine, ...])
    return msgspec.structs.replace(Quote(*row), lines=lines)


def personal_data_of(db: Connection, person: str) -> dict[str, Any]:
    """A person's quotes, for their data export (`Capability.personal_data_of`)."""
    quotes = read_quotes(db, customer=person, limit=PAGE_LIMIT)
    found = account_data_of(db, person)
    return {**found, "quotes": msgspec.to_builtins(quotes)} if quotes else found
