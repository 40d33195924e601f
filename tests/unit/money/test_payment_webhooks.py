"""How providers sign what they tell, and what is read of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from sync.hub.api.webhook_news import read
from sync.hub.api.webhook_signatures import Scheme, Signed, is_signed

NOW_S = 1_700_000_000.0
BODY = b'{"id":"evt_1","type":"payment_intent.succeeded"}'
URL = "https://hub.example/v1/payments/webhooks/demo/square"
ADYEN_KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
HEADERS = {"stripe": "Stripe-Signature", "sim": "Sim-Signature", "clover": "Clover-Signature"}


def stamped(secret: str, body: bytes = BODY, at_s: float = NOW_S, version: str = "v1") -> str:
    made = hmac.new(secret.encode(), f"{int(at_s)}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={int(at_s)},{version}={made}"


def judged(scheme: Scheme, header: str, body: bytes = BODY, secrets: tuple[str, ...] = ("whsec_a",)) -> bool:
    return is_signed(scheme, secrets, Signed({HEADERS[scheme]: header}, body, NOW_S))


@pytest.mark.parametrize("scheme", ["stripe", "sim", "clover"])
def test_what_is_stamped_and_signed_is_believed_and_nothing_else(scheme: Scheme) -> None:
    good = stamped("whsec_a")
    assert judged(scheme, good)
    assert judged(scheme, good + ",v0=00,v1=" + "0" * 64)
    assert judged(scheme, stamped("whsec_b"), secrets=("whsec_a", "whsec_b")), "while the secret is changed"
    assert judged(scheme, stamped("whsec_a", at_s=NOW_S - 300)) and judged(scheme, stamped("whsec_a", at_s=NOW_S + 300))
    wrong = (
        *("", "t=", "v1=00", "t=now,v1=00", good.replace("v1", "v0"), good[:-2], good + "00", good.upper()),
        *(good.partition(",")[2], stamped("whsec_b"), stamped("whsec_a", at_s=NOW_S - 301), "t=9" * 40),
        *(stamped("whsec_a", at_s=NOW_S + 301), stamped(""), "t=1700000000,v1=é"),
    )
    assert [one for one in wrong if judged(scheme, one)] == []
    assert not judged(scheme, good, BODY + b" "), "a body that was written again"
    assert not judged(scheme, good, secrets=()) and not judged(scheme, stamped(""), secrets=("",))


@pytest.mark.parametrize("body", [b"[" * 50_000, b'{"notificationItems":"\xff"}', b"\xff", b"[]", b""])
def test_an_invalid_message_of_adyen_is_signed_by_no_one(body: bytes) -> None:
    assert not is_signed("adyen", (ADYEN_KEY,), Signed({}, body, NOW_S))


def test_other_ways_to_sign() -> None:
    made = hmac.new(b"key", URL.encode() + BODY, hashlib.sha256).digest()
    head = {"x-square-hmacsha256-signature": base64.b64encode(made).decode()}
    assert is_signed("square", ("key",), Signed(head, BODY, NOW_S, URL))
    assert not is_signed("square", ("key",), Signed(head, BODY, NOW_S, URL + "/"))
    assert not is_signed("square", ("key",), Signed(head, BODY, NOW_S))
    for wrong in ("", "a", base64.b64encode(made[:-1]).decode(), made.hex()):
        assert not is_signed("square", ("key",), Signed({"x-square-hmacsha256-signature": wrong}, BODY, NOW_S, URL))
    assert is_signed("clover_app", ("code",), Signed({"X-Clover-Auth": "code"}, BODY, NOW_S))
    assert not is_signed("clover_app", ("code",), Signed({"X-Clover-Auth": "cod"}, BODY, NOW_S))
    assert not is_signed("clover_app", ("code",), Signed({}, BODY, NOW_S))


def adyen(code: str = "REFUND", success: str = "true", sign: bool = True, **more: Any) -> dict[str, Any]:
    item: dict[str, Any] = {
        **{"pspReference": "R1", "originalReference": "P1", "merchantAccountCode": "Shop", "merchantReference": "m:1"},
        **{"amount": {"value": 1130, "currency": "EUR"}, "eventCode": code, "success": success, **more},
    }
    told = f"{item['pspReference']}:{item['originalReference']}:Shop:m:1:1130:EUR:{code}:{success}"
    made = hmac.new(bytes.fromhex(ADYEN_KEY), told.encode(), hashlib.sha256).digest()
    item["additionalData"] = {"hmacSignature": base64.b64encode(made).decode() if sign else "AA=="}
    return {"NotificationRequestItem": item}


def test_adyen_signs_each_item_and_every_one_has_to_fit() -> None:
    def fits(*items: Any, key: str = ADYEN_KEY) -> bool:
        body = json.dumps({"live": "false", "notificationItems": list(items)}).encode()
        return is_signed("adyen", (key,), Signed({}, body, NOW_S))

    assert fits(adyen()) and fits(adyen(), adyen("CHARGEBACK"))
    assert not fits() and not fits(adyen(), adyen(sign=False)) and not fits("item")
    assert not fits(adyen(), key="no hex") and not fits(adyen(), key="00")
    changed = adyen()
    changed["NotificationRequestItem"]["amount"]["value"] = 1
    assert not fits(changed)


def test_adyens_own_published_example_fits() -> None:
    item = {
        **{"pspReference": "7914073381342284", "merchantAccountCode": "TestMerchant", "eventCode": "AUTHORISATION"},
        **{"merchantReference": "TestPayment-1407325143704", "amount": {"value": 1130, "currency": "EUR"}},
        **{"success": "true", "additionalData": {"hmacSignature": "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="}},
    }
    body = json.dumps({"notificationItems": [{"NotificationRequestItem": item}]}).encode()
    assert is_signed("adyen", (ADYEN_KEY,), Signed({}, body, NOW_S))


def test_what_is_read_of_stripe() -> None:
    def told(kind: str, **of: Any) -> Any:
        return read("stripe", {"id": "evt_1", "type": kind, "livemode": False, "data": {"object": of}})

    (one,) = told("payment_intent.succeeded", id="pi_1", metadata={"transaction": "abcp1"})
    assert (one.what, one.reference, one.transaction, one.live) == ("look", "pi_1", "abcp1", False)
    (one,) = told("checkout.session.completed", id="cs_1", client_reference_id="abcp1", payment_intent="pi_1")
    assert (one.what, one.reference, one.transaction) == ("look", "pi_1", "abcp1")
    (one,) = told("charge.refunded", id="ch_1", payment_intent="pi_1")
    assert (one.what, one.reference) == ("look", "pi_1")
    (one,) = told("refund.updated", id="re_1", payment_intent="pi_1", metadata={"transaction": "abcr1a1"})
    assert (one.reference, one.transaction) == ("pi_1", "")
    evidence = {"due_by": 1_700_000_000}
    kind, of = "charge.dispute.created", {"id": "dp_1", "payment_intent": "pi_1", "amount": 240, "reason": "fraudulent"}
    (one,) = told(kind, **of, status="needs_response", evidence_details=evidence)
    assert (one.what, one.amount_minor, one.reason, one.due, one.end) == ("dispute", 240, "fraud", "2023-11-14", "")
    (one,) = told("charge.dispute.closed", **of, status="lost")
    assert one.end == "lost"
    action = {"process_payment_intent": {"payment_intent": "pi_2"}}
    (one,) = told("terminal.reader.action_succeeded", id="tmr_1", action=action)
    assert one.reference == "pi_2"
    assert told("customer.created", id="cus_1", email="a@b.example") == ()


def test_what_is_read_of_others() -> None:
    items = [adyen(), adyen("REFUND_FAILED"), adyen("CHARGEBACK"), adyen("AUTHORISATION"), adyen("REPORT_AVAILABLE")]
    found = read("adyen", {"live": "true", "notificationItems": items})
    assert [(one.what, one.reference, one.success, one.live) for one in found] == [
        ("refund", "P1", True, True),
        ("refund", "P1", False, True),
        ("dispute", "P1", True, True),
        ("look", "R1", True, True),
    ]
    assert len({one.event for one in found}) == 4
    (one,) = read("clover", {"Type": "PAYMENT", "Status": "APPROVED", "Id": "C1", "Data": "s1"})
    assert (one.reference, one.transaction) == ("C1", "s1")
    body = {"appId": "a", "merchants": {"M": [{"objectId": "P:C1", "type": "UPDATE", "ts": 5}, {"objectId": "O:1"}]}}
    assert [one.reference for one in read("clover_app", body)] == ["C1"]
    (one,) = read("square", {"event_id": "e", "type": "payment.updated", "data": {"object": {"payment": {"id": "q1"}}}})
    assert one.reference == "q1"


@pytest.mark.parametrize("scheme", ["stripe", "adyen", "clover", "clover_app", "square", "sim"])
@pytest.mark.parametrize("body", [None, 1, "x", [], {}, {"id": 1, "type": [], "data": []}, {"notificationItems": [1]}])
def test_what_makes_no_sense_is_said_to_make_none(scheme: Scheme, body: Any) -> None:
    try:
        found = read(scheme, body)
    except ValueError:
        return
    assert found == ()


@pytest.mark.parametrize(
    "typed", ["4111111111111111", "4111-1111-1111-1111", "order 5555555555554444", 4111111111111111]
)
def test_the_number_of_a_card_that_someone_typed_as_a_name_is_not_kept(typed: Any) -> None:
    of = {"id": "pi_1", "metadata": {"transaction": typed}}
    (one,) = read("stripe", {"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": of}})
    assert (one.transaction, one.reference) == ("", "pi_1")
    of = {"id": "cs_1", "client_reference_id": typed, "payment_intent": "pi_1"}
    (one,) = read("stripe", {"id": "evt_1", "type": "checkout.session.completed", "data": {"object": of}})
    assert one.transaction == ""
    item = adyen(merchantReference=typed)
    (one,) = read("adyen", {"live": "true", "notificationItems": [item]})
    assert (one.transaction, one.reference) == ("", "P1")


def test_a_name_with_many_digits_is_kept() -> None:
    for name in ("0a1b2c3d4e5f0a1b2c3d4e5fp1", "411111111111111111111111", "4111111111111112", "914073381342284"):
        of = {"id": "pi_1", "metadata": {"transaction": name}}
        (one,) = read("stripe", {"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": of}})
        assert one.transaction == name
