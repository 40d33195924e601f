"""Adyen's Terminal API, taken apart: a real message, and any damage to one."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.terminal_outcomes import Approved, Declined, NotStarted, TerminalOutcome, TerminalRequest
from drivers.terminals.link import BadMessage
from drivers.terminals.nexo_answers import PaymentResponse
from drivers.terminals.nexo_crypto import Header, Protected, keys_of, protect, unprotect
from drivers.terminals.nexo_messages import minor_of, outcome_of, request_body, service_id

TRACES = Path(__file__).resolve().parents[4] / "shared" / "data" / "payments" / "traces.json"
KEYS = keys_of("correct horse", "till-key", 1)
HEADER = Header(message_category="Payment", sale_id="till", service_id="A1", poi_id="P400Plus-1")
NONCE = bytes(range(16))
REQUEST = TerminalRequest(key="a1", amount_minor=2_040, currency="EUR", at_us=1_793_563_756_123_000)


def test_a_terminals_own_message_is_opened_and_says_what_was_paid() -> None:
    if not TRACES.exists():
        pytest.skip("shared/data/payments/traces.json is not beside the project")
    trace = next(one for one in json.loads(TRACES.read_text()) if one["id"] == "nexo-blob")
    wire = msgspec.convert(trace["message"]["SaleToPOIResponse"], Protected)
    plain = unprotect(wire, keys_of(trace["passphrase"], trace["key_identifier"], 1))
    assert len(plain) == 7_187
    body = json.loads(plain)["SaleToPOIResponse"]["PaymentResponse"]
    answer = msgspec.json.decode(json.dumps(body), type=PaymentResponse)
    paid = outcome_of(answer, msgspec.structs.replace(REQUEST, amount_minor=100))
    assert isinstance(paid, Approved)
    assert (paid.amount_minor, paid.brand, paid.last4, paid.entry) == (100, "MASTERCARD", "0010", "contactless")
    assert paid.reference == "1557325515000/4r7i001557325515012.8815573255107661"
    assert (paid.at, paid.cvm, paid.authorisation) == ("05-08 15:25:15", "none", "123456")
    assert "APPROVED" in paid.slip


@given(st.binary(min_size=1, max_size=200))
def test_what_is_protected_comes_out_as_it_went_in(plain: bytes) -> None:
    assert unprotect(protect(plain, HEADER, KEYS, NONCE), KEYS) == plain


@given(st.sampled_from(("nexo_blob", "hmac", "nonce")), st.data())
def test_what_was_damaged_or_made_with_another_key_is_no_message(field: str, data: st.DataObject) -> None:
    wire = protect(b'{"amount": 20.40}', HEADER, KEYS, NONCE)
    whole = wire.nexo_blob if field == "nexo_blob" else getattr(wire.security_trailer, field)
    text = data.draw(st.one_of(st.text(max_size=60), st.just(whole[:-4]), st.just(whole[4:]), st.just(whole + "AAAA")))
    if text == whole:
        return
    if field == "nexo_blob":
        damaged = msgspec.structs.replace(wire, nexo_blob=text)
    else:
        trailer = msgspec.structs.replace(wire.security_trailer, **{field: text})
        damaged = msgspec.structs.replace(wire, security_trailer=trailer)
    with pytest.raises(BadMessage):
        unprotect(damaged, KEYS)
    with pytest.raises(BadMessage):
        unprotect(wire, keys_of("another", "till-key", 1))


@pytest.mark.parametrize("raw", [b'"20.40"', b"20.405", b"1e3", b"NaN", b"null", b"true", b"", b"12345678901234"])
def test_an_amount_is_a_number_of_two_decimals_or_none(raw: bytes) -> None:
    with pytest.raises(BadMessage):
        minor_of(msgspec.Raw(raw))


def test_amounts_are_decimals() -> None:
    assert [minor_of(msgspec.Raw(raw)) for raw in (b"10.99", b"1", b"0.1", b"-3.05")] == [1_099, 100, 10, -305]
    assert b'"RequestedAmount":20.40' in msgspec.json.encode(request_body(REQUEST))


OFFER = {"ConvertedAmount": {"AmountValue": 48.32, "Currency": "GBP"}, "CustomerApprovedFlag": True}


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ([{**OFFER, "Rate": 0.035, "Markup": 3}], ("48.32 GBP", "0.035", "3")),
        ([{**OFFER, "Rate": "0.035", "Markup": "3.5"}], ("48.32 GBP", "0.035", "3.5")),
        ([OFFER], ("48.32 GBP", "", "")),
        ([{**OFFER, "CustomerApprovedFlag": False}], ("", "", "")),
        ([{**OFFER, "Rate": "4111111111111111 x"}], ("48.32 GBP", "", "")),
        ([{"ConvertedAmount": {"AmountValue": "a lot", "Currency": "GBP"}}], ("", "", "")),
        ([{"ConvertedAmount": {"AmountValue": 1, "Currency": "pounds"}}], ("", "", "")),
        (["?"], ("", "", "")),
        ({}, ("", "", "")),
        (None, ("", "", "")),
    ],
)
def test_what_a_card_pays_in_its_own_currency_is_read_or_left_out(said: object, read: tuple[str, str, str]) -> None:
    """The first as a terminal of Adyen's said it (adyen-java-api-library, MIT, a Czech shop and a British card)."""
    result = {"AmountsResp": {"Currency": "EUR", "AuthorizedAmount": 20.4}, "CurrencyConversion": said}
    poi = {"POITransactionID": {"TransactionID": "4r7i0015.8815573255107661", "TimeStamp": "2026-11-01T20:09:16.000Z"}}
    body = {"Response": {"Result": "Success"}, "POIData": poi, "PaymentResult": result}
    paid = outcome_of(msgspec.json.decode(json.dumps(body), type=PaymentResponse), REQUEST)
    assert isinstance(paid, Approved) and paid.amount_minor == 2_040, "of the payment it says nothing"
    assert (paid.converted, paid.rate, paid.markup) == read


