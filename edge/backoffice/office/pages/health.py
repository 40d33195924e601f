"""`/healthz` and `/metrics` for monitoring. Unauthorised callers learn only that the box answers, not its sales,
devices or faults."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from edge.core.endpoints import ANYBODY, Endpoint
from edge.core.process.parts import SUPERVISOR, PartState
from edge.foundation.access.rights import MANAGE, REPORTS
from edge.runtime.sync_state import SYNC
from edge.web.actors import PAIRING, is_program, session_of, viewer_of
from edge.web.caller import caller_of
from edge.web.context import SITE, PanelContext
from edge.web.cors import is_listed
from edge.web.denied import Denied
from edge.web.limits import HEARTBEAT_LIMIT_S
from edge.web.metrics import METRICS
from edge.web.responses import answer_json


async def healthz(request: web.Request) -> web.Response:
    """Return 200 if the writer is alive and the ledger writable, else 503; for authorised callers with the state of
    each part."""
    site = request.app[SITE]
    writer = "ok" if await _writer_answers(site) else "the writer isn't responding"
    why = site.shop.why_read_only
    well = writer == "ok" and why is None
    if not (is_here(request) or PAIRING in request or is_program(request) or session_of(request)):
        return answer_json({"healthy": well}, 200 if well else 503)
    body = {
        "healthy": well,
        "writer": writer,
        "ledger": "ok" if why is None else f"read-only: {why}",
        "head": site.shop.head.seq,
        "parts": [msgspec.to_builtins(state) for state in _parts(site)],
    }
    return answer_json(body, 200 if well else 503)


async def can_sell(request: web.Request) -> bool:
    """Whether the writer is alive and the ledger writable."""
    site = request.app[SITE]
    return await _writer_answers(site) and site.shop.why_read_only is None


async def _writer_answers(site: PanelContext) -> bool:
    try:
        async with asyncio.timeout(HEARTBEAT_LIMIT_S):
            await site.shop.heartbeat()
    except TimeoutError:
        return False
    return True


def is_here(request: web.Request) -> bool:
    """Whether the request is from a program on this machine, even if browsers here must be paired."""
    return caller_of(request).here and not is_listed(request)


def _parts(site: PanelContext) -> Iterator[PartState]:
    """All parts, and the hub, for which the sync part waits without failing itself."""
    yield from site.services.of(SUPERVISOR).states.values()
    sync = site.services.of(SYNC)
    if sync is not None:
        well = sync.state == "flowing" and not sync.set_back
        by = f" by {sync.place}" if sync.place else ""
        what = f"it has everything up to #{sync.through} of #{sync.head}{by}."
        if sync.set_back:
            what = f"{what} It had acknowledged {sync.set_back} more: its database was restored from an older backup."
        yield PartState("hub", "ok", what) if well else PartState("hub", "lost", what, sync.advice)


async def metrics(request: web.Request) -> web.Response:
    """Metrics in Prometheus' text format, for programs on this machine, and for API keys or users with the right.
    Raises `Denied`."""
    if not (is_here(request) or viewer_of(request).rights & {MANAGE, REPORTS}):
        raise Denied(REPORTS)
    return web.Response(
        body=request.app[SITE].services.of(METRICS).text(),
        headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"},
    )


ENDPOINTS = (
    Endpoint(method="GET", path="/healthz", handler=healthz, right=ANYBODY, rate="none"),
    Endpoint(method="GET", path="/metrics", handler=metrics, right=ANYBODY, rate="none"),
)
