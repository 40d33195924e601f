"""A reader of Stripe Terminal and the part of Stripe's cloud that drives it, from https://docs.stripe.com/terminal (the
server-driven integration) and https://docs.stripe.com/api. Its clock says 20:09:16 UTC on 1 November 2026.

A request with a known idempotency key gets its earlier answer. It has no printer and no offline mode. While a reader
restarts it is offline to its cloud, which still answers and knows the cards it charged.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from typing import Any, Literal
from urllib.parse import parse_qs, parse_qsl, urlsplit

from sim.terminal.http_server import SimHttpTerminal, SimRequest
from sim.terminal.server import CARD, SimPayment

KEY, READER = "sk_test_corner", "tmr_corner"


def _cart(fields: dict[str, str]) -> tuple[str, ...]:
    """The displayed cart: each item with its amount, and the total."""
    count = sum(name.endswith("[description]") for name in fields)
    of = [f"cart[line_items][{at}]" for at in range(count)]
    items = [(fields[f"{one}[description]"], fields[f"{one}[amount]"]) for one in of]
    return tuple(f"{text} {int(minor) / 100:.2f}" for text, minor in (*items, ("TOTAL", fields["cart[total]"])))


class SimStripeTerminal(SimHttpTerminal):
    """One reader of one account. `interac`: its cards are of Canada's debit network, which refunds only to a card that
    is presented (https://docs.stripe.com/terminal/payments/regional?integration-country=CA)."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__(tls)
        self._intents: dict[str, dict[str, Any]] = {}
        self._payments: dict[str, SimPayment] = {}
        self._refunds: list[dict[str, Any]] = []
        self._known: dict[str, bytes] = {}
        self._action: dict[str, Any] | None = None
        self._online = True
        self._giving: dict[str, str] = {}
        self.interac = False

    async def start(self) -> None:
        self._online = True
        await super().start()

    def reboot(self) -> None:
        if self.running is not None:
            self.settle(self.running, "declined")
        self._action, self._online = None, False

    def stays_silent(self, line: asyncio.Transport, when: Literal["before", "after"]) -> bool:
        return self.fault != "reboot_after" and super().stays_silent(line, when)

    def handle_request(self, request: SimRequest) -> None:
        if request.headers.get("authorization") != f"Bearer {KEY}" or self.fault == "wrong_key":
            self.answer(request.line, 401, {"error": {"type": "invalid_request_error"}})
            return
        assert request.headers["stripe-version"]
        known = self._known.get(request.headers.get("idempotency-key", ""))
        if known is not None:
            self.answer(request.line, 200, known)
            return
        fields = dict(parse_qsl(request.body.decode()))
        match request.method, urlsplit(request.path).path.split("/")[2:]:
            case "POST", ["payment_intents"]:
                self._make(request, fields)
            case "GET", ["payment_intents", id] if id not in self._payments or not self.stays_silent(
                request.line, "after"
            ):
                self._respond(request, self._intents[id])
            case "POST", ["payment_intents", id, "capture"]:
                self._capture(request, self._intents[id], fields)
            case "POST", ["payment_intents", id, "cancel"] if not self.stays_silent(request.line, "after"):
                self._cancel(request, self._intents[id])
            case "GET", ["terminal", "readers", _] if not self.stays_silent(request.line, "after"):
                self._respond(request, self._reader())
            case "POST", ["terminal", "readers", _, "process_payment_intent"]:
                self._process(request, self._intents[fields["payment_intent"]], fields)
            case "POST", ["terminal", "readers", _, "refund_payment"]:
                self._refund_at_reader(request, fields)
            case "POST", ["terminal", "readers", _, "cancel_action"]:
                self._cancel_action(request)
            case "POST", ["terminal", "readers", _, "set_reader_display"]:
                self.lines = _cart(fields)
                self._respond(request, self._reader())
            case "POST", ["refunds"]:
                self._refund(request, fields)
            case "GET", ["refunds"] if not self.stays_silent(request.line, "after"):
                of = parse_qs(urlsplit(request.path).query)["payment_intent"][0]
                listed = [one for one in self._refunds if one["payment_intent"] == of]
                self._respond(request, {"data": listed, "has_more": False})

    def _make(self, request: SimRequest, fields: dict[str, str]) -> None:
        id = f"pi_{len(self._intents) + 1:04d}"
        assert fields["capture_method"] in ("automatic", "manual")
        self._intents[id] = {
            **{
                "id": id,
                "status": "requires_payment_method",
                "amount": int(fields["amount"]),
                "created": int(self.now_s()),
            },
            **{"currency": fields["currency"], "amount_received": 0, "latest_charge": None, "amount_capturable": 0},
            **{"capture_method": fields["capture_method"]},
            **{"last_payment_error": None, "metadata": {"transaction": fields["metadata[transaction]"]}},
        }
        self._respond(request, self._intents[id])

    def _process(self, request: SimRequest, intent: dict[str, Any], fields: dict[str, str]) -> None:
        if not self._online:
            self._refuse(request, 400, "terminal_reader_offline")
        elif self.fault == "busy" or self.running is not None:
            self._refuse(request, 409, "terminal_reader_busy")
        elif intent["status"] != "requires_payment_method":
            self._refuse(request, 400, "intent_invalid_state")
        elif not self.stays_silent(request.line, "before"):
            payment = self._payments[intent["id"]] = self.begin(intent["id"], "payment", intent["amount"])
            assert ("process_config[skip_tipping]" in fields) != ("process_config[tipping][amount_eligible]" in fields)
            payment.tip_minor = 0 if "process_config[skip_tipping]" in fields else self.tip_minor
            of = {"type": "process_payment_intent", "process_payment_intent": {"payment_intent": intent["id"]}}
            self._action = {**of, "status": "in_progress", "failure_code": None, "failure_message": None}
            answered = self._reader()
            answered["action"] = dict(self._action)
            self.awaits_card(payment)
            if self.fault == "reboot_after":
                self.reboot()
            if not self.stays_silent(request.line, "after"):
                self._respond(request, answered)

    def card_presented(self, payment: SimPayment) -> None:
        if payment.kind == "refund":
            self._given_back(payment)
            return
        intent = self._intents[payment.key]
        payment.amount_minor = self.granted_minor(payment) + payment.tip_minor
        assert self._action is not None
        if self.fault == "decline" or not payment.amount_minor:
            self.settle(payment, "declined")
            error = {"code": "card_declined", "decline_code": "insufficient_funds", "message": f"NO FUNDS {CARD}"}
            intent["last_payment_error"] = error
            self._action |= {"status": "failed", "failure_code": "card_declined", "failure_message": error["message"]}
            return
        self._action["status"] = "succeeded"
        intent |= {"amount": payment.amount_minor, "amount_details": {"tip": {"amount": payment.tip_minor}}}
        if intent["capture_method"] == "manual":
            self.settle(payment, "held")
            held = {"amount_capturable": payment.amount_minor, "latest_charge": self._charge()}
            intent |= {"status": "requires_capture", **held}
            return
        self.settle(payment, "taken")
        intent |= {"status": "succeeded", "amount_received": payment.amount_minor, "latest_charge": self._charge()}

    def _charge(self) -> dict[str, Any]:
        slip = {
            **{"application_preferred_name": "Visa", "dedicated_file_name": "A0000000031010"},
            **{"authorization_code": "A12345", "cardholder_verification_method": "online_pin"},
            **{"terminal_verification_results": "8000008000", "transaction_status_information": "6800"},
            **{"account_type": "credit", "application_cryptogram": "C0FFEE0011223344"},
        }
        card = {
            **{"brand": "visa", "last4": CARD if self.fault == "whole_number" else CARD[-4:], "receipt": slip},
            **{"funding": self.funding, "read_method": "contact_emv", "fingerprint": CARD, "exp_year": 2030},
        }
        kind = "interac_present" if self.interac else "card_present"
        details = {"type": kind, kind: card}
        return {"id": f"ch_{len(self.payments):04d}", "created": int(self.now_s()), "payment_method_details": details}

    def _capture(self, request: SimRequest, intent: dict[str, Any], fields: dict[str, str]) -> None:
        """Capture part of the authorised amount."""
        if self.stays_silent(request.line, "before"):
            return
        minor = int(fields["amount_to_capture"])
        if intent["status"] != "requires_capture" or not 0 < minor <= intent["amount_capturable"]:
            self._refuse(request, 400, "payment_intent_unexpected_state")
            return
        payment = self._payments[intent["id"]]
        payment.state, payment.amount_minor = "taken", minor
        intent |= {"status": "succeeded", "amount_received": minor, "amount_capturable": 0}
        self._known[request.headers["idempotency-key"]] = json.dumps(intent).encode()
        if not self.stays_silent(request.line, "after"):
            self._respond(request, intent)

    def _cancel(self, request: SimRequest, intent: dict[str, Any]) -> None:
        mine = self.running is not None and self.running.key == intent["id"]
        if mine or intent["status"] not in ("requires_payment_method", "requires_capture", "canceled"):
            self._refuse(request, 400, "payment_intent_unexpected_state")
            return
        if intent["status"] == "requires_capture":
            self._payments[intent["id"]].state = "back"
        intent["status"] = "canceled"
        self._respond(request, intent)

    def _cancel_action(self, request: SimRequest) -> None:
        if self.fault == "deaf":
            self._refuse(request, 409, "terminal_reader_busy")
            return
        if self.running is not None:
            self.settle(self.running, "declined")
        self._action, self.lines = None, ()
        self._respond(request, self._reader())

    def _refund_at_reader(self, request: SimRequest, fields: dict[str, str]) -> None:
        """Ask for the card that paid, and refund this amount to it."""
        if not self._online:
            self._refuse(request, 400, "terminal_reader_offline")
        elif self.fault == "busy" or self.running is not None:
            self._refuse(request, 409, "terminal_reader_busy")
        elif not self.stays_silent(request.line, "before"):
            payment = self.begin(fields["payment_intent"], "refund", int(fields["amount"]))
            self._giving = fields
            of = {"type": "refund_payment", "refund_payment": {"payment_intent": payment.key}}
            self._action = {**of, "status": "in_progress", "failure_code": None, "failure_message": None}
            answered = self._reader()
            answered["action"] = dict(self._action)
            self.awaits_card(payment)
            if not self.stays_silent(request.line, "after"):
                self._respond(request, answered)

    def _given_back(self, payment: SimPayment) -> None:
        assert self._action is not None
        payment.amount_minor = payment.asked_minor
        if self.fault == "decline":
            self.settle(payment, "declined")
            self._action |= {"status": "failed", "failure_code": "card_declined", "failure_message": f"NO {CARD}"}
            return
        self.settle(payment, "taken")
        made = self._made_payment(payment, self._giving, "succeeded")
        self._refunds.append(made)
        self._action |= {"status": "succeeded", "refund_payment": {"payment_intent": payment.key, "refund": made["id"]}}

    def _made_payment(self, payment: SimPayment, fields: dict[str, str], status: str) -> dict[str, Any]:
        """Return a refund in the API's form."""
        return {
            **{"id": f"re_{payment.number:04d}{len(self._refunds)}", "status": status},
            **{"amount": payment.amount_minor, "currency": self._intents[payment.key]["currency"]},
            **{"created": int(self.now_s()), "payment_intent": payment.key},
            "metadata": {"transaction": fields["metadata[transaction]"]} if fields else {},
        }

    def give_back(self, payment: SimPayment, amount_minor: int) -> None:
        """Refund part of a payment on Stripe's own pages, as a person would."""
        back = self.begin(payment.key, "refund", amount_minor)
        back.amount_minor = amount_minor
        self.settle(back, "taken")
        self._refunds.append(self._made_payment(back, {}, "succeeded"))

    def _refund(self, request: SimRequest, fields: dict[str, str]) -> None:
        if self.interac:
            self._refuse(request, 400, "charge_not_refundable")
            return
        if self.stays_silent(request.line, "before"):
            return
        payment = self.begin(fields["payment_intent"], "refund", int(fields["amount"]))
        payment.amount_minor = payment.asked_minor
        declined = self.fault == "decline"
        self.settle(payment, "declined" if declined else "taken")
        made = self._made_payment(payment, fields, "failed" if declined else "succeeded")
        self._refunds.append(made)
        if not self.stays_silent(request.line, "after"):
            self._respond(request, made)

    def _reader(self) -> dict[str, Any]:
        other = {"type": "process_payment_intent", "status": "in_progress", "process_payment_intent": {}}
        action = other if self.fault == "busy" else self._action
        status = "online" if self._online else "offline"
        return {"id": READER, "status": status, "action": action, "device_sw_version": "2.30"}

    def _respond(self, request: SimRequest, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        if key := request.headers.get("idempotency-key"):
            self._known[key] = data
        self.answer(request.line, 200, data)

    def _refuse(self, request: SimRequest, status: int, code: str) -> None:
        self.answer(request.line, status, {"error": {"code": code, "message": f"No: {CARD}"}})
