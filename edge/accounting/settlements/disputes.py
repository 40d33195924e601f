"""Disputes, inside the transaction. A disputed payment has the state `disputed`, so that it isn't refunded as well."""

from __future__ import annotations

import hashlib

from edge.accounting.settlements import commands, events
from edge.accounting.settlements.batch import JudgedLine, is_day
from edge.accounting.settlements.queries import Dispute, disputes_of, find_dispute
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.money.payments.commands import MovePayment
from edge.money.payments.payment import Payment
from edge.money.payments.queries import find_payment, refunds_of
from edge.money.payments.states import MOVES, State

DISPUTES_MOST = 20
"""Maximum disputes per payment."""


def open_dispute(tx: Transaction, command: commands.OpenDispute) -> str:
    """Open or update a dispute. Returns its id."""
    payment = find_payment(tx.db, command.payment)
    if payment is None:
        raise Refusal("no_such_payment")
    if command.answer_by and not is_day(command.answer_by):
        raise Refusal("batch_day")
    left_minor = payment.taken_minor - payment.charged_back_minor
    if command.amount_minor > left_minor:
        raise Refusal("over_captured", {"left_minor": left_minor})
    return _open_dispute(tx, payment, command.reason, command.amount_minor, command.answer_by or "")


def hear_dispute(tx: Transaction, command: commands.HearDispute) -> None:
    """Apply a provider's report. Reports may arrive in any order and repeatedly. Raises `Refusal` if there is no such
    payment, or its state doesn't allow a dispute."""
    payment = find_payment(tx.db, command.payment)
    if payment is None:
        raise Refusal("no_such_payment")
    minor, known = command.amount_minor or payment.taken_minor, disputes_of(tx.db, payment.id)
    if minor > payment.taken_minor:
        raise Refusal("over_captured", {"left_minor": payment.taken_minor})
    same = [one for one in known if one.amount_minor == minor]
    going_on = next((one for one in known if one.is_open), None)
    if command.end:
        if going_on is None and same:
            if command.end == "won" and same[-1].state == "expired":  # the loss is booked: a person must check
                tx.do(MovePayment(payment.id, "captured", "look_up"))
            return  # already ended
        if going_on is None:
            _open_dispute(tx, payment, command.reason, minor, "")
            going_on = next(one for one in disputes_of(tx.db, payment.id) if one.is_open)
        _end(tx, going_on, command.end)
        return
    answer_by = command.answer_by if command.answer_by and is_day(command.answer_by) else ""
    if going_on is None and same:
        return  # outdated report of an ended dispute
    if going_on and (going_on.state != "opened" or (going_on.amount_minor == minor and not answer_by)):
        return
    if going_on and (going_on.amount_minor, going_on.answer_by or "") == (minor, answer_by):
        return
    _open_dispute(tx, payment, command.reason, minor, answer_by)


def answer_dispute(tx: Transaction, command: commands.AnswerDispute) -> None:
    dispute = _require_dispute(tx, command.id)
    if dispute.state != "opened":
        raise Refusal("dispute_state", {"state": dispute.state})
    if dispute.answer_by and dispute.answer_by < tx.business_date:
        raise Refusal("dispute_over", {"day": dispute.answer_by})
    tx.append(events.DisputeAnswered(dispute.id))


def end_dispute(tx: Transaction, command: commands.EndDispute) -> None:
    dispute = _require_dispute(tx, command.id)
    answered_only = command.how in ("accepted", "expired") and dispute.state == "answered"
    if not dispute.is_open or answered_only:
        raise Refusal("dispute_state", {"state": dispute.state})
    _end(tx, dispute, command.how)


def charged_back(tx: Transaction, line: JudgedLine) -> None:
    """Apply a batch's chargeback: it opens an unknown dispute. A returned chargeback ends it as won."""
    known = disputes_of(tx.db, line.payment)
    if line.amount_minor > 0:
        for dispute in known:
            if dispute.is_open and dispute.amount_minor == line.amount_minor:
                _end(tx, dispute, "won")
        return
    payment = find_payment(tx.db, line.payment)
    if payment is None or "disputed" not in MOVES[payment.state]:
        return
    if not any(one.amount_minor == -line.amount_minor for one in known):
        _open_dispute(tx, payment, "other", -line.amount_minor, "")


def _open_dispute(
    tx: Transaction, payment: Payment, reason: events.DisputeReason, amount_minor: int, answer_by: str
) -> str:
    known = disputes_of(tx.db, payment.id)
    going_on = next((one for one in known if one.is_open), None)
    if going_on is None:
        moved = tx.do(MovePayment(payment.id, "disputed", "person")).result
        if moved.state != "disputed" or len(known) >= DISPUTES_MOST:
            raise Refusal("payment_state", {"state": payment.state})
    elif going_on.state != "opened":
        raise Refusal("dispute_state", {"state": going_on.state})
    id = going_on.id if going_on else hashlib.sha256(f"{payment.id} {len(known) + 1}".encode()).hexdigest()[:24]
    tx.append(events.DisputeOpened(id, payment.id, reason, amount_minor, payment.currency, answer_by))
    return id


def _end(tx: Transaction, dispute: Dispute, how: events.DisputeEnd) -> None:
    payment = find_payment(tx.db, dispute.payment)
    assert payment is not None
    tx.append(events.DisputeEnded(dispute.id, dispute.payment, how, dispute.amount_minor, dispute.currency))
    gone_minor = 0 if how == "won" else dispute.amount_minor
    lost = gone_minor + payment.charged_back_minor >= payment.taken_minor
    tx.do(MovePayment(payment.id, "lost" if lost else _was(tx, payment), "person", charged_back_minor=gone_minor))


def _was(tx: Transaction, payment: Payment) -> State:
    """A payment's state before it was disputed."""
    back_minor = sum(one.amount_minor for one in refunds_of(tx.db, payment.id) if one.state == "done")
    if back_minor:
        return "refunded" if back_minor >= payment.returnable_minor else "partly_refunded"
    return "settled" if payment.settled_on else "captured"


def _require_dispute(tx: Transaction, id: str) -> Dispute:
    dispute = find_dispute(tx.db, id)
    if dispute is None:
        raise Refusal("no_such_dispute")
    return dispute
