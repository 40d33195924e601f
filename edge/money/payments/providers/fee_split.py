"""Fees of payments, inside the transaction. They're split at capture, and returned with refunds."""

from __future__ import annotations

from edge.core.registry import Transaction
from edge.money.payments import events
from edge.money.payments.payment import CardRefund, Payment
from edge.money.payments.providers.fees import returned_minor, split_of
from edge.money.payments.queries import find_payment, read_providers, refunds_of


def split_fees(tx: Transaction, payment: Payment) -> None:
    """Split the fees of a captured payment, if its provider's contract is known."""
    if payment.state != "captured" or payment.fees or payment.purpose == "trial":
        return
    provider = next((one for one in read_providers(tx.db) if one.id == payment.provider), None)
    split = split_of(provider, payment.shared_minor) if provider else None
    if split is None:
        return
    parts = (split.amount_minor, split.provider_minor, split.platform_minor, split.store_minor)
    tx.append(events.CardFeesSplit(payment.id, payment.currency, *parts))


def return_fees(tx: Transaction, refund: CardRefund) -> None:
    """Return fees with a completed refund, or charge them again (negative) if the refund was reversed.

    All fees if it voided the payment. Otherwise only the platform's, in proportion, if the
    contract says so.
    """
    payment = find_payment(tx.db, refund.payment)
    assert payment is not None
    done = [one for one in refunds_of(tx.db, payment.id) if one.state == "done"]
    if any(_undid(payment, one) for one in done):
        _set_fee_returned(tx, payment, refund.number, payment.platform_fee_minor, payment.provider_fee_minor)
        return
    provider = next((one for one in read_providers(tx.db) if one.id == payment.provider), None)
    if provider is None or not provider.refund_platform_fee:
        platform_minor = payment.platform_back_minor if done else 0  # fees returned under an earlier contract stay
    else:
        done_minor = sum(one.amount_minor for one in done)
        platform_minor = returned_minor(payment.platform_fee_minor, payment.shared_minor, done_minor)
    _set_fee_returned(tx, payment, refund.number, platform_minor, 0)


def return_all_fees(tx: Transaction, payment: Payment) -> None:
    """Return all fees of a payment that its terminal voided."""
    _set_fee_returned(tx, payment, 0, payment.platform_fee_minor, payment.provider_fee_minor)


def _undid(payment: Payment, refund: CardRefund) -> bool:
    """Whether a completed refund voided its payment: the whole amount, before settlement."""
    return refund.voids and refund.amount_minor >= payment.taken_minor and not payment.settled_on


def _set_fee_returned(tx: Transaction, payment: Payment, number: int, platform_minor: int, provider_minor: int) -> None:
    """Set the total of each fee returned."""
    if platform_minor != payment.platform_back_minor:
        back_minor = platform_minor - payment.platform_back_minor
        tx.append(events.PlatformFeeReturned(payment.id, number, payment.currency, back_minor))
    if provider_minor != payment.provider_back_minor:
        back_minor = provider_minor - payment.provider_back_minor
        tx.append(events.ProviderFeeReturned(payment.id, number, payment.currency, back_minor))
