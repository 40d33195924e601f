"""Others than the machine itself, for tests: a shop open to a network, and callers at another address of loopback."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from cryptography.hazmat.primitives.serialization import Encoding

from tests.browser.calling import Caller
from tests.browser.serving import DEADLINE_S, Served, serve
from tests.shop_fixture import CONFIG

OPEN = CONFIG + 'host = "0.0.0.0"\n'
HERE, STRANGER = "127.0.0.1", "127.0.0.2"


def is_here(address: str) -> bool:
    return address == HERE


@asynccontextmanager
async def open_to_all(folder: Path, more: str = "") -> AsyncIterator[Served]:
    """A shop for which every address but 127.0.0.1 is a stranger's."""
    async with serve(folder, OPEN + more, here=is_here) as served:
        yield served


def trusting(served: Served) -> ssl.SSLContext:
    """A client that trusts this shop's box and no one else."""
    certificates = served.site.door.certificates
    assert certificates is not None and certificates.authority is not None
    context = ssl.create_default_context(cadata=certificates.authority.public_bytes(Encoding.DER))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


@asynccontextmanager
async def stranger(served: Served, tls: bool = True, source: str = STRANGER) -> AsyncIterator[Caller]:
    """Someone at `source`, who follows no redirect."""
    connector = aiohttp.TCPConnector(local_addr=(source, 0), ssl=trusting(served) if tls else False)
    timeout = aiohttp.ClientTimeout(total=DEADLINE_S)
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=jar) as session:
        yield Caller(session, served, f"{'https' if tls else 'http'}://127.0.0.1:{served.port}")


async def connect(served: Served, source: str = STRANGER) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A bare connection."""
    return await asyncio.open_connection("127.0.0.1", served.port, local_addr=(source, 0))
