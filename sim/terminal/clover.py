"""A Clover device with REST Pay Display over HTTPS, from https://docs.clover.com (REST Pay Display API). Its clock says
20:09:16 UTC on 1 November 2026.

A request with a known idempotency key gets its earlier answer; while that request runs, the device is busy. It never
reports a lack of paper.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from typing import Any, Literal

from sim.terminal.http_server import SimHttpTerminal, SimRequest
from sim.terminal.server import CARD, SimPayment

TOKEN, SERIAL = "letmein-token", "C030UQ50550081"
NOW_MS = 1_793_563_756_000


CAPTURED_READS = (
    {"type": "PREAUTH", "state": "PENDING", "result": "SUCCESS"},
    {"type": "PREAUTH", "state": "CLOSED", "result": "SUCCESS"},
    {"type": "PREAUTHCAPTURE", "state": "PENDING", "result": "SUCCESS"},
    {"type": "PREAUTHCAPTURE", "state": "CLOSED", "result": "SUCCESS"},
    {"type": "PREAUTH", "state": "PENDING", "result": "AUTH_COMPLETED"},
    {"type": "AUTH", "state": "PENDING", "result": "SUCCESS"},
)
"""Types and states by which a captured payment may be reported: those it had while authorised (community.clover.com,
question 39934), or others named on Clover's public pages."""


