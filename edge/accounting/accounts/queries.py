"""Queries of accounts: debts, payments and orders."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from edge.accounting.accounts.account import SALES_OPEN, Account, SalesState
from edge.accounting.accounts.entities import ACCOUNTS, account_of, json_ids
from edge.accounting.accounts.events import WentOut
from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.people.customers.queries import customer_name

PAGE_LIMIT = 500
NAMES_MOST = 1_000
"""Maximum customer names to read at a time."""
Text = Annotated[str, msgspec.Meta(max_length=80)]
_IN = "customer IN (SELECT value FROM json_each(?1))"
_ITEM_FIELDS = """
    i.seq, i.customer, i.kind, i.register, i.paper, i.sales_order, i.business_date, i.due_on, i.currency,
    i.amount_minor, i.paid_minor, i.stage, coalesce((SELECT v.number FROM invoice v WHERE v.register = i.register
        AND v.paper = i.paper AND v.replaced_by = '' AND i.paper > 0 ORDER BY v.seq LIMIT 1), '')
"""
_ITEMS = f"""
    SELECT {_ITEM_FIELDS} FROM account_item i WHERE i.{_IN} AND (?2 OR i.amount_minor > i.paid_minor)
    ORDER BY i.due_on, i.seq LIMIT ?3
"""
_OVERDUE = f"""
    SELECT {_ITEM_FIELDS} FROM account_item i WHERE i.amount_minor > i.paid_minor AND i.due_on < ?
    ORDER BY i.due_on, i.seq LIMIT ?
"""
_ITEM = f"SELECT {_ITEM_FIELDS} FROM account_item i WHERE i.seq = ?"
_CREDIT_FIELDS = (
    "seq, customer, kind, number, register, paper, business_date, currency, tender, amount_minor, used_minor,"
    " undone_on, card_payment"
)
_CREDITS = f"SELECT {_CREDIT_FIELDS} FROM account_credit WHERE {_IN} ORDER BY seq DESC LIMIT ?2"
_FREE = f"""
    SELECT {_CREDIT_FIELDS} FROM account_credit WHERE {_IN} AND undone_on = '' AND amount_minor > used_minor
    ORDER BY seq
"""
_PAYMENT = f"SELECT {_CREDIT_FIELDS} FROM account_credit WHERE number = ?"
_OPENINGS = """
    SELECT seq, customer, currency, amount_minor, settled_minor FROM (
        SELECT seq, customer, currency, amount_minor, paid_minor AS settled_minor FROM account_item
            WHERE kind = 'opening'
        UNION ALL
        SELECT seq, customer, currency, -amount_minor, used_minor FROM account_credit WHERE kind = 'opening'
    )
"""
_SUMS = f"""
    SELECT (SELECT coalesce(sum(amount_minor - paid_minor), 0) FROM account_item WHERE {_IN}),
        (SELECT coalesce(sum(amount_minor - paid_minor), 0) FROM account_item WHERE {_IN} AND due_on < ?2),
        (SELECT coalesce(sum(amount_minor - used_minor), 0) FROM account_credit WHERE {_IN} AND undone_on = ''),
        (SELECT coalesce(sum(left_minor), 0) FROM sales_order WHERE {_IN} AND state IN {SALES_OPEN!r}),
        (SELECT coalesce(min(due_on), '') FROM account_item WHERE {_IN} AND amount_minor > paid_minor)
"""
_ORDER_FIELDS = """
    number, customer, state, location, currency, total_minor, left_minor, due_on, business_date, opened_us, changed_us,
    changed_by
"""
_ORDER = f"SELECT {_ORDER_FIELDS} FROM sales_order WHERE number = ?"
_ORDERS = f"""
    SELECT {_ORDER_FIELDS} FROM sales_order WHERE (?1 = '' OR state = ?1) AND (?2 = 0 OR number < ?2)
        AND (?3 = '[]' OR customer IN (SELECT value FROM json_each(?3))) ORDER BY number DESC LIMIT ?4
"""
_LINES = "SELECT sku, quantity, price_minor, delivered FROM sales_line WHERE number = ? ORDER BY n"
_DELIVERIES = """
    SELECT register, receipt, delivery_note, business_date, lines FROM sales_delivery WHERE number = ? ORDER BY seq
