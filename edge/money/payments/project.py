"""Projects payment events to rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import zip_longest
from typing import Literal

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.money.payments import events, payment
from edge.money.payments.entities import PROVIDERS, ROUTES
from edge.money.payments.payment import CardRefund, Payment
from edge.money.payments.providers.provider import DRIVERS
from edge.money.payments.queries import find_payment, find_refund
from edge.money.payments.states import TAKEN

_encode = msgspec.json.Encoder().encode
_replace = msgspec.structs.replace
_BEGIN = """
    INSERT INTO payment
        (id, register, terminal, provider, business_date, state, purpose, order_id, method, attention, began_seq,
         taken_seq, changed_us, body)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, 0, ?, ?)
"""
_SAVE = """
    UPDATE payment SET state = ?, attention = ?, unused = ?, taken_seq = ?, changed_us = ?, trouble = ?, reference = ?,
           news_seq = ?, body = ?
    WHERE id = ?
"""
_REQUEST = """
    INSERT INTO payment_refund
        (payment, number, register, terminal, state, why, business_date, asked_seq, done_seq, changed_us, body)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
"""
_SAVE_REFUND = """
    UPDATE payment_refund SET state = ?, done_seq = ?, cash_seq = ?, changed_us = ?, body = ?
    WHERE payment = ? AND number = ?
