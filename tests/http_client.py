"""Asking a running shop from outside, as pages and people do: by HTTP, and by the command line."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import msgspec

from edge.web.token import read_token
from tests.fork_server import edge_command

T = TypeVar("T")
PIN = "864209"
POLL_S = 0.005


async def when(
    look: Callable[[], Awaitable[T]],
    good: Callable[[T], object],
    what: str,
    within_s: float = 30.0,
    poll_s: float = POLL_S,
) -> T:
    """What `look` gives, as soon as it is `good`; fails, saying what it gave last, when that takes too long."""
    deadline = time.monotonic() + within_s
    while not good(seen := await look()):
        assert time.monotonic() < deadline, f"not within {within_s:.0f} s: {what}; last seen: {seen!r}"
        await asyncio.sleep(poll_s)
    return seen


class Ended(msgspec.Struct, frozen=True):
    """A command of the command line that has ended: its exit status, and what it said."""

    status: int
    out: str
    err: str


async def edge(*words: str | Path, stdin: str = "", env: dict[str, str] | None = None) -> Ended:
    """`edge WORDS`, to its end."""
    environment = {**os.environ, **(env or {})}
    command = await asyncio.to_thread(edge_command, environment)
    process = await asyncio.create_subprocess_exec(
        *(*command, *map(str, words)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    try:
        out, err = await process.communicate(stdin.encode())
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


class Api:
    """The appliance's HTTP API, as a cashier's page uses it. `address` is host:port."""

    def __init__(self, session: aiohttp.ClientSession, address: str, data: Path) -> None:
        self._session = session
        self._base = f"http://{address}"
        self._data = data

    def url(self, path: str) -> str:
        """An address of it."""
        return self._base + path

    async def post(self, path: str, body: object, **headers: str) -> tuple[int, dict[str, Any]]:
        """The status and the JSON of an answer; the header `Register` is 1 unless it is given."""
        sent = {"Register": "1", "Content-Type": "application/json", **headers}
        async with self._session.post(self._base + path, data=msgspec.json.encode(body), headers=sent) as answer:
            return answer.status, await answer.json()

    async def get(self, path: str) -> tuple[int, dict[str, Any]]:
        """The same of what is read, with the rights of this machine's command line."""
        async with self._session.get(self._base + path, headers={"Grant": self.token}) as answer:
            return answer.status, await answer.json()

    async def ask_for(self, command: str, grant: str = "", **fields: object) -> tuple[int, dict[str, Any]]:
        """A command, whatever the answer."""
        return await self.post(f"/api/v1/commands/{command}", fields, **({"Grant": grant} if grant else {}))

    async def do(self, command: str, grant: str = "", **fields: object) -> Any:
        """A command that is to be done, with confirmation to what it asks back: its result."""
        status, answer = await self.ask_for(command, grant, **fields)
        answers: list[str] = []
        while question := answer.get("refused", {}).get("answer"):
            answers.append(question)
            status, answer = await self.ask_for(command, grant, **fields, answers=answers)
        assert status == 200, (command, fields, status, answer)
        return answer["done"]["result"]

    async def query(self, name: str, **arguments: object) -> Any:
        """What a query answers, with the rights of this machine's command line."""
        headers = {"Register": "1", "Grant": self.token}
        wanted = {key: str(value) for key, value in arguments.items()}
        async with self._session.get(f"{self._base}/api/v1/queries/{name}", params=wanted, headers=headers) as answer:
            body = await answer.json()
            assert answer.status == 200, (name, arguments, answer.status, body)
            return body["result"]

    async def health(self) -> dict[str, Any]:
        """`/healthz`. An appliance that has nothing to do takes up to a second to answer."""
        async with self._session.get(self._base + "/healthz") as answer:
            return {**await answer.json(), "status": answer.status}

    async def metrics(self) -> dict[str, float]:
        """`/metrics`, by name and labels as written; empty while no one answers, and while the shop is restored."""
        try:
            async with self._session.get(self._base + "/metrics") as answer:
                if answer.status == 503:
                    return {}
                lines = (line.rpartition(" ") for line in (await answer.text()).splitlines() if line[:1] != "#")
                return {name: float(value) for name, _, value in lines}
        except aiohttp.ClientError:
            return {}

    async def grant(self, pin: str = PIN) -> str:
        """What a PIN gives."""
        status, answer = await self.post("/api/v1/grants", {"pin": pin}, Surface="panel")
        assert status == 200, answer
        return str(answer["grant"]["token"])

    @property
    def token(self) -> str:
        """What lets this machine's command line do everything."""
        return read_token(self._data)[1]
