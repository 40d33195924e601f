"""Figures of card payments, refunds and terminals, with the events behind them. Keys: a payment; a payment and its
refund's number; a terminal and a card brand, for a past close with its journal row."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from edge.core.figure import Amounts, Figure, key_number
from edge.core.journal.rows import facts_of_types, read_head
from edge.core.messages import RecordedEvent
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.money.payments.day_sums import our_day, terminal_amounts
from edge.money.payments.events import (
    BrandClose,
    CardFeesSplit,
    PaymentsSettled,
    PlatformFeeReturned,
    ProviderFeeReturned,
)
from edge.money.payments.payment import Payment, fees_split, payment_settled
from edge.money.payments.queries import find_payment, find_refund, last_close

_PAGE = "/manager/payments"
_CURRENCY = "SELECT body ->> '$.currency' FROM payment WHERE id = ?1"
_FEES = tuple(one.__name__ for one in (CardFeesSplit, PlatformFeeReturned, ProviderFeeReturned, PaymentsSettled))
_WITHOUT_FEES = {
    **dict.fromkeys(("provider_fee_minor", "platform_fee_minor", "provider_back_minor", "platform_back_minor"), 0),
    "fees": "",
}
_CLOSE = "SELECT body FROM terminal_close WHERE terminal = ? AND seq = ?"
_CLOSE_BEFORE = "SELECT coalesce(max(seq), 0) FROM terminal_close WHERE terminal = ? AND seq < ?"
_decode_close = msgspec.json.Decoder(tuple[BrandClose, ...]).decode


def _payment(db: Connection, registry: Registry, id: str) -> int | None:
    payment = find_payment(db, id)
    return (payment.taken_minor or payment.amount_minor) if payment else None


def _payment_row(db: Connection, registry: Registry, id: str) -> Iterator[tuple[int, int]]:
    """The event that took the money, or if none was taken, the event that began the payment."""
    began = db.execute("SELECT began_seq FROM payment WHERE id = ?", (id,)).fetchone()
    if began and (payment := find_payment(db, id)):
        yield payment.taken_seq or began[0], payment.taken_minor or payment.amount_minor


def _refund(db: Connection, registry: Registry, id: str, number: str) -> int | None:
    refund = find_refund(db, id, key_number(number))
    return refund.amount_minor if refund else None


def _refund_row(db: Connection, registry: Registry, id: str, number: str) -> Iterator[tuple[int, int]]:
    """The event that completed the refund, or the payout in cash; if neither happened, its request."""
    asked = "SELECT asked_seq FROM payment_refund WHERE payment = ? AND number = ?"
    found = db.execute(asked, (id, key_number(number))).fetchone()
    if found and (refund := find_refund(db, id, key_number(number))):
        yield refund.cash_seq or refund.done_seq or found[0], refund.amount_minor


def _store_share(db: Connection, registry: Registry, id: str) -> int | None:
    payment = find_payment(db, id)
    return payment.store_minor if payment and payment.fees else None


def _share_rows(db: Connection, registry: Registry, id: str) -> Iterator[tuple[int, int]]:
    """The payment, and each event that changed its fees. Reads on until all of them are found."""
    known = find_payment(db, id)
    if known is None:
        return
    yield known.taken_seq, known.shared_minor
    payment = msgspec.structs.replace(known, **_WITHOUT_FEES)
    for fact in facts_of_types(db, registry, _FEES, known.taken_seq, read_head(db).seq):
        was_minor, payment = payment.store_minor, _with_fees(payment, fact)
        if payment.store_minor != was_minor:
            yield fact.seq, payment.store_minor - was_minor
        if all(getattr(payment, name) == getattr(known, name) for name in _WITHOUT_FEES):
            return


def _with_fees(payment: Payment, fact: RecordedEvent) -> Payment:
    """The payment after an event about its fees."""
    match fact.event:
        case CardFeesSplit(id=payment.id) as split:
            return fees_split(payment, split)
        case PlatformFeeReturned(id=payment.id) as back:
            platform_minor = payment.platform_back_minor + back.platform_fee_minor
            return msgspec.structs.replace(payment, platform_back_minor=platform_minor)
        case ProviderFeeReturned(id=payment.id) as back:
            provider_minor = payment.provider_back_minor + back.provider_fee_minor
            return msgspec.structs.replace(payment, provider_back_minor=provider_minor)
        case PaymentsSettled(payments=ids, fees_minor=fees) as settled if payment.id in ids and fees:
            return payment_settled(payment, fact, settled, fees[ids.index(payment.id)])
    return payment


def _terminal_sum(db: Connection, registry: Registry, terminal: str, brand: str) -> int | None:
    closed = last_close(db, terminal)
    found = our_day(db, terminal, closed.seq if closed else 0).get(brand)
    return found[1] if found else None


def _terminal_rows(db: Connection, registry: Registry, terminal: str, brand: str) -> Amounts:
    closed = last_close(db, terminal)
    return terminal_amounts(db, terminal, brand.__eq__, closed.seq if closed else 0)


def _close_sum(field: str, db: Connection, registry: Registry, terminal: str, seq: str, brand: str) -> int | None:
    found = db.execute(_CLOSE, (terminal, key_number(seq))).fetchone()
    brands = _decode_close(found[0]) if found else ()
    return next((getattr(one, field) for one in brands if one.brand == brand), None)


def _their_rows(db: Connection, registry: Registry, terminal: str, seq: str, brand: str) -> Amounts:
    """The event that contains the terminal's own totals."""
    return [(key_number(seq), _close_sum("amount_minor", db, registry, terminal, seq, brand) or 0)]


def _our_rows(db: Connection, registry: Registry, terminal: str, seq: str, brand: str) -> Amounts:
    """Our payments between two closes, by a brand as the terminal spells it."""
    (since_seq,) = db.execute(_CLOSE_BEFORE, (terminal, key_number(seq))).fetchone()
    is_of = partial(_is_spelled, brand)
    return terminal_amounts(db, terminal, is_of, since_seq, key_number(seq))


def _is_spelled(brand: str, other: str) -> bool:
    return brand.casefold() == other.casefold()


FIGURES = (
    Figure("payments.one", "minor", _payment, _payment_row, _PAGE, "none", currency=_CURRENCY),
    Figure("payments.one_refund", "minor", _refund, _refund_row, _PAGE, "none", keys=2, currency=_CURRENCY),
    Figure("payments.store_share", "minor", _store_share, _share_rows, _PAGE, "none", currency=_CURRENCY),
    Figure("payments.at_terminal", "minor", _terminal_sum, _terminal_rows, _PAGE, keys=2),
    Figure("payments.close_their", "minor", partial(_close_sum, "amount_minor"), _their_rows, _PAGE, keys=3),
    Figure("payments.close_our", "minor", partial(_close_sum, "our_minor"), _our_rows, _PAGE, keys=3),
)
