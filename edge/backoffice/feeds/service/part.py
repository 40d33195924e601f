"""Part that runs due connectors and imports their data."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import structlog

from edge.backoffice.feeds.commands import IngestFile, NoteAsked, NoteCountsGiven
from edge.backoffice.feeds.connector import UPLOAD_ONLY, Connector
from edge.backoffice.feeds.queries import is_first, read_connector_states
from edge.backoffice.feeds.schedule import is_due, is_tried_again
from edge.backoffice.feeds.service.fetching import FETCH_S, Fetcher, FetchFailed
from edge.backoffice.feeds.service.raw_files import RawFiles
from edge.backoffice.feeds.service.rival_pages import REFUSED
from edge.backoffice.feeds.service.sign_in_turns import turn_of
from edge.backoffice.feeds.settings import USUAL, FeedBounds, bounds_of, live_bounds
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.process.parts import Ready, TaskSet
from edge.foundation.access.rights import system
from edge.goods.ingest.from_config import import_settings
from edge.goods.ingest.import_folders import digest_of
from edge.runtime.config import Config
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.secrets import secrets_of

_log = structlog.get_logger(__name__)
LOOK_S = 30.0
DAY_US = 24 * 3600 * 1_000_000
"""How long to wait before contacting a server again that refused access."""
ASKED_MOST = 500
"""Maximum records per request. The rest follow with the next one."""
HOUR_US = 3600 * 1_000_000
"""Interval between deletions of old files."""


def http_of(config: Config) -> OutgoingHttp:
    """The HTTP client for fetching files."""
    return OutgoingHttp(Breakers(), config.notify.allow, FETCH_S)


class FeedsPart:
    """Runs due connectors and imports their data. `make` creates a fetcher from an HTTP client."""

    def __init__(
        self,
        shop: CommandBus,
        zone: str,
        http: OutgoingHttp,
        make: Callable[[OutgoingHttp], Fetcher],
        bounds: FeedBounds = USUAL,
    ) -> None:
        self._bounds = live_bounds(bounds)
        self._shop = shop
        self._zone = ZoneInfo(zone)
        self._http = http
        self._make = make
        self._more: set[str] = set()
        self._in_turn: set[str] = set()
        self._room, self._room_for = asyncio.Semaphore(bounds.at_once), bounds.at_once
        self._tasks = TaskSet(ASKED_MOST)
        self._files = RawFiles(shop.path.parent, shop.now_us)
        self._expired_us = 0

    @classmethod
    def of(cls, config: Config, shop: CommandBus) -> FeedsPart:
        secrets, bounds = secrets_of(config.folder), bounds_of(config)
        return cls(
            shop,
            config.store.zone,
            http_of(config),
            lambda http: Fetcher(shop, import_settings(config), secrets, http, bounds=bounds),
            bounds,
        )

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        async with self._http:
            ready()
            try:
                await self._shop.till_first.repeat(self.begin, LOOK_S)
            finally:
                await self._tasks.stop()

    async def begin(self) -> None:
        """Start the due connectors independently, so that a slow or failing one doesn't delay others."""
        fetcher = self._make(self._http)
        for connector in await self._due():
            self._in_turn.add(connector.id)
            if not self._tasks.start(self._turn(fetcher, connector), f"feed {connector.id}"):
                self._in_turn.discard(connector.id)

    async def look(self) -> None:
        """Run the due connectors and wait for all of them."""
        fetcher, due = self._make(self._http), await self._due()
        self._in_turn.update(one.id for one in due)
        await asyncio.gather(*(self._turn(fetcher, one) for one in due))

    async def _due(self) -> list[Connector]:
        """Connectors that are due and not running."""
        now_us, due = self._shop.now_us(), list[Connector]()
        room_for = self._bounds.at(self._shop.reader).at_once
        if room_for != self._room_for:  # fetches in progress count towards the old limit
            self._room, self._room_for = asyncio.Semaphore(room_for), room_for
        if abs(now_us - self._expired_us) > HOUR_US:
            await asyncio.to_thread(self._files.expire)
            self._expired_us = now_us
        for one in read_connector_states(self._shop.reader):
            connector = one.connector
            wanted = connector.id in self._more or is_due(connector, one.asked_us, now_us, self._zone)
            wanted = wanted or is_tried_again(connector, one.asked_us, one.failed_us, one.why, now_us)
            if one.to_approve or (one.why == REFUSED and now_us - one.asked_us < DAY_US):
                continue
            asked = connector.is_active and connector.kind not in UPLOAD_ONLY
            if asked and wanted and connector.id not in self._in_turn:
                due.append(connector)
        return due

    async def _turn(self, fetcher: Fetcher, connector: Connector) -> None:
        """Run a connector. Competitors' pages, which are fetched with pauses of seconds, don't use the other
        connectors' slots."""
        try:
            if connector.kind == "json_ld":
                async with turn_of(f"rival {urlsplit(connector.address.split()[0]).netloc}"):
                    await self._ask(fetcher, connector)
            else:
                async with self._room:
                    await self._ask(fetcher, connector)
        finally:
            self._in_turn.discard(connector.id)

    async def _ask(self, fetcher: Fetcher, connector: Connector) -> None:
        self._more.discard(connector.id)
        try:
            if connector.push_counts:
                given = await fetcher.give_counts(connector)
                await self._shop.do(NoteCountsGiven(connector.id, given.changed, given.left_out), system("job"))
                return
            found = await fetcher.fetch(connector)
        except FetchFailed as error:
            _log.warning("a connector couldn't be run", connector=connector.id, why=error.key)
            await self._shop.do(NoteAsked(connector.id, error.key, error.what[:200]), system("job"))
            return
        if found is None:
            await self._shop.do(NoteAsked(connector.id), system("job"))
            return
        first = self._shop.read(lambda db: is_first(db, connector))
        digest = await asyncio.to_thread(digest_of, found.path)
        asked = IngestFile(
            str(found.path), connector.id, dry_run=first, mark=found.mark, cursor=found.cursor, digest=digest
        )
        outcome = await self._shop.do(asked, system("job"))
        if not isinstance(outcome, Done):
            found.take_away()
            _log.info("a connector's data is waiting", connector=connector.id, why=str(outcome)[:80])
            return
        if outcome.result:
            await asyncio.to_thread(self._files.keep, int(outcome.result), found.path)
        if found.more:
            self._more.add(connector.id)
