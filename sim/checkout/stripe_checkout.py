"""The part of Stripe's API that Checkout needs, including the page, from https://docs.stripe.com/api/checkout/sessions,
https://docs.stripe.com/api/checkout/sessions/expire and https://docs.stripe.com/api/refunds.

A request with a known idempotency key gets its earlier answer. A session's page has a button that pays; `pay` does the
same. `fault`: the fault of the next requests.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from aiohttp import web

from sim.http_service import HttpService

KEY, OTHER_KEY = "sk_test_corner", "sk_test_other"
"""The keys of two accounts."""
NUMBER = "4242424242424242"
CheckoutFault = Literal["", "down", "cut", "wrong_key", "garbage", "refund_fails", "declined"]
"""`down`: answer 503. `cut`: execute the request, but break the connection before the answer."""
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Checkout</title><style>body{{font:1.1rem system-ui;margin:2rem auto;max-width:24rem}}
button{{font:inherit;padding:.8rem 1.2rem;margin:.4rem 0;width:100%}}</style>
<h1>{amount}</h1><p>TEST - a page of the simulator, no card is asked for.</p>
<p id="state">{state}</p><form method="post"><button name="do" value="pay"{off}>Pay</button></form>
<p><a href="{back}">Back</a></p></html>"""


class SimStripeCheckout(HttpService):
    """Stripe at http://127.0.0.1:`port`, while running."""

    def __init__(self) -> None:
        super().__init__()
        self.fault: CheckoutFault = ""
        self.faults: dict[str, CheckoutFault] = {}
        """Faults of single accounts, by the account's key."""
        self.asked: list[tuple[str, str]] = []
        """Method and path of each request received."""
        self.sessions: dict[str, dict[str, Any]] = {}
        self.refunds: list[dict[str, Any]] = []
        self.kept = {"pm_visa": "cus_corner"}
        """Stored cards, each with its customer."""
        self._intents: dict[str, dict[str, Any]] = {}
        self._setups: dict[str, dict[str, Any]] = {}
        self._back: dict[str, str] = {}
        self._known: dict[str, dict[str, Any]] = {}

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/c/pay/{id}", self._show)
        app.router.add_post("/c/pay/{id}", self._press)
        app.router.add_route("*", "/v1/{path:.*}", self._api)
        return app

    @property
    def moved_minor(self) -> int:
        """The sum of customers' payments, less refunds."""
        paid: int = sum(one["amount_received"] for one in self._intents.values())
        back: int = sum(one["amount"] for one in self.refunds if one["status"] == "succeeded")
        return paid - back

    def pay(self, id: str, minor: int | None = None) -> bool:
        """Pay on the session's page; return False if the session is no longer open.

        `minor`: an amount other than requested.
        """
        session = self.sessions[id]
        if session["status"] != "open":
            return False
        if session.get("mode") == "setup":
            self._store_card(session)
            return True
        intent = f"pi_{len(self._intents) + 1:04d}"
        card = {"brand": "visa", "last4": NUMBER[-4:], "fingerprint": NUMBER}
        charge = {"id": f"ch_{len(self._intents) + 1:04d}", "payment_method_details": {"card": card}}
        received, held = session["amount_total"] if minor is None else minor, session.get("held", False)
        self._intents[intent] = {
            **{"id": intent, "status": "requires_capture" if held else "succeeded", "currency": session["currency"]},
            **{"amount_received": 0 if held else received, "amount_capturable": received if held else 0},
            "latest_charge": charge,
        }
        session |= {"status": "complete", "payment_status": "paid", "payment_intent": intent, "url": None}
        return True

    def let_go(self, intent: str) -> dict[str, Any]:
        """Release an authorisation: on request, or as the bank does after a week."""
        known = self._intents[intent]
        if known["status"] == "requires_capture":
            known |= {"status": "canceled", "amount_capturable": 0}
        return known

    @property
    def held_minor(self) -> int:
        """The amount authorised at banks."""
        return sum(one.get("amount_capturable", 0) for one in self._intents.values())

    def _capture_intent(self, intent: dict[str, Any], minor: int) -> dict[str, Any]:
        if intent["status"] != "requires_capture" or minor > intent["amount_capturable"]:
            return {"error": {"type": "invalid_request_error", "code": "payment_intent_unexpected_state"}}
        intent |= {"status": "succeeded", "amount_received": minor, "amount_capturable": 0}
        return intent

    def _store_card(self, session: dict[str, Any]) -> None:
        """Store the customer's card for a customer object made for it."""
        number = len(self._setups) + 1
        customer, method, id = f"cus_{number:04d}", f"pm_{number:04d}", f"seti_{number:04d}"
        card = {"brand": "visa", "last4": NUMBER[-4:], "exp_month": 3, "exp_year": 2099, "fingerprint": NUMBER}
        self.kept[method] = customer
        self._setups[id] = {
            **{"id": id, "status": "succeeded", "customer": customer},
            "payment_method": {"id": method, "customer": customer, "card": card},
        }
        session |= {"status": "complete", "setup_intent": id, "url": None}

    def give_back(self, intent: str, minor: int) -> None:
        """Refund a payment on Stripe's own pages."""
        id, currency = f"re_own{len(self.refunds) + 1:04d}", self._intents[intent]["currency"]
        made = {"id": id, "amount": minor, "currency": currency, "status": "succeeded", "metadata": {}}
        self.refunds.append({**made, "payment_intent": intent, "created": 1_793_563_756})

    async def _show(self, request: web.Request) -> web.Response:
        id = request.match_info["id"]
        session = self.sessions.get(id)
        if session is None:
            raise web.HTTPNotFound
        over = session["status"] != "open"
        setup = session.get("mode") == "setup"
        amount = "Card" if setup else f"{session['amount_total'] / 100:.2f} {session['currency'].upper()}"
        text = _PAGE.format(
            amount=amount, state=session["status"], off=" disabled" if over else "", back=self._back[id]
        )
        return web.Response(text=text, content_type="text/html")

    async def _press(self, request: web.Request) -> web.Response:
        id = request.match_info["id"]
        if id not in self.sessions:
            raise web.HTTPNotFound
        self.pay(id)
        raise web.HTTPSeeOther(request.path)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path))
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if "down" in (self.fault, self.faults.get(key)):
            return web.json_response({"error": {"type": "api_error"}}, status=503)
        if key not in (KEY, OTHER_KEY) or self.fault == "wrong_key":
            return web.json_response({"error": {"type": "invalid_request_error"}}, status=401)
        if "Stripe-Version" not in request.headers:
            return web.json_response({"error": {"type": "invalid_request_error"}}, status=400)
        key = request.headers.get("Idempotency-Key", "") + f" of {key}"
        fields = {name: str(value) for name, value in (await request.post()).items()}
        if key in self._known:
            body = self._known[key]
        else:
            body = self._route_request(request, fields)
            if not key.startswith(" ") and "error" not in body:
                self._known[key] = json.loads(json.dumps(body))
        if self.fault == "cut":
            assert request.transport is not None
            request.transport.abort()
        if self.fault == "garbage":
            return web.Response(text="<html>a proxy says hello</html>")
        status = 402 if body.get("error", {}).get("type") == "card_error" else 400 if "error" in body else 200
        return web.json_response(body, status=status)

    def _route_request(self, request: web.Request, fields: dict[str, str]) -> dict[str, Any]:
        match request.method, request.path.split("/")[2:]:
            case "POST", ["checkout", "sessions"]:
                return self._create_session(fields)
            case "GET", ["checkout", "sessions", id] if id in self.sessions:
                return self.sessions[id]
            case "POST", ["checkout", "sessions", id, "expire"] if id in self.sessions:
                session = self.sessions[id]
                if session["status"] != "open":
                    return {"error": {"code": "", "message": "Only open Checkout Sessions can be expired."}}
                session |= {"status": "expired", "url": None}
                return session
            case "POST", ["payment_intents"]:
                return self._charge_card(fields)
            case "GET", ["payment_intents"]:
                of = request.query["customer"]
                return {"data": [one for one in self._intents.values() if one.get("customer") == of], "has_more": False}
            case "POST", ["payment_methods", id, "detach"] if id in self.kept:
                del self.kept[id]
                return {"id": id, "customer": None}
            case "GET", ["setup_intents", id] if id in self._setups:
                return self._setups[id]
            case "POST", ["payment_intents", id, "capture"] if id in self._intents:
                return self._capture_intent(self._intents[id], int(fields["amount_to_capture"]))
            case "POST", ["payment_intents", id, "cancel"] if id in self._intents:
                return self.let_go(id)
            case "GET", ["payment_intents", id] if id in self._intents:
                return self._intents[id]
            case "POST", ["refunds"] if fields.get("payment_intent", "") in self._intents:
                return self._create_refund(fields)
            case "GET", ["refunds"]:
                of = request.query.get("payment_intent", "")
                return {"data": [one for one in self.refunds if one["payment_intent"] == of], "has_more": False}
        return {"error": {"code": "resource_missing", "message": "No such object"}}

    def _charge_card(self, fields: dict[str, str]) -> dict[str, Any]:
        """Charge a stored card without the cardholder present."""
        assert (fields["off_session"], fields["confirm"]) == ("true", "true")
        if self.kept.get(fields["payment_method"]) != fields["customer"]:
            return {"error": {"type": "invalid_request_error", "code": "resource_missing", "message": "No such method"}}
        card = {"brand": "visa", "last4": NUMBER[-4:], "fingerprint": NUMBER}
        charge = {"id": f"ch_{len(self._intents) + 1:04d}", "payment_method_details": {"card": card}}
        id, declined = f"pi_{len(self._intents) + 1:04d}", self.fault == "declined"
        self._intents[id] = {
            **{"id": id, "currency": fields["currency"], "customer": fields["customer"]},
            "status": "requires_payment_method" if declined else "succeeded",
            "amount_received": 0 if declined else int(fields["amount"]),
            "latest_charge": None if declined else charge,
            "metadata": {"transaction": fields["metadata[transaction]"]},
        }
        if declined:
            error = {"code": "card_declined", "decline_code": "insufficient_funds", "message": f"No: {NUMBER}"}
            return {"error": {"type": "card_error", **error}}
        return self._intents[id]

    def _create_session(self, fields: dict[str, str]) -> dict[str, Any]:
        id = f"cs_test_{len(self.sessions) + 1:04d}"
        assert fields["mode"] in ("payment", "setup")
        if fields["mode"] == "setup":
            assert "expires_at" in fields and fields["customer_creation"] == "always"
            self._back[id] = fields["success_url"]
            self.sessions[id] = {
                **{"id": id, "status": "open", "mode": "setup", "setup_intent": None, "currency": None},
                **{"amount_total": None, "client_reference_id": fields["client_reference_id"]},
                "url": f"http://127.0.0.1:{self.port}/c/pay/{id}#fid",
            }
            return self.sessions[id]
        currency = fields["line_items[0][price_data][currency]"]
        if currency in ("isk", "ugx") and int(fields["line_items[0][price_data][unit_amount]"]) % 100:
            return {"error": {"type": "invalid_request_error", "code": "invalid_charge_amount_no_decimal_compatible"}}
        self._back[id] = fields["success_url"]
        self.sessions[id] = {
            **{"id": id, "status": "open", "payment_status": "unpaid", "payment_intent": None},
            "amount_total": int(fields["line_items[0][price_data][unit_amount]"]),
            "currency": currency,
            "client_reference_id": fields["client_reference_id"],
            "held": fields.get("payment_intent_data[capture_method]") == "manual",
            "url": f"http://127.0.0.1:{self.port}/c/pay/{id}#fid",
        }
        return self.sessions[id]

    def _create_refund(self, fields: dict[str, str]) -> dict[str, Any]:
        of, minor = fields["payment_intent"], int(fields["amount"])
        before = sum(one["amount"] for one in self.refunds if one["payment_intent"] == of and one["status"] != "failed")
        if before + minor > self._intents[of]["amount_received"]:
            return {"error": {"code": "charge_already_refunded", "message": "More than is left."}}
        made = {
            **{"id": f"re_{len(self.refunds) + 1:04d}", "amount": minor, "currency": self._intents[of]["currency"]},
            **{"status": "failed" if self.fault == "refund_fails" else "succeeded", "payment_intent": of},
            **{"metadata": {"transaction": fields["metadata[transaction]"]}, "created": 1_793_563_756},
        }
        self.refunds.append(made)
        return made
