"""Sends Québec's transactions: new ones at once, and those from an outage together as a batch."""

from __future__ import annotations

import asyncio
import os
import ssl
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from edge.accounting.fiscal import FiscalKeys, settings_of
from edge.accounting.fiscal.commands import AnsweredTransaction, RecordTransactionAnswers, ReleaseHeldPrints
from edge.accounting.fiscal.quebec.quebec_outbox import Outbox, WaitingTransaction
from edge.accounting.fiscal.quebec.quebec_papers import device_of
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.storage.database import Connection, open_reader
from edge.counter.till.from_config import till_settings
from edge.foundation.access.rights import system
from edge.foundation.printing.queries import held_prints
from edge.lib.errors import EdgeError
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.quebec.transactions import QuebecAnswer, headers, read_answers, request
from edge.runtime.config import Config
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp, require_success
from edge.runtime.secrets import secrets_of

_log = structlog.get_logger(__name__)
T = TypeVar("T")
TIMEOUT_S = 5.0
"""How long a bill waits for the answer, in seconds; then it's printed without one."""
ANSWER_S = 60.0
"""Time limit for the answer. It's longer than the bill waits, as a late answer still counts."""
LOOK_S = 1.0
AGAIN_S = 30.0
"""The interval of attempts while the service is down."""
PATH = "/transaction"


class QuebecPart:
    """Sends waiting transactions to Québec's service, and records its answers."""

    def __init__(
        self,
        config: Config,
        shop: CommandBus,
        timeout_s: float = TIMEOUT_S,
        again_s: float = AGAIN_S,
        answer_s: float = ANSWER_S,
    ) -> None:
        self._config = config
        self._shop = shop
        self._settings = settings_of(config)
        self._keys = FiscalKeys(secrets_of(config.folder))
        self._timeout_s = timeout_s
        self._again_s = again_s
        self._answer_s = answer_s
        self._next_s = 0.0
        self._tasks = asyncio.TaskGroup()
        self._sending: asyncio.Task[int] | None = None
        self._http: OutgoingHttp | None = None

    async def __aenter__(self) -> QuebecPart:
        self._tasks = asyncio.TaskGroup()
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sending, self._sending = self._sending, None
        if sending:
            sending.cancel()
        try:
            await self._tasks.__aexit__(kind, error, trace)
        finally:
            if self._http:
                await self._http.__aexit__(None, None, None)
                self._http = None

    @property
    def is_on(self) -> bool:
        """Whether Québec law applies and a host is set; otherwise the part doesn't run."""
        return bool(self._settings.quebec.host) and "ca-qc" in self._settings.regimes

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled."""
        ready()
        heard = self._shop.bus.subscribe(COMMITTED)
        try:
            async with self:
                while True:
                    await self.look()
                    await heard.within(LOOK_S)
        finally:
            self._shop.bus.unsubscribe(heard)

    async def look(self) -> int:
        """Send waiting transactions, and print papers that waited too long. Returns the number of answers."""
        wait_s = 0.0
        if self._sending is None and asyncio.get_running_loop().time() >= self._next_s:
            self._sending, wait_s = self._tasks.create_task(self._try_to_send()), self._timeout_s
        answered = await self._count_answered(wait_s)
        if await asyncio.to_thread(self._reads, held_prints):
            await self._shop.do(ReleaseHeldPrints(), system())
        return answered

    async def _count_answered(self, wait_s: float) -> int:
        """The number of sent transactions answered within `wait_s`. The others stay pending and aren't sent twice."""
        if self._sending is None or not (await asyncio.wait((self._sending,), timeout=wait_s))[0]:
            return 0
        sending, self._sending = self._sending, None
        return sending.result()

    async def _try_to_send(self) -> int:
        """Send transactions. If the service is down, return 0 and retry later."""
        try:
            return await self._send()
        except (Undelivered, MaybeSent, EdgeError, FiscalFault, OSError) as error:
            self._next_s = asyncio.get_running_loop().time() + self._again_s
            _log.warning("transactions couldn't be sent", why=str(error))
            return 0

    async def _send(self) -> int:
        waiting = await asyncio.to_thread(self._reads, self._waiting)
        if not waiting:
            return 0
        http = await self._open_http()
        register = waiting[0].register
        device, key = device_of(self._settings, register), self._keys.key("ca-qc")
        above = headers(key, device, self._keys.fingerprint, [one.signature for one in waiting])
        answer = require_success(
            await http.post(f"{self._settings.quebec.host}{PATH}", request([one.fields for one in waiting]), above)
        )
        found = read_answers(answer.body, [one.number for one in waiting[:-1]])
        return await self._record(register, waiting, {one.transaction: one for one in found})

    async def _record(self, register: str, waiting: list[WaitingTransaction], found: dict[str, QuebecAnswer]) -> int:
        """Record final answers. Transactions without one are sent again."""
        answers = [(one.place, found[one.number]) for one in waiting if one.number in found]
        final = tuple(
            AnsweredTransaction(
                place=place,
                taken=one.is_accepted,
                service_number=_plain(one.number),
                service_at=_plain(one.at),
                codes=_plain(" ".join(one.codes)),
                why=_plain(one.message, 80),
            )
            for place, one in answers
            if one.final
        )
        if len(final) < len(waiting):
            self._next_s = asyncio.get_running_loop().time() + self._again_s
        if final:
            await self._shop.do(RecordTransactionAnswers(final), msgspec.structs.replace(system(), register=register))
        return len(final)

    def _waiting(self, db: Connection) -> list[WaitingTransaction]:
        till = till_settings(self._config)
        return Outbox(db, self._shop.registry, till, self._settings, self._keys).waiting()

    def _reads(self, read: Callable[[Connection], T]) -> T:
        db = open_reader(self._shop.path)
        try:
            return read(db)
        finally:
            db.close()

    async def _open_http(self) -> OutgoingHttp:
        if self._http is None:
            make = partial(client_tls, self._settings.quebec.ca, self._keys.key("ca-qc"), self._keys.certificate())
            tls = await asyncio.to_thread(make)
            http = OutgoingHttp(Breakers(), self._config.notify.allow, self._answer_s, connections=1, tls=tls)
            self._http = await http.__aenter__()
        return self._http


def client_tls(ca: str, key: ec.EllipticCurvePrivateKey, certificate: bytes) -> ssl.SSLContext:
    """A TLS context with trusted certificates (a file, "": the machine's) and our client certificate.

    Raises `OSError` if the certificate is invalid or doesn't match the key. Python reads keys only from a file, so a
    temporary file that only we can read is created and deleted.
    """
    context = ssl.create_default_context(cafile=ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle, path = tempfile.mkstemp(prefix="edge-tls-")
    try:
        os.write(handle, private + certificate)
        os.close(handle)
        context.load_cert_chain(path)
    finally:
        Path(path).unlink()
    return context


def _plain(text: str, most: int = 60) -> str:
    return "".join(char if "!" <= char <= "~" else " " for char in text)[:most].strip()
