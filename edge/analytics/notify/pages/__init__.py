"""Notifications page: each user's preferences, the shop's channels, and sent messages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from edge.analytics.notify.chat_numbers import number_of
from edge.analytics.notify.notification_plan import SHOPS_OWN
from edge.analytics.notify.pages import acknowledgement, delivery_reports
from edge.analytics.notify.preferences import CHANNELS, NotificationPreferences
from edge.analytics.notify.push_subscriptions import count_browsers
from edge.analytics.notify.queries import delivery, push_key
from edge.analytics.notify.recipients import (
    read_channels,
    read_preferences,
    read_reach,
    read_recipients,
    usable_channels,
)
from edge.core.command_bus import COMMITTED
from edge.core.endpoints import Page, fragment
from edge.core.storage.database import Connection
from edge.foundation.access.queries import User, name_of, read_users
from edge.foundation.access.rights import MANAGE, SELL
from edge.foundation.alerts.alert_texts import kind_name, known_kinds
from edge.foundation.outbox.letters import is_letter
from edge.foundation.outbox.messages import newest
from edge.runtime.config import CONFIG
from edge.web.actors import manages, session_of, viewer_of
from edge.web.context import SITE
from edge.web.live.fragments import Fragment, FragmentSource
from edge.web.pages.shell import html, page
from edge.web.pairing import OpenTo
from edge.web.responses import texts_of

SHOWN = 40


async def overview(request: web.Request) -> web.Response:
    """`GET /manager/notifications`: preferences of `?user=` (default: the first user), channels and messages."""
    site, wanted = request.app[SITE], request.query.get("user", "")
    people, prefs, user = await site.asker.read(lambda db: _read(db, wanted))
    usable = await site.asker.read(usable_channels)
    browsers = await site.asker.read(count_browsers)
    return page(
        request,
        "notifications",
        everybody=people,
        whose=user,
        prefs=prefs,
        all_channels=CHANNELS,
        shops_own=SHOPS_OWN,
        kinds=_kinds(request, prefs),
        offered={*usable, *prefs.enabled_channels, *prefs.urgent_channels, *_of_kinds(prefs)},
        log=await _log(request),
        push_page=site.services.of(CONFIG).notify.push_page,
        push_key=await site.asker.read(push_key),
        browsers=browsers.get(user.id, 0) if user else 0,
        sms_sender=_sms_sender(request),
        flagged=(await site.asker.read(_flagged_addresses)).get(user.id, {}) if user else {},
        chat=await _chat(request, user.id if user else "", manages(request) or ""),
    )


async def own(request: web.Request) -> web.Response:
    """`GET /account/notifications`: the signed-in user's notifications, for a personal phone; managers have a page for
    all users.
    """
    site, session = request.app[SITE], session_of(request)
    who = session.user if session else viewer_of(request).name
    if manages(request) is not None:
        raise web.HTTPSeeOther("/manager/notifications?" + urlencode({**request.query, "user": who}))
    _, prefs, user = await site.asker.read(lambda db: _read(db, who))
    if user is None or user.id != who:
        return page(request, "own_notifications", whose="")
    usable = await site.asker.read(usable_channels)
    browsers = await site.asker.read(count_browsers)
    return page(
        request,
        "own_notifications",
        whose=user.id,
        called=user.name or user.id,
        prefs=prefs,
        kept=msgspec.json.encode(prefs).decode(),
        all_channels=CHANNELS,
        shops_own=SHOPS_OWN,
        offered={*usable, *prefs.enabled_channels, *prefs.urgent_channels},
        tests=[name for name in CHANNELS if name in usable and prefs.address(name)],
        push_page=site.services.of(CONFIG).notify.push_page,
        push_key=await site.asker.read(push_key),
        browsers=browsers.get(user.id, 0),
        sms_sender=_sms_sender(request),
        flagged=(await site.asker.read(_flagged_addresses)).get(user.id, {}),
        chat=await _chat(request, user.id, user.id),
    )


async def log(request: web.Request) -> web.Response:
    """`GET /fragments/notifications`: the current channels and newest messages."""
    return html(await _log(request))


def _kinds(request: web.Request, prefs: NotificationPreferences) -> list[tuple[str, str]]:
    """The possible kinds of alerts, by name."""
    language = texts_of(request).language
    watched = request.app[SITE].shop.registry.watches
    kinds = {*known_kinds(), *watched, *prefs.kinds_off, *prefs.resolved_kinds_off, *prefs.kind_channels}
    return sorted(((kind, kind_name(language, kind)) for kind in kinds), key=lambda one: one[1].casefold())


def _sms_sender(request: web.Request) -> str:
    """The shop's number in bidi isolates, so that it reads left to right in every language."""
    sms = request.app[SITE].services.of(CONFIG).notify.sms
    return f"\u2066{sms.sender}\u2069" if sms else ""


