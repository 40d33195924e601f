"""Head office's HTTP requests: a single bounded GET that never exposes its key."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp

from edge.core.addresses import is_loopback
from edge.lib.errors import NeedsHuman
from edge.runtime.outgoing.http_client import read_body

TIMEOUT_S = 15.0
KIB = 1024


async def fetch(
    who: str, url: str, most_bytes: int, key: str = "", headers: Mapping[str, str] = {}, query: Mapping[str, str] = {}
) -> bytes:
    """Fetch a URL and return the body of a 200 response. `who`: the server's name for messages; `key`: the secret part
    of headers or query.

    Raises `NeedsHuman` if the key would be sent unencrypted, on timeout (TIMEOUT_S), and for any other status
    (redirects aren't followed). Also raises it for more than `most_bytes`, because truncated data would look complete.
    """
    _check_key(url, key)
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session,
            session.get(
                url, params=query, headers={"User-Agent": "edge-store", **headers}, allow_redirects=False
            ) as answer,
        ):
            body, status = await read_body(answer, most_bytes + 1), answer.status
    except ValueError as error:  # includes aiohttp's error for an invalid URL
        raise NeedsHuman(f"{url} isn't an address: {error}.", "Use an address with https://") from None
    except (TimeoutError, OSError, aiohttp.ClientError) as error:
        raise NeedsHuman(f"{who} can't be reached: {type(error).__name__}.", "Try again later.") from None
    if status != 200:
        raise NeedsHuman(f"{who} answered {status}.", "Check its address and key.")
    if len(body) > most_bytes:
        raise NeedsHuman(f"{who} sent more than {most_bytes // KIB:,} KiB.", "Request fewer days or locations.")
    return body


def _check_key(url: str, key: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return  # invalid URL: the request itself reports it
    if key and parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise NeedsHuman("Keys aren't sent over http, where others could read them.", "Use an address with https://")
