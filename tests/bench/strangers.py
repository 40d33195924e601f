"""Those who besiege a box, for `bench siege`: `python -m tests.bench.strangers ADDRESS PORT COUNT FLAG`.

They are at it while the file FLAG is there, until standard input ends; then the last line says what they counted.
`let_in` are answers that no stranger may have: to a command or query of managers, behind a forged cookie or grant, in
clear, or as the machine itself, and faults that a body of theirs makes.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import ssl
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp

FLAG = "siege"
LOOK_S = 0.05
HELD = 20
"""Bare connections that one of them holds on to."""
TIMEOUT = aiohttp.ClientTimeout(total=10)
Counts = dict[str, int]

MANAGES = (
    ("POST", "/api/v1/commands/SetProducts", {"products": []}),
    ("POST", "/api/v1/commands/OverridePrice", {"line": 1, "price_minor": 1}),
    ("POST", "/api/v1/commands/VoidLastSale", {}),
    ("POST", "/api/v1/users", {"name": "Mallory", "role": "manager", "pin": "9631"}),
    ("POST", "/api/v1/recovery-code", {"end": "0000"}),
    ("POST", "/api/v1/commands/OpenDrawer", {"reason": "siege"}),
    ("POST", "/api/v1/commands/AbandonBasket", {}),
    ("POST", "/api/v1/commands/Pay", {"kind": "cash"}),
    ("POST", "/api/v1/sales", {"lines": [], "tenders": []}),
    ("GET", "/api/v1/queries/users", None),
    ("GET", "/api/v1/queries/coupon_key", None),
    ("GET", "/api/v1/queries/receipts", None),
    ("GET", "/api/v1/queries/held_products", None),
    ("GET", "/api/v1/exports/catalogue.csv", None),
)
"""What only managers, and what only tills may."""
NO_TEXT = b'{"refresh_token": "\xed\xa0\x80"}'
OPEN = tuple(f"/api/v1/auth/{what}" for what in ("login", "logout", "refresh", "setup"))
FORGED = (
    {},
    {"Grant": "0" * 32},
    {"Surface": "panel", "Cookie": "__Host-edge-corner.manager=" + "0" * 32},
    {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https"},
    {"Register": "1", "Surface": "panel"},
)


class Stranger:
    """One of them; `counts` is everyone's."""

    def __init__(self, session: aiohttp.ClientSession, address: str, port: int, counts: Counts, seed: int) -> None:
        self._session, self._address, self._port = session, address, port
        self._counts = counts
        self._chance = random.Random(seed)
        self._held: list[asyncio.StreamWriter] = []
        self._paths = ["/", "/manager", "/healthz", "/metrics", "/static/base.css", "/api/v1/openapi.json"]

    async def learn(self) -> None:
        """Every route that the API describes."""
        async with self._session.get(self._url("/api/v1/openapi.json")) as answer:
            if answer.status == 200:
                self._paths += [path for path in (await answer.json())["paths"] if "{" not in path]

    async def act(self, wish: Callable[[], Awaitable[None]] | None = None) -> None:
        """What is wished, or one thing or another."""
        acts: list[Callable[[], Awaitable[None]]] = [
            *(self._ask, self._ask, self._manage, self._manage, self._in_clear, self._guess, self._half, self._page),
            self._no_text,
        ]
        self._counts["asked"] += 1
        try:
            await (wish or self._chance.choice(acts))()
        except (OSError, aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError):
            self._counts["shut_out"] += 1

    async def _ask(self) -> None:
        await self._status("GET", self._chance.choice(self._paths))

    async def _manage(self) -> None:
        method, path, body = self._chance.choice(MANAGES)
        status = await self._status(method, path, body, self._chance.choice(FORGED))
        self._counts["let_in"] += status < 400

    async def _in_clear(self) -> None:
        reader, writer = await asyncio.open_connection(self._address, self._port)
        path = self._chance.choice(self._paths)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {self._address}:{self._port}\r\nConnection: close\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        self._counts["let_in"] += answer.startswith(b"HTTP/1.1 200") and not path.startswith("/static/")

    async def _guess(self) -> None:
        status = await self._status("POST", "/api/v1/grants", {"pin": f"{self._chance.randrange(10_000):04d}x"})
        self._counts["let_in"] += status < 400

    async def _no_text(self) -> None:
        """Bytes that are no UTF-8, where anyone may send a body: a fault of the box counts as let in."""
        headers = {"Origin": self._url(""), "Content-Type": "application/json"}
        async with self._session.post(self._url(self._chance.choice(OPEN)), data=NO_TEXT, headers=headers) as answer:
            self._counts[f"{answer.status // 100}xx"] += 1
            self._counts["let_in"] += answer.status == 500

    async def _half(self) -> None:
        _, writer = await asyncio.open_connection(self._address, self._port)
        writer.write(self._chance.choice([b"GET / HTTP/1.1\r\nHost:", b"\x16\x03\x01", b"POST / HTTP/1.1\r\n", b""]))
        self._held.append(writer)
        if len(self._held) > HELD:
            self._held.pop(0).close()

    async def _page(self) -> None:
        async with self._session.ws_connect(self._url("/ws?page=manager&register=1")) as page:
            await page.receive(timeout=10)

    async def _status(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> int:
        sent = {"Origin": self._url(""), **(headers or {})}
        async with self._session.request(method, self._url(path), json=body, headers=sent) as answer:
            await answer.read()
            self._counts[f"{answer.status // 100}xx"] += 1
            return answer.status

    def _url(self, path: str) -> str:
        return f"https://{self._address}:{self._port}{path}"


async def besiege(address: str, port: int, count: int, flag: Path) -> Counts:
    """All of them, until standard input ends."""
    counts: Counts = dict.fromkeys(("asked", "let_in", "shut_out", "2xx", "3xx", "4xx", "5xx"), 0)
    careless = ssl.create_default_context()
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
    over = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    connector = aiohttp.TCPConnector(ssl=careless, limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=TIMEOUT) as session:

        async def one(seed: int) -> None:
            stranger = Stranger(session, address, port, counts, seed)
            for number in itertools.count():
                if over.done():
                    return
                if not flag.exists():  # noqa: ASYNC240 - a look at a folder in memory
                    await asyncio.sleep(LOOK_S)
                    continue
                if number == 0:
                    await stranger.act(stranger.learn)
                await stranger.act()

        async with asyncio.TaskGroup() as group:
            for seed in range(count):
                group.create_task(one(seed))
    return counts


if __name__ == "__main__":
    said = asyncio.run(besiege(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])))
    print(json.dumps(said), flush=True)