"""


class AccountItem(msgspec.Struct, frozen=True):
    """An item owed, by its journal row; `invoice`: its invoice number, "" if none yet."""

    seq: int
    customer: str
    kind: str
    register: str
    paper: int
    sales_order: int
    business_date: str
    due_on: str
    currency: str
    amount_minor: int
    paid_minor: int
    stage: int
    invoice: str

    @property
    def open_minor(self) -> int:
        return self.amount_minor - self.paid_minor


class AccountCredit(msgspec.Struct, frozen=True):
    """A payment or return. `used_minor`: the part used to pay items. `undone_on`: when it was reversed. `card_payment`:
    the stored card's payment, or ""."""

    seq: int
    customer: str
    kind: str
    number: int
    register: str
    paper: int
    business_date: str
    currency: str
    tender: str
    amount_minor: int
    used_minor: int
    undone_on: str
    card_payment: str = ""

    @property
    def free_minor(self) -> int:
        return 0 if self.undone_on else self.amount_minor - self.used_minor


class OpeningBalance(msgspec.Struct, frozen=True):
    """A customer's balance imported from another system: positive if owed, negative if credit. `settled_minor` of it
    has been paid or used."""

    seq: int
    customer: str
    currency: str
    amount_minor: int
    settled_minor: int


class AccountStanding(msgspec.Struct, frozen=True):
    """A customer's amounts owed, overdue, in credit, and ordered but undelivered; `exposure_minor` is the total.
    `oldest_due`: the earliest due date among open items, or "". `name`: "" if hidden.
    """

    account: Account
    name: str
    owed_minor: int
    overdue_minor: int
    credit_minor: int
    ordered_minor: int
    oldest_due: str

    @property
    def exposure_minor(self) -> int:
        return self.owed_minor - self.credit_minor + self.ordered_minor

    @property
    def balance_minor(self) -> int:
        return self.owed_minor - self.credit_minor

    @property
    def is_over(self) -> bool:
        return self.account.limit_minor is not None and self.exposure_minor > self.account.limit_minor


class SalesOrderLine(msgspec.Struct, frozen=True):
    """A line of an order on account, in thousandths of its unit."""

    sku: str
    quantity: int
    price_minor: int
    delivered: int

    @property
    def open(self) -> int:
        return max(0, self.quantity - self.delivered)


class SalesDelivery(msgspec.Struct, frozen=True):
    """A delivery with its receipt number; 0 if goods were returned for replacement."""

    register: str
    receipt: int
    delivery_note: str
    business_date: str
    lines: tuple[WentOut, ...]


class SalesOrder(msgspec.Struct, frozen=True):
    """An order's current state; `left_minor` of `total_minor` is undelivered."""

    number: int
    customer: str
    state: SalesState
    location: str
    currency: str
    total_minor: int
    left_minor: int
    due_on: str
    business_date: str
    opened_us: int
    changed_us: int
    changed_by: str
    lines: tuple[SalesOrderLine, ...] = ()
    deliveries: tuple[SalesDelivery, ...] = ()

    @property
    def holder(self) -> str:
        """The name under which the order's stock is reserved."""
        return f"sales-{self.number}"

    @property
    def delivered_quantity(self) -> int:
        return sum(line.delivered for line in self.lines)


def standing(db: Connection, customer: str, today: Text) -> AccountStanding | None:
    """A customer's standing on a business day; None if they have no account."""
    account = account_of(db, customer)
    return _standing(db, account, today) if account else None


def _standing(db: Connection, account: Account, today: str) -> AccountStanding:
    ids = json_ids(db, account.customer)
    owed, overdue, credit, ordered, oldest = db.execute(_SUMS, (ids, today)).fetchone()
    return AccountStanding(account, customer_name(db, account.customer), owed, overdue, credit, ordered, oldest)


def read_accounts(db: Connection, today: Text) -> list[AccountStanding]:
    """All accounts with their standing on a business day, largest debts first."""
    found = [_standing(db, one, today) for one in ACCOUNTS.read(db)]
    return sorted(found, key=lambda one: (-one.exposure_minor, one.account.customer))