class SimCloverTerminal(SimHttpTerminal):
    """A Clover device.

    `captured_reads`: the reported type and state of a captured payment. `capture_tells_payment`,
    `adjust_tells_payment`: whether the answer to a capture or a tip has the payment, or only its amount.
    `sales_stay_open`: the gateway turns a final sale into one that accepts a tip. `held_result`: the result of an
    authorised payment. `late_voids`: the effect of voiding a payment after its day is closed.
    """

    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__(tls)
        self._by_key: dict[str, SimPayment] = {}
        self._refunds: dict[str, dict[str, Any]] = {}
        self._given_back: dict[str, list[dict[str, Any]]] = {}
        self._waiting: dict[str, asyncio.Transport] = {}
        self._captured: set[str] = set()
        self._tips: dict[str, int] = {}
        self._adjusted: dict[str, str] = {}
        self.adjust_tells_payment = False
        self.captured_reads = CAPTURED_READS[0]
        self.capture_tells_payment = False
        self.held_result = "SUCCESS"
        self.sales_stay_open = False
        self.late_voids: Literal["refunded", "refused"] = "refunded"

    def handle_request(self, request: SimRequest) -> None:
        bearer = request.headers.get("authorization") == f"Bearer {TOKEN}"
        if not bearer or request.headers.get("x-clover-device-id") != SERIAL or self.fault == "wrong_key":
            self._refuse(request, 401)
            return
        body = json.loads(request.body) if request.body else {}
        match request.method, request.path.removeprefix("/connect/v1/").split("/"):
            case "POST", ["payments"]:
                self._pay(request, body)
            case "GET", ["payments", "external", key] if not self.stays_silent(request.line, "after"):
                self._find(request, key)
            case "GET", ["payments", id] if not self.stays_silent(request.line, "after"):
                self._finish_payment(request.line, next(one for one in self.payments if _id(one) == id))
            case "POST", ["payments", id, "capture"]:
                self._capture(request, id, body)
            case "POST", ["payments", id, "tip-adjust"]:
                self._adjust(request, id, body["tipAmount"])
            case "POST", ["payments", id, "void"]:
                self._void(request, id)
            case "POST", ["payments", id, "refunds"]:
                self._refund(request, id, body)
            case "POST", ["device", "read-tip"]:
                busy = self.fault == "busy" or self.running is not None or body["baseAmount"] <= 0
                self._refuse(request, 503) if busy else self.answer(request.line, 200, {"response": self.tip_minor})
            case "POST", ["device", "ping"] if not self.stays_silent(request.line, "after"):
                busy = self.fault == "busy" or self.running is not None
                self._refuse(request, 503) if busy else self.answer(request.line, 200, {"connected": True})
            case "POST", ["device", "display" | "welcome"]:
                self.lines = tuple(body["text"].split("\n")) if "text" in body else ()
                self.answer(request.line, 200, {})
            case "POST", ["device", "cancel"]:
                self._cancel(request)

    def begin(self, key: str, kind: Literal["payment", "refund", "tip"], asked_minor: int) -> SimPayment:
        """Begin a payment, refund or tip under a new id, even after a voided payment."""
        begun = super().begin(key, kind, asked_minor)
        begun.number = len(self.payments)
        return begun

    def _pay(self, request: SimRequest, body: dict[str, Any]) -> None:
        key = request.headers["idempotency-key"]
        hold = body.get("capture") is False
        assert body["externalPaymentId"] == key and (hold or body["final"] is True or body["capture"] is True)
        assert body["offlineOptions"] == {"allowOfflinePayment": False}, "else the device does as it is set"
        known = self._by_key.get(key)
        if self.fault == "busy" or self.running is not None:
            self._refuse(request, 503)
        elif known is not None:
            self._finish_payment(request.line, known)
        elif not self.stays_silent(request.line, "before"):
            payment = self._by_key[key] = self.begin(key, "payment", body["amount"])
            payment.hold, payment.tip_minor = hold, body.get("tipAmount", 0)
            payment.adjustable = not hold and (self.sales_stay_open or not body["final"])
            self._waiting[key] = request.line
            self.awaits_card(payment)

    def forget(self, payment: SimPayment) -> None:
        super().forget(payment)
        del self._by_key[payment.key], self._waiting[payment.key]

    def card_presented(self, payment: SimPayment) -> None:
        payment.surcharge_minor = self.surcharge_minor
        payment.amount_minor = self.granted_minor(payment) + payment.tip_minor + payment.surcharge_minor
        declined = self.fault == "decline" or not payment.amount_minor
        payment.code = "FAIL" if declined else ""
        self.settle(payment, "declined" if declined else "held" if payment.hold else "taken")
        line = self._waiting.pop(payment.key)
        if not self.stays_silent(line, "after"):
            self._finish_payment(line, payment)

    def _capture(self, request: SimRequest, id: str, body: dict[str, Any]) -> None:
        """Capture part of the authorised amount; a known key gets its earlier result."""
        if self.stays_silent(request.line, "before"):
            return
        payment = next(one for one in self.payments if _id(one) == id)
        if (key := request.headers["idempotency-key"]) not in self._captured:
            if payment.state != "held" or not 0 < body["amount"] <= payment.amount_minor:
                self._refuse(request, 400)
                return
            self._captured.add(key)
            payment.state, payment.amount_minor = "taken", body["amount"]
        if self.stays_silent(request.line, "after"):
            return
        if self.capture_tells_payment:
            self._finish_payment(request.line, payment)
        else:
            told = {"id": id, "amount": payment.amount_minor, "tipAmount": 0}
            self.answer(request.line, 200, told)

    def _adjust(self, request: SimRequest, id: str, minor: int) -> None:
        """Replace a payment's tip; a known key changes nothing."""
        payment, key = next(one for one in self.payments if _id(one) == id), request.headers["idempotency-key"]
        open_ = payment.adjustable and payment.state == "taken" and not payment.closed and self.fault != "decline"
        if self.fault == "busy":
            self._refuse(request, 503)
        elif key not in self._adjusted and not open_:
            self._refuse(request, 400)
        elif not self.stays_silent(request.line, "before"):
            if key not in self._adjusted:
                self._adjusted[key] = id
                tip = self.begin(key, "tip", minor - self._tips.get(id, 0))
                tip.amount_minor, self._tips[id] = tip.asked_minor, minor
                self.settle(tip, "taken")
            if not self.stays_silent(request.line, "after"):
                told = {"id": id, "tipAmount": self._tips[id]}
                self.answer(request.line, 200, {"payment": told} if self.adjust_tells_payment else told)

    def _void(self, request: SimRequest, id: str) -> None:
        """Release an authorised amount, or reverse a captured one: as a refund if it's too late to void."""
        key = request.headers["idempotency-key"]
        payment = next(one for one in self.payments if _id(one) == id)
        late = payment.closed and self.late_voids == "refused"
        if self.fault == "decline" or (key not in self._refunds and (late or payment.state not in ("held", "taken"))):
            self._refuse(request, 400)
        elif key in self._refunds:
            self.answer(request.line, 200, self._refunds[key])
        elif not self.stays_silent(request.line, "before"):
            self.requests += payment.state == "taken"
            if payment.closed:
                back = self.begin(key, "refund", payment.amount_minor)
                back.amount_minor = payment.amount_minor
                self.settle(back, "taken")
            else:
                payment.state = "back"
            told = {"id": id, "amount": payment.amount_minor - payment.surcharge_minor, "result": "VOIDED"}
            self._refunds[key] = {
                "id": id,
                "voidReason": "USER_CANCEL",
                "payment": told,
            }
            if not self.stays_silent(request.line, "after"):
                self.answer(request.line, 200, self._refunds[key])

    def _cancel(self, request: SimRequest) -> None:
        if self.running is not None and self.fault != "deaf":
            payment = self.running
            payment.code = "CANCEL"
            self.settle(payment, "declined")
            self.answer(self._waiting.pop(payment.key), 209, {"message": "Cancelled on the device"})
        self.answer(request.line, 200, {})

    def _find(self, request: SimRequest, key: str) -> None:
        payment = self._by_key.get(key)
        if payment is None:
            self._refuse(request, 404)
        else:
            self._finish_payment(request.line, payment)

    def _refund(self, request: SimRequest, id: str, body: dict[str, Any]) -> None:
        key = request.headers["idempotency-key"]
        if self.fault == "decline":
            self._refuse(request, 400)
        elif key in self._refunds:
            self.answer(request.line, 200, self._refunds[key])
        elif not self.stays_silent(request.line, "before"):
            (of,) = [one for one in self.payments if _id(one) == id and one.kind == "payment"]
            payment = self.begin(key, "refund", body["amount"])
            added = body["amount"] * of.surcharge_minor / (of.amount_minor - of.surcharge_minor)
            payment.surcharge_minor = int(added + 0.5)
            payment.amount_minor = payment.asked_minor + payment.surcharge_minor
            self.settle(payment, "taken")
            self._refunds[key] = {"refund": self._made_refund(of, payment)}
            if not self.stays_silent(request.line, "after"):
                self.answer(request.line, 200, self._refunds[key])

    def give_back(self, payment: SimPayment, amount_minor: int) -> None:
        """Refund part of a payment on Clover's own pages, as a person would."""
        back = self.begin(f"own{len(self.payments)}", "refund", amount_minor)
        back.amount_minor = amount_minor
        self.settle(back, "taken")
        self._made_refund(payment, back)

    def _made_refund(self, of: SimPayment, back: SimPayment) -> dict[str, Any]:
        """Return a refund in the API's form, and add it to its payment."""
        made = {"id": f"R{back.number:012d}{len(self._refunds)}", "amount": back.amount_minor - back.surcharge_minor}
        made |= {"createdTime": NOW_MS, **_surcharge_fields(back.surcharge_minor)}
        self._given_back.setdefault(_id(of), []).append(made)
        return made

    def _finish_payment(self, line: asyncio.Transport, payment: SimPayment) -> None:
        results = {"running": "INITIATED", "taken": "SUCCESS", "back": "VOIDED", "declined": payment.code}
        results["held"] = self.held_result
        kind = {"state": "CLOSED", "type": "AUTH"}
        if payment.adjustable:  # an auth counts as taken: github.com/clover/remote-pay-java, PaymentResponse
            kind = {"state": "CLOSED" if payment.closed else "PENDING", "type": "PREAUTH"}
        if payment.hold:
            taken = payment.state == "taken"
            kind = dict(self.captured_reads) if taken else {"state": "PENDING", "type": "PREAUTH"}
            results["taken"] = kind.pop("result", "SUCCESS")
        card = {
            **{"authCode": "A12345", "cardType": "VISA", "entryType": "EMV_CONTACT", **kind},
            **{"last4": CARD if self.fault == "whole_number" else CARD[-4:], "first6": CARD[:6], "token": CARD},
            "extra": {
                "cvmResult": "SIGNATURE" if self.signs else "ONLINE_PIN",
                "applicationIdentifier": "A0000000031010",
                "athId": 7,
            },
        }
        paid = {
            **{
                "id": _id(payment),
                "amount": payment.amount_minor - payment.tip_minor - payment.surcharge_minor,
                "tipAmount": payment.tip_minor + self._tips.get(_id(payment), 0),
                "externalPaymentId": payment.key,
            },
            **{"result": results[payment.state], "offline": self.fault == "stored", "createdTime": NOW_MS},
            **{"order": {"id": "ORDER"}, "cardTransaction": card, **_surcharge_fields(payment.surcharge_minor)},
            "refunds": self._given_back.get(_id(payment), []),
        }
        self.answer(line, 200, {"payment": paid, "issues": {}})

    def _refuse(self, request: SimRequest, status: int) -> None:
        self.answer(request.line, status, {"message": f"No: {CARD}"})


def _surcharge_fields(minor: int) -> dict[str, Any]:
    """A card surcharge, as in a payment and a refund."""
    charge = {"amount": minor, "type": "CREDIT_SURCHARGE", "rate": 24_000}
    return {"additionalCharges": {"elements": [charge]}} if minor else {}


def _id(payment: SimPayment) -> str:
    return f"P{payment.number:012d}"
