"""`edge hub feed run`: fetch records from other tills and URLs for stores and publish them; a timer runs it at head
office. `edge hub feed list`: the status of each feed.
"""

from __future__ import annotations

import argparse
import asyncio

from edge.app import hub
from edge.app.cli.hub_places import broker_of, dsn_of, feeds_of, signer_of
from edge.app.cli.output import say
from edge.app.head_office.hub_feeds import FeedPuller, HubFeed
from edge.lib.errors import ConfigError, NeedsHuman
from sync.mqtt import BrokerConfig

_STATE = "SELECT name, asked_at, good_at, why, records FROM feed_pull WHERE (tenant, store, name) = ($1, $2, $3)"


def run(args: argparse.Namespace) -> int:
    wanted = _select_feeds(args.name)
    if args.action == "list":
        return asyncio.run(_list(dsn_of(args), wanted))
    return asyncio.run(_run(dsn_of(args), broker_of(args), wanted))


def _select_feeds(name: str) -> list[HubFeed]:
    feeds = feeds_of()
    if not feeds:
        raise ConfigError(
            "No feeds are configured.", "Set their file in $EDGE_HUB_FEEDS_FILE: edge/app/head_office/hub_feeds.py."
        )
    if name and name not in feeds:
        raise ConfigError(f"Feed {name} not found.", f"Available feeds: {', '.join(sorted(feeds))}.")
    return [feeds[name]] if name else list(feeds.values())


async def _run(dsn: str, broker: BrokerConfig, wanted: list[HubFeed]) -> int:
    """Run the feeds one by one. A failing feed doesn't stop the others."""
    failed = 0
    async with hub.open_hub(dsn, signer_of()) as opened:
        puller = FeedPuller(opened, broker)
        for feed in wanted:
            try:
                found = await puller.pull(feed)
            except NeedsHuman as error:
                failed += 1
                say(f"{error.what} {error.advice}")
                continue
            if found.busy:
                say(f"{feed.name} is already being fetched.")
            else:
                say(f"{feed.name}: {found.records} records for {feed.tenant}/{feed.store}.")
    return 1 if failed else 0


async def _list(dsn: str, wanted: list[HubFeed]) -> int:
    async with hub.open_hub(dsn) as opened:
        for feed in wanted:
            row = await opened.pool.fetchrow(_STATE, feed.tenant, feed.store, feed.name)
            asked = f"last run {row['asked_at']:%Y-%m-%d %H:%M} UTC" if row and row["asked_at"] else "not run yet"
            why = f", failing: {row['why']}" if row and row["why"] else ""
            records = f", {row['records']} records" if row else ""
            say(f"{feed.name} ({feed.kind}) for {feed.tenant}/{feed.store} {feed.connector}: {asked}{records}{why}")
    return 0
