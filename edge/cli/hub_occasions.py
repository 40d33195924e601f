"""`edge hub occasions`: ask a calendar what is on near a store, and hand it down. A timer at head office runs it."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime

import msgspec

from edge.app import hub
from edge.app.hub_occasions import directive_of, fetch_occasions
from edge.cli.hub import publish_parts, store_of
from edge.cli.hub_places import broker_of, dsn_of
from edge.cli.hub_weather import key_of
from edge.cli.output import say
from edge.lib.errors import ConfigError
from edge.shop.forecast.calendar_reader import CalendarQuestion

LOOKED_BACK = 200
_BEFORE = """
    SELECT body FROM directive WHERE tenant = $1 AND store = $2 AND kind = 'occasions' ORDER BY version DESC LIMIT $3
"""


def run(args: argparse.Namespace) -> int:
    tenant, store = store_of(args.store)
    if not -100 <= args.effect <= 900:
        raise ConfigError(f"{args.effect} is no effect in percent.", "Say one from -100 to 900.")
    dsn, today = dsn_of(args), datetime.now(tz=UTC).date().isoformat()
    asked = CalendarQuestion("", today, args.zone, args.effect, args.category)
    found = asyncio.run(fetch_occasions(args.url, asked, key_of(args.key_file, "EDGE_OCCASIONS_KEY")))
    directive = directive_of(args.url, found, asyncio.run(_before(dsn, tenant, store)), today)
    if directive is None:
        say(f"{args.store} knows all of it: {len(found)} occasions.")
        return 0
    body = msgspec.json.encode(directive)
    versions = asyncio.run(publish_parts(dsn, broker_of(args), tenant, store, "occasions", [body]))
    say(f"Directive {versions[-1]} for {args.store}: {len(directive['occasions'])} of {len(found)} occasions are new.")
    return 0


async def _before(dsn: str, tenant: str, store: str) -> list[bytes]:
    async with hub.open_hub(dsn) as opened:
        rows = await opened.pool.fetch(_BEFORE, tenant, store, LOOKED_BACK)
    return [bytes(row["body"]) for row in rows]
