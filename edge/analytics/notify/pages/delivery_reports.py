"""Endpoints for delivery reports: Twilio's status callbacks, WhatsApp's webhook.

A report contains the token sent with the message, which only this box can create. Twilio signs it with the account's
token, Meta with the app's secret.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from itertools import islice

from aiohttp import web

from edge.analytics.notify.commands import ReportDelivery, TakeWritten
from edge.analytics.notify.delivery_reports import (
    REPORTS_AT_ONCE,
    DeliveryReport,
    is_signed,
    is_signed_by_twilio,
    of_sms,
    of_whatsapp,
)
from edge.analytics.notify.links import TOKEN, read_reported
from edge.analytics.notify.written_messages import AT_ONCE, written_in
from edge.core.endpoints import ANYBODY, NO_CONTENT, NOTHING, Answer, Body, Endpoint
from edge.core.messages import Done
from edge.foundation.access.rights import system
from edge.runtime.config import CONFIG
from edge.runtime.secrets import SECRETS, secret_of
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.responses import answer_json

SMS_REPORTS = "/api/v1/notify/reports/sms"
"""Path for reports, given to the service with each message (`SmsChannel`)."""


async def sms(request: web.Request) -> web.Response:
    """`POST notify/reports/sms/{token}`: result of an SMS; 403 if not signed with the account's token."""
    config, token, body = request.app[SITE].services.of(CONFIG), request.match_info["token"], await request.read()
    if (entry := config.notify.sms) is None:
        raise Problem(403, "link_over")
    if not entry.unsigned:
        key = secret_of(request.app[SITE].services.of(SECRETS), entry.token, entry.token_file, config.file.parent)
        address = f"{config.notify.link.rstrip('/')}{SMS_REPORTS}/{token}"
        if not is_signed_by_twilio(address, body, key, request.headers.get("X-Twilio-Signature", "")):
            raise Problem(403, "link_over")
    await _take(request, of_sms(token, body))
    return web.Response(status=204)


async def whatsapp(request: web.Request) -> web.Response:
    """`POST notify/reports/whatsapp`: results of WhatsApp messages, and received messages.

    Answers 200 in all other cases, as Meta would repeat reports for days, but 403 if not signed with `app_secret`.
    """
    entry, body = request.app[SITE].services.of(CONFIG).notify.whatsapp, await request.read()
    secret = request.app[SITE].services.of(SECRETS).resolve(entry.app_secret) if entry and entry.app_secret else ""
    if entry and entry.app_secret and not is_signed(body, secret, request.headers.get("X-Hub-Signature-256", "")):
        raise Problem(403, "link_over")
    await _take(request, of_whatsapp(body))
    messages = tuple(islice(written_in(body), AT_ONCE)) if entry and entry.chat else ()
    if messages and not isinstance(await request.app[SITE].shop.do(TakeWritten(messages), system()), Done):
        raise Problem(503, "busy")  # Meta retries
    return answer_json({})


async def whatsapp_challenge(request: web.Request) -> web.Response:
    """`GET notify/reports/whatsapp`: Meta's verification of this address (`hub.verify_token`)."""
    entry = request.app[SITE].services.of(CONFIG).notify.whatsapp
    wanted = request.app[SITE].services.of(SECRETS).resolve(entry.verify_token) if entry and entry.verify_token else ""
    if not wanted or not hmac.compare_digest(request.query.get("hub.verify_token", "").encode(), wanted.encode()):
        raise Problem(403, "link_over")
    return web.Response(text=request.query.get("hub.challenge", "")[:200])


async def _take(request: web.Request, reports: Iterator[DeliveryReport]) -> None:
    site = request.app[SITE]
    for report in islice(reports, REPORTS_AT_ONCE):
        message = read_reported(site.shop.reader, report.token, site.shop.now_us())
        if message is not None:
            await site.shop.do(ReportDelivery(message, report.state, report.code), system())


ENDPOINTS = (
    Endpoint(
        method="POST",
        path=f"{SMS_REPORTS}/{{token:{TOKEN}}}",
        handler=sms,
        name="sms_report",
        answer=NO_CONTENT,
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
        answer=NOTHING,
        right=ANYBODY,
        tag="notify",
        body=Body(media="application/json"),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/notify/reports/whatsapp",
        handler=whatsapp_challenge,
        answer=Answer(schema={"type": "string"}, media="text/plain"),
        right=ANYBODY,
        tag="notify",
        query={"hub.verify_token": {"type": "string"}, "hub.challenge": {"type": "string"}},
    ),
)
