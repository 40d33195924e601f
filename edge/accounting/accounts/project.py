"""Projects account events, and till events paid on account, to rows in the same commit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from edge.accounting.accounts.account import TENDER
from edge.accounting.accounts.entities import ACCOUNTS
from edge.accounting.accounts.events import (
    AccountBalanceImported,
    AccountCharged,
    AccountCreditUsed,
    AccountEnded,
    AccountPaid,
    AccountPaymentUndone,
    AccountReminded,
    AccountSet,
    ImportedBalanceUndone,
    QuoteEnded,
    QuoteMade,
    SalesOrderDelivered,
    SalesOrderEnded,
    SalesOrderOpened,
)
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import Tender
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected

_ITEM = """
    INSERT INTO account_item (seq, customer, kind, register, paper, sales_order, business_date, due_on, at_us, currency,
        amount_minor, paid_minor, stage)
    VALUES (?1, ?2, ?3, ?4, ?5, coalesce(
        (SELECT number FROM sales_delivery WHERE register = ?4 AND receipt = ?5 AND ?5 > 0), 0),
        ?6, ?7, ?8, ?9, ?10, 0, 0)
"""
_CREDIT = """
    INSERT INTO account_credit (seq, customer, kind, number, register, paper, business_date, at_us, currency, tender,
        amount_minor, used_minor, undone_on, undone_us, actor, card_payment)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', 0, ?, ?)
"""
_USE = """
    INSERT INTO account_match (credit, item, amount_minor) VALUES (?, ?, ?)
    ON CONFLICT (credit, item) DO UPDATE SET amount_minor = amount_minor + excluded.amount_minor
"""
_FREE_ITEMS = """
    UPDATE account_item SET paid_minor = paid_minor - (
        SELECT amount_minor FROM account_match m WHERE m.credit = ?1 AND m.item = account_item.seq)
    WHERE seq IN (SELECT item FROM account_match WHERE credit = ?1)
"""
_FREE_CREDITS = """
    UPDATE account_credit SET used_minor = used_minor - (
        SELECT amount_minor FROM account_match m WHERE m.item = ?1 AND m.credit = account_credit.seq)
    WHERE seq IN (SELECT credit FROM account_match WHERE item = ?1)
"""
_ORDER = """
    INSERT INTO sales_order (number, customer, state, location, currency, total_minor, left_minor, due_on,
        business_date, opened_us, changed_us, changed_by)
    VALUES (?1, ?2, 'open', ?3, ?4, ?5, ?5, ?6, ?7, ?8, ?8, ?9)
    ON CONFLICT (number) DO UPDATE SET location = ?3, total_minor = ?5,
        left_minor = ?5 - (total_minor - left_minor), due_on = ?6, changed_us = ?8, changed_by = ?9
"""
_LINE = """
    INSERT INTO sales_line (number, sku, n, quantity, price_minor, delivered) VALUES (?, ?, ?, ?, ?, 0)
    ON CONFLICT (number, sku) DO UPDATE SET quantity = excluded.quantity, price_minor = excluded.price_minor,
        n = excluded.n
"""
_QUOTE = """
    INSERT INTO quote (number, customer, state, currency, total_minor, valid_until, business_date, changed_us,
        sales_order, lines)
    VALUES (?1, ?2, 'open', ?3, ?4, ?5, ?6, ?7, 0, ?8)
    ON CONFLICT (number) DO UPDATE SET total_minor = ?4, valid_until = ?5, business_date = ?6, changed_us = ?7,
        lines = ?8