async def _chat(request: web.Request, whose: str, who: str) -> dict[str, Any]:
    """The number for messages to the shop, and a user's linked number, both in bidi isolates."""
    site = request.app[SITE]
    entry = site.services.of(CONFIG).notify.whatsapp
    if not whose or entry is None or not entry.chat:
        return {}
    known = await site.asker.read(lambda db: number_of(db, whose))
    number = f"\u2066{known.number}\u2069" if known else ""
    silent = known is not None and known.silent
    return {"to": f"\u2066{entry.chat}\u2069", "number": number, "silent": silent, "own": whose == who}


def _flagged_addresses(db: Connection) -> dict[str, Mapping[str, str]]:
    """Users with blocked addresses, by channel, with the reason."""
    return {one.id: one.flagged for one in read_recipients(db, "") if one.flagged}


def _of_kinds(prefs: NotificationPreferences) -> set[str]:
    return {name for channels in prefs.kind_channels.values() for name in channels}


def _read(db: Connection, wanted: str) -> tuple[list[User], NotificationPreferences, User | None]:
    people = read_users(db)
    user = next((one for one in people if one.id == wanted), people[0] if people else None)
    if user is None:
        return people, NotificationPreferences(), None
    prefs = read_preferences(db, user.id)
    if prefs is None:  # not set yet: offer the known addresses
        email = user.email if "@" in user.email else ""
        phone = user.phone if user.phone.startswith("+") else ""
        prefs = msgspec.structs.replace(NotificationPreferences(), email=email, phone=phone)
    return people, prefs, user


async def _log(request: web.Request) -> str:
    site = request.app[SITE]

    watched = {kind: one.severity for kind, one in site.shop.registry.watches.items()}
    day = site.config.business_date(site.shop.now_us())

    def read(db: Connection) -> dict[str, Any]:
        reaches = read_reach(db, day, watched)
        found = newest(db, SHOWN)
        flagged = _flagged_addresses(db)
        users = {one.person for one in found if not is_letter(one)} | flagged.keys()
        return {
            "ways": read_channels(db),
            "flagged": flagged,
            "reaches": reaches,
            "instead": name_of(db, reaches.instead) if reaches.instead else "",
            "office": site.services.of(CONFIG).notify.office,
            "messages": [delivery(one) for one in found],
            "called": {person: name_of(db, person) for person in users},
            "again": {one.id for one in found if one.may_go_again},
        }

    language, found = texts_of(request).language, await site.asker.read(read)
    called = partial(kind_name, language)
    return site.renderer.render(
        "notification_log.html", language, sms_sender=_sms_sender(request), kind_name=called, **found
    )


def _mark(views: FragmentSource, register: str) -> dict[str, Any]:
    query = "SELECT count(*), max(id), max(changed_us) FROM notify_message"
    rows = views.shop.reader.execute(query).fetchone()
    ways = views.shop.reader.execute("SELECT total(active), max(sent_us), max(error_us) FROM notify_channel").fetchone()
    return {"mark": "-".join(str(value or 0) for value in (*rows, *ways))}


FRAGMENTS = (Fragment("notify_mark", _mark, follows=(COMMITTED,)),)
OPEN_TO = (OpenTo(below=("/told/", "/api/v1/notify/reports/")),)
ENDPOINTS = (fragment("/fragments/notifications", log, MANAGE), *acknowledgement.ENDPOINTS, *delivery_reports.ENDPOINTS)
PAGES = (
    *acknowledgement.PAGES,
    Page(
        path="/account/notifications",
        name="own_notifications",
        group="system",
        place=32,
        handler=own,
        right=SELL,
        surfaces=("cashier", "panel"),
        fragments=("alerts", "clock"),
        under="account",
    ),
    Page(
        path="/manager/notifications",
        name="notifications",
        group="today",
        place=20,
        handler=overview,
        right=MANAGE,
        fragments=("alerts", "clock", "notify_mark"),
        menu="notify.title",
    ),
)
