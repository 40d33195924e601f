"""Provider notifications about payments, inside the transaction.

They're reasons to look payments up. Their content is used only if nothing else reports it, such as a refund's result in
some protocols. A refund made at the provider is booked as `external`.
"""

from __future__ import annotations

import re

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.money.payments import commands, events
from edge.money.payments.card import CardApproval
from edge.money.payments.payment import CardRefund, Payment
from edge.money.payments.queries import find_payment, refunds_of
from edge.money.payments.refunds import REFUNDS_MOST, move_card_refund
from edge.money.payments.states import REFUNDABLE

_PSP = re.compile(r"[A-Z0-9]{16}")
"""Adyen's reference of a payment or refund (docs.adyen.com: `pspReference`)."""


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
    _refund_heard(tx, payment, command)


def _refund_heard(tx: Transaction, payment: Payment, news: commands.HearNews) -> None:
    """Apply the result of a refund that can't be looked up, found by its reference, or else by its sum."""
    every = refunds_of(tx.db, payment.id)
    named = [one for one in every if news.refund and _reference_of(one) == news.refund]
    alike = [one for one in every if news.amount_minor in (0, one.amount_minor) and not _is_another(one, news.refund)]
    open_, done = _of(named or alike, "sent", "unknown"), _of(named or alike, "done")
    if not news.success:
        if open_ or done:
            _move(tx, (open_ or done[::-1])[0], False)
    elif open_:
        _move(tx, open_[0], True, news.refund)
    elif not (named or done):
        take_external(tx, payment, news.amount_minor, news.refund)


def _reference_of(refund: CardRefund) -> str:
    """The provider's part of the refund's reference. A terminal puts a time and its own number before it."""
    return re.split(r"[/.]", refund.approval.reference)[-1] if refund.approval else ""


def _is_another(refund: CardRefund, reference: str) -> bool:
    """Whether the refund certainly isn't the one with this reference.

    Texts that aren't references of the provider prove nothing.
    """
    own = _reference_of(refund)
    return own != reference and bool(_PSP.fullmatch(own) and _PSP.fullmatch(reference))


def note_external_refund(tx: Transaction, command: commands.NoteExternalRefund) -> bool:
    """Book an external refund; returns whether it's new. Raises `Refusal` if there is no such payment."""
    payment = find_payment(tx.db, command.payment)
    if payment is None:
        raise Refusal("no_such_payment")
    known = refunds_of(tx.db, payment.id)
    if any(one.approval and one.approval.reference == command.reference for one in known):
        return False
    return take_external(tx, payment, command.amount_minor, command.reference)


def take_external(tx: Transaction, payment: Payment, amount_minor: int, reference: str) -> bool:
    """Book a refund made at the provider as completed. It counts like other refunds.

    If it exceeds the payment's sum, or the payment's state allows no refund, it's recorded as a contradiction and
    changes nothing.
    """
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


def _move(tx: Transaction, refund: CardRefund, success: bool, reference: str = "") -> None:
    of = (refund.payment, refund.number)
    if not success:
        move_card_refund(tx, commands.MoveCardRefund(*of, "failed", "look_up", code="declined"))
        return
    approval = CardApproval(amount_minor=refund.amount_minor, reference=reference) if reference else None
    move_card_refund(tx, commands.MoveCardRefund(*of, "done", "look_up", approval=approval))
