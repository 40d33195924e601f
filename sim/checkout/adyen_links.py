"""The part of Adyen's Checkout API that payment links need, including the page, from
https://docs.adyen.com/api-explorer/Checkout/71/post/paymentLinks and https://docs.adyen.com/online-payments/refund.

A request with a known idempotency key gets its earlier answer. `pay`: the customer pays on a link's page.
"""

from __future__ import annotations

from typing import Any, Literal

from aiohttp import web

from sim.http_service import HttpService

KEY, MERCHANT = "AQE_corner", "CornerShopECOM"
LinksFault = Literal["", "down", "cut", "wrong_key", "garbage"]


class SimAdyenLinks(HttpService):
    """Adyen at http://127.0.0.1:`port`. `fault`: the fault of the next requests; `cut`: the request is executed, but
    the connection breaks before the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.fault: LinksFault = ""
        self.links: dict[str, dict[str, Any]] = {}
        self.payments: dict[str, int] = {}
        """Captured minus refunded amount of each payment, by PSP reference."""
        self.psp_of: dict[str, str] = {}
        """PSP reference of the payment for each paid link. Only a webhook reveals it."""
        self._known: dict[str, dict[str, Any]] = {}

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/v71/{path:.*}", self._api)
        return app

    @property
    def moved_minor(self) -> int:
        """The sum of customers' payments, less refunds."""
        return sum(self.payments.values())

    def pay(self, id: str) -> bool:
        """Pay on the link's page; return False if the link is no longer active."""
        link = self.links[id]
        if link["status"] != "active":
            return False
        psp = f"PSP{len(self.payments) + 1:013d}"
        self.payments[psp] = link["amount"]["value"]
        self.psp_of[id] = psp
        link["status"] = "completed"
        return True

    async def _api(self, request: web.Request) -> web.StreamResponse:
        if self.fault == "down":
            return web.json_response({"status": 503, "message": "later"}, status=503)
        if request.headers.get("X-API-Key") != KEY or self.fault == "wrong_key":
            return web.json_response({"status": 401, "errorCode": "000", "message": "Unauthorized"}, status=401)
        key, body = request.headers.get("Idempotency-Key", ""), await request.json() if request.can_read_body else {}
        if key and key in self._known:
            said = self._known[key]
        else:
            said = self._route_request(request.method, request.path.split("/")[2:], body)
            if key and "errorCode" not in said:
                self._known[key] = dict(said)
        if self.fault == "cut":
            assert request.transport is not None
            request.transport.abort()
        if self.fault == "garbage":
            return web.Response(text="<html>a proxy says hello</html>")
        told = said.get("status")
        good = 201 if request.method == "POST" else 200
        return web.json_response(said, status=told if isinstance(told, int) else good)

    def _route_request(self, method: str, path: list[str], body: dict[str, Any]) -> dict[str, Any]:
        match method, path:
            case "POST", ["paymentLinks"]:
                assert body["merchantAccount"] == MERCHANT and len(body["expiresAt"]) == 25
                id = f"PL{len(self.links) + 1:014d}"
                url = f"http://127.0.0.1:{self.port}/pay/{id}"
                self.links[id] = {**body, "id": id, "url": url, "status": "active"}
                return self.links[id]
            case "GET", ["paymentLinks", id] if id in self.links:
                return self.links[id]
            case "PATCH", ["paymentLinks", id] if id in self.links:
                if self.links[id]["status"] == "active":
                    self.links[id]["status"] = body["status"]
                return self.links[id]
            case "POST", ["payments", psp, "refunds"] if psp in self.payments:
                minor = body["amount"]["value"]
                if minor > self.payments[psp]:
                    return {"status": 422, "errorCode": "137", "message": "Invalid amount specified"}
                self.payments[psp] -= minor
                return {"pspReference": f"RF{len(self._known):014d}", "paymentPspReference": psp, "status": "received"}
        return {"status": 404, "errorCode": "904", "message": "Not found"}