def test_a_refund_names_the_payment_as_the_terminal_did() -> None:
    back = msgspec.structs.replace(REQUEST, kind="refund", reference="1557325515012/4r7i0015.88155")
    original = request_body(back)["ReversalRequest"]["OriginalPOITransaction"]["POITransactionID"]
    assert original == {"TransactionID": "4r7i0015.88155", "TimeStamp": "2019-05-08T14:25:15.012Z"}
    for wrong in ("0041", "pi_3abc", "x/1"):
        with pytest.raises(ValueError, match="reference"):
            request_body(msgspec.structs.replace(back, reference=wrong))


def test_service_ids_follow_from_keys_and_are_of_the_terminals_letters() -> None:
    made = {service_id(f"p{number}") for number in range(500)}
    assert len(made) == 500 and service_id("p1") == service_id("p1")
    assert all(len(one) == 10 and one.isalnum() and one.isascii() for one in made)


@pytest.mark.parametrize(
    ("condition", "meant"),
    [
        ("Refusal", Declined("card_expired", "EXPIRED_CARD")),
        ("Cancel", Declined("cancelled", "EXPIRED_CARD")),
        ("WrongPIN", Declined("wrong_pin", "EXPIRED_CARD")),
        ("Busy", NotStarted("busy", "EXPIRED_CARD")),
        ("UnreachableHost", NotStarted("offline", "EXPIRED_CARD")),
        ("SomethingNew", Declined("declined", "EXPIRED_CARD")),
    ],
)
def test_what_a_failure_means_is_by_its_condition(condition: str, meant: TerminalOutcome) -> None:
    response = {"Result": "Failure", "ErrorCondition": condition, "AdditionalResponse": "refusalReason=EXPIRED_CARD"}
    answer = msgspec.convert({"Response": response}, PaymentResponse)
    assert outcome_of(answer, REQUEST) == meant


@pytest.mark.parametrize(
    ("said", "kept_minor"), [("49", 49), ("2040", 2_040), ("", 0), ("0.49", 0), ("-49", 0), ("2041", 0), ("4९", 0)]
)
def test_what_it_added_for_a_card_is_what_it_says_or_nothing(said: str, kept_minor: int) -> None:
    paid = outcome_of(_paid(AuthorizedAmount=20.40, surchargeAmount=said), REQUEST)
    assert isinstance(paid, Approved) and paid.amount_minor == 2_040
    assert paid.surcharge_minor == kept_minor
    tipped = outcome_of(_paid(AuthorizedAmount=20.40, surchargeAmount=said, TipAmount=3.00), REQUEST)
    assert isinstance(tipped, Approved) and tipped.tip_minor == 300
    assert tipped.surcharge_minor == (0 if said == "2040" else kept_minor), "no more than there is"


@pytest.mark.parametrize("tip", [20.41, -1, "3", 1.005])
def test_a_tip_that_cannot_be_is_no_answer(tip: object) -> None:
    with pytest.raises(BadMessage):
        outcome_of(_paid(AuthorizedAmount=20.40, TipAmount=tip), REQUEST)


def test_a_customer_is_asked_for_a_tip_where_the_till_wants_one() -> None:
    def options(request: TerminalRequest) -> str:
        return str(request_body(request)["PaymentRequest"]["SaleData"]["SaleToAcquirerData"])

    assert options(REQUEST) == "tenderOption=AllowPartialAuthorisation"
    asked = msgspec.structs.replace(REQUEST, asks_tip=True)
    assert options(asked) == "tenderOption=AllowPartialAuthorisation,AskGratuity"


def _paid(surchargeAmount: str = "", **amounts: object) -> PaymentResponse:  # noqa: N803 - as Adyen writes it
    id = {"TransactionID": "4r7i001557325515012.8815573255107661", "TimeStamp": "2019-05-08T14:25:15.012Z"}
    body = {
        "Response": {"Result": "Success", "AdditionalResponse": f"surchargeAmount={surchargeAmount}"},
        "POIData": {"POITransactionID": id},
        "PaymentResult": {"AmountsResp": {"Currency": "EUR", **amounts}},
    }
    return msgspec.json.decode(json.dumps(body), type=PaymentResponse)
