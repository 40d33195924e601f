"""The bell on manager pages, and the alerts page behind it."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from edge.core.command_bus import COMMITTED
from edge.core.endpoints import Answer, Endpoint, Page, fragment
from edge.core.messages import Number
from edge.core.registry import Severity
from edge.core.storage.database import Connection
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import MANAGE, REPORTS
from edge.foundation.alerts.alert_texts import advice, kind_name, title
from edge.foundation.alerts.events import SEVERITIES
from edge.foundation.alerts.mending import MENDED_AT, address_for
from edge.foundation.alerts.pages import counter
from edge.foundation.alerts.queries import Alert, count_open, open_kinds, read_alerts, standing, unwritten
from edge.foundation.alerts.rules import SAID, gravest, severity_of
from edge.web.actors import viewer_of
from edge.web.context import SITE
from edge.web.live.fragments import Fragment, FragmentSource
from edge.web.pages.shell import html, page
from edge.web.responses import answer_json, texts_of

SHOWN = 100
"""Alerts on the page at a time."""
URGENT = ("critical", "high")
"""Severities that the bell counts and the list shows first. If hints counted as well, people would ignore the
number."""


class Shown(msgspec.Struct, frozen=True):
    """An alert as displayed. `page`: the page on which users deal with it, as an address and the translation key of its
    name; None if there is none or this viewer may not open it."""

    alert: Alert
    title: str
    advice: str
    holder: str
    closes: bool
    late: str = ""
    page: tuple[str, str] | None = None


class SaidAlert(msgspec.Struct, frozen=True):
    """An open alert in words, for a phone's offline copy; `holder`: who acknowledged it ("": no one); `closes`: a user
    must close it."""

    id: int
    title: str
    advice: str
    severity: Severity
    first_us: int
    holder: str
    closes: bool


async def alerts_in_words(request: web.Request) -> web.Response:
    """`GET alerts-in-words`: open alerts, most severe first, at most 100."""
    site, language = request.app[SITE], texts_of(request).language
    shown = await site.asker.read(lambda db: _read(db, language, site.settings.currency, None, True, "", None))
    found = [
        SaidAlert(one.alert.id, one.title, one.advice, one.alert.severity, one.alert.first_us, one.holder, one.closes)
        for one in shown
    ]
    return answer_json(found)


async def overview(request: web.Request) -> web.Response:
    """`GET /manager/alerts`: open alerts, most severe first (`?all=yes`: history; `?severity=`, `?kind=`)."""
    return page(request, "alerts", listed=await _render_rows(request), **await _choices(request))


async def rows(request: web.Request) -> web.Response:
    """`GET /fragments/alerts`: the current list, with the same filters."""
    return html(await _render_rows(request))


async def _render_rows(request: web.Request) -> str:
    site, wish, texts = request.app[SITE], request.query, texts_of(request)
    before = int(text) if (text := wish.get("before", "")).isascii() and text.isdigit() and len(text) < 16 else None
    active, severity = wish.get("all") != "yes", wish.get("severity", "")
    of = severity_of(severity, "info") if severity in SEVERITIES else None
    kind = wish.get("kind", "")[:40]
    shown = await site.asker.read(
        lambda db: _read(db, texts.language, site.settings.currency, of, active, kind, before)
    )
    if active and (why := site.shop.why_read_only) and (alert := unwritten(why, site.shop.now_us(), site.shop.reader)):
        shown.insert(0, _alert_row(site.shop.reader, alert, texts.language, site.settings.currency))
    shown = [msgspec.structs.replace(one, page=_page_of(request, one.alert)) for one in shown]
    more = urlencode({**wish, "before": shown[-1].alert.id}) if len(shown) == SHOWN and not active else ""
    urgent = [one for one in shown if one.alert.severity in URGENT and active]
    return site.renderer.render(
        "alert_rows.html",
        texts.language,
        shown=shown,
        urgent=urgent,
        later=shown[len(urgent) :],
        more=more,
        kind_name=partial(kind_name, texts.language),
    )


def _page_of(request: web.Request, alert: Alert) -> tuple[str, str] | None:
    """Return the page on which the viewer can deal with an open alert, or None."""
    site = request.app[SITE]
    template = site.services.of(MENDED_AT).get(alert.kind, "") if alert.is_open else ""
    pages = site.declared.pages
    page = next((one for one in pages.values() if one.path == template.partition("?")[0]), None)
    if page is None or not page.endpoint.allows(viewer_of(request)):
        return None
    above = pages.get(page.under)
    return address_for(template, alert.values), page.menu or (above.menu if above else "alert.open_page")


def _read(
    db: Connection, language: str, currency: str, severity: Any, active: bool, kind: str, before: Number | None
) -> list[Shown]:
    found = read_alerts(db, active, severity, kind, before, SHOWN)
    return [_alert_row(db, alert, language, currency) for alert in found]


def _alert_row(db: Connection, alert: Alert, language: str, currency: str) -> Shown:
    return Shown(
        alert,
        title(language, alert.kind, alert.values, currency),
        advice(language, alert.kind, alert.values, currency),
        name_of(db, alert.acked_by) if alert.acked_by else "",
        alert.kind == SAID and alert.is_open,
        name_of(db, alert.late_by) if alert.late_by else "",
    )


async def _choices(request: web.Request) -> dict[str, Any]:
    """Filters and their selection."""
    kinds = await request.app[SITE].asker.read(open_kinds)
    chosen = {name: request.query.get(name, "") for name in ("all", "severity", "kind")}
    return {
        "severities": SEVERITIES,
        "kinds": kinds,
        "chosen": chosen,
        "kind_name": partial(kind_name, texts_of(request).language),
    }


def _bell(views: FragmentSource, register: str) -> dict[str, Any]:
    counts: dict[str, int] = dict(views.at_head(("bell",), lambda: {**count_open(views.shop.reader)}))
    if (why := views.shop.why_read_only) and unwritten(why, 0, views.shop.reader):
        counts["critical"] = counts.get("critical", 0) + 1
    every, urgent = sum(counts.values()), sum(counts.get(one, 0) for one in URGENT)
    return {"count_open": every, "count_shown": urgent or every, "gravest": gravest(counts)}


def _mark(views: FragmentSource, register: str) -> dict[str, Any]:
    return views.at_head(("alert_mark",), lambda: {"mark": standing(views.shop.reader)})


FRAGMENTS = (
    Fragment("bell", _bell, follows=(COMMITTED,)),
    Fragment("alert_mark", _mark, follows=(COMMITTED,)),
    *counter.FRAGMENTS,
)
ENDPOINTS = (
    fragment("/fragments/alerts", rows, MANAGE, also=REPORTS),
    Endpoint(
        method="GET",
        path="/api/v1/alerts-in-words",
        handler=alerts_in_words,
        name="alerts_in_words",
        answer=Answer(list[SaidAlert]),
        right=MANAGE,
        also=REPORTS,
        tag="alerts",
    ),
)
PAGES = (
    Page(
        path="/manager/alerts",
        name="alerts",
        group="today",
        place=10,
        handler=overview,
        right=MANAGE,
        also=REPORTS,
        fragments=("alerts", "clock", "alert_mark"),
        menu="alert.title",
        past=True,
        changed_by=("alerts",),
    ),
)
