"""Page opened by a message's link: its alerts, and a button to acknowledge them."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.analytics.notify.commands import SetPreferences
from edge.analytics.notify.links import TOKEN, Linked, read_link, read_stopped
from edge.analytics.notify.recipients import read_preferences
from edge.core.endpoints import ANYBODY, Body, Endpoint, Page
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import system
from edge.foundation.alerts.alert_texts import advice, title
from edge.foundation.alerts.commands import AcknowledgeAlert
from edge.web.context import SITE
from edge.web.pages.shell import html
from edge.web.problem import Problem
from edge.web.responses import texts_of

MOMENT_DIGITS = 17
"""Maximum digits of a time, enough for UTC microseconds until the year 5138."""
PATH = f"/told/{{token:{TOKEN}}}"
ONE_CLICK = Body(media="application/x-www-form-urlencoded")
"""The body of a one-click request.

Mail programs always send the same one, so it isn't examined (RFC 8058, section 3.2).
"""


async def message_alerts_page(request: web.Request) -> web.Response:
    """`GET /told/{token}`: the alerts of a message. Read-only, as link scanners must not acknowledge anything."""
    linked, texts, site = await _require_link(request), texts_of(request), request.app[SITE]
    money, db = site.config.store.currency, site.shop.reader
    shown = [
        {
            "alert": one,
            "title": title(texts.language, one.kind, one.values, money),
            "advice": advice(texts.language, one.kind, one.values, money),
            "holder": name_of(db, one.acked_by) if one.acked_by else "",
        }
        for one in linked.alerts
    ]
    shop, waiting = (site.settings.header or ("",))[0], len(linked.waiting)
    now_us = site.shop.now_us()
    values = {"shop": shop, "shown": shown, "waiting": waiting, "now_us": now_us}
    return html(site.renderer.render("told.html", texts.language, **values))


async def acknowledge(request: web.Request) -> web.Response:
    """`POST /told/{token}?shown=`: acknowledge all alerts of a message.

    Alerts over by then are recorded as acknowledged too late, except those acknowledged in time or already over when
    the page was `shown` (UTC microseconds). Repeating the request leads to the same page.
    """
    linked, site = await _require_link(request), request.app[SITE]
    person = msgspec.structs.replace(system("panel"), name=linked.person)
    shown_us = _page_shown_us(request)
    for alert in linked.alerts:
        late_us = 0 if alert.is_open else site.shop.now_us()
        missed = late_us and alert.ended_us >= shown_us and linked.person not in (alert.acked_by, alert.late_by)
        if alert.state == "raised" or missed:
            await site.shop.do(AcknowledgeAlert(alert.id, via="link", said_us=late_us), person)
    raise web.HTTPSeeOther(request.path)


async def stop(request: web.Request) -> web.Response:
    """`POST /told/{token}/stop`: unsubscribe from digests, by one click in a mail program (RFC 8058)."""
    site = request.app[SITE]
    whose = read_stopped(site.shop.reader, request.match_info["token"], site.shop.now_us())
    if whose is None:
        raise Problem(404, "link_over")
    prefs = read_preferences(site.shop.reader, whose)
    if prefs is not None and prefs.digest_at:
        without = msgspec.structs.replace(prefs, digest_at="")
        person = msgspec.structs.replace(system("panel"), name=whose)
        await site.shop.do(SetPreferences(whose, without), person)
    return web.Response(status=204)


def _page_shown_us(request: web.Request) -> int:
    """The time at which the page with the button was shown; 0 if not stated."""
    text = request.query.get("shown", "")
    return int(text) if len(text) <= MOMENT_DIGITS and text.isascii() and text.isdigit() else 0


async def _require_link(request: web.Request) -> Linked:
    site = request.app[SITE]
    found = read_link(site.shop.reader, request.match_info["token"], site.shop.now_us())
    if found is None:
        raise Problem(404, "link_over")
    return found


ENDPOINTS = (
    Endpoint(method="POST", path=PATH, handler=acknowledge, right=ANYBODY, rate="sign_in"),
    Endpoint(method="POST", path=f"{PATH}/stop", handler=stop, right=ANYBODY, rate="sign_in", body=ONE_CLICK),
)
PAGES = (Page(path=PATH, name="told", handler=message_alerts_page, right=ANYBODY, group="today", place=91),)
