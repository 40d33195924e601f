"""Card refunds, inside the transaction.

A refund is checked and recorded in one commit, so that if two tills refund at the same time, one is refused.
"""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.money.payments import commands, events
from edge.money.payments.events import RefundWhy
from edge.money.payments.payment import CardRefund, Payment
from edge.money.payments.providers.fee_split import return_fees
from edge.money.payments.providers.provider import abilities_of
from edge.money.payments.queries import LOOK_UPS_LEAST, find_payment, find_refund, look_ups, refunds_of
from edge.money.payments.states import REFUND_MOVES, REFUNDABLE, RefundState, State

DISPUTED, CHARGED_BACK = "disputed", "charged_back"
"""Reasons: a refund waits because its payment is disputed, or failed because its payment was charged back."""
REFUNDS_MOST = 99
"""Maximum refunds per payment; their request keys allow this many."""


def request_card_refund(tx: Transaction, command: commands.RequestCardRefund) -> int:
    """Request a refund; returns its number."""
    payment = find_payment(tx.db, command.payment)
    if payment is None:
        raise Refusal("no_such_payment")
    return request_refund(tx, payment, command.amount_minor, command.why)


def request_refund(tx: Transaction, payment: Payment, amount_minor: int, why: RefundWhy) -> int:
    """Request a refund; returns its number.

    Raises `Refusal` if it exceeds the payment or the payment's state allows no refund.
    """
    before = refunds_of(tx.db, payment.id)
    if payment.state not in REFUNDABLE or len(before) >= REFUNDS_MOST:
        raise Refusal("payment_state", {"state": payment.state})
    left_minor = payment.returnable_minor - sum(one.amount_minor for one in before if one.counts)
    if amount_minor > left_minor:
        raise Refusal("over_captured", {"left_minor": left_minor})
    number = len(before) + 1
    tx.append(events.CardRefundRequested(payment.id, number, amount_minor, payment.currency, why))
    return number


def retry_card_refund(tx: Transaction, command: commands.RetryCardRefund) -> None:
    refund = _require_refund(tx, command.payment, command.number)
    payment = find_payment(tx.db, command.payment)
    if refund.state not in ("failed", "requested") or refund.waits or payment is None:
        raise Refusal("refund_state", {"state": refund.state})
    if payment.state not in REFUNDABLE:  # also while its bank disputes it
        raise Refusal("payment_state", {"state": payment.state})
    if refund.state == "failed":
        _still_owed(tx, payment, refund)
    _append(tx, refund, commands.MoveCardRefund(refund.payment, refund.number, "requested", "person"))


def resolve_refund(tx: Transaction, refund: CardRefund, command: commands.ResolveCardRefund, *, gone: bool) -> None:
    """Resolve an unknown refund by hand.

    Raises `Refusal` if its outcome is known, or look-ups may still find it. A refund that was never sent can be ended
    as not paid. `gone`: its terminal no longer exists.
    """
    unknown = refund.state == "unknown" or (gone and refund.state == "sent")
    if not unknown and (refund.state != "requested" or command.given):
        raise Refusal("refund_state", {"state": refund.state})
    if unknown and not gone and look_ups(tx.db, refund.key).failed < LOOK_UPS_LEAST:
        raise Refusal("look_up_first", {"times": LOOK_UPS_LEAST})
    tx.append(events.CardRefundResolved(refund.payment, refund.number, command.given, command.reason))
    to: RefundState = "done" if command.given else "failed"
    code = "" if command.given else "resolved"
    tx.do(commands.MoveCardRefund(refund.payment, refund.number, to, "person", code=code))


def note_refund_in_cash(tx: Transaction, command: commands.NoteRefundInCash) -> CardRefund:
    """Record that a refund is paid in cash; returns the updated refund.

    Raises `Refusal` if it hasn't failed, was refunded otherwise or charged back meanwhile, or was made at the provider,
    so that nothing is owed here.
    """
    refund = _require_refund(tx, command.payment, command.number)
    payment = find_payment(tx.db, command.payment)
    if payment is None or "cash" not in REFUND_MOVES[refund.state] or refund.why == "external":
        raise Refusal("refund_state", {"state": refund.state})
    if payment.state not in REFUNDABLE:
        raise Refusal("payment_state", {"state": payment.state})
    _still_owed(tx, payment, refund)
    of = (refund.payment, refund.number, "cash", "person", refund.amount_minor, refund.currency, refund.why)
    tx.append(events.CardRefundMoved(*of, was=refund.state, cash_minor=command.cash_minor))  # type: ignore[arg-type]
    return _require_refund(tx, refund.payment, refund.number)


def _still_owed(tx: Transaction, payment: Payment, refund: CardRefund) -> None:
    """Raise `Refusal` if other refunds leave too little of the payment for this refund."""
    others = sum(one.amount_minor for one in refunds_of(tx.db, payment.id) if one.counts)
    if others + refund.amount_minor > payment.returnable_minor:
        raise Refusal("over_captured", {"left_minor": payment.returnable_minor - others})


