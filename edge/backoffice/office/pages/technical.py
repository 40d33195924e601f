"""Technical page: parts, models, sync, alert recipients, end of the journal."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from edge.analytics.notify.recipients import read_reach
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import MANAGE
from edge.foundation.alerts.alert_texts import kind_name
from edge.runtime.config import CONFIG
from edge.web.context import SITE, today_of
from edge.web.pages.shell import page
from edge.web.responses import texts_of


async def technical(request: web.Request) -> web.Response:
    """`GET /manager/technical`: parts, models, sync, alert recipients, end of the journal."""
    site, day, language = request.app[SITE], today_of(request), texts_of(request).language
    watched = {kind: one.severity for kind, one in site.shop.registry.watches.items()}

    def read(db: Connection) -> dict[str, object]:
        reaches = read_reach(db, day, watched)
        called = {one: name_of(db, one) for one in (*reaches.critical, *([reaches.instead] if reaches.instead else ()))}
        return {"reaches": reaches, "called": called}

    office = site.services.of(CONFIG).notify.office
    return page(
        request, "technical", office=office, kind_name=partial(kind_name, language), **await site.asker.read(read)
    )


PAGES = (
    Page(
        path="/manager/technical",
        name="technical",
        group="system",
        place=40,
        handler=technical,
        right=MANAGE,
        fragments=("alerts", "clock", "parts", "models", "position", "backup", "journal"),
        menu="manager.technical",
    ),
)
