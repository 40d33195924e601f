"""Publishes local events for stores (town fairs, matches) from a calendar.

A feed is iCalendar (RFC 5545), or JSON: `[{"name": "Town fair", "first": "2026-12-04", "last": "2026-12-06",
"effect_percent": 30, "category": ""}]`, also as `{"events": [...]}`. Events that disappear from a feed are cancelled.
Stores don't fetch feeds; they keep the last events they received.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Annotated, Any

import msgspec

from edge.analytics.forecast.calendar.calendar_reader import (
    AHEAD_DAYS,
    CALENDAR_BYTES,
    NAME_CHARS,
    CalendarQuestion,
    read_calendar,
)
from edge.analytics.forecast.commands import OCCASIONS_LIMIT, SetOccasion
from edge.app.head_office.hub_fetch import fetch
from edge.lib.errors import NeedsHuman
from edge.lib.units.dates import after

Percent = Annotated[int, msgspec.Meta(ge=-100, le=900)]


class FeedEvent(msgspec.Struct, frozen=True):
    """An event of a JSON feed. Without `last`, it takes one day."""

    name: Annotated[str, msgspec.Meta(min_length=1)]
    first: date
    last: date | None = None
    effect_percent: Percent | None = None
    category: Annotated[str, msgspec.Meta(max_length=80)] = ""


class FeedEvents(msgspec.Struct, frozen=True):
    """A JSON feed in object form."""

    events: tuple[FeedEvent, ...]


def prefix_of(url: str) -> str:
    """Prefix of the ids of a feed's events."""
    return f"feed-{hashlib.sha256(url.encode()).hexdigest()[:8]}-"


async def fetch_occasions(url: str, asked: CalendarQuestion, key: str = "") -> tuple[SetOccasion, ...]:
    """Fetch a feed's events from a day on, in order. Raises `NeedsHuman` like `hub_fetch.fetch`."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    body = await fetch("The feed", url, CALENDAR_BYTES, key, headers)
    return await asyncio.to_thread(occasions_of, url, body, asked)


def occasions_of(url: str, body: bytes, asked: CalendarQuestion) -> tuple[SetOccasion, ...]:
    """Parse a feed as iCalendar or JSON. Raises `NeedsHuman` if it is neither."""
    if body.lstrip()[:1] in (b"[", b"{"):
        found: Iterable[SetOccasion] = _of_json(body, asked)
    else:
        found = read_calendar(msgspec.structs.replace(asked, text=body.decode("utf-8", "replace"))).occasions
    prefix = prefix_of(url)
    ours = {prefix + one.id.partition("-")[2]: one for one in found}
    told = (msgspec.structs.replace(one, id=id) for id, one in ours.items())
    return tuple(sorted(told, key=lambda one: (one.first, one.id))[:OCCASIONS_LIMIT])


def _of_json(body: bytes, asked: CalendarQuestion) -> Iterable[SetOccasion]:
    try:
        read = msgspec.json.decode(body, type=tuple[FeedEvent, ...] | FeedEvents)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NeedsHuman(
            f"The feed isn't a list of events: {error}.", "Use iCalendar, or JSON as described."
        ) from error
    until = after(asked.first, AHEAD_DAYS)
    for event in read.events if isinstance(read, FeedEvents) else read:
        name, first = " ".join(event.name.split())[:NAME_CHARS], event.first.isoformat()
        last = max(first, (event.last or event.first).isoformat())
        if not name or last < asked.first or first > until:
            continue
        effect = asked.effect_percent if event.effect_percent is None else event.effect_percent
        id = f"json-{hashlib.sha256(f'{name} {first}'.encode()).hexdigest()[:16]}"
        yield SetOccasion(id, name, first, last, effect, event.category or asked.category)


def directive_of(
    url: str, now: Sequence[SetOccasion], before: Iterable[tuple[bytes, Collection[str]]], today: str
) -> dict[str, list[dict[str, Any]]] | None:
    """Return the directive body with current events, and cancelled events of the `before` directives (newest first).
    None if nothing changed.

    `before` includes the ids that the box rejected because of OCCASIONS_LIMIT. They are sent again after ended events,
    which make room.
    """
    prefix, told = prefix_of(url), dict[str, Any]()
    for body, refused in before:
        for one in msgspec.json.decode(body).get("occasions", []):
            occasion = one.get("occasion")
            id = (occasion or {}).get("id") or one.get("ended", "")
            if id.startswith(prefix) and not (occasion and id in refused):
                told.setdefault(id, occasion)
    current = {one.id: msgspec.to_builtins(one) for one in now}
    ended = [id for id, one in told.items() if one and id not in current and one["last"] >= today]
    changed = [one for id, one in current.items() if told.get(id) != one]
    if not changed and not ended:
        return None
    return {"occasions": [*({"ended": id} for id in sorted(ended)), *({"occasion": one} for one in changed)]}
