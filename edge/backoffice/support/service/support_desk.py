"""Answers head office's requests with diagnostics: prepared, shown to the shop, and sent after approval.

An answer is stored in the data folder until its case ends, so that exactly the answer shown is sent. Answers of remote
help stay until it ends, so that the shop can read what was sent.
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

from edge.backoffice.support.commands import HELP_US, EndSupport, LapseHelp
from edge.backoffice.support.events import HelpEnd
from edge.backoffice.support.head_office_messages import (
    ANSWER_BYTES,
    HELP_BYTES,
    ROOM,
    encode,
    pieces_of,
    taken_of,
)
from edge.backoffice.support.queries import (
    SupportCase,
    SupportHelp,
    current_help,
    help_cases,
    newest_help,
    open_cases,
)
from edge.backoffice.support.service.help_actions import ACTIONS, perform
from edge.backoffice.support.service.support_bundle import answer_text, assemble_answer
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.process.parts import Supervisor
from edge.core.secrets.store import SecretStore
from edge.foundation.access.rights import system
from edge.runtime.config import Config
from edge.runtime.head_office import HeadOffice
from edge.runtime.sync_state import SyncState
from sync import directive_sealing

FOLDER = "support"
PACKED = 6
"""The compression level of answers."""
SEALED_BYTES = 4096
"""Maximum size that encryption for one recipient adds to an answer."""
AGAIN_S = 20.0
ANSWER_S = 10.0
"""Time limit for head office to accept a piece, in seconds."""
KIND = "support"
_log = structlog.get_logger(__name__)


class SupportDesk:
    """Prepares answers to head office's requests, and sends approved ones. `now_us`: the box's clock."""

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
        self._done: set[str] = set()  # actions already started, which are never repeated
        self._help_ends = ("", 0.0)  # the period of remote help, and its end on the monotonic clock

    def answer_to(self, case: str) -> str:
        """The answer of an open case, as shown and sent; "" if it isn't ready or the case has ended."""
        try:
            return self._file(case).read_text()
        except OSError:
            return ""

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled: prepare answers, send approved ones, and end expired cases."""
        ready()
        news = self._shop.bus.subscribe(COMMITTED)
        known: set[str] | None = None
        await self._end_help("restart")
        try:
            while True:
                cases = open_cases(self._shop.reader)
                for case in cases:
                    await self._see_to(case)
                left_s = await self._watch_help()
                waiting = {case.id for case in cases} | self._cases_of_help()
                if waiting != known:
                    self._clear(waiting)
                    known = waiting
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(AGAIN_S, left_s or AGAIN_S) if cases else left_s):
                        await self._shop.news(news)
        finally:
            self._shop.bus.unsubscribe(news)

    async def _watch_help(self) -> float | None:
        """Seconds left of remote help; None if it's off. Ends it once the time is over, even if the box's clock was set
        back."""
        help = newest_help(self._shop.reader)
        if help is None or help.ended_us:
            return None
        now_s = asyncio.get_running_loop().time()
        if self._help_ends[0] != help.id:
            left_us = min(help.until_us - self._now_us(), HELP_US)
            self._help_ends = (help.id, now_s + left_us / 1e6)
        left_s = self._help_ends[1] - now_s
        if left_s > 0 and self._current() is not None:
            return left_s
        await self._end_help("time")
        return None

    async def _end_help(self, why: HelpEnd) -> None:
        help = newest_help(self._shop.reader)
        if help is not None and not help.ended_us:
            await self._shop.do(LapseHelp(help.id, why), system())

    def _current(self) -> SupportHelp | None:
        return current_help(self._shop.reader, self._now_us())

    def _is_open(self, case: SupportCase) -> bool:
        """Whether a case's period of remote help still lasts. Cases outside remote help are always open."""
        help = self._current() if case.help else None
        return not case.help or (help is not None and help.id == case.help)

    def _cases_of_help(self) -> set[str]:
        help = self._current()
        return {case.id for case in help_cases(self._shop.reader, help.id)} if help else set()

    async def _see_to(self, case: SupportCase) -> None:
        if case.until_us <= self._now_us():
            await self._shop.do(EndSupport(case.id), system())
            return
        if not self._is_open(case):
            return  # it expires with its period of remote help
        text = self.answer_to(case.id) or await self._make(case)
        digest = hashlib.sha256(text.encode()).hexdigest()
        if case.state != "agreed" or (case.digest and case.digest != digest):
            return  # not approved, or different from what was shown: never send it
        if await self._hand_over(case, text):
            await self._shop.do(EndSupport(case.id, len(text.encode()), digest), system())

    async def _make(self, case: SupportCase) -> str:
        text = await (self._act(case) if case.question in ACTIONS else asyncio.to_thread(self._text, case.question))
        most = _most_bytes(case)
        if (size := await asyncio.to_thread(_packed_bytes, text)) > most:
            _log.warning("an answer is too large for head office", case=case.id, bytes=size, limit=most)
            said = {"question": case.question, "why": "the answer is too large", "bytes": size, "limit_bytes": most}
            text = answer_text(said, self._secrets)
        file = self._file(case.id)
        file.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(text)
        return text

    async def _act(self, case: SupportCase) -> str:
        """Perform an action of remote help once, and describe the result."""
        said: dict[str, Any] = {"question": case.question, "subject": case.subject}
        if case.id in self._done:
            return answer_text(said | {"done": None, "why": "begun before; the result is unknown"}, self._secrets)
        self._done.add(case.id)
        result = await perform(case.question, case.subject, self._shop, self._config, self._supervisor)
        return await asyncio.to_thread(answer_text, said | result, self._secrets)

    async def diagnosis(self) -> str:
        """All diagnostics, masked. A manager can send them to a helper; this sends nothing."""
        return await asyncio.to_thread(self._text, "bundle")

    def _text(self, question: str) -> str:
        """The masked answer to a question. Call it in a thread: it reads secrets and a log, which takes longer than a
        till may wait."""
        return answer_text(self._bundle_content(question), self._secrets)

    def _bundle_content(self, question: str) -> dict[str, Any]:
        return self._shop.read(
            lambda db: assemble_answer(
                db, self._shop.registry, self._config, question, self._supervisor.states, self._sync
            )
        )

    async def _hand_over(self, case: SupportCase, text: str) -> bool:
        """Send an answer. Returns whether head office has received all of it."""
        if self._office is None or not self._office.is_reachable:
            return False
        header = self._config.header
        packed = zlib.compress(text.encode(), PACKED)
        sealed = directive_sealing.seal(packed, header.tenant, header.store, f"{KIND} {case.id}", [case.seal_to])
        for piece in pieces_of(case.id, sealed, _most_bytes(case)):
            if not self._is_open(case):
                return False
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


def _most_bytes(case: SupportCase) -> int:
    return HELP_BYTES if case.help else ANSWER_BYTES


def _packed_bytes(text: str) -> int:
    """The size of an answer as sent, or slightly more."""
    return len(zlib.compress(text.encode(), PACKED)) + SEALED_BYTES