def account_names(db: Connection) -> list[tuple[str, str]]:
    """Account customers and their names, unless hidden."""
    found = ((one.customer, customer_name(db, one.customer)) for one in ACCOUNTS.read(db)[:NAMES_MOST])
    return [(id, name) for id, name in found if name]


def account_items(
    db: Connection, customer: Text, all_of_them: bool = False, limit: Number = PAGE_LIMIT
) -> list[AccountItem]:
    """A customer's items, those due longest first. Paid items are included only with `all_of_them`."""
    rows = db.execute(_ITEMS, (json_ids(db, customer), int(all_of_them), min(limit, PAGE_LIMIT)))
    return [AccountItem(*row) for row in rows]


def overdue_items(db: Connection, today: str, limit: int = PAGE_LIMIT) -> list[AccountItem]:
    """Items due before a business day, those due longest first."""
    return [AccountItem(*row) for row in db.execute(_OVERDUE, (today, limit))]


def find_item(db: Connection, seq: int) -> AccountItem | None:
    row = db.execute(_ITEM, (seq,)).fetchone()
    return AccountItem(*row) if row else None


def account_credits(db: Connection, customer: Text, limit: Number = PAGE_LIMIT) -> list[AccountCredit]:
    """A customer's payments and returns, the newest first."""
    rows = db.execute(_CREDITS, (json_ids(db, customer), min(limit, PAGE_LIMIT)))
    return [AccountCredit(*row) for row in rows]


def free_credits(db: Connection, customer: str) -> list[AccountCredit]:
    """A customer's unused credits, the oldest first."""
    return [AccountCredit(*row) for row in db.execute(_FREE, (json_ids(db, customer),))]


def find_opening(db: Connection, seq: int) -> OpeningBalance | None:
    row = db.execute(f"{_OPENINGS} WHERE seq = ?", (seq,)).fetchone()
    return OpeningBalance(*row) if row else None


def imported_minor(db: Connection, customer: str) -> int:
    """The sum of a customer's imported balances: positive if owed, negative if credit."""
    found = db.execute(f"{_OPENINGS} WHERE {_IN}", (json_ids(db, customer),))
    return sum(OpeningBalance(*row).amount_minor for row in found)


def find_payment(db: Connection, number: int) -> AccountCredit | None:
    row = db.execute(_PAYMENT, (number,)).fetchone()
    return AccountCredit(*row) if row else None


def read_sales_order(db: Connection, number: Number) -> SalesOrder | None:
    """An order on account by number, or None."""
    row = db.execute(_ORDER, (number,)).fetchone()
    return _order(db, row) if row else None


def read_sales_orders(
    db: Connection, state: Text = "", before: Number = 0, customer: Text = "", limit: Number = 100
) -> list[SalesOrder]:
    """Orders on account in a state ("": any), the newest first; with numbers below `before`."""
    ids = json_ids(db, customer) if customer else "[]"
    rows = db.execute(_ORDERS, (state, before, ids, min(limit, PAGE_LIMIT))).fetchall()
    return [_order(db, row) for row in rows]


def open_sales_orders(db: Connection, before: int, limit: int) -> list[SalesOrder]:
    """Open orders on account, the newest first; with numbers below `before` (0: all)."""
    open_ones = [one for state in ("open", "partial") for one in read_sales_orders(db, state, before, limit=limit)]
    return sorted(open_ones, key=lambda one: -one.number)[:limit]


def _order(db: Connection, row: tuple[Any, ...]) -> SalesOrder:
    lines = tuple(SalesOrderLine(*one) for one in db.execute(_LINES, (row[0],)))
    gone = tuple(
        SalesDelivery(register, receipt, note, day, msgspec.json.decode(body, type=tuple[WentOut, ...]))
        for register, receipt, note, day, body in db.execute(_DELIVERIES, (row[0],))
    )
    return msgspec.structs.replace(SalesOrder(*row), lines=lines, deliveries=gone)


def personal_data_of(db: Connection, person: str) -> dict[str, Any]:
    """A person's account data, for their export."""
    orders, items = read_sales_orders(db, customer=person), account_items(db, person, all_of_them=True)
    found: dict[str, Any] = {
        "account": account_of(db, person),
        "account_items": items,
        "account_credits": account_credits(db, person),
        "sales_orders": orders,
    }
    return {key: msgspec.to_builtins(value) for key, value in found.items() if value}
