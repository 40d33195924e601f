"""Provider notifications of payments, inside the transaction: hints to look up; only what nothing but the signed
message tells, such as a refund's result in some protocols, is taken from it. A refund made at the provider
is booked as `external`."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.money.payments import commands, events
from edge.money.payments.card import CardApproval
from edge.money.payments.payment import CardRefund, Payment
from edge.money.payments.queries import find_payment, refunds_of
from edge.money.payments.refunds import REFUNDS_MOST, move_card_refund
from edge.money.payments.states import REFUNDABLE


def hear_news(tx: Transaction, command: commands.HearNews) -> None:
    payment = find_payment(tx.db, command.payment)
    if payment is None:
        raise Refusal("no_such_payment")
    if command.what == "look" or payment.driver not in events.REFUNDS_BY_WORD:
        if payment.is_open or payment.to_look_up or payment.taken_seq:
            told = (
                command.reference
                if payment.driver in events.REFUNDS_BY_WORD and payment.register == events.ONLINE
                else ""
            )
            tx.append(events.PaymentNewsHeard(payment.id, told))
        return
    _refund_heard(tx, payment, command.amount_minor, command.success)


def _refund_heard(tx: Transaction, payment: Payment, amount_minor: int, success: bool) -> None:
    """Apply the result of a refund that can't be looked up."""
    known = [one for one in refunds_of(tx.db, payment.id) if amount_minor in (0, one.amount_minor)]
    open_, done = _of(known, "sent", "unknown"), _of(known, "done")
    if success and (open_ or done):
        if open_:
            _move(tx, open_[0], True)
    elif success:
        take_external(tx, payment, amount_minor, "")
    elif open_ or done:
        _move(tx, (open_ or done[::-1])[0], False)


def note_external_refund(tx: Transaction, command: commands.NoteExternalRefund) -> bool:
    """Returns whether it's new. Raises `Refusal` if there is no such payment."""
    payment = find_payment(tx.db, command.payment)
    if payment is None:
        raise Refusal("no_such_payment")
    known = refunds_of(tx.db, payment.id)
    if any(one.approval and one.approval.reference == command.reference for one in known):
        return False
    return take_external(tx, payment, command.amount_minor, command.reference)


def take_external(tx: Transaction, payment: Payment, amount_minor: int, reference: str) -> bool:
    """Book a refund made at the provider: it's completed and counts like others. One above the payment's sum, or in a
    state without refunds, is recorded as a contradiction and changes nothing."""
    known = refunds_of(tx.db, payment.id)
    left_minor = payment.returnable_minor - sum(one.amount_minor for one in known if one.counts)
    if not 0 < amount_minor <= left_minor or payment.state not in REFUNDABLE or len(known) >= REFUNDS_MOST:
        if payment.contradicted != "partly_refunded" and amount_minor > 0:
            tx.append(events.PaymentContradicted(payment.id, "partly_refunded", "look_up", amount_minor))
        return False
    number = len(known) + 1
    tx.append(events.CardRefundRequested(payment.id, number, amount_minor, payment.currency, "external"))
    of = (payment.id, number)
    move_card_refund(tx, commands.MoveCardRefund(*of, "sent", "look_up", sent_us=tx.at_us))
    approval = CardApproval(amount_minor=amount_minor, reference=reference)
    move_card_refund(tx, commands.MoveCardRefund(*of, "done", "look_up", approval=approval))
    return True


def _of(known: list[CardRefund], *states: str) -> list[CardRefund]:
    return [one for one in known if one.state in states]


def _move(tx: Transaction, refund: CardRefund, success: bool) -> None:
    to = "done" if success else "failed"
    code = "" if success else "declined"
    news = commands.MoveCardRefund(refund.payment, refund.number, to, "look_up", code=code)  # type: ignore[arg-type]
    move_card_refund(tx, news)
