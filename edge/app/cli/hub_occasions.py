"""`edge hub occasions`: fetch local events for a store from a calendar and publish them; run by a timer at head
office."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime

import msgspec

from edge.analytics.forecast.calendar.calendar_reader import AHEAD_DAYS, CalendarQuestion
from edge.app import hub
from edge.app.cli.hub import publish_parts, store_of
from edge.app.cli.hub_places import broker_of, dsn_of
from edge.app.cli.hub_weather import key_of
from edge.app.cli.output import say
from edge.app.head_office.hub_occasions import directive_of, fetch_occasions, prefix_of
from edge.lib.errors import ConfigError

_BEFORE = """
    SELECT d.body, coalesce(string_agg(o.unknown, E'\\n') FILTER (WHERE d.at < now() - interval '1 day'), '') AS unknown
    FROM directive d LEFT JOIN directive_outcome o USING (tenant, store, version)
    WHERE d.tenant = $1 AND d.store = $2 AND d.kind = 'occasions' AND d.at > now() - make_interval(days => $3)
        AND position($4::bytea IN d.body) > 0
    GROUP BY d.version, d.body ORDER BY d.version DESC
"""
"""Query for the events that a store already received from a feed. Events that the store didn't accept are sent again
after a day, not at each timer run."""
LOOKED_BACK_DAYS = 2 * AHEAD_DAYS
"""Days after which all sent events are over, because a feed is read AHEAD_DAYS ahead."""


def run(args: argparse.Namespace) -> int:
    tenant, store = store_of(args.store)
    if not -100 <= args.effect <= 900:
        raise ConfigError(f"{args.effect} isn't an effect in percent.", "Enter a value from -100 to 900.")
    dsn, today = dsn_of(args), datetime.now(tz=UTC).date().isoformat()
    asked = CalendarQuestion("", today, args.zone, args.effect, args.category)
    found = asyncio.run(fetch_occasions(args.url, asked, key_of(args.key_file, "EDGE_OCCASIONS_KEY")))
    directive = directive_of(args.url, found, asyncio.run(earlier_directives(dsn, tenant, store, args.url)), today)
    if directive is None:
        say(f"{args.store} already has all {len(found)} occasions.")
        return 0
    body = msgspec.json.encode(directive)
    versions = asyncio.run(publish_parts(dsn, broker_of(args), tenant, store, "occasions", [body]))
    say(f"Directive {versions[-1]} for {args.store}: {len(directive['occasions'])} of {len(found)} occasions are new.")
    return 0


async def earlier_directives(dsn: str, tenant: str, store: str, url: str) -> list[tuple[bytes, list[str]]]:
    """Earlier directives of a feed to a store, newest first, each with the ids that its boxes rejected."""
    async with hub.open_hub(dsn) as opened:
        rows = await opened.pool.fetch(_BEFORE, tenant, store, LOOKED_BACK_DAYS, prefix_of(url).encode())
    return [(bytes(row["body"]), row["unknown"].split("\n")) for row in rows]
