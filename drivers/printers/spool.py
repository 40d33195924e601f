"""A receipt printer behind CUPS, as a raw queue, through `lp`, `lpstat` and `cancel` (cups-client).

The queue must be raw (`lpadmin -p NAME -v URI -m raw`), as jobs are already in the printer's language. CUPS reports
that it passed a job on, not that it was printed, so the best result here is "sent".
"""

from __future__ import annotations

import asyncio
import errno
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import msgspec
from msgspec import Meta

from drivers.os_errors import device_error
from drivers.printers.connection import SendMixin
from drivers.roles import DeviceError, SendFailed

POLL_S = 0.1
COMMAND_S = 10.0
ANSWER_BYTES = 2000
_REQUEST = re.compile(r"request id is (\S+-\d+)")
_SAME_WORDS = {"LC_ALL": "C"}


class SpoolPrinter(SendMixin):
    """A ReceiptPrinter that is a CUPS queue. A job is complete when CUPS has passed it to the printer."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the CUPS printer."""

        queue: Annotated[str, Meta(min_length=1, max_length=127, description="queue name, as shown by lpstat -p")]
        stall_timeout_ms: Annotated[
            int, Meta(ge=50, le=600_000, description="a job is cancelled if it is still queued after this time")
        ] = 15_000

    def __init__(self, config: Config) -> None:
        self._config = config
        self._thing = f"receipt printer behind the queue {config.queue}"
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Check whether the queue exists and works. Raises DeviceError."""
        async with self._turn:
            await self._check()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[SpoolLine]:
        """Yield a connection to the queue after checking that it works. Raises DeviceError."""
        async with self._turn:
            await self._check()
            yield SpoolLine(self._config.queue, self._thing, self._config.stall_timeout_ms)

    async def close(self) -> None:
        """Do nothing, as nothing stays open between jobs."""

    async def _check(self) -> None:
        try:
            status, said = await _run("lpstat", "-p", self._config.queue)
        except OSError as err:
            raise device_error(err, self._thing) from err
        if status:
            raise device_error(OSError(errno.ENOENT, said), self._thing)
        if "disabled since" in said:
            what = f"The {self._thing} is paused."
            raise DeviceError(what, f"Resume it with: cupsenable {self._config.queue}", "offline")


class SpoolLine:
    """A printer connection on a queue, without replies."""

    reads = False
    shared = False

    def __init__(self, queue: str, thing: str, stall_timeout_ms: int) -> None:
        self._queue = queue
        self._thing = thing
        self._stall_timeout_ms = stall_timeout_ms

    async def write(self, data: bytes) -> None:
        if not data:
            return
        try:
            status, said = await _run("lp", "-d", self._queue, "-o", "raw", "-", stdin=data)
        except OSError as err:
            raise self._send_failure(err, len(data) if isinstance(err, TimeoutError) else 0) from err
        request = _REQUEST.search(said)
        if status or request is None:
            raise SendFailed(f"The {self._thing} rejected the job ({said[:200]}).", "Check the queue: lpstat -t", 0)
        await self._await_job(request[1], len(data))

    async def read(self, timeout_ms: int) -> bytes:
        return b""

    async def finish(self) -> None:
        """Do nothing, as the job has already left the queue."""

    async def _await_job(self, request: str, count: int) -> None:
        """Wait until the job has left the queue; a stuck one is cancelled, as it would come out later."""
        try:
            async with asyncio.timeout(self._stall_timeout_ms / 1000):
                while True:
                    _, waiting = await _run("lpstat", "-o", self._queue)
                    if request not in waiting.split():
                        return
                    await asyncio.sleep(POLL_S)
        except OSError as err:
            await _run("cancel", request)
            raise self._send_failure(err, count) from err
        except asyncio.CancelledError:
            await asyncio.shield(_run("cancel", request))
            raise

    def _send_failure(self, err: OSError, sent_bytes: int) -> SendFailed:
        error = device_error(err, self._thing)
        return SendFailed(error.what, error.advice, sent_bytes, error.code)


async def _run(*words: str, stdin: bytes = b"") -> tuple[int, str]:
    """Run a command within COMMAND_S; returns its exit status and output. Raises OSError."""
    process = await asyncio.create_subprocess_exec(
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, **_SAME_WORDS},
    )
    try:
        async with asyncio.timeout(COMMAND_S):
            said, _ = await process.communicate(stdin)
    except BaseException:
        process.kill()
        await process.wait()
        raise
    return process.returncode or 0, said[:ANSWER_BYTES].decode(errors="replace").strip()
