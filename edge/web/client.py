"""API client for this machine's command line: synchronous, with full rights through the panel's secret file."""

from __future__ import annotations

import http.client
import os
import time
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from edge.core import ids
from edge.core.config_section import ConfigFile
from edge.core.endpoints import JSON
from edge.core.messages import Command, Done, Outcome, OutcomeUnknown, Refused
from edge.core.process.parts import PartState
from edge.lib.errors import NeedsHuman
from edge.web.limits import CLIENT_ATTEMPTS, CLIENT_TIMEOUT_S, RETRY_AFTER_S
from edge.web.token import TOKEN_FILE, read_token

T = TypeVar("T")


class _Done(msgspec.Struct, frozen=True):
    command_id: str
    epoch: int
    first_seq: int
    repeated: bool
    result: Any = None


class _Refused(msgspec.Struct, frozen=True):
    code: str
    message: str
    values: dict[str, str | int]
    answer: str = ""


class _Unknown(msgspec.Struct, frozen=True):
    message: str


class _Answer(msgspec.Struct, frozen=True):
    """Any response of the API; missing members are None."""

    done: _Done | None = None
    refused: _Refused | None = None
    unknown: _Unknown | None = None
    error: _Refused | None = None
    result: msgspec.Raw = msgspec.Raw(b"null")
    parts: tuple[PartState, ...] = ()
    ledger: str = ""


class Client:
    """The running appliance of a configuration, used at `register` ("": none).

    Raises `NeedsHuman` if it doesn't respond properly.
    """

    def __init__(self, config: ConfigFile, register: str = "") -> None:
        self._folder = config.folder
        self._register = register

    def do(self, command: Command) -> Outcome:
        """Execute a command with full rights. The `Done` has no events; its `result` is plain values."""
        id = ids.command_id(time.time_ns() // 1000, os.urandom(10))
        path, body = f"/api/v1/commands/{type(command).__name__}", msgspec.json.encode(command)
        answer = self._ask("POST", path, body, {"Idempotency-Key": ids.show(id)})
        if answer.done:
            done = answer.done
            return Done(id, (), done.epoch, done.first_seq, done.result, done.repeated)
        if answer.refused:
            return Refused(answer.refused.code, answer.refused.values, answer.refused.answer)
        if answer.unknown:
            return OutcomeUnknown(id, answer.unknown.message)
        raise self._strange(answer)

    def query(self, name: str, type: type[T], **arguments: object) -> T:
        """Result of a query, as `type`."""
        path = f"/api/v1/queries/{name}?" + urlencode(arguments)
        answer = self._ask("GET", path, b"", {})
        if answer.refused or answer.error:
            raise self._strange(answer)
        return msgspec.json.decode(answer.result, type=type)

    def parts(self) -> tuple[PartState, ...]:
        """Status of its parts, from `/healthz`."""
        return self._ask("GET", "/healthz", b"", {}).parts

    def why_read_only(self) -> str:
        """Return why the appliance's ledger is read-only, or ""."""
        return self._ask("GET", "/healthz", b"", {}).ledger.partition("read-only: ")[2]

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> _Answer:
        """Send a request, and repeat it with the same id while the appliance is busy or a commit is uncertain."""
        for attempt in range(CLIENT_ATTEMPTS):
            if attempt:
                time.sleep(RETRY_AFTER_S)
            answer = self._once(method, path, body, headers)
            busy = answer.refused is not None and answer.refused.code == "busy"
            if not busy and answer.unknown is None:
                break
        return answer

    def _once(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> _Answer:
        address, token = self._reach()
        connection = http.client.HTTPConnection(address, timeout=CLIENT_TIMEOUT_S)
        try:
            who = {"Grant": token, "Surface": "panel", "Register": self._register}
            kind = {"Content-Type": JSON} if body else {}
            connection.request(method, path, body, {**who, **kind, **headers})
            return msgspec.json.decode(connection.getresponse().read(), type=_Answer)
        except (OSError, http.client.HTTPException, msgspec.DecodeError) as error:
            raise NeedsHuman(
                f"The appliance at {address} isn't responding: {error}.", "Check that it is running, and check its log."
            ) from error
        finally:
            connection.close()

    def _reach(self) -> tuple[str, str]:
        try:
            address, token = read_token(self._folder)
        except (OSError, ValueError) as error:
            raise NeedsHuman(
                f"Another process has the ledger open, and {TOKEN_FILE} doesn't give its address: {error}.",
                "If the appliance is starting, try again. Run this as the appliance's user.",
            ) from error
        host, _, port = address.rpartition(":")
        return f"{'127.0.0.1' if host == '0.0.0.0' else host}:{port}", token

    def _strange(self, answer: _Answer) -> NeedsHuman:
        problem = answer.refused or answer.error
        return NeedsHuman(f"The appliance sent an unexpected response: {problem.message if problem else 'nothing'}")
