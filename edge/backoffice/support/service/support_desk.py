"""Answer head office's requests with diagnostics: prepared, shown to the shop, and sent after approval.

An answer is kept in a file of the data folder until its case ends, so that the shop sends exactly the answer it saw.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from edge.backoffice.support.commands import EndSupport
from edge.backoffice.support.head_office_messages import ROOM, encode, pieces_of, taken_of
from edge.backoffice.support.queries import SupportCase, open_cases
from edge.backoffice.support.service.support_bundle import answer_text, told_of
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.process.parts import Supervisor
from edge.core.secrets.store import SecretStore
from edge.core.services import Service
from edge.foundation.access.rights import system
from edge.runtime.config import Config
from edge.runtime.head_office import HeadOffice
from edge.runtime.sync_state import SyncState
from sync import directive_sealing

FOLDER = "support"
AGAIN_S = 20.0
ANSWER_S = 10.0
"""Time head office has to take a piece."""
KIND = "support"
_log = structlog.get_logger(__name__)


class SupportDesk:
    """See the module. `now_us`: the box's clock."""

    def __init__(
        self,
        shop: CommandBus,
        config: Config,
        supervisor: Supervisor,
        secrets: SecretStore,
        office: HeadOffice | None,
        now_us: Callable[[], int],
        sync: SyncState | None = None,
    ) -> None:
        self._shop, self._config, self._supervisor = shop, config, supervisor
        self._secrets, self._office, self._now_us = secrets, office, now_us
        self._sync = sync

    def answer_to(self, case: str) -> str:
        """The answer of an open case as shown and sent; "" if it isn't ready, or the case ended."""
        try:
            return self._file(case).read_text()
        except OSError:
            return ""

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled: prepare answers, send approved ones, and end expired cases."""
        ready()
        news = self._shop.bus.subscribe(COMMITTED)
        known: set[str] | None = None
        try:
            while True:
                cases = open_cases(self._shop.reader)
                for case in cases:
                    await self._see_to(case)
                waiting = {case.id for case in cases}
                if waiting != known:
                    self._clear(waiting)
                    known = waiting
                with suppress(TimeoutError):
                    async with asyncio.timeout(AGAIN_S if cases else None):
                        await self._shop.news(news)
        finally:
            self._shop.bus.unsubscribe(news)

    async def _see_to(self, case: SupportCase) -> None:
        if case.until_us <= self._now_us():
            await self._shop.do(EndSupport(case.id), system())
            return
        text = self.answer_to(case.id) or await self._make(case)
        digest = hashlib.sha256(text.encode()).hexdigest()
        if case.state != "agreed" or (case.digest and case.digest != digest):
            return  # it differs from the one shown: it's never sent, and lapses
        if await self._hand_over(case, text):
            await self._shop.do(EndSupport(case.id, len(text.encode()), digest), system())

    async def _make(self, case: SupportCase) -> str:
        text = await asyncio.to_thread(self._text, case.question)
        file = self._file(case.id)
        file.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(text)
        return text

    def _text(self, question: str) -> str:
        """The masked answer to a question. Call it in a thread: it reads secrets and a log, longer than a till may
        wait."""
        return answer_text(self._bundle_content(question), self._secrets)

    def _bundle_content(self, question: str) -> dict[str, Any]:
        return self._shop.read(
            lambda db: told_of(db, self._shop.registry, self._config, question, self._supervisor.states, self._sync)
        )

    async def _hand_over(self, case: SupportCase, text: str) -> bool:
        """Send an answer; returns whether head office has all of it."""
        if self._office is None or not self._office.is_reachable:
            return False
        header = self._config.header
        packed = zlib.compress(text.encode(), 6)
        sealed = directive_sealing.seal(packed, header.tenant, header.store, f"{KIND} {case.id}", [case.seal_to])
        for piece in pieces_of(case.id, sealed):
            body = await self._office.ask(ROOM, encode(piece), ANSWER_S)
            if not body or taken_of(body).said != "held":
                _log.info("head office isn't accepting answers at the moment", case=case.id)
                return False
        return True

    def _clear(self, open: set[str]) -> None:
        for file in self._file("x").parent.glob("*.json"):
            if file.stem not in open:
                file.unlink(missing_ok=True)

    def _file(self, case: str) -> Path:
        return self._config.folder / FOLDER / f"{case}.json"


DESK: Service[SupportDesk] = Service("support_desk")
