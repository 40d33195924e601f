"""What services say later of a message that they took: Twilio's status callbacks, WhatsApp's webhook.

Each report carries the token that went out with the message: only this box can make one, so nobody else can report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal
from urllib.parse import parse_qs

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, Body, Endpoint
from edge.shop.access.rights import system
from edge.shop.notify.commands import ReportDelivery
from edge.shop.notify.links import TOKEN, read_link
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.responses import answer_json

SMS_STATES: dict[str, Literal["delivered", "failed"]] = {
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
}
"""Twilio's statuses (twilio.com/docs/messaging/api/message-resource) that say how it ended, and WhatsApp's."""


REPORTS_AT_ONCE = 100


class DeliveryReport(msgspec.Struct, frozen=True):
    """What became of a message: its token, how it ended, and the service's code where it failed."""

    token: str
    state: Literal["delivered", "failed"]
    code: str = ""


def of_sms(token: str, body: bytes) -> Iterator[DeliveryReport]:
    """A form as Twilio posts it; statuses on the way there say nothing."""
    try:
        form = parse_qs(body.decode(errors="replace"), max_num_fields=60)
    except ValueError:  # no report of theirs has so many
        return
    if state := SMS_STATES.get(form.get("MessageStatus", [""])[0]):
        yield DeliveryReport(token, state, form.get("ErrorCode", [""])[0][:20])


def of_whatsapp(body: bytes) -> Iterator[DeliveryReport]:
    """The `statuses` of a webhook (developers.facebook.com, Cloud API, "Webhooks: statuses")."""
    try:
        said = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return
    for entry in _list(said, "entry"):
        for change in _list(entry, "changes"):
            for status in _list(change.get("value"), "statuses"):
                state = SMS_STATES.get(str(status.get("status")))
                errors = _list(status, "errors")
                if state:
                    code = str(errors[0].get("code", "")) if errors else ""
                    yield DeliveryReport(str(status.get("biz_opaque_callback_data", ""))[:60], state, code[:20])


async def sms(request: web.Request) -> web.Response:
    """`POST notify/reports/sms/{token}`: how an SMS ended."""
    await _take(request, of_sms(request.match_info["token"], await request.read()))
    return web.Response(status=204)


async def whatsapp(request: web.Request) -> web.Response:
    """`POST notify/reports/whatsapp`: how WhatsApp messages ended. Always 200, or Meta sends it for days."""
    await _take(request, of_whatsapp(await request.read()))
    return answer_json({})


async def whatsapp_challenge(request: web.Request) -> web.Response:
    """`GET notify/reports/whatsapp`: Meta asks once whether this address is the shop's (`hub.verify_token`)."""
    entry = request.app[SITE].config.notify.whatsapp
    wanted = request.app[SITE].secrets.resolve(entry.verify_token) if entry and entry.verify_token else ""
    if not wanted or request.query.get("hub.verify_token") != wanted:
        raise Problem(403, "link_over")
    return web.Response(text=request.query.get("hub.challenge", "")[:200])


async def _take(request: web.Request, reports: Iterator[DeliveryReport]) -> None:
    site = request.app[SITE]
    for report in islice(reports, REPORTS_AT_ONCE):
        if (
            re.fullmatch(TOKEN, report.token)
            and read_link(site.shop.reader, report.token, site.shop.now_us()) is not None
        ):
            message = int(report.token.partition("-")[0])
            await site.shop.do(ReportDelivery(message, report.state, report.code), system())


def _list(found: Any, name: str) -> list[dict[str, Any]]:
    """What is under a name, as far as it is a list of objects; at most a hundred."""
    inner = found.get(name) if isinstance(found, dict) else None
    return [one for one in inner if isinstance(one, dict)][:100] if isinstance(inner, list) else []


ENDPOINTS = (
    Endpoint(
        method="POST",
        path=f"/api/v1/notify/reports/sms/{{token:{TOKEN}}}",
        handler=sms,
        name="sms_report",
        right=ANYBODY,
        tag="notify",
        body=Body(media="application/x-www-form-urlencoded"),
        statuses=(404,),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/notify/reports/whatsapp",
        handler=whatsapp,
        name="whatsapp_report",
        right=ANYBODY,
        tag="notify",
        body=Body(media="application/json"),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/notify/reports/whatsapp",
        handler=whatsapp_challenge,
        right=ANYBODY,
        tag="notify",
        query={"hub.verify_token": {"type": "string"}, "hub.challenge": {"type": "string"}},
    ),
)
