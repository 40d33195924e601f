"""Answers expensive questions in a separate process, because long reads in the till's interpreter would delay sales.

The process starts with the first question (or shortly before) and stops when idle. If it fails to start or answer,
callers read through their own connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Generic, TypeVar, get_type_hints

import msgspec
import structlog

from edge.core.registry import Registry
from edge.core.storage.database import Connection
from sandbox.environment import bare_environment

_log = structlog.get_logger(__name__)
T = TypeVar("T")
Read = TypeVar("Read", covariant=True)
MESSAGE_BYTES = 128 * 1024
"""Largest question and answer in bytes; limited by one packet between the two processes."""
LIMIT_S = 1.0
"""Time limit for a question in the child process, which then takes the next one."""
WAIT_S = 0.5
"""Additional time to wait for an answer, because other questions may be ahead."""
IDLE_S = 600.0
"""Idle time after which the process is ended; it uses about 90 MB."""
START_S = 4.0
"""Time that questions wait for a starting process. Reading them in the till's process instead would first load all
readers there."""
AGAIN_S = 10.0
"""Shortest interval between starts."""
WAITING = 64
"""Questions to send at a time. Callers read further ones themselves."""


class ReadQuestion(msgspec.Struct, Generic[Read], frozen=True):
    """A question with its parameters that can read its own answer. Changes nothing."""

    def read(self, db: Connection, registry: Registry) -> Read:
        raise NotImplementedError


class NotRead(Exception):
    """The process can't answer: it isn't ready, has ended, or failed."""


class SentQuestion(msgspec.Struct, frozen=True, array_like=True):
    """Request to the process: an id, a time limit and the question."""

    id: int
    limit_s: float
    question: msgspec.Raw


class ReaderReady(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Sent once by the process when it is ready."""


