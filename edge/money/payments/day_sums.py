"""Card totals since a journal row: by terminal, to compare with its day close, and by register, for X and Z reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from edge.core.storage.database import Connection
from edge.money.payments.payment import CardRefund, Payment

_payment = msgspec.json.Decoder(Payment).decode
_refund = msgspec.json.Decoder(CardRefund).decode


def our_day(db: Connection, terminal: str, since_seq: int) -> dict[str, tuple[int, int]]:
    """A terminal's totals since a journal row, by brand: the count, and payments less refunds in minor units.

    Refunds count as transactions, as terminals count them. A reduced tip only lowers the amount.
    """
    sums: dict[str, tuple[int, int]] = {}
    taken = db.execute("SELECT body FROM payment WHERE terminal = ? AND taken_seq > ?", (terminal, since_seq))
    for payment in (_payment(body) for (body,) in taken):
        _count(sums, payment)
    done = db.execute("SELECT body FROM payment_refund WHERE terminal = ? AND done_seq > ?", (terminal, since_seq))
    for refund in (_refund(body) for (body,) in done):
        count, minor = sums.get(refund.brand, (0, 0))
        sums[refund.brand] = count + (not refund.lowers), minor - refund.amount_minor
    return sums


def terminal_amounts(
    db: Connection, terminal: str, is_of: Callable[[str], bool], since_seq: int, before_seq: int = 2**62
) -> Iterator[tuple[int, int]]:
    """The payments and refunds in `our_day` of the brands that `is_of` accepts, each as journal row and amount."""
    between = (terminal, since_seq, before_seq)
    taken = db.execute("SELECT body FROM payment WHERE terminal = ? AND taken_seq > ? AND taken_seq < ?", between)
    for payment in (_payment(body) for (body,) in taken):
        if is_of(_brand_of(payment)):
            yield payment.taken_seq, payment.taken_minor
    done = db.execute("SELECT body FROM payment_refund WHERE terminal = ? AND done_seq > ? AND done_seq < ?", between)
    for refund in (_refund(body) for (body,) in done):
        if is_of(refund.brand):
            yield refund.done_seq, -refund.amount_minor


def card_sums_since(db: Connection, register: str, since_seq: int) -> dict[str, tuple[int, int]]:
    """A register's card payments since a journal row, by brand: count and sum, less the refunds of their tips."""
    sums: dict[str, tuple[int, int]] = {}
    for payment in _sales_since(db, register, since_seq):
        _count(sums, payment)
    done = db.execute("SELECT body FROM payment_refund WHERE register = ? AND done_seq > ?", (register, since_seq))
    for refund in (_refund(body) for (body,) in done):
        if refund.lowers:
            count, minor = sums.get(refund.brand, (0, 0))
            sums[refund.brand] = count, minor - refund.amount_minor
    return sums


def stored_since(db: Connection, register: str, since_seq: int) -> tuple[int, int]:
    """The card payments taken offline that aren't confirmed yet: count and sum."""
    stored = [one.taken_minor for one in _sales_since(db, register, since_seq) if one.state == "stored"]
    return len(stored), sum(stored)


def cash_back_since(db: Connection, register: str, since_seq: int) -> tuple[int, int]:
    """Cash back handed out since a journal row: count and sum."""
    handed = [one.handed_out_minor for one in _sales_since(db, register, since_seq) if one.handed_out_minor]
    return len(handed), sum(handed)


def cash_refunds_since(db: Connection, register: str, since_seq: int) -> tuple[int, int]:
    """Failed refunds paid in cash from a register's drawer since a journal row: count and
    sum."""
    rows = db.execute("SELECT body FROM payment_refund WHERE cash_seq > 0 AND cash_seq > ?", (since_seq,))
    given = [one.cash_minor for one in (_refund(body) for (body,) in rows) if one.cash_at == register]
    return len(given), sum(given)


def _sales_since(db: Connection, register: str, since_seq: int) -> Iterator[Payment]:
    rows = db.execute(
        "SELECT body FROM payment WHERE register = ? AND taken_seq > ? AND purpose != 'trial'", (register, since_seq)
    )
    return (_payment(body) for (body,) in rows)


def _count(sums: dict[str, tuple[int, int]], payment: Payment) -> None:
    """Add a payment to its brand's totals. An added tip isn't counted separately from its payment."""
    count, minor = sums.get(_brand_of(payment), (0, 0))
    sums[_brand_of(payment)] = count + (payment.purpose != "tip"), minor + payment.taken_minor


def _brand_of(payment: Payment) -> str:
    return payment.approval.brand if payment.approval else ""
