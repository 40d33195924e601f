"""Stripe's payouts and balance transactions, from https://docs.stripe.com/api/payouts/list,
https://docs.stripe.com/api/balance_transactions/list and https://docs.stripe.com/payouts/reconciliation."""

from __future__ import annotations

from typing import Any, Literal

from aiohttp import web

from sim.checkout.stripe_checkout import KEY
from sim.http_service import HttpService

PayoutsFault = Literal["", "down", "wrong_key", "garbage", "wrong_sum"]
ROWS = 100


class SimStripePayouts(HttpService):
    """Stripe at http://127.0.0.1:`port`. `pay_out` adds a payout; each list page has at most `rows` rows."""

    def __init__(self, rows: int = ROWS) -> None:
        super().__init__()
        self.rows = rows
        self.fault: PayoutsFault = ""
        self.asked: list[str] = []
        self._payouts: list[dict[str, Any]] = []
        self._lines: dict[str, list[dict[str, Any]]] = {}

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/v1/payouts", self._list)
        app.router.add_get("/v1/balance_transactions", self._transactions)
        return app

    def pay_out(self, at_s: int, lines: list[dict[str, Any]], complete: bool = True) -> str:
        """Add a payout of these transactions (type, amount, fee, source); returns its id."""
        id = f"po_{len(self._payouts) + 1:04d}"
        rows = [{"id": f"txn_{id}_{number}", "created": at_s - 86_400, **one} for number, one in enumerate(lines)]
        net = sum(one["amount"] - one["fee"] for one in rows)
        self._lines[id] = [{"id": f"txn_{id}", "created": at_s, "type": "payout", "amount": -net, "fee": 0}, *rows]
        self._payouts.append(
            {
                **{"id": id, "object": "payout", "amount": net, "currency": "eur", "created": at_s},
                **{"arrival_date": at_s + 86_400, "status": "paid", "automatic": True},
                "reconciliation_status": "completed" if complete else "in_progress",
            }
        )
        return id

    def complete(self, id: str) -> None:
        """Mark a payout's reconciliation as completed."""
        next(one for one in self._payouts if one["id"] == id)["reconciliation_status"] = "completed"

    async def _list(self, request: web.Request) -> web.Response:
        since = int(request.query.get("created[gte]", "0"))
        found = [one for one in reversed(self._payouts) if one["created"] >= since]  # the newest first, as Stripe does
        return self._answer(request, found)

    async def _transactions(self, request: web.Request) -> web.Response:
        found = self._lines.get(request.query["payout"], [])
        assert request.query.getall("expand[]") == ["data.source"]
        if self.fault == "wrong_sum":
            found = found[:-1]
        return self._answer(request, found)

    def _answer(self, request: web.Request, found: list[dict[str, Any]]) -> web.Response:
        self.asked.append(request.path_qs)
        if self.fault == "down":
            return web.json_response({"error": {"type": "api_error"}}, status=503)
        if self.fault == "wrong_key" or request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"error": {"type": "invalid_request_error"}}, status=401)
        if self.fault == "garbage":
            return web.Response(text="<html>a proxy says hello</html>")
        after = request.query.get("starting_after", "")
        at = next((number + 1 for number, one in enumerate(found) if one["id"] == after), 0)
        page = found[at : at + self.rows]
        return web.json_response({"object": "list", "data": page, "has_more": at + len(page) < len(found)})
