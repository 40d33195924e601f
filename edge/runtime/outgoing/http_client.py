"""Sends a single HTTP request to another server, and returns its outcome."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Literal
from urllib.parse import urlsplit

import aiohttp
import msgspec

from edge.core.tls.late_authorities import load_client_authorities
from edge.lib.lenient_json import decode_json
from edge.runtime.outgoing.address_guard import GuardedResolver, check_host
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.retry import retry_after_s

TIMEOUT_S = 15.0
CONNECT_S = 5.0
ANSWER_BYTES = 64 * 1024
CONNECTIONS = 8
BUSY = frozenset({408, 425, 429})
"""4xx statuses after which the same request may succeed later."""


class HttpAnswer(msgspec.Struct, frozen=True):
    """Response of the server, with at most ANSWER_BYTES of its body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def retry_after_s(self) -> float | None:
        return retry_after_s(self.headers.get("retry-after"), self.headers.get("date"))

    def json(self) -> object:
        """Return the body as JSON, or None."""
        try:
            found: object = decode_json(self.body)
        except (ValueError, RecursionError):
            return None
        return found


class OutgoingHttp:
    """HTTP client with a breaker per host. `allowed` hosts may be local and called without TLS. `tls`: trusted
    authorities and client identity. Use it with `async with`."""

    def __init__(
        self,
        breakers: Breakers,
        allowed: Collection[str] = (),
        timeout_s: float = TIMEOUT_S,
        mono_s: Callable[[], float] = time.monotonic,
        connections: int = CONNECTIONS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._connections = connections
        self._tls = tls
        self._breakers = breakers
        self._allowed = frozenset(allowed)
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=min(CONNECT_S, timeout_s))
        self._mono_s = mono_s
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> OutgoingHttp:
        connector = aiohttp.TCPConnector(
            limit=self._connections, resolver=GuardedResolver(self._allowed), force_close=True, ssl=self._tls or True
        )
        self._session = aiohttp.ClientSession(connector=connector, timeout=self._timeout, trust_env=False)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session:
            await self._session.close()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        """Send a request and return any response except 5xx, including refusals. Without TLS, only allowed hosts are
        called.

        Raises `Undelivered` if not a byte was accepted, the server fails (5xx), or the breaker is open. Raises
        `MaybeSent` if the request was sent and not answered.
        """
        return await self._guard_request(url, lambda: self._ask(url, body, headers))

    async def ask(
        self,
        method: Literal["GET", "POST", "PUT", "PATCH"],
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        most_bytes: int,
    ) -> HttpAnswer:
        """Send a request, like `post`, with a response of up to `most_bytes`. Raises `Undelivered` `body_too_large` for
        more."""
        return await self._guard_request(url, lambda: self._request(method, url, headers, body, most_bytes))

    async def get(self, url: str, headers: Mapping[str, str], into: Path, most_bytes: int) -> HttpAnswer:
        """Fetch a URL like `post`. The body of a 200 is written to the file `into`; other responses keep their body.
        Raises `Undelivered` `body_too_large` above `most_bytes`."""
        return await self._guard_request(url, lambda: self._fetch(url, headers, into, most_bytes))

    async def _guard_request(self, url: str, ask: Callable[[], Awaitable[HttpAnswer]]) -> HttpAnswer:
        """Call `ask` if the URL is permitted, through its breaker."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise Undelivered("wrong_address", permanent=True)
        check_host(parts.hostname, self._allowed)
        if parts.scheme == "http" and parts.hostname not in self._allowed:
            raise Undelivered("plain_address", parts.hostname, permanent=True)
        host = parts.netloc.lower()
        now_s = self._mono_s()
        if left_s := self._breakers[host].left_s(now_s):
            raise Undelivered("breaker_open", parts.hostname, after_s=left_s, tried=False)
        self._breakers[host] = self._breakers[host].record_call()
        try:
            answer = await ask()
        except (Undelivered, MaybeSent, asyncio.CancelledError):
            self._breakers[host] = self._breakers[host].record_failure(self._mono_s())
            raise
        if answer.status >= 500:
            self._breakers[host] = self._breakers[host].record_failure(self._mono_s())
            raise Undelivered("server_failed", str(answer.status), after_s=answer.retry_after_s)
        self._breakers[host] = self._breakers[host].record_success()
        return answer

    async def _ask(self, url: str, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        async with self._open_request("POST", url, headers, body) as answer:
            return _http_answer(answer, await read_body(answer, ANSWER_BYTES))

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, most_bytes: int
    ) -> HttpAnswer:
        async with self._open_request(method, url, headers, body) as answer:
            found = await read_body(answer, most_bytes + 1)
            if len(found) > most_bytes:
                raise Undelivered("body_too_large", str(most_bytes), permanent=True)
            return _http_answer(answer, found)

    async def _fetch(self, url: str, headers: Mapping[str, str], into: Path, most_bytes: int) -> HttpAnswer:
        async with self._open_request("GET", url, headers) as answer:
            if answer.status != 200:
                return _http_answer(answer, await read_body(answer, ANSWER_BYTES))
            left = most_bytes
            with into.open("wb") as file:
                async for piece in answer.content.iter_chunked(ANSWER_BYTES):
                    if (left := left - len(piece)) < 0:
                        raise Undelivered("body_too_large", str(most_bytes), permanent=True)
                    await asyncio.to_thread(file.write, piece)
            return _http_answer(answer, b"")

    @asynccontextmanager
    async def _open_request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        assert self._session is not None, "it is open"
        if self._tls is None and url.startswith("https:"):
            await load_client_authorities()
        try:
            async with self._session.request(method, url, data=body, headers=headers, allow_redirects=False) as answer:
                yield answer
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Undelivered("no_connection", str(error)) from error
        except (aiohttp.InvalidURL, ValueError) as error:
            raise Undelivered("wrong_address", permanent=True) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise MaybeSent(str(error) or type(error).__name__) from error


def _http_answer(answer: aiohttp.ClientResponse, body: bytes) -> HttpAnswer:
    return HttpAnswer(answer.status, {name.lower(): text for name, text in answer.headers.items()}, body)


async def read_body(answer: aiohttp.ClientResponse, most_bytes: int) -> bytes:
    """First `most_bytes` of a response body."""
    content = b""
    while len(content) < most_bytes and (piece := await answer.content.read(most_bytes - len(content))):
        content += piece
    return content


def require_success(
    answer: HttpAnswer, statuses: Collection[int] = range(200, 300), one_account: bool = True
) -> HttpAnswer:
    """Return a successful response. Raises `Undelivered` for refusals, which are permanent except 408, 425 and 429.
    `one_account`: all messages use one account, so an authentication error concerns all of them; otherwise it concerns
    only this address."""
    if answer.status in statuses:
        return answer
    if answer.status in BUSY:
        raise Undelivered("told_to_wait", str(answer.status), after_s=answer.retry_after_s)
    wrong_key = one_account and answer.status in (401, 403)
    why = "wrong_password" if wrong_key else "refused"
    raise Undelivered(why, str(answer.status), permanent=True, credentials=wrong_key)