class ReadAnswer(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Response of the process."""

    id: int
    answer: msgspec.Raw


class NoAnswer(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Response for a question that was invalid, failed, or took too long (`late`)."""

    id: int
    late: bool


_said = msgspec.msgpack.Decoder(ReaderReady | ReadAnswer | NoAnswer)


class _Process:
    """A started process and its packet socket."""

    def __init__(self, command: Sequence[str], heard: Callable[[bytes], None], ended: Callable[[], None]) -> None:
        self._heard, self._ended = heard, ended
        self._loop = asyncio.get_running_loop()
        self._sock, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._sock.setblocking(False)
        try:
            self._process = subprocess.Popen(
                list(command), stdin=theirs.fileno(), stdout=theirs.fileno(), env=bare_environment()
            )
        except OSError:
            self._sock.close()
            raise
        finally:
            theirs.close()
        self.pid = self._process.pid
        self._pidfd = os.pidfd_open(self.pid)
        self._loop.add_reader(self._sock, self._read)
        self._loop.add_reader(self._pidfd, self.end)

    def send(self, message: bytes) -> None:
        """Send a message. Raises `OSError` if the buffer is full or the process has ended."""
        self._sock.send(message)

    def kill(self) -> None:
        """Kill the process; `ended` follows."""
        self._process.kill()

    def end(self) -> None:
        """Read the process's last messages and make sure that it has ended."""
        if self._sock.fileno() < 0:
            return
        self._process.kill()
        self._process.wait()
        self._loop.remove_reader(self._pidfd)
        os.close(self._pidfd)
        while self._read():
            pass
        self._loop.remove_reader(self._sock)
        self._sock.close()
        self._ended()

    def _read(self) -> bool:
        """Read one message. Returns False if there was none."""
        if self._sock.fileno() < 0:
            return False
        try:
            message = self._sock.recv(2 * MESSAGE_BYTES)
        except BlockingIOError:
            return False
        except OSError:  # it died before reading all questions
            message = b""
        if not message:
            self._loop.remove_reader(self._sock)  # `end` follows when the process exits
            return False
        self._heard(message)
        return True


class ReadingProcess:
    """Client of the process started by `command`, used while `reads_alike` is true. For one event loop."""

    def __init__(self, command: Sequence[str], reads_alike: Callable[[], bool] = lambda: True) -> None:
        self._command = tuple(command)
        self._reads_alike = reads_alike
        self._process: _Process | None = None
        self._is_ready = False
        self._settled = asyncio.Event()
        self._waiters: dict[int, asyncio.Future[bytes]] = {}
        self._count = 0
        self._started_s = self._heard_s = float("-inf")
        self._idle: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The id of the process if it is ready, otherwise None."""
        return self._process.pid if self._process and self._is_ready else None

    @property
    def is_running(self) -> bool:
        """Whether a process exists, ready or not."""
        return self._process is not None

    @property
    def waiting(self) -> int:
        """Number of unanswered questions."""
        return len(self._waiters)

    async def ask(self, question: ReadQuestion[T], limit_s: float = LIMIT_S) -> T:
        """Return the answer. Raises `NotRead` if there is none, `TimeoutError` if the read takes longer than `limit_s`
        or no answer arrives within `WAIT_S` more."""
        process = await self._up()
        id, began_s = self._send(process, question, limit_s), time.monotonic()
        waiter = self._waiters[id] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(limit_s + WAIT_S):
                answer = await waiter
        except TimeoutError:
            if self._heard_s < began_s and process is self._process:
                _log.warning("a reader process stopped responding and was stopped", pid=process.pid)
                process.kill()
            raise
        finally:
            self._waiters.pop(id, None)
            self._stay()
        decoded: T = answer_decoder(type(question)).decode(answer)
        return decoded

    def close(self) -> None:
        """End the process, dropping unanswered questions."""
        if self._process:
            self._process.end()
        if self._idle:
            self._idle.cancel()

    def begin(self) -> None:
        """Start the process in advance, unless it is running or its code on disk differs from ours."""
        if self._process or time.monotonic() - self._started_s < AGAIN_S or not self._reads_alike():
            return
        self._started_s = time.monotonic()
        self._settled.clear()
        try:
            self._process = _Process(self._command, self._hear, self._end)
        except OSError as error:
            _log.warning("the reader process can't be started", error=str(error))
        self._stay()

    async def _up(self) -> _Process:
        """Return the ready process. Raises `NotRead`."""
        self.begin()
        left_s = self._started_s + START_S - time.monotonic()
        if self._process and not self._is_ready and left_s > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._settled.wait(), left_s)
        if self._process is None or not self._is_ready or len(self._waiters) >= WAITING:
            raise NotRead
        return self._process

    def _send(self, process: _Process, question: ReadQuestion[Any], limit_s: float) -> int:
        """Send a question and return its id. Raises `NotRead`."""
        self._count += 1
        packed = msgspec.Raw(msgspec.msgpack.encode(question))
        message = msgspec.msgpack.encode(SentQuestion(self._count, limit_s, packed))
        if len(message) > MESSAGE_BYTES:
            raise NotRead
        try:
            process.send(message)
        except OSError as error:
            raise NotRead from error
        return self._count

    def _stay(self) -> None:
        """Restart the idle timer."""
        if self._idle:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._rest)

    def _rest(self) -> None:
        if self._waiters:
            self._stay()
        elif self._process:
            self._process.kill()

    def _hear(self, message: bytes) -> None:
        """Dispatch a message from the process."""
        self._heard_s = time.monotonic()
        try:
            said = _said.decode(message)
        except msgspec.MsgspecError as error:
            _log.warning("a reader process sent an invalid answer and was stopped", error=str(error))
            if self._process:
                self._process.kill()
            return
        if isinstance(said, ReaderReady):
            self._is_ready = True
            self._settled.set()
        elif (waiter := self._waiters.get(said.id)) and not waiter.done():
            if isinstance(said, ReadAnswer):
                waiter.set_result(bytes(said.answer))
            else:
                waiter.set_exception(TimeoutError() if said.late else NotRead())

    def _end(self) -> None:
        self._process, self._is_ready = None, False
        self._settled.set()
        for waiter in self._waiters.values():
            if not waiter.done():
                waiter.set_exception(NotRead())


@cache
def answer_decoder(kind: type[ReadQuestion[Any]]) -> msgspec.msgpack.Decoder[Any]:
    """Decoder for the answers to a kind of question, from the return type of its `read`."""
    return msgspec.msgpack.Decoder(get_type_hints(kind.read)["return"])
