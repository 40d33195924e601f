"""Signs Germany's receipts with a security device (TSE) in the cloud, each once, when it's made.

Follows fiskaly's public description of SIGN DE, version 2. A key is exchanged for a token (POST auth). A transaction
has an id of ours, is started (revision 1) and finished (revision 2) with process data of DSFinV-K. If an answer is
missing, the transaction's state is looked up. A receipt not signed within five seconds is printed with "TSE
ausgefallen" and isn't signed later.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal, TypeVar

import msgspec
import structlog

from edge.accounting.fiscal import settings_of
from edge.accounting.fiscal.commands import DeviceAnswer, NameSecurityDevice, RecordDeviceAnswers
from edge.accounting.fiscal.germany.german_device import OUT, first_secured, newest_sent_row
from edge.accounting.fiscal.germany.german_file import file_now
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.storage.database import Connection, open_reader
from edge.counter.till.from_config import till_settings
from edge.foundation.access.rights import system
from edge.lib.errors import EdgeError
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.germany.device import PROCESS_TYPE, process_data
from edge.runtime.config import Config
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import HttpAnswer, OutgoingHttp, require_success
from edge.runtime.secrets import secrets_of

_log = structlog.get_logger(__name__)
T = TypeVar("T")
KEY, SECRET = "box.fiscal.de.key", "box.fiscal.de.secret"
TIMEOUT_S = 5.0
"""Time limit for a signature; then the receipt is printed without it."""
LOOK_S = 1.0
AGAIN_S = 30.0
"""Interval of attempts while the service is down. Receipts made in the meantime are marked as unsigned at once."""
AT_ONCE = 20
ANSWER_BYTES = 64 * 1024
FINISHED = "FINISHED"
CONFLICT, GONE, NOT_FOUND = 409, 401, 404


class _Log(msgspec.Struct, frozen=True):
    timestamp_format: str = ""


class _Signature(msgspec.Struct, frozen=True):
    value: str = ""
    counter: str | int = 0


class _Signed(msgspec.Struct, frozen=True):
    """A transaction as returned by the service."""

    state: str = ""
    number: int = 0
    time_start: int = 0
    time_end: int = 0
    tss_serial_number: str = ""
    signature: _Signature = _Signature()


class _Device(msgspec.Struct, frozen=True):
    serial_number: str
    public_key: str
    signature_algorithm: str
    signature_timestamp_format: str
    transaction_data_encoding: str = "UTF-8"
    certificate: str = ""


class _Token(msgspec.Struct, frozen=True):
    access_token: str


class Unsigned(msgspec.Struct, frozen=True):
    """A receipt waiting for the device: its row, its till, a unique id, and the data to sign ("": it can't be
    represented)."""

    seq: int
    register: str
    transaction: str
    at_us: int
    data: str


class GermanyPart:
    """Signs waiting receipts with the security device, and records its answers."""

    def __init__(
        self, config: Config, shop: CommandBus, timeout_s: float = TIMEOUT_S, again_s: float = AGAIN_S
    ) -> None:
        self._config = config
        self._shop = shop
        self._settings = settings_of(config)
        self._clients = dict(self._settings.device_clients)
        self._secrets = secrets_of(config.folder)
        self._timeout_s = timeout_s
        self._again_s = again_s
        self._next_s = 0.0
        self._looked = 0
        self._token = ""

    @property
    def is_on(self) -> bool:
        """Whether German law applies and there is a device; otherwise the part doesn't run."""
        return bool(self._settings.device_host) and "de" in self._settings.regimes

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled."""
        ready()
        heard = self._shop.bus.subscribe(COMMITTED)
        try:
            while True:
                await self.look()
                with suppress(TimeoutError):
                    await asyncio.wait_for(heard.next(), LOOK_S)
        finally:
            self._shop.bus.unsubscribe(heard)

    async def look(self) -> int:
        """Sign waiting receipts. Returns how many were answered or abandoned."""
        if not await asyncio.to_thread(self._reads, first_secured):
            await self._name()
            return 0
        waiting, through = await asyncio.to_thread(self._reads, self._waiting)
        if waiting:
            answers = await self._answers(waiting)
            await self._shop.do(RecordDeviceAnswers(tuple(answers)), system())
        self._looked = through
        return len(waiting)

    async def _name(self) -> None:
        """Record the device's identity once it responds. Earlier receipts have none."""
        if asyncio.get_running_loop().time() < self._next_s:
            return
        try:
            async with self._http() as http:
                found = require_success(await self._ask(http, "GET", f"/tss/{self._settings.device_tss}"))
            one = msgspec.json.decode(found.body, type=_Device)
            named = NameSecurityDevice(
                serial=one.serial_number,
                algorithm=one.signature_algorithm,
                time_format=one.signature_timestamp_format,
                encoding=one.transaction_data_encoding,
                public_key=one.public_key,
                certificate=one.certificate,
            )
            await self._shop.do(msgspec.convert(msgspec.to_builtins(named), NameSecurityDevice), system())
        except (Undelivered, MaybeSent, EdgeError, OSError, msgspec.MsgspecError) as error:
            self._pause(error)

    async def _answers(self, waiting: list[Unsigned]) -> list[DeviceAnswer]:
        if asyncio.get_running_loop().time() < self._next_s:
            return [DeviceAnswer(one.seq, OUT) for one in waiting]
        answers: list[DeviceAnswer] = []
        try:
            async with self._http() as http:
                for one in waiting:
                    async with asyncio.timeout(self._timeout_s):
                        answers.append(await self._sign(http, one))
        except (Undelivered, MaybeSent, EdgeError, OSError, TimeoutError, msgspec.MsgspecError) as error:
            self._pause(error)
        return answers + [DeviceAnswer(one.seq, OUT) for one in waiting[len(answers) :]]

    async def _sign(self, http: OutgoingHttp, one: Unsigned) -> DeviceAnswer:
        """Sign a receipt. If it waited too long because this part was down, only look up whether it was signed."""
        if not one.data:
            return DeviceAnswer(one.seq, OUT)
        path = f"/tss/{self._settings.device_tss}/tx/{one.transaction}"
        late = self._shop.now_us() - one.at_us > self._timeout_s * 1_000_000
        found = await self._ask(http, "GET", path) if late else await self._finish(http, path, one)
        if late and found.status == NOT_FOUND:
            return DeviceAnswer(one.seq, OUT)
        said = msgspec.json.decode(require_success(found).body, type=_Signed)
        if said.state != FINISHED:
            return DeviceAnswer(one.seq, OUT)
        answer = DeviceAnswer(
            of_seq=one.seq,
            serial=said.tss_serial_number,
            transaction=said.number,
            counter=int(said.signature.counter),
            began_s=said.time_start,
            ended_s=said.time_end,
            process_data=one.data,
            signature=said.signature.value,
        )
        return msgspec.convert(msgspec.to_builtins(answer), DeviceAnswer)

    async def _finish(self, http: OutgoingHttp, path: str, one: Unsigned) -> HttpAnswer:
        client = self._clients.get(one.register, "")
        raw = {"process_type": PROCESS_TYPE, "process_data": base64.b64encode(one.data.encode()).decode("ascii")}
        bodies: tuple[dict[str, Any], ...] = (
            {"state": "ACTIVE", "client_id": client},
            {"state": FINISHED, "client_id": client, "schema": {"raw": raw}},
        )
        for revision, body in enumerate(bodies, 1):
            try:
                found = await self._ask(http, "PUT", f"{path}?tx_revision={revision}", body)
            except MaybeSent:
                return await self._ask(http, "GET", path)
            if found.status == CONFLICT:  # the service received it earlier, but its answer was lost
                found = await self._ask(http, "GET", path)
            require_success(found)
        return found

    async def _ask(
        self, http: OutgoingHttp, method: Literal["GET", "PUT"], path: str, body: dict[str, Any] | None = None
    ) -> HttpAnswer:
        """Call the service with the token, renewing it if expired."""
        for _ in range(2):
            if not self._token:
                keys = {"api_key": self._secrets.open(KEY), "api_secret": self._secrets.open(SECRET)}
                asked = msgspec.json.encode(keys)
                told = require_success(await http.post(f"{self._settings.device_host}/auth", asked, _JSON))
                self._token = msgspec.json.decode(told.body, type=_Token).access_token
            above = {**_JSON, "Authorization": f"Bearer {self._token}"}
            sent = msgspec.json.encode(body) if body is not None else None
            found = await http.ask(method, f"{self._settings.device_host}{path}", above, sent, ANSWER_BYTES)
            if found.status != GONE:
                break
            self._token = ""
        return found

    def _pause(self, error: Exception) -> None:
        self._next_s = asyncio.get_running_loop().time() + self._again_s
        _log.warning("the security device didn't sign", why=str(error) or type(error).__name__)

    def _waiting(self, db: Connection) -> tuple[list[Unsigned], int]:
        """Rows not yet sent to a device, oldest first, and the journal row up to which they were searched."""
        (head,) = db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
        at = max(newest_sent_row(db), self._looked) + 1
        file = file_now(db, self._shop.registry, till_settings(self._config), self._settings, head)
        waiting: list[Unsigned] = []
        for fact in file.facts("", at, head):
            data = ""
            try:
                if (receipt := file.receipt(fact)) is None:
                    continue
                data = process_data(receipt)
            except FiscalFault as fault:  # export files omit it too, and report it
                _log.warning("a receipt can't be signed", why=str(fault))
            id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._config.store.id}/{fact.register}/{fact.seq}/{fact.at_us}"))
            waiting.append(Unsigned(fact.seq, fact.register, id, fact.at_us, data))
            if len(waiting) == AT_ONCE:
                return waiting, fact.seq
        return waiting, head

    def _reads(self, read: Callable[[Connection], T]) -> T:
        db = open_reader(self._shop.path)
        try:
            return read(db)
        finally:
            db.close()

    def _http(self) -> OutgoingHttp:
        tls = ssl.create_default_context(cafile=self._settings.device_ca or None)
        return OutgoingHttp(Breakers(), self._config.notify.allow, self._timeout_s, connections=1, tls=tls)


_JSON = {"Content-Type": "application/json"}
