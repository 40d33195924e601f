"""Receive services' delivery reports for boxes, which have no internet address, and keep them until the box asks
(`edge/analytics/notify/hub.sql`).

Nothing is trusted here: each report has a token only its box can create, and the box checks it.
"""

from __future__ import annotations

import hmac

import msgspec
from aiohttp import web

from sync.hub.api import limits
from sync.hub.api.admission import Door
from sync.hub.api.bodies import read_body
from sync.hub.api.problems import Problem
from sync.wire import Name

PLACE = "/reports/{tenant}/{store}/{device}"
SIGNATURE_CHARS, TOKEN_CHARS = 80, 60
ORDERS_SIGNED_BY = ("X-Signature-256", "X-Shopify-Hmac-Sha256", "X-WC-Webhook-Signature")
SIGNED_BY = {"sms": ("X-Twilio-Signature",), "whatsapp": ("X-Hub-Signature-256",), "orders": ORDERS_SIGNED_BY}
"""The header with a service's signature, which the box checks."""
_NOTE = "SELECT note_delivery_report($1, $2, $3, $4, $5, $6, $7)"


class DeliveryReports:
    """`POST /reports/TENANT/STORE/DEVICE/sms/TOKEN`, `.../whatsapp` and `.../orders/CHANNEL`: open to everyone, so
    rate-limited. `verify_token`: for Meta's verification by GET."""

    def __init__(self, door: Door, verify_token: str) -> None:
        self._door = door
        self._verify_token = verify_token

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(PLACE + "/sms/{token:[0-9a-f-]{1,60}}", self._sms)
        app.router.add_post(PLACE + "/whatsapp", self._whatsapp)
        app.router.add_get(PLACE + "/whatsapp", self._challenge)
        app.router.add_post(PLACE + "/orders/{channel:[a-z0-9][a-z0-9_-]{0,39}}", self._order)

    async def _sms(self, request: web.Request) -> web.Response:
        await self._note(request, "sms", request.match_info["token"])
        return web.Response(status=204)

    async def _whatsapp(self, request: web.Request) -> web.Response:
        await self._note(request, "whatsapp", "")
        return web.json_response({})

    async def _order(self, request: web.Request) -> web.Response:
        """Store a web shop's webhook for the box to check; repeats are harmless."""
        await self._note(request, "orders", request.match_info["channel"])
        return web.json_response({})

    async def _challenge(self, request: web.Request) -> web.Response:
        said = request.query.get("hub.verify_token", "")
        if not self._verify_token or not hmac.compare_digest(said.encode(), self._verify_token.encode()):
            raise Problem(403, "Not allowed", "This isn't the token of this address.")
        return web.Response(text=request.query.get("hub.challenge", "")[:200])

    async def _note(self, request: web.Request, channel: str, token: str) -> None:
        try:
            place = [msgspec.convert(request.match_info[name], Name) for name in ("tenant", "store", "device")]
        except msgspec.ValidationError:
            raise _unknown() from None
        most = limits.ORDER_BYTES if channel == "orders" else limits.REPORT_BYTES
        body = await read_body(request, most, f"A report has at most {most} bytes.", limits.SIGN_IN_BODY_S)
        signed = next((request.headers[one] for one in SIGNED_BY[channel] if one in request.headers), "")
        noted = await self._door.note(_NOTE, *place, channel, token, signed[:SIGNATURE_CHARS], body)
        if noted is None:
            raise Problem(503, "Too many waiting", "The box hasn't fetched earlier ones yet. Try again later.")
        # the same answer for an unknown box, so that addresses can't be probed


def _unknown() -> Problem:
    return Problem(404, "Not found", "Box not found.")