"""


def due_on(day: str, terms_days: int) -> str:
    """The due date of a delivery on `day`."""
    return (date.fromisoformat(day) + timedelta(days=terms_days)).isoformat()


def by_account(tenders: Iterable[Tender]) -> int:
    """The total of tenders paid on account."""
    minor = 0
    for one in tenders:
        if one.kind == TENDER:
            minor += one.amount_minor
    return minor


def _terms(db: Connection, customer: str) -> int:
    known = ACCOUNTS.find(db, customer)
    return known.terms_days if known else 0


def _item(
    db: Connection, fact: RecordedEvent, seq: int, customer: str, kind: str, paper: int, currency: str, minor: int
) -> None:
    due = due_on(fact.business_date, _terms(db, customer))
    where = (fact.register if paper else "", paper, fact.business_date, due, fact.at_us)
    db.execute(_ITEM, (seq, customer, kind, *where, currency, minor))


def _credit(
    db: Connection,
    fact: RecordedEvent,
    customer: str,
    kind: str,
    number: int,
    paper: int,
    tender: str,
    minor: int,
    card_payment: str = "",
) -> None:
    currency = fact.event.currency  # type: ignore[attr-defined]
    what = (fact.seq, customer, kind, number, fact.register if paper else "", paper)
    db.execute(_CREDIT, (*what, fact.business_date, fact.at_us, currency, tender, minor, fact.actor, card_payment))


def _post_sale(db: Connection, fact: RecordedEvent, event: SaleCompleted) -> None:
    if minor := by_account(event.tenders):
        _item(db, fact, fact.seq, event.customer, "sale", event.number, event.currency, minor)
    if minor := by_account(event.back):
        _credit(db, fact, event.customer, "return", 0, event.number, TENDER, minor)


def _post_refund(db: Connection, fact: RecordedEvent, event: SaleRefunded) -> None:
    if minor := by_account(event.tenders):
        _credit(db, fact, event.customer, "return", 0, event.number, TENDER, minor)


def _reverse_paper(db: Connection, fact: RecordedEvent, event: SaleVoided) -> None:
    """Remove a voided paper from an account; payments made on it become credit."""
    where = (fact.register, event.sale)
    for (seq,) in db.execute("SELECT seq FROM account_item WHERE register = ? AND paper = ?", where).fetchall():
        _drop_item(db, seq)
    for (seq,) in db.execute("SELECT seq FROM account_credit WHERE register = ? AND paper = ?", where).fetchall():
        _drop_credit(db, fact, seq)


def _drop_item(db: Connection, seq: int) -> None:
    db.execute(_FREE_CREDITS, (seq,))
    db.execute("DELETE FROM account_match WHERE item = ?", (seq,))
    db.execute("DELETE FROM account_item WHERE seq = ?", (seq,))


def _drop_credit(db: Connection, fact: RecordedEvent, seq: int) -> None:
    db.execute(_FREE_ITEMS, (seq,))
    db.execute("DELETE FROM account_match WHERE credit = ?", (seq,))
    db.execute(
        "UPDATE account_credit SET used_minor = 0, undone_on = ?, undone_us = ? WHERE seq = ?",
        (fact.business_date, fact.at_us, seq),
    )


def _correct_tenders(db: Connection, fact: RecordedEvent, event: TenderCorrected) -> None:
    """Apply a correction that moves a sale's payment, or part of it, off the account."""
    where = (fact.register, event.sale)
    row = db.execute("SELECT seq FROM account_item WHERE register = ? AND paper = ?", where).fetchone()
    if row is None:
        return
    now = by_account(event.tenders)
    if now < by_account(event.was):
        db.execute(_FREE_CREDITS, row)
        db.execute("DELETE FROM account_match WHERE item = ?", row)
        db.execute("UPDATE account_item SET amount_minor = ?, paid_minor = 0 WHERE seq = ?", (now, row[0]))


def _post_charge(db: Connection, fact: RecordedEvent, event: AccountCharged) -> None:
    _item(db, fact, fact.seq, event.customer, event.why, 0, event.currency, event.amount_minor)


def _post_opening(db: Connection, fact: RecordedEvent, event: AccountBalanceImported) -> None:
    if event.amount_minor > 0:
        _item(db, fact, fact.seq, event.customer, "opening", 0, event.currency, event.amount_minor)
    else:
        _credit(db, fact, event.customer, "opening", 0, 0, TENDER, -event.amount_minor)


def _drop_opening(db: Connection, fact: RecordedEvent, event: ImportedBalanceUndone) -> None:
    db.execute("DELETE FROM account_item WHERE seq = ?", (event.opening,))
    db.execute("DELETE FROM account_credit WHERE seq = ?", (event.opening,))


def _post_payment(db: Connection, fact: RecordedEvent, event: AccountPaid) -> None:
    _credit(db, fact, event.customer, "payment", event.number, 0, event.tender, event.amount_minor, event.payment)


def _undo_payment(db: Connection, fact: RecordedEvent, event: AccountPaymentUndone) -> None:
    for (seq,) in db.execute("SELECT seq FROM account_credit WHERE number = ?", (event.number,)).fetchall():
        _drop_credit(db, fact, seq)


