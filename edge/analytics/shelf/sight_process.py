"""Client of `edge.lib.sight.child`: sends requests about pictures to a separate process."""

from __future__ import annotations

import asyncio
import struct
import sys
from pathlib import Path
from typing import TypeVar

import msgspec

from edge.lib.sight.kinds import Answer, Question, Wrong
from sandbox.environment import bare_environment

HEAD = struct.Struct("!I")
ANSWER_BYTES = 32 * 1024 * 1024
LIMIT_S = 30.0
"""Time limit of a request in seconds; a longer request ends the process, and the next request starts a new one."""
IDLE_S = 300.0
"""Seconds after which an idle process is ended, as it uses some 150 MB."""
QUESTIONS_WAITING = 64
A = TypeVar("A")


class SightError(Exception):
    """A failed request; the reason is a text of section `refused`."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class SightProcess:
    """Sends one request at a time.

    If the process dies, only the current request fails. `folders`: the only folders whose pictures it can open.
    """

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._idle: asyncio.TimerHandle | None = None
        self._answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)

    @property
    def pid(self) -> int | None:
        """The process id; None if it isn't running."""
        return self._process.pid if self._process else None

    async def ask(self, question: Question, kind: type[A], limit_s: float = LIMIT_S) -> A:
        """The answer, decoded as `kind`. Raises SightError."""
        if self._waiting >= QUESTIONS_WAITING:
            raise SightError("busy")
        self._waiting += 1
        try:
            async with self._turn:
                answer = await self._ask_process(question, limit_s)
        finally:
            self._waiting -= 1
        if isinstance(answer, Wrong):
            raise SightError(answer.code, **answer.values)
        if not isinstance(answer, kind):
            raise SightError("sight_ended")
        return answer

    def close(self) -> None:
        """Stop the process; a pending request fails."""
        if self._idle:
            self._idle.cancel()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        self._process = None

    async def _ask_process(self, question: Question, limit_s: float) -> Answer:
        if self._idle:
            self._idle.cancel()
        try:
            async with asyncio.timeout(limit_s):
                process = await self._running()
                assert process.stdin is not None and process.stdout is not None
                data = msgspec.msgpack.encode(question)
                process.stdin.write(HEAD.pack(len(data)) + data)
                await process.stdin.drain()
                (size,) = HEAD.unpack(await process.stdout.readexactly(HEAD.size))
                if size > ANSWER_BYTES:
                    raise SightError("sight_ended")
                return self._answers.decode(await process.stdout.readexactly(size))
        except TimeoutError:
            await self._end()
            raise SightError("sight_too_slow", limit_s=round(limit_s)) from None
        except (OSError, asyncio.IncompleteReadError):
            await self._end()
            raise SightError("sight_ended") from None
        except BaseException:  # cancelled: the rest of the answer must not reach the next request
            await self._end()
            raise
        finally:
            self._idle = asyncio.get_running_loop().call_later(IDLE_S, self.close)

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            for folder in self._folders:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # the child can't open a folder created later
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "edge.lib.sight.child", *map(str, self._folders)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=ANSWER_BYTES,
                env=bare_environment({"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "1"}),
            )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()