def move_card_refund(tx: Transaction, command: commands.MoveCardRefund) -> CardRefund:
    """Apply news of a refund if its state allows it; returns the updated refund."""
    refund = _require_refund(tx, command.payment, command.number)
    held = command.to == "sent" and not refund.waits
    if command.to not in REFUND_MOVES[refund.state] or command.to == "cash" or held:
        return refund
    if command.to == "sent" and not _may_go_out(tx, refund):
        tx.append(events.CardRefundNotSent(refund.payment, refund.number, DISPUTED))
        return _require_refund(tx, refund.payment, refund.number)
    if command.code == "too_late":
        to: RefundState = "requested" if _may_be_refunded(tx, refund) else "failed"
        command = msgspec.structs.replace(command, to=to)
    given_minor = _refunded_minor(refund, command)
    if command.to == "done" and not given_minor:
        command = msgspec.structs.replace(command, to="failed", code="gave_less", approval=None)
    _append(tx, refund, command, given_minor)
    if command.to == "done":
        _leave_rest(tx, refund, command, given_minor)
        return_fees(tx, refund)
        _count(tx, refund)
    elif refund.state == "done":
        _count_back(tx, refund)
        return_fees(tx, refund)  # fees returned with that money come back too
    return _require_refund(tx, command.payment, command.number)


def _may_be_refunded(tx: Transaction, refund: CardRefund) -> bool:
    """Whether a payment that can no longer be voided can be refunded by reference, without card or person."""
    payment = find_payment(tx.db, refund.payment)
    assert payment is not None
    return refund.voids and "referenced_refund" in abilities_of(payment.driver)


def _may_go_out(tx: Transaction, refund: CardRefund) -> bool:
    """Whether the refund may be sent: its payment isn't being returned in another way."""
    payment = find_payment(tx.db, refund.payment)
    return payment is not None and payment.state in REFUNDABLE


def release_refunds(tx: Transaction, now: Payment) -> None:
    """Send refunds that waited for the end of a dispute.

    If the payment was charged back, they fail, so that it isn't refunded twice.
    """
    for refund in refunds_of(tx.db, now.id):
        if refund.state != "requested" or refund.code != DISPUTED:
            continue
        owed_minor = sum(one.amount_minor for one in refunds_of(tx.db, now.id) if one.counts)  # without failed refunds
        goes = now.state in REFUNDABLE and owed_minor <= now.returnable_minor
        to: RefundState = "requested" if goes else "failed"
        code = "" if goes else CHARGED_BACK
        _append(tx, refund, commands.MoveCardRefund(now.id, refund.number, to, "person", code=code))


def _refunded_minor(refund: CardRefund, command: commands.MoveCardRefund) -> int:
    """The amount refunded according to this answer, at most the amount requested."""
    approval = command.approval if command.to == "done" else None
    return min(refund.amount_minor, approval.amount_minor) if approval else refund.amount_minor


def _leave_rest(tx: Transaction, refund: CardRefund, command: commands.MoveCardRefund, given_minor: int) -> None:
    """Record the unpaid rest of a partial refund as a failed refund, so that an alert is raised and a person can retry.

    If a later answer reports more, that is recorded as a contradiction and corrects nothing.
    """
    rest_minor, number = refund.amount_minor - given_minor, len(refunds_of(tx.db, refund.payment)) + 1
    said_minor = command.approval.amount_minor if command.approval else given_minor
    if said_minor > given_minor or (rest_minor and number > REFUNDS_MOST):
        tx.append(events.PaymentContradicted(refund.payment, "partly_refunded", command.by, said_minor))
    elif rest_minor:
        of = (refund.payment, number)
        tx.append(events.CardRefundRequested(*of, rest_minor, refund.currency, refund.why, rest_of=refund.number))
        rest = _require_refund(tx, *of)
        _append(tx, rest, commands.MoveCardRefund(*of, "failed", command.by, code="gave_less"), rest_minor)


def _count(tx: Transaction, refund: CardRefund) -> None:
    """Update a payment's state after a refund. A disputed payment's state is updated when the dispute ends."""
    payment = find_payment(tx.db, refund.payment)
    assert payment is not None
    if payment.state == "disputed":
        return
    done_minor = sum(one.amount_minor for one in refunds_of(tx.db, payment.id) if one.state == "done")
    to: State = "refunded" if done_minor >= payment.returnable_minor else "partly_refunded"
    tx.append(events.PaymentMoved(payment.id, to, "terminal"))


def _count_back(tx: Transaction, refund: CardRefund) -> None:
    """Reset the state of a payment whose refund came back to the shop."""
    payment = find_payment(tx.db, refund.payment)
    assert payment is not None
    if payment.state not in ("refunded", "partly_refunded"):
        return
    done_minor = sum(one.amount_minor for one in refunds_of(tx.db, payment.id) if one.state == "done")
    to: State = "partly_refunded" if done_minor else "settled" if payment.settled_on else "captured"
    if to != payment.state:
        tx.append(events.PaymentMoved(payment.id, to, "look_up"))


def _append(tx: Transaction, refund: CardRefund, command: commands.MoveCardRefund, minor: int | None = None) -> None:
    """Append the refund's new state. Without `minor`, its sum doesn't change."""
    tx.append(
        events.CardRefundMoved(
            refund.payment,
            refund.number,
            command.to,
            command.by,
            refund.amount_minor if minor is None else minor,
            refund.currency,
            refund.why,
            key=command.key,
            attempt=command.attempt,
            mark=command.mark,
            sent_us=command.sent_us,
            code=command.code,
            approval=command.approval,
            was=refund.state,
        )
    )


def _require_refund(tx: Transaction, payment: str, number: int) -> CardRefund:
    refund = find_refund(tx.db, payment, number)
    if refund is None:
        raise Refusal("no_such_payment")
    return refund
