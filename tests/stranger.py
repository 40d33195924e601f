"""A shop on a port of its own loop, asked by a program that knows its descriptions and nothing of its insides.

For tests that drive one shop by table: it stands as long as their module, and each request is a plain call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edge.core.messages import Actor, Command, Done
from tests.browser.calling import Answer, Caller, calling
from tests.browser.serving import Served, serve
from tests.catch_up import catch_up
from tests.http_client import when
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, done

START_S = 60.0
ANSWER_S = 90.0


class Stranger:
    """Asks one shop over HTTP: by `ask` with all rights, as a manager's program has them, by `plain` with none."""

    def __init__(self, served: Served, caller: Caller, clock: FakeClock, loop: asyncio.AbstractEventLoop) -> None:
        self.served, self.caller, self.clock, self.loop = served, caller, clock, loop
        self.grant = {"Grant": served.site.door.token}

    def wait(self, work: Any) -> Any:
        """Do something in the shop's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(ANSWER_S)

    def plain(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """A request as it stands."""
        answer: Answer = self.wait(self.caller.call(method, path, body, **headers))
        return answer

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """A request with all rights; paths without a leading `/` are below `/api/v1/`."""
        whole = path if path.startswith("/") else f"/api/v1/{path}"
        return self.plain(method, whole, body, **{**self.grant, **headers})

    def get(self, path: str, **headers: str) -> Any:
        """The JSON of what is there."""
        answer = self.ask("GET", path, **headers)
        assert answer.status == 200, (path, answer.status, answer.text)
        return answer.json

    def post(self, path: str, body: Any, status: int = 200, **headers: str) -> Any:
        """The JSON of what is answered with `status`."""
        answer = self.ask("POST", path, body, **headers)
        assert answer.status == status, (path, body, answer.status, answer.text)
        return answer.json

    def until(self, path: str, good: Callable[[Any], bool]) -> Any:
        """What is there, once it is good."""

        async def look() -> Any:
            return (await self.caller.get(f"/api/v1/{path}", **self.grant)).json

        return self.wait(when(look, good, path))

    def do(self, command: Command, actor: Actor = SYSTEM) -> Done:
        """A command by the door, for what a test needs to be so."""
        outcome: Done = self.wait(done(self.served.shop, command, actor))
        return outcome

    def catch_up(self) -> None:
        """Once all that follows the journal has read it."""
        self.wait(catch_up(self.served.shop))


@contextmanager
def stranger(
    folder: Path,
    text: str = CONFIG,
    commands: Sequence[Command] = (),
    parts: Callable[[Served], Awaitable[None]] | None = None,
    clock: FakeClock | None = None,
) -> Iterator[Stranger]:
    """A shop of `text` in which `commands` were done, with `parts` beside it, and who asks it."""
    clock, over = clock or FakeClock(), asyncio.Event()
    begun: Future[Stranger] = Future()

    async def live() -> None:
        async with serve(folder, text, clock=clock) as served, calling(served) as caller:
            for command in commands:
                await done(served.shop, command, SYSTEM)
            if parts is not None:
                await parts(served)
            await catch_up(served.shop)
            begun.set_result(Stranger(served, caller, clock, asyncio.get_running_loop()))
            await over.wait()

    with ThreadPoolExecutor(1, "shop") as thread:
        life = thread.submit(asyncio.run, live())
        wait((begun, life), START_S, FIRST_COMPLETED)
        if not begun.done():
            life.result(0)  # why it did not begin
        made = begun.result(0)
        try:
            yield made
        finally:
            made.loop.call_soon_threadsafe(over.set)
            life.result(START_S)
