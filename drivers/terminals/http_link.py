"""Requests to a terminal over HTTPS, each on its own connection, with limits on everything.

Certificates are always checked: against the configured authority (default: the machine's), and for the expected name.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import msgspec
from msgspec import Meta

from drivers.terminals.faults import TerminalError
from drivers.terminals.link import MAX_MESSAGE_BYTES, LinkLost, WaitOptions

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
READ_BYTES = 16_384


class HttpOptions(WaitOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of every terminal over HTTPS."""

    authority: Annotated[
        str,
        Meta(
            max_length=16_384,
            description="certificate authority: a PEM file or secret:NAME; empty: the machine's trusted authorities",
        ),
    ] = ""
    not_found_after_ms: Annotated[
        int,
        Meta(ge=0, le=600_000, description="age from which a payment counts as failed if the terminal doesn't know it"),
    ] = 10_000
    zone: Annotated[
        str,
        Meta(max_length=64, description="time zone of receipts, such as Europe/Berlin; empty: this machine's"),
    ] = ""


class HttpAnswer(msgspec.Struct, frozen=True):
    """An answer: its status and whole body, at most 64 KiB."""

    status: int
    body: bytes


class HttpLink:
    """Sends requests to `address` ("https://host:port").

    `name`: the name on its certificate, if it isn't the host's.
    """

    def __init__(self, thing: str, address: str, options: HttpOptions, name: str = "") -> None:
        self._thing, self._address, self._options, self._name = thing, address, options, name
        self._trusted: ssl.SSLContext | None = None

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str],
        timeout_s: float | None = None,
        sent: Callable[[], None] = lambda: None,
    ) -> HttpAnswer:
        """Send a request, and call `sent` once it is sent.

        `timeout_s` starts once connected (connecting has its own limit); without it, the caller limits the time. Raises
        TerminalError if certainly no byte was sent, and LinkLost or TimeoutError if some may have been.
        """
        reached = False
        limit = asyncio.timeout(None)

        async def on_connected(*_: Any) -> None:
            nonlocal reached
            reached = True
            if timeout_s is not None:
                limit.reschedule(asyncio.get_running_loop().time() + timeout_s)

        async def on_chunk_sent(*_: Any) -> None:
            sent()

        trace = aiohttp.TraceConfig()
        trace.on_connection_create_end.append(on_connected)
        trace.on_request_chunk_sent.append(on_chunk_sent)
        try:
            async with limit, self._session(await self._trust(), trace) as session:
                made = session.request(
                    method,
                    self._address + path,
                    data=body,
                    headers=headers,
                    allow_redirects=False,
                    server_hostname=self._name or None,
                )
                async with made as response:
                    return HttpAnswer(response.status, await _whole(response))
        except aiohttp.ClientConnectorCertificateError as err:
            raise TerminalError(self._thing, "certificate") from err
        except aiohttp.ClientConnectorSSLError as err:
            raise TerminalError(self._thing, "wrong_wire") from err
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as err:
            raise TerminalError(self._thing, "offline") from err
        except TimeoutError as err:
            if not reached:
                raise TerminalError(self._thing, "offline") from err
            raise
        except (aiohttp.ClientError, OSError, ValueError) as err:
            if not reached:
                raise TerminalError(self._thing, "offline") from err
            raise LinkLost from None  # the cause may quote the message

    def _session(self, trusted: ssl.SSLContext, trace: aiohttp.TraceConfig) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=trusted, force_close=True, use_dns_cache=False),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._options.connect_timeout_ms / 1000),
            headers={"Accept-Encoding": "identity"},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trace_configs=[trace],
        )

    async def _trust(self) -> ssl.SSLContext:
        if self._trusted is None:
            try:
                self._trusted = await asyncio.to_thread(_context, self._options.authority)
            except (OSError, ValueError) as err:
                raise TerminalError(self._thing, "certificate") from err
        return self._trusted


def _context(authority: str) -> ssl.SSLContext:
    """The TLS context that trusts this authority. Raises OSError (including SSLError), ValueError."""
    if not authority:
        return ssl.create_default_context()
    text = authority if _BEGIN in authority else Path(authority).read_text(encoding="ascii")
    context = ssl.create_default_context(cadata=b"".join(_certificates(text)))
    # makers' certificate authorities predate strict RFC 5280 checks, and are configured here one by one
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def _certificates(text: str) -> Iterator[bytes]:
    """Yield the certificates of a PEM text, even if it lost its line breaks. Raises ValueError if there are none."""
    parts = text.split(_BEGIN)[1:]
    if not parts:
        raise ValueError("The file contains no certificate.")
    for part in parts:
        yield base64.b64decode("".join(part.partition(_END)[0].split()), validate=True)


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    while data := await response.content.read(READ_BYTES):
        body += data
        if len(body) > MAX_MESSAGE_BYTES:
            raise LinkLost
    return body
