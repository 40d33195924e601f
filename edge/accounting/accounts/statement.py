"""A month's account statement: opening balance, deliveries, returns, payments, and closing balance."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from edge.accounting.accounts.entities import account_of, json_ids
from edge.accounting.accounts.queries import AccountItem, account_items
from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.lib.units.money import divide_half_up
from edge.lib.units.receipt_number import shown_number

Month = Annotated[str, msgspec.Meta(pattern=r"^[12]\d{3}-(0[1-9]|1[0-2])$(?!\n)")]
Today = Annotated[str, msgspec.Meta(max_length=10)]
AGES = (0, 30, 60, 90)
"""Days overdue at which the age groups of open items begin."""
_IN = "customer IN (SELECT value FROM json_each(?1))"
_BEFORE = f"""
    SELECT coalesce((SELECT sum(amount_minor) FROM account_item WHERE {_IN} AND business_date < ?2), 0)
        - coalesce((SELECT sum(amount_minor) FROM account_credit WHERE {_IN} AND business_date < ?2
            AND (undone_on = '' OR undone_on >= ?2)), 0)
"""
_MOVES = f"""
    SELECT business_date, at_us, seq, kind, register, paper, 0, amount_minor, due_on,
            coalesce((SELECT v.number FROM invoice v WHERE v.register = i.register
            AND v.paper = i.paper AND v.replaced_by = '' LIMIT 1), '')
        FROM account_item i WHERE {_IN} AND business_date BETWEEN ?2 AND ?3
    UNION ALL
    SELECT business_date, at_us, seq, kind, register, paper, number, -amount_minor, '', coalesce((SELECT v.number
            FROM invoice v WHERE v.register = c.register AND v.paper = c.paper AND v.replaced_by = '' LIMIT 1), '')
        FROM account_credit c WHERE {_IN} AND business_date BETWEEN ?2 AND ?3
            AND NOT (kind = 'return' AND undone_on <> '')
    UNION ALL
    SELECT undone_on, undone_us, seq, 'undone', register, paper, number, amount_minor, '', ''
        FROM account_credit WHERE {_IN} AND kind = 'payment' AND undone_on BETWEEN ?2 AND ?3
    ORDER BY 1, 2
    LIMIT 2000
"""


class StatementLine(msgspec.Struct, frozen=True):
    """A movement of an account: its change to the debt (negative: less), and the debt after it, `balance_minor`.
    `document`: its invoice or receipt; `number`: the payment's number, or 0; `seq`: its journal row."""

    day: str
    kind: str
    document: str
    number: int
    amount_minor: int
    due_on: str
    balance_minor: int
    seq: int = 0


class Statement(msgspec.Struct, frozen=True):
    """A month's statement.

    `ages`: the open amounts by age, as of the day of the query: not due yet, and overdue up to 30, 60, 90 days and
    longer.
    """

    customer: str
    month: str
    opening_minor: int
    closing_minor: int
    lines: tuple[StatementLine, ...]
    open: tuple[AccountItem, ...]
    ages: tuple[int, ...]


def account_statement(
    db: Connection, customer: Annotated[str, msgspec.Meta(max_length=80)], month: Month, today: Today
) -> Statement | None:
    """A month's statement of a customer's account; None if they have no account."""
    account = account_of(db, customer)
    if account is None:
        return None
    ids, first, last = json_ids(db, account.customer), f"{month}-01", f"{month}-31"
    balance = opening = int(db.execute(_BEFORE, (ids, first)).fetchone()[0])
    lines = []
    for day, _, seq, kind, register, paper, number, minor, due, invoice in db.execute(_MOVES, (ids, first, last)):
        balance += minor
        document = invoice or (shown_number(register, paper) if paper else "")
        lines.append(StatementLine(day, kind, document, number, minor, due, balance, seq))
    open_items = tuple(account_items(db, account.customer))
    return Statement(account.customer, month, opening, balance, tuple(lines), open_items, ages_of(open_items, today))


def ages_of(items: tuple[AccountItem, ...], today: str) -> tuple[int, ...]:
    """Open amounts by age: not due yet, and overdue up to 30, 60, 90 days and longer."""
    sums = [0] * (len(AGES) + 1)
    for one in items:
        sums[age_of(one, today)] += one.open_minor
    return tuple(sums)


def age_of(item: AccountItem, today: str) -> int:
    """The age group of an open item."""
    days = days_late(item.due_on, today)
    return sum(days > edge for edge in AGES)


def days_late(due: str, today: str) -> int:
    """Days overdue; negative if not due yet."""
    return (date.fromisoformat(today) - date.fromisoformat(due)).days


def interest_minor(items: tuple[AccountItem, ...], today: str, permille: int) -> Number:
    """Interest on overdue items in minor units. `permille`: the rate per year of 365 days. Rounded half up."""
    product = sum(one.open_minor * max(0, days_late(one.due_on, today)) for one in items)
    return divide_half_up(product * permille, 365_000)
