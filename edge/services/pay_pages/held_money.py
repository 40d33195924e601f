"""What cards' banks hold for orders: taken when somebody says so, let go where nobody does, and looked at meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from drivers.terminal_outcomes import Approved, Declined, NotStarted, OutcomeUnknown, StillRunning, TerminalRequest
from edge.core.messages import Command
from edge.services.pay_pages.stripe_checkout import StripeCheckout
from edge.shop.payments.card import approval_of
from edge.shop.payments.commands import MovePayment, NoteLookUp
from edge.shop.payments.payment import Payment
from edge.shop.till.terminal_news import request_of


async def go_on(checkout: StripeCheckout, payment: Payment, do: Callable[[Command], Awaitable[object]]) -> bool:
    """Do what there is to do about money that is held (`authorised`, or `unknown` behind that): whether it is known now
    how that ended."""
    request = _request(payment)
    if payment.state == "authorised" and payment.capture_minor:
        outcome = await checkout.capture(request)
    else:
        if payment.cancel_wished:
            await checkout.free(msgspec.structs.replace(request, key=f"{payment.key}f"))
        outcome = await checkout.look_held(request)
    approval = approval_of(outcome) if isinstance(outcome, Approved) else None
    match outcome:
        case Approved(held=True) if payment.state == "unknown":  # it was not taken: it is asked for once more
            await do(MovePayment(payment.id, "authorised", "look_up", approval=approval))
        case Approved(held=False):
            await do(MovePayment(payment.id, "captured", "look_up", approval=approval))
            return True
        case Declined():
            to_expired = payment.state == "authorised" and not payment.cancel_wished
            code = "hold_over" if to_expired or not payment.cancel_wished else "cancelled"
            await do(MovePayment(payment.id, "expired" if to_expired else "voided", "look_up", code=code))
            return True
        case OutcomeUnknown(code) if payment.state == "authorised" and payment.capture_minor:
            await do(MovePayment(payment.id, "unknown", "terminal", code=code))
        case OutcomeUnknown() | StillRunning() if payment.state == "unknown":
            await do(NoteLookUp(payment.key))
        case NotStarted() | OutcomeUnknown() | StillRunning() | Approved():
            pass  # it is asked for again
    return False


def _request(payment: Payment) -> TerminalRequest:
    reference = payment.approval.reference if payment.approval else ""
    asked = request_of(payment)
    minor = payment.capture_minor or asked.amount_minor
    return msgspec.structs.replace(asked, key=f"{payment.key}c", amount_minor=minor, reference=reference)
