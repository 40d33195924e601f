"""The owner's status page: what works, what waits and what to do. Without signing in, `/status` says only whether the
shop can sell, as `/healthz` does."""

from __future__ import annotations

from aiohttp import web

from edge.backoffice.office.pages.health import can_sell
from edge.core.endpoints import ANYBODY, Endpoint, Page
from edge.core.jobs.store import read_jobs
from edge.core.process.parts import SUPERVISOR
from edge.foundation.access.rights import MANAGE
from edge.foundation.alerts.queries import count_open
from edge.foundation.printing.queries import count_queued
from edge.runtime import directive_trust
from edge.runtime.backup_state import status
from edge.runtime.backup_state.desk import BACKUPS
from edge.runtime.sync_state import SYNC
from edge.web.context import SITE
from edge.web.limits import JOBS_SHOWN
from edge.web.live.fragments import FragmentSource, Values
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of


async def shop_status(request: web.Request) -> web.Response:
    """`GET /manager/status`: what works, what waits and what to do, updated live."""
    return page(request, "shop_status")


async def status_outside(request: web.Request) -> web.Response:
    """`GET /status`: whether the shop can sell, and no more; 503 if it can't."""
    well = await can_sell(request)
    text = request.app[SITE].renderer.render("status_outside.html", texts_of(request).language, well=well)
    answer = html(text)
    answer.set_status(200 if well else 503)
    return answer


def read_status(source: FragmentSource, register: str) -> Values:
    """The shop's state in three groups. `lost`: parts with advice; `fine`: those that work; `lag`: entries that head
    office doesn't have yet."""
    states = sorted(source.services.of(SUPERVISOR).states.values(), key=lambda part: part.name)
    lost = [part for part in states if part.state == "lost" or part.key]
    sync, kept = source.services.of(SYNC), status.load(source.config.folder)
    jobs = [job for job in read_jobs(source.shop.reader, JOBS_SHOWN) if job.state in ("queued", "running")]
    return {
        "why_read_only": source.shop.why_read_only,
        "lost": lost,
        "fine": [part for part in states if part.state == "ok" and not part.key],
        "sync": sync,
        "lag": max(0, sync.head - sync.through) if sync else 0,
        "head": source.shop.head.seq,
        "keyless": sync is not None and not directive_trust.is_pinned(source.config.folder),
        "backups": source.services.of(BACKUPS).settings.wanted,
        "kept": kept,
        "alerts": sum(count_open(source.shop.reader).values()),
        "prints": count_queued(source.shop.reader),
        "jobs": jobs,
    }


ENDPOINTS = (Endpoint(method="GET", path="/status", handler=status_outside, right=ANYBODY, rate="none"),)
PAGES = (
    Page(
        path="/manager/status",
        name="shop_status",
        group="system",
        place=39,
        handler=shop_status,
        right=MANAGE,
        fragments=("clock", "shop_status"),
        menu="shop_status.title",
    ),
)
