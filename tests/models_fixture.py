"""A runtime of toys for tests, each in a real worker; and what the kernel says of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from models.errors import ModelError
from models.runtime import Absent, Runtime, Settings
from models.runtime.restart_policy import Notice
from models.runtime.worker_host import Plan
from tests.contract.engine_rigs import text
from tests.shop_fixture import run
from tests.toy_engines import plan

Scenario = Callable[[Runtime, list[Notice]], Awaitable[None]]


def play(scenario: Scenario, *plans: Plan, memory_mb: int = 10_000, limit_s: float = 60, **settings: Any) -> None:
    """A scenario with these models (a toy that writes, where none is named)."""

    async def main() -> None:
        notices: list[Notice] = []
        made = plans or (plan("llm"),)
        absent = [Absent("voice", "tts", ("fr",), "voice is not here.", "Copy it there.", {"kind": "tts"})]
        runtime = Runtime(made, absent, Settings(memory_mb, **settings), notices.append)
        try:
            await scenario(runtime, notices)
        finally:
            await runtime.stop()

    run(main(), limit_s)


async def code_of(asked: Awaitable[Any]) -> str:
    """The code with which it failed."""
    with pytest.raises(ModelError) as caught:
        await asked
    return caught.value.code


def ask_now(runtime: Runtime, words: str) -> Awaitable[Any]:
    """Asking fails at once, as an awaitable."""

    async def ask() -> Any:
        return await runtime.ask(text(words), 20)

    return ask()


async def quietly(answer: Any) -> AsyncIterator[Any]:
    """What comes in between, whatever becomes of the rest."""
    try:
        async for partial in answer:
            yield partial
    except ModelError:
        return


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def told(pid: str, what: str) -> str:
    """What the kernel says of a process (proc(5))."""
    return Path(f"/proc/{pid}/{what}").read_text()


def threads_of(pid: str) -> list[int]:
    return [int(one.name) for one in Path(f"/proc/{pid}/task").iterdir()]


def there(pid: str) -> bool:
    return Path(f"/proc/{pid}").exists()


def memory_files() -> int:
    """Shared memory that this process has mapped."""
    return sum("memfd:models" in line for line in Path("/proc/self/maps").read_text().splitlines())


class SeizedWorker:
    """A worker in the hands of a library that keeps the interpreter's lock: `pid` can do nothing by itself any more."""

    def __enter__(self) -> SeizedWorker:
        self._runner = asyncio.Runner()
        self.pid = self._runner.run(self._seize())
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._runtime.stop())
        self._runner.close()

    async def _seize(self) -> int:
        self._runtime = Runtime([plan("llm")], [], Settings(1_000), lambda _: None)
        worker = int((await self._runtime.ask(text("PID"), 30)).text)
        await anext(aiter(self._runtime.ask(text("now SEIZE"), 60)))
        return worker
