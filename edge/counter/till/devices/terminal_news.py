"""Requests to a terminal for a payment or refund, and the meaning of its answers. Pure."""

from __future__ import annotations

import msgspec

from drivers.terminal_outcomes import Approved, Declined, NotStarted, OutcomeUnknown, TerminalOutcome, TerminalRequest
from edge.counter.till.paying.card_payments import SettlePayment
from edge.money.payments.card import approval_of
from edge.money.payments.payment import CardRefund, Payment
from edge.money.payments.states import RefundState, Source, State


def request_of(of: Payment | CardRefund) -> TerminalRequest:
    """The request to the terminal, as it was recorded."""
    asked = TerminalRequest(
        key=of.key, amount_minor=of.amount_minor, currency=of.currency, at_us=of.sent_us, mark=of.mark
    )
    if isinstance(of, CardRefund):
        back = {"reference": of.reference, "surcharge_minor": of.surcharge_minor, "voids": of.voids}
        if of.lowers:
            back["tip_before_minor"] = of.tip_before_minor
        return msgspec.structs.replace(asked, kind="refund", **back)
    if of.purpose == "tip":
        return msgspec.structs.replace(asked, kind="tip", reference=of.reference, tip_before_minor=of.tip_before_minor)
    return msgspec.structs.replace(
        asked,
        amount_minor=of.asked_minor,
        asks_tip=of.asks_tip,
        cash_back_minor=of.cash_back_minor,
        offline_most_minor=of.offline_most_minor,
        hold=of.hold,
        tip_later=of.tip_later,
    )


def settle_command(payment: Payment, outcome: TerminalOutcome, by: Source) -> SettlePayment:
    """A request's outcome as a command for its payment."""
    approval = approval_of(outcome) if isinstance(outcome, Approved) else None
    return SettlePayment(payment.id, _state_of(payment, outcome), by, code=code_of(outcome), approval=approval)


def _state_of(payment: Payment, outcome: TerminalOutcome) -> State:
    match outcome:
        case Approved(held=True):
            return "authorised"
        case Approved(offline=True):
            return "stored"
        case Approved():
            return "captured"
        case Declined(code):
            back = payment.state == "authorised" or (payment.state == "unknown" and code == "taken_back")
            return "voided" if back else "declined"
        case NotStarted():
            return "created"
    return "unknown"


def refund_end(outcome: TerminalOutcome) -> tuple[RefundState, str]:
    """A refund's outcome: its state and code."""
    match outcome:
        case Approved():
            return "done", ""
        case Declined(code):
            return "failed", code
        case NotStarted(code):
            return "requested", "" if code == "broke_off" else code
    return "unknown", code_of(outcome)


def code_of(outcome: TerminalOutcome) -> str:
    """The code of a failure; "" if the request succeeded or is still running."""
    return outcome.code if isinstance(outcome, Declined | NotStarted | OutcomeUnknown) else ""
