"""What our own receipt says of a card where its terminal prints nothing itself."""

from __future__ import annotations

import json

import msgspec
import pytest

from drivers.terminal_outcomes import Approved, TerminalRequest
from drivers.terminals import stripe_messages
from edge.core.messages import RecordedEvent
from edge.money.payments import events, payment
from edge.money.payments.card import CardApproval, approval_of
from edge.money.payments.slip import slip_lines

ID = "0123456789abcdef01234567"
WHOLE = CardApproval(
    amount_minor=1_500,
    tip_minor=100,
    brand="VISA",
    last4="1111",
    entry="chip",
    cvm="pin",
    aid="A0000000031010",
    application="Visa Credit",
    tvr="8000008000",
    tsi="6800",
    authorisation="A12345",
    terminal="52510",
    merchant="M77",
    reference="r-1",
    at="11-01 21:09:16",
)
INTERAC = CardApproval(
    amount_minor=1_200, brand="INTERAC", last4="0042", aid="A0000002771010", account="checking", cvm="pin"
)
CHARGE = {
    "brand": "interac",
    "last4": "0042",
    "read_method": "contact_emv",
    "receipt": {
        "dedicated_file_name": "A0000002771010",
        "terminal_verification_results": "80000080zz",
        "transaction_status_information": "6800",
        "account_type": "savings",
    },
}


def taken(approval: CardApproval, currency: str = "EUR", cash_back_minor: int = 0) -> payment.Payment:
    """A live payment of 12.00 that a terminal took so."""
    fact = RecordedEvent(
        1, 1, b"c" * 16, "1", "cashier", "cashier", "2026-11-01", 5, events.TerminalClosed("", currency, ())
    )
    began = events.PaymentBegun(
        ID, "sim", "sim", "live", "pad", 1_200, currency, cash_back_minor=cash_back_minor, asks_tip=True
    )
    moved = events.PaymentMoved(ID, "captured", "terminal", approval=approval)
    return payment.payment_moved(payment.payment_begun(fact, began), fact, moved)


def test_it_says_all_that_the_terminal_told_of_the_card_with_the_parts_of_the_sum() -> None:
    assert slip_lines(taken(WHOLE, cash_back_minor=200), "en") == (
        "Purchase",
        "Amount 12.00 EUR",
        "Tip 1.00 EUR",
        "Cash back 2.00 EUR",
        "Total 15.00 EUR",
        "VISA **** 1111",
        "Chip",
        "Application Visa Credit",
        "AID A0000000031010",
        "TVR 8000008000",
        "TSI 6800",
        "Authorization A12345",
        "Terminal 52510",
        "Merchant M77",
        "Reference r-1",
        "Time 11-01 21:09:16",
        "PIN verified",
    )


def test_what_a_terminal_does_not_say_has_no_line() -> None:
    assert slip_lines(taken(CardApproval(amount_minor=1_200)), "en") == ("Purchase", "Total 12.00 EUR")


@pytest.mark.parametrize(("language", "first"), [("en", "Purchase / Achat"), ("fr", "Achat / Purchase")])
def test_interac_says_its_account_and_french_beside_english(language: str, first: str) -> None:
    lines = slip_lines(taken(INTERAC, "CAD"), language)
    assert lines[0] == first
    assert sorted(lines[3].split(" / ")) == ["Chequing account", "Compte chèques"]
    assert "Total 12.00 CAD" in lines
    other = slip_lines(taken(msgspec.structs.replace(INTERAC, brand="VISA", aid="A0000000031010"), "CAD"), language)
    assert not any(" / " in line for line in other)
    assert "Chequing account" not in other


def test_stripe_says_what_chip_and_terminal_checked_and_nothing_that_is_no_such_value() -> None:
    intent = {
        **{"id": "pi_1", "status": "succeeded", "amount": 1_200, "amount_received": 1_200, "currency": "cad"},
        **{"created": 1, "latest_charge": {"id": "ch_1", "payment_method_details": {"interac_present": CHARGE}}},
    }
    read = msgspec.json.decode(json.dumps(intent), type=stripe_messages.Intent)
    request = TerminalRequest(key="k1", amount_minor=1_200, currency="CAD", at_us=0)
    approved = stripe_messages.outcome_of(read, None, request, "UTC")
    assert isinstance(approved, Approved)
    kept = approval_of(approved)
    assert (kept.tvr, kept.tsi, kept.account, kept.is_interac) == ("", "6800", "savings", True)


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ({"api_error": {"code": "card_declined", "decline_code": "insufficient_funds"}}, "insufficient"),
        ({"failure_code": "card_declined", "api_error": {"decline_code": "insufficient_funds"}}, "insufficient"),
        ({"failure_code": "card_declined", "api_error": {"decline_code": "something_new"}}, "declined"),
        ({"failure_code": "card_declined"}, "declined"),
    ],
)
def test_a_reader_says_by_its_error_why_a_card_was_declined(action: dict[str, object], code: str) -> None:
    told = {"type": "process_payment_intent", "status": "failed", **action}
    assert msgspec.json.decode(json.dumps(told), type=stripe_messages.Action).why_not.code == code
