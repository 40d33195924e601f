"""Event feed for programs: by cursor, or live (server-sent events).

Only capabilities in FEEDS are included, with personal fields encrypted. People, keys and settings are excluded.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from aiohttp import ClientConnectionResetError, web

from edge.core.command_bus import COMMITTED
from edge.core.endpoints import Answer, Endpoint
from edge.core.services import Service
from edge.foundation.access.rights import MANAGE, REPORTS
from edge.foundation.webhooks.service.feed import ToldEvent, available_types, read_told, told_event
from edge.web.actors import permission_check
from edge.web.context import ENDPOINT, SITE, PanelContext
from edge.web.limits import EVENT_STREAMS, EVENTS_LISTED
from edge.web.problem import Problem
from edge.web.request_body import whole
from edge.web.responses import answer_json

STREAM_S = 600.0
BEAT_S = 20.0
RETRY_S = 10
"""How long a stream lasts before the client reconnects, the keep-alive interval, and when to retry if no stream is
free."""
LOOK_S = 0.5
"""How often a follower's permission is checked again, in addition to the check before each event."""


class FeedPage(msgspec.Struct, frozen=True):
    """`GET feed`: events in order, and the `after` for the next request; `more`: whether some are available."""

    events: list[ToldEvent]
    after: int
    more: bool


class EventStreams:
    """Number of live streams."""

    open = 0


STREAMS: Service[EventStreams] = Service("event streams", lambda site: EventStreams())


async def feed(request: web.Request) -> web.StreamResponse:
    """`GET feed`: events after `?after=`, in order; with `Accept: text/event-stream`, a live stream."""
    site = request.app[SITE]
    types = types_of(site, request.query.get("type", ""))
    after = whole(request, "after") or 0
    if "text/event-stream" in request.headers.get("Accept", ""):
        last = request.headers.get("Last-Event-ID", "")
        return await _stream(request, types, int(last) if last.isascii() and last.isdigit() else after)
    return answer_json(await _page(site, types, after))


def types_of(site: PanelContext, wanted: str) -> tuple[str, ...]:
    """All types of the feed, or the requested one. Raises `Problem` 400 if unknown."""
    told = available_types(site.shop.registry)
    if wanted and wanted not in told:
        raise Problem(400, "argument_wrong", name="type", why=", ".join(told))
    return (wanted,) if wanted else told


async def _page(site: PanelContext, types: tuple[str, ...], after: int) -> FeedPage:
    rows, through = await site.asker.read(partial(read_told, types=types, after=after, limit=EVENTS_LISTED))
    head = site.shop.head.seq
    return FeedPage([told_event(row) for row in rows], max(after, through), through < head)


async def _stream(request: web.Request, types: tuple[str, ...], after: int) -> web.StreamResponse:
    site = request.app[SITE]
    streams = site.services.of(STREAMS)
    if streams.open >= EVENT_STREAMS:
        raise Problem(429, "too_many_streams", limit=EVENT_STREAMS, seconds=RETRY_S)
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    subscription, still = site.shop.bus.subscribe(COMMITTED), permission_check(request, request[ENDPOINT])
    streams.open += 1
    try:
        await answer.prepare(request)
        with contextlib.suppress(TimeoutError, ClientConnectionResetError):
            async with asyncio.timeout(STREAM_S):
                while still():
                    after = await _send(answer, site, types, after, still)
                    await _next(answer, subscription, still)
    finally:
        streams.open -= 1
        site.shop.bus.unsubscribe(subscription)
    return answer


async def _send(
    answer: web.StreamResponse, site: PanelContext, types: tuple[str, ...], after: int, still: Callable[[], bool]
) -> int:
    """Send all available events; return the position after them.

    Access is also checked after each page is read, because the page may contain a revocation and later events.
    """
    more = True
    while more:
        page = await _page(site, types, after)
        if not still():
            return after
        for event in page.events:
            body = msgspec.json.encode(event).decode()
            await answer.write(f"id: {event.seq}\nevent: {event.type}\ndata: {body}\n\n".encode())
        after, more = page.after, page.more
    return after


async def _next(answer: web.StreamResponse, subscription: Any, still: Callable[[], bool]) -> None:
    """Wait for a commit, or until the client loses access."""
    silent_s = 0.0
    while still():
        try:
            async with asyncio.timeout(min(LOOK_S, BEAT_S)):
                await subscription.next()
                return
        except TimeoutError:
            silent_s += LOOK_S
        if silent_s >= BEAT_S:
            silent_s = 0.0
            await answer.write(b": still here\n\n")


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/v1/feed",
        handler=feed,
        right=REPORTS,
        also=MANAGE,
        tag="feed",
        query={
            "after": {"type": "integer", "minimum": 0, "description": "Id of the last event received."},
            "type": {"type": "string", "description": "Only this event type, such as SaleCompleted."},
        },
        answer=Answer(FeedPage),
        statuses=(429,),
    ),
)
