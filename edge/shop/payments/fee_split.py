"""Fees of payments, inside the transaction: split as soon as the money is taken, and given back with refunds."""

from __future__ import annotations

from edge.core.registry import Transaction
from edge.shop.payments import events
from edge.shop.payments.fees import given_back_minor, split_of
from edge.shop.payments.payment import CardRefund, Payment
from edge.shop.payments.queries import find_payment, read_providers, refunds_of


def split_fees(tx: Transaction, payment: Payment) -> None:
    """Of a payment that was just taken, for good: what is whose, where the contract of its provider is known."""
    if payment.state != "captured" or payment.fees or payment.purpose == "trial":
        return
    provider = next((one for one in read_providers(tx.db) if one.id == payment.provider), None)
    split = split_of(provider, payment.shared_minor) if provider else None
    if split is None:
        return
    parts = (split.amount_minor, split.provider_minor, split.platform_minor, split.store_minor)
    tx.append(events.CardFeesSplit(payment.id, payment.currency, *parts))


def return_platform_fee(tx: Transaction, refund: CardRefund) -> None:
    """With a refund that was done, in proportion, where the contract has it so; with one that came back it is taken
    again (below 0)."""
    payment = find_payment(tx.db, refund.payment)
    assert payment is not None
    provider = next((one for one in read_providers(tx.db) if one.id == payment.provider), None)
    if not payment.platform_fee_minor or provider is None or not provider.refund_platform_fee:
        return
    back_minor = sum(one.amount_minor for one in refunds_of(tx.db, payment.id) if one.state == "done")
    of = (payment.platform_fee_minor, payment.shared_minor, back_minor, payment.platform_back_minor)
    minor = given_back_minor(*of)
    if minor:
        tx.append(events.PlatformFeeReturned(payment.id, refund.number, payment.currency, minor))
