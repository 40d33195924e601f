"""Part that sends suppliers' bills and daily journals to accounting systems."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import uuid4

import structlog

from edge.backoffice.books_out.commands import (
    BeginBooksDocument,
    NoteBooksAsked,
    NoteBooksRefused,
    NoteBooksSent,
)
from edge.backoffice.books_out.document import BooksDocument
from edge.backoffice.books_out.queries import UnderWay, plan, read_books_targets, read_under_way
from edge.backoffice.books_out.service.accounts_writer import BooksNotTaken, BooksUnknown, BooksWriter, writer_of
from edge.backoffice.books_out.service.day_sums import read_on
from edge.backoffice.books_out.target import BooksTarget
from edge.backoffice.feeds.connector import secret_name
from edge.backoffice.feeds.service.part import http_of
from edge.backoffice.feeds.service.sign_in_turns import turn_of
from edge.backoffice.feeds.service.vendor_records import VendorRecords
from edge.backoffice.feeds.service.vendor_wire import RecordsNotHad
from edge.core.command_bus import CommandBus
from edge.core.messages import Command
from edge.core.process.parts import Ready
from edge.core.secrets.store import SecretStore
from edge.foundation.access.rights import system
from edge.lib.errors import EdgeError
from edge.runtime.config import Config
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.secrets import secrets_of

_log = structlog.get_logger(__name__)
LOOK_S = 60.0
UNKNOWN_MOST = 3
"""Maximum documents with unknown outcome per round. With more, the system itself is assumed to be failing."""
OF_ALL = frozenset({"undelivered.wrong_password", "undelivered.busy", "undelivered.told_to_wait"})
"""Reasons that affect every document, not just one."""
CHUNKS_AT_ONCE = 500
"""Journal chunks read per round; the rest wait for the next one."""


class BooksOutPart:
    """Sends suppliers' bills and daily journals to each accounting system in turn."""

    def __init__(
        self,
        config: Config,
        shop: CommandBus,
        http: OutgoingHttp,
        secrets: SecretStore,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        luck: Callable[[], float] = random.random,
    ) -> None:
        self._store, self._language = config.store.id, config.store.language
        self._business_date, self._shop, self._http, self._secrets = config.business_date, shop, http, secrets
        self._pause, self._luck = pause, luck

    @classmethod
    def of(cls, config: Config, shop: CommandBus) -> BooksOutPart:
        return cls(config, shop, http_of(config), secrets_of(config.folder))

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        async with self._http:
            ready()
            await self._shop.till_first.repeat(self.look, LOOK_S)

    async def look(self) -> None:
        """Send due documents; a failing system doesn't delay others."""
        active = [one for one in read_books_targets(self._shop.reader) if one.is_active]
        if any(one.sends_journal for one in active) and not await self._read_on():
            return  # a day's totals are complete only once the whole journal was read
        for target in active:
            if target.sends_bills or target.sends_journal:
                await self._send_to(target)

    async def _read_on(self) -> bool:
        """Continue reading the journal. Returns whether its end was reached."""
        for _ in range(CHUNKS_AT_ONCE):
            try:
                found = await asyncio.to_thread(self._shop.read, partial(read_on, registry=self._shop.registry))
            except EdgeError as error:
                _log.warning("the journal can't be read for accounting", why=str(error))
                return False
            if found is None:
                return True
            await self._do(found)
        return False

    async def _send_to(self, target: BooksTarget) -> None:
        async with turn_of(secret_name(target.connector)):
            try:
                await self._in_turn(target)
            except (RecordsNotHad, BooksUnknown) as error:
                key, detail = (error.key, error.what) if isinstance(error, RecordsNotHad) else (error.why, error.detail)
                _log.warning("accounting documents couldn't be sent", target=target.id, why=key)
                await self._do(NoteBooksAsked(target.id, key, detail[:200]))

    async def _in_turn(self, target: BooksTarget) -> None:
        today = self._business_date(self._shop.now_us())
        store, language = self._store, self._language
        planned = await asyncio.to_thread(self._shop.read, lambda db: plan(db, target, store, language, today))
        waiting = await asyncio.to_thread(self._shop.read, lambda db: read_under_way(db, target.id))
        if not planned and not waiting:
            await self._do(NoteBooksAsked(target.id))
            return
        writer, unknown = await self._writer(target), list[BooksUnknown]()
        for one in waiting:
            await self._try(target, writer, one, unknown)
        for document in planned:
            if document.first_unmapped:
                await self._do(NoteBooksRefused(target.id, document, "books_out.no_account", document.first_unmapped))
                continue
            request = str(uuid4())
            await self._do(BeginBooksDocument(target.id, document, request))
            await self._try(target, writer, UnderWay(request, document), unknown)
        if unknown:
            raise unknown[0]
        await self._do(NoteBooksAsked(target.id))

    async def _try(self, target: BooksTarget, writer: BooksWriter, one: UnderWay, unknown: list[BooksUnknown]) -> None:
        """Send a document. If its outcome is unknown, it waits for the next round; after several of these, so do the
        rest."""
        try:
            await self._send(target, writer, one)
        except BooksUnknown as error:
            unknown.append(error)
            if len(unknown) == UNKNOWN_MOST or error.why in OF_ALL:
                raise

    async def _send(self, target: BooksTarget, writer: BooksWriter, one: UnderWay) -> None:
        """Search for a document, and send it if it doesn't exist. If the outcome is unknown, the next round searches
        again."""
        document = one.document
        try:
            found = await writer.find(document)
            theirs = found or await writer.send(document, one.request)
        except BooksNotTaken as error:
            await self._note_refusal(target, document, error)
            return
        await self._do(NoteBooksSent(target.id, document.kind, document.ref, theirs[:80], found=bool(found)))

    async def _note_refusal(self, target: BooksTarget, document: BooksDocument, error: BooksNotTaken) -> None:
        _log.warning("an accounting document was rejected", target=target.id, ref=document.ref, why=error.why)
        await self._do(NoteBooksRefused(target.id, document, error.why, error.detail))

    async def _writer(self, target: BooksTarget) -> BooksWriter:
        name = secret_name(target.connector)
        try:
            secret = await asyncio.to_thread(self._secrets.open, name)
        except EdgeError as error:
            raise RecordsNotHad(error.what, error.advice, "undelivered.no_secret") from error

        async def keep(newer: str) -> None:
            await asyncio.to_thread(self._secrets.set, name, newer)

        asking = VendorRecords(target.connector, secret, self._http, self._pause, self._luck, keep)
        return writer_of(target, asking, self._http)

    async def _do(self, command: Command) -> None:
        await self._shop.do(command, system("job"))
