"""The API as a client calls it: requests by hand, so that a test may send what no well-meaning client would."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec

from edge.core import ids
from edge.core.messages import Done
from edge.foundation.access.commands import ConfirmPairing
from edge.foundation.access.rights import system
from tests.browser.serving import DEADLINE_S, Served

PIN = "864209"


def key() -> str:
    """A fresh UUIDv7."""
    return ids.show(ids.command_id(time.time_ns() // 1000, os.urandom(10)))


class Answer(msgspec.Struct):
    """What came back; `json` is None for what is not JSON."""

    status: int
    headers: dict[str, str]
    text: str
    json: Any

    @property
    def code(self) -> str:
        """The code of a refusal or an error."""
        return str((self.json.get("refused") or self.json.get("error") or {}).get("code"))

    @property
    def message(self) -> str:
        found = self.json.get("refused") or self.json.get("error") or self.json.get("unknown") or {}
        return str(found.get("message"))


class Caller:
    """Requests to one panel; the header `Register` is 1 unless it is given."""

    def __init__(self, session: aiohttp.ClientSession, served: Served, url: str = "") -> None:
        self._session = session
        self._served = served
        self.url = url or served.url
        self.cookie = ""

    async def let_in(self, kind: str = "till", register: str = "1", **headers: str) -> None:
        """Be paired, as a manager lets in a browser of another machine; a browser says which page asks."""
        asked = await self.call("POST", "/api/v1/pairings", {}, **{"Origin": self.url, **headers})
        command = ConfirmPairing(asked.json["asks"]["digits"], kind, register if kind != "manager" else "")
        outcome = await self._served.shop.do(command, system("panel"))
        assert isinstance(outcome, Done), outcome
        self.cookie = asked.headers["Set-Cookie"].split("; ")[0]

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        kind = {} if body is None else {"Content-Type": "application/json"}
        sent = {"Register": "1", **kind, **self._sent(headers)}
        data = body if isinstance(body, bytes | None) else msgspec.json.encode(body)
        url = self.url + path
        wanted = {name: value for name, value in sent.items() if value}
        async with self._session.request(method, url, data=data, headers=wanted, allow_redirects=False) as answer:
            text = await answer.text(errors="replace")  # a picture is none
            json = msgspec.json.decode(text) if answer.content_type.endswith("json") else None
            return Answer(answer.status, dict(answer.headers), text, json)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.call("GET", path, **headers)

    async def read(self, path: str, **headers: str) -> bytes:
        """A file as it comes."""
        async with self._session.get(self.url + path, headers=headers) as answer:
            assert answer.status == 200, answer
            return await answer.read()

    async def do(self, name: str, body: Any = None, **headers: str) -> Answer:
        return await self.call("POST", f"/api/v1/commands/{name}", {} if body is None else body, **headers)

    async def manage(self, name: str, body: Any = None, **headers: str) -> Answer:
        """A command with all rights."""
        return await self.do(name, body, Grant=self._served.site.door.token, **headers)

    @property
    def token(self) -> str:
        """What lets this machine's command line do everything."""
        return self._served.site.door.token

    async def set_pin(self) -> None:
        assert (await self.call("POST", "/api/v1/pin", {"pin": PIN})).status == 200

    async def enter_pin(self) -> str:
        """What the set-up PIN gives on the manager's pages, for the header `Grant`."""
        answer = await self.call("POST", "/api/v1/grants", {"pin": PIN}, Surface="panel")
        assert answer.status == 200, answer
        return str(answer.json["grant"]["token"])

    def socket(self, query: str, **headers: str) -> Any:
        """The WebSocket, as a context manager."""
        return self._session.ws_connect(f"{self.url}/ws?{query}", headers=self._sent(headers))

    def _sent(self, headers: dict[str, str]) -> dict[str, str]:
        """Headers by their names; with a cookie goes, as from a browser, whose page asks."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        cookies = "; ".join(cookie for cookie in (self.cookie, sent.get("Cookie", "")) if cookie)
        return {"Origin": self.url, **sent, "Cookie": cookies} if cookies else sent


@asynccontextmanager
async def calling(served: Served) -> AsyncIterator[Caller]:
    timeout = aiohttp.ClientTimeout(total=DEADLINE_S)
    async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Caller(session, served)