"""


def _insert_payment(db: Connection, fact: RecordedEvent, event: events.PaymentBegun) -> None:
    new = payment.payment_begun(fact, event)
    if event.of and (base := find_payment(db, event.of)) and base.approval:
        new = _replace(new, reference=base.approval.reference, tip_before_minor=base.added_minor)
    place = (new.id, new.register, new.terminal, new.provider, new.business_date, new.state, new.purpose)
    db.execute(_BEGIN, (*place, new.order, new.method, fact.seq, new.changed_us, _encode(new)))


def _change(db: Connection, id: str, change: Callable[[Payment], Payment]) -> None:
    known = find_payment(db, id)
    if known is None:
        raise LookupError(f"nothing begins payment {id}")
    new = change(known)
    attention = new.is_open or new.to_look_up or new.state == "created"
    booked_later = new.purpose in payment.BESIDE or new.register == events.ONLINE
    unused = bool(booked_later and new.state in TAKEN and not new.used)
    trouble = bool(new.contradicted or (new.approval and new.approval.sends_pan))
    reference = new.approval.reference if new.approval else ""
    values = (new.state, attention, unused, new.taken_seq, new.changed_us, trouble, reference, new.news_seq)
    db.execute(_SAVE, (*values, _encode(new), new.id))


def _move_payment(db: Connection, fact: RecordedEvent, event: events.PaymentMoved) -> None:
    def next_payment(known: Payment) -> Payment:
        new = payment.payment_moved(known, fact, event)
        return _replace(new, tip_before_minor=_read_tips(db, new)) if event.to == "sent" and new.of else new

    _change(db, event.id, next_payment)


def _read_tips(db: Connection, tip: Payment | None) -> int:
    """The current total of tips on the payment to which a tip belongs."""
    base = find_payment(db, tip.of) if tip else None
    return base.added_minor if base else 0


def _page_made(db: Connection, fact: RecordedEvent, event: events.PayPageMade) -> None:
    made = payment.PayPage(event.session, event.address, event.until_us)
    _change(db, event.id, lambda known: _replace(known, page=made, changed_us=fact.at_us))


def _capture_asked(db: Connection, fact: RecordedEvent, event: events.CaptureAsked) -> None:
    _change(db, event.id, lambda known: _replace(known, capture_minor=event.amount_minor))


def _news_heard(db: Connection, fact: RecordedEvent, event: events.PaymentNewsHeard) -> None:
    _change(
        db, event.id, lambda known: _replace(known, news_seq=fact.seq, reference=event.reference or known.reference)
    )


def _retry_payment(db: Connection, fact: RecordedEvent, event: events.PaymentRetried) -> None:
    _change(db, event.id, lambda known: _replace(known, code="", page=None, cancel_wished=False, changed_us=fact.at_us))


def _not_sent(db: Connection, fact: RecordedEvent, event: events.PaymentNotSent) -> None:
    _change(db, event.id, lambda known: _replace(known, code=event.code, changed_us=fact.at_us))


def _use_payment(db: Connection, fact: RecordedEvent, event: events.PaymentUsed) -> None:
    _change(db, event.id, lambda known: _used_as(known, event))

    known = find_payment(db, event.id)
    if known is not None and known.of:
        _change(db, known.of, lambda base: payment.with_tip(base, known.id, event.amount_minor))


def _used_as(known: Payment, event: events.PaymentUsed) -> Payment:
    return _replace(known, used=True, used_minor=event.amount_minor, handed_out_minor=event.cash_back_minor)


def _wish_cancel(db: Connection, fact: RecordedEvent, event: events.PaymentCancelWished) -> None:
    _change(db, event.id, lambda known: _replace(known, cancel_wished=True))


def _resolve_payment(db: Connection, fact: RecordedEvent, event: events.PaymentResolved) -> None:
    _change(db, event.id, lambda known: payment.payment_resolved(known, fact, event))


def _signature_asked(db: Connection, fact: RecordedEvent, event: events.SignatureAsked) -> None:
    _change(db, event.id, lambda known: _replace(known, signature="asked"))


def _signature_answered(db: Connection, fact: RecordedEvent, event: events.SignatureAnswered) -> None:
    said = "matches" if event.matches else "differs"
    _change(db, event.id, lambda known: _replace(known, signature=said, changed_us=fact.at_us))


def _note_contradiction(db: Connection, fact: RecordedEvent, event: events.PaymentContradicted) -> None:
    def next_payment(known: Payment) -> Payment:
        answered = known.answered or bool(known.resolved and event.by == "look_up")
        return _replace(known, contradicted=event.said, changed_us=fact.at_us, answered=answered)

    _change(db, event.id, next_payment)


def _settle_payments(db: Connection, fact: RecordedEvent, event: events.PaymentsSettled) -> None:
    for id, fee_minor in zip_longest(event.payments, event.fees_minor):
        _change(db, id, partial(_settled_as, fact, event, fee_minor))


def _settled_as(fact: RecordedEvent, event: events.PaymentsSettled, fee_minor: int | None, known: Payment) -> Payment:
    return payment.payment_settled(known, fact, event, fee_minor)


def _fees_split(db: Connection, fact: RecordedEvent, event: events.CardFeesSplit) -> None:
    _change(db, event.id, lambda known: payment.fees_split(known, event))


def _fee_returned(db: Connection, fact: RecordedEvent, event: events.PlatformFeeReturned) -> None:
    def with_fee_back(known: Payment) -> Payment:
        return _replace(known, platform_back_minor=known.platform_back_minor + event.platform_fee_minor)

    _change(db, event.id, with_fee_back)


def _provider_fee_returned(db: Connection, fact: RecordedEvent, event: events.ProviderFeeReturned) -> None:
    def with_fee_back(known: Payment) -> Payment:
        return _replace(known, provider_back_minor=known.provider_back_minor + event.provider_fee_minor)

    _change(db, event.id, with_fee_back)


def _insert_refund(db: Connection, fact: RecordedEvent, event: events.CardRefundRequested) -> None:
    of = find_payment(db, event.payment)
    if of is None:
        raise LookupError(f"nothing begins payment {event.payment}")
    alone = not of.of and not of.added_minor  # a refund by reference returns all that the terminal has under it
    whole = event.amount_minor == of.taken_minor and event.number == 1 and alone
    online, abilities = of.register == events.ONLINE, DRIVERS[of.driver].abilities
    lowers = bool(of.of) and not of.settled_on and "tip_adjust" in abilities
    by_reference = whole or online or lowers or "partial_refund" in abilities
    new = CardRefund(
        payment=event.payment,
        number=event.number,
        register=of.register,
        terminal=of.terminal,
        brand=of.approval.brand if of.approval else "",
        amount_minor=event.amount_minor,
        currency=event.currency,
        why=event.why,
        surcharge_minor=payment.surcharge_part_minor(of, event.amount_minor),
        asked_us=fact.at_us,
        changed_us=fact.at_us,
        reference=of.approval.reference if by_reference and of.approval else "",
        voids=lowers or (whole and not online and not of.settled_on and "void" in abilities),
        lowers=lowers,
    )
    place = (new.payment, new.number, new.register, new.terminal, new.state, new.why, fact.business_date)
    db.execute(_REQUEST, (*place, fact.seq, new.changed_us, _encode(new)))


def _refund_moved(db: Connection, fact: RecordedEvent, event: events.CardRefundMoved) -> None:
    tip = find_payment(db, event.payment)

    def next_refund(known: CardRefund) -> CardRefund:
        new = payment.refund_moved(known, fact, event)
        if event.to == "sent" and new.lowers:
            before_minor = _read_tips(db, tip)
            left = before_minor > new.amount_minor  # a tip can't be lowered to nothing: refund it instead
            return _replace(new, tip_before_minor=before_minor, lowers=left, voids=left)
        if tip is not None and new.lowers and (times := (new.state == "done") - (known.state == "done")):
            less_minor = times * new.amount_minor
            _change(db, tip.of, lambda base: _replace(base, added_minor=base.added_minor - less_minor))
        return new

    _save_refund(db, event.payment, event.number, next_refund)


def _refund_resolved(db: Connection, fact: RecordedEvent, event: events.CardRefundResolved) -> None:
    said: Literal["given", "not_given"] = "given" if event.given else "not_given"
    _save_refund(db, event.payment, event.number, lambda known: _replace(known, resolved=said))


def _refund_not_sent(db: Connection, fact: RecordedEvent, event: events.CardRefundNotSent) -> None:
    _save_refund(db, event.payment, event.number, lambda known: _replace(known, code=event.code, changed_us=fact.at_us))


def _save_refund(db: Connection, id: str, number: int, change: Callable[[CardRefund], CardRefund]) -> None:
    known = find_refund(db, id, number)
    if known is None:
        raise LookupError(f"nothing requests refund {number} of payment {id}")
    new = change(known)
    db.execute(_SAVE_REFUND, (new.state, new.done_seq, new.cash_seq, new.changed_us, _encode(new), id, number))


def _offline_agreed(db: Connection, fact: RecordedEvent, event: events.OfflineAgreed) -> None:
    db.execute("INSERT OR REPLACE INTO offline_agreed (id, seq, body) VALUES (1, ?, ?)", (fact.seq, _encode(event)))


def _insert_close(db: Connection, fact: RecordedEvent, event: events.TerminalClosed) -> None:
    values = (event.terminal, fact.seq, fact.business_date, fact.at_us, event.agrees, _encode(event.brands))
    db.execute(
        "INSERT INTO terminal_close (terminal, seq, business_date, at_us, agrees, body) VALUES (?, ?, ?, ?, ?, ?)",
        values,
    )


projector = Projector(
    name="payments",
    version=1,
    tables=(PROVIDERS.table, ROUTES.table, "payment", "payment_refund", "terminal_close", "offline_agreed"),
    on={
        **PROVIDERS.on,
        **ROUTES.on,
        events.PaymentBegun: _insert_payment,
        events.PayPageMade: _page_made,
        events.CaptureAsked: _capture_asked,
        events.PaymentNewsHeard: _news_heard,
        events.PaymentMoved: _move_payment,
        events.PaymentRetried: _retry_payment,
        events.PaymentNotSent: _not_sent,
        events.PaymentUsed: _use_payment,
        events.PaymentCancelWished: _wish_cancel,
        events.PaymentResolved: _resolve_payment,
        events.SignatureAsked: _signature_asked,
        events.SignatureAnswered: _signature_answered,
        events.PaymentContradicted: _note_contradiction,
        events.PaymentsSettled: _settle_payments,
        events.CardFeesSplit: _fees_split,
        events.PlatformFeeReturned: _fee_returned,
        events.ProviderFeeReturned: _provider_fee_returned,
        events.CardRefundRequested: _insert_refund,
        events.CardRefundMoved: _refund_moved,
        events.CardRefundNotSent: _refund_not_sent,
        events.CardRefundResolved: _refund_resolved,
        events.TerminalClosed: _insert_close,
        events.OfflineAgreed: _offline_agreed,
    },
)