def _use_credit(db: Connection, fact: RecordedEvent, event: AccountCreditUsed) -> None:
    db.execute(_USE, (event.credit, event.item, event.amount_minor))
    db.execute("UPDATE account_item SET paid_minor = paid_minor + ? WHERE seq = ?", (event.amount_minor, event.item))
    db.execute(
        "UPDATE account_credit SET used_minor = used_minor + ? WHERE seq = ?", (event.amount_minor, event.credit)
    )


def _set_stages(db: Connection, fact: RecordedEvent, event: AccountReminded) -> None:
    rows = list(zip(event.stages, event.items, strict=True))
    db.executemany("UPDATE account_item SET stage = ? WHERE seq = ?", rows)


def _open_order(db: Connection, fact: RecordedEvent, event: SalesOrderOpened) -> None:
    what = (event.number, event.customer, event.location, event.currency, event.total_minor, event.due_on)
    db.execute(_ORDER, (*what, fact.business_date, fact.at_us, fact.actor))
    db.execute("DELETE FROM sales_line WHERE number = ? AND delivered = 0", (event.number,))
    for n, line in enumerate(event.lines):
        db.execute(_LINE, (event.number, line.sku, n, line.quantity, line.price_minor))


def _deliver_order(db: Connection, fact: RecordedEvent, event: SalesOrderDelivered) -> None:
    for one in event.lines:
        db.execute(
            "UPDATE sales_line SET delivered = delivered + ? WHERE number = ? AND sku = ?",
            (one.quantity, event.number, one.sku),
        )
    db.execute(
        "UPDATE sales_order SET state = 'partial', left_minor = ?, changed_us = ?, changed_by = ? WHERE number = ?",
        (event.left_minor, fact.at_us, fact.actor, event.number),
    )
    lines = msgspec.json.encode(event.lines).decode()
    what = (fact.seq, event.number, fact.register, event.receipt, event.delivery_note)
    db.execute(
        "INSERT INTO sales_delivery (seq, number, register, receipt, delivery_note, business_date, at_us, lines)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*what, fact.business_date, fact.at_us, lines),
    )


def _end_order(db: Connection, fact: RecordedEvent, event: SalesOrderEnded) -> None:
    left = "left_minor" if event.state in ("open", "partial") else "0"
    db.execute(
        f"UPDATE sales_order SET state = ?, left_minor = {left}, changed_us = ?, changed_by = ? WHERE number = ?",
        (event.state, fact.at_us, fact.actor, event.number),
    )


def _add_quote(db: Connection, fact: RecordedEvent, event: QuoteMade) -> None:
    what = (event.number, event.customer, event.currency, event.total_minor, event.valid_until)
    lines = msgspec.json.encode(event.lines).decode()
    db.execute(_QUOTE, (*what, fact.business_date, fact.at_us, lines))


def _quote_ended(db: Connection, fact: RecordedEvent, event: QuoteEnded) -> None:
    db.execute(
        "UPDATE quote SET state = ?, sales_order = ?, changed_us = ? WHERE number = ?",
        (event.state, event.sales_order, fact.at_us, event.number),
    )


projector = Projector(
    name="accounts",
    version=1,
    tables=(
        *(ACCOUNTS.table, "account_item", "account_credit", "account_match"),
        *("sales_order", "sales_line", "sales_delivery", "quote"),
    ),
    on={
        AccountSet: ACCOUNTS.on[AccountSet],
        AccountEnded: ACCOUNTS.on[AccountEnded],
        SaleCompleted: _post_sale,
        SaleRefunded: _post_refund,
        SaleVoided: _reverse_paper,
        TenderCorrected: _correct_tenders,
        AccountCharged: _post_charge,
        AccountBalanceImported: _post_opening,
        ImportedBalanceUndone: _drop_opening,
        AccountPaid: _post_payment,
        AccountPaymentUndone: _undo_payment,
        AccountCreditUsed: _use_credit,
        AccountReminded: _set_stages,
        QuoteMade: _add_quote,
        QuoteEnded: _quote_ended,
        SalesOrderOpened: _open_order,
        SalesOrderDelivered: _deliver_order,
        SalesOrderEnded: _end_order,
    },
)
