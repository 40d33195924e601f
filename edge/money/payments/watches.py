"""Alerts about card payments."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.money.payments.payment import CardRefund, Payment
from edge.money.payments.providers.provider import DRIVERS

MINUTE_US = 60 * 1_000_000
LONG_US = 5 * MINUTE_US
"""How long a payment or refund may be pending before an alert is raised (microseconds)."""
DAY_US = 24 * 60 * MINUTE_US
SHOWN_US = 3 * 24 * 60 * MINUTE_US
"""How long an unresolved payment is reported (microseconds)."""
_payment = msgspec.json.Decoder(Payment).decode
_refund = msgspec.json.Decoder(CardRefund).decode
_UNKNOWN = "SELECT began_seq, body FROM payment WHERE state = 'unknown' AND changed_us < ?"
_TO_SIGN = """
    SELECT began_seq, body FROM payment WHERE attention = 1 AND state IN ('captured', 'stored') AND changed_us < ?
"""
_TROUBLE = "SELECT began_seq, body FROM payment WHERE trouble = 1 AND changed_us >= ? ORDER BY began_seq"
_LOST = "SELECT began_seq, body FROM payment WHERE state = 'lost' AND changed_us >= ?"
_HELD = "SELECT began_seq, body FROM payment WHERE state = 'authorised' AND changed_us < ?"
_EXPIRED = "SELECT began_seq, body FROM payment WHERE state = 'expired' AND changed_us >= ?"
_STORED = "SELECT began_seq, body FROM payment WHERE state = 'stored'"
_FAILED = "SELECT asked_seq, body FROM payment_refund WHERE state = 'failed' AND changed_us >= ?"
_WAITING = """
    SELECT asked_seq, body FROM payment_refund
    WHERE state IN ('requested', 'unknown') AND changed_us < ? AND changed_us >= ?
"""
_BACK = "SELECT asked_seq, body FROM payment_refund WHERE why = ? AND changed_us >= ? AND state NOT IN ('done', 'cash')"
_UNSOLD = """
    SELECT began_seq, body FROM payment
    WHERE unused = 1 AND changed_us < ? AND id NOT IN (SELECT payment FROM payment_refund)
"""
_CLOSES = """
    SELECT terminal, seq, business_date FROM terminal_close
    WHERE NOT agrees AND at_us >= ? AND seq IN (SELECT max(seq) FROM terminal_close GROUP BY terminal)
"""


def _values(one: Payment | CardRefund) -> dict[str, str | int]:
    return {"register": one.register, "sum_minor": one.amount_minor, "currency": one.currency}


def _unknown(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Payments that have been unknown for several minutes."""
    for seq, body in db.execute(_UNKNOWN, (now_us - LONG_US,)).fetchall():
        payment = _payment(body)
        yield Condition(payment.id, _values(payment), cause_seq=seq)


def _unsigned_payments(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Payments that have waited several minutes for a signature check."""
    for seq, body in db.execute(_TO_SIGN, (now_us - LONG_US,)).fetchall():
        payment = _payment(body)
        if payment.waits_for_signature:
            yield Condition(payment.id, _values(payment), cause_seq=seq)


def _contradicted_payments(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Payments about which the provider sent contradictory news."""
    for seq, body in db.execute(_TROUBLE, (now_us - SHOWN_US,)).fetchall():
        payment = _payment(body)
        if payment.contradicted:
            yield Condition(payment.id, _values(payment), cause_seq=seq)


def _pan(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Terminals that send full card numbers. The numbers are discarded."""
    sending = {
        payment.terminal
        for _, body in db.execute(_TROUBLE, (now_us - SHOWN_US,)).fetchall()
        if (payment := _payment(body)).approval and payment.approval.sends_pan
    }
    for terminal in sorted(sending):
        yield Condition(terminal, {"terminal": terminal})


def _refund_failed(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Refunds that didn't reach the card."""
    for seq, body in db.execute(_FAILED, (now_us - SHOWN_US,)).fetchall():
        refund = _refund(body)
        yield Condition(f"{refund.payment} {refund.number}", _values(refund), cause_seq=seq)


def _refund_waits(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Refunds that have been pending for several minutes."""
    for seq, body in db.execute(_WAITING, (now_us - LONG_US, now_us - SHOWN_US)).fetchall():
        refund = _refund(body)
        yield Condition(f"{refund.payment} {refund.number}", _values(refund), cause_seq=seq)


def _back(why: str, db: Connection, now_us: int) -> Iterator[Condition]:
    for seq, body in db.execute(_BACK, (why, now_us - SHOWN_US)).fetchall():
        refund = _refund(body)
        yield Condition(f"{refund.payment} {refund.number}", _values(refund), cause_seq=seq)


def _late(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Payments taken after they were no longer needed, until they are refunded."""
    yield from _back("late", db, now_us)


def _surplus(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Payments of more than the requested sum, until the excess is refunded."""
    yield from _back("surplus", db, now_us)


def _offline_declined(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Offline payments that the bank declined afterwards.

    Reported until they are written off, and for a while after that.
    """
    lost = db.execute(_LOST, (now_us - SHOWN_US,)).fetchall()
    for seq, body in (*db.execute(_STORED).fetchall(), *lost):
        payment = _payment(body)
        if payment.code == "offline_declined" and (payment.used or payment.state == "stored"):
            yield Condition(payment.id, _values(payment), cause_seq=seq)


def _hold_ends(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Authorisations of orders that expire soon."""
    for seq, body in db.execute(_HELD, (now_us,)).fetchall():
        payment = _payment(body)
        soon_us = payment.changed_us + (DRIVERS[payment.driver].holds_days - 1) * DAY_US
        if payment.hold and not payment.capture_minor and soon_us < now_us:
            yield Condition(payment.id, _values(payment), cause_seq=seq)


def _hold_over(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Authorisations of orders that expired before capture."""
    for seq, body in db.execute(_EXPIRED, (now_us - SHOWN_US,)).fetchall():
        yield Condition(_payment(body).id, _values(_payment(body)), cause_seq=seq)


def _unsold(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Order payments that for several minutes could be neither sold nor refunded."""
    for seq, body in db.execute(_UNSOLD, (now_us - LONG_US,)).fetchall():
        payment = _payment(body)
        yield Condition(payment.id, _values(payment), cause_seq=seq)


def _differs(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Terminals whose totals differed from ours at their last close."""
    for terminal, seq, day in db.execute(_CLOSES, (now_us - SHOWN_US,)).fetchall():
        yield Condition(terminal, {"terminal": terminal, "day": day}, cause_seq=seq)


WATCHES: tuple[Watch, ...] = (
    Watch("payment_unknown", "high", _unknown),
    Watch("signature_waits", "medium", _unsigned_payments),
    Watch("payment_contradicted", "high", _contradicted_payments),
    Watch("card_refund_failed", "high", _refund_failed),
    Watch("card_refund_waits", "medium", _refund_waits),
    Watch("late_capture", "high", _late),
    Watch("card_surplus", "medium", _surplus),
    Watch("offline_declined", "high", _offline_declined),
    Watch("hold_ends", "high", _hold_ends),
    Watch("hold_over", "high", _hold_over),
    Watch("order_payment_unsold", "high", _unsold),
    Watch("terminal_differs", "medium", _differs),
    Watch("terminal_sends_pan", "high", _pan),
)
