"""Voice messages to the shop's number, fetched from Meta (developers.facebook.com, Cloud API, "Media")."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection

from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp, require_success

SOUND_BYTES = 6 * 1024 * 1024
ABOUT_BYTES = 16 * 1024
_ID = re.compile(r"[0-9A-Za-z_-]{1,128}")


async def fetch_sound(messages_url: str, token: str, id: str, allowed: Collection[str]) -> bytes:
    """Fetch a recording by id, at most SOUND_BYTES, with the account that sends messages at `messages_url`.

    Raises `Undelivered` if it's gone or differs from Meta's description; `MaybeSent` if there was no answer.
    """
    if not _ID.fullmatch(id):
        raise Undelivered("refused", "id", permanent=True)
    base, headers = messages_url.rsplit("/", 2)[0], {"Authorization": f"Bearer {token}"}
    async with OutgoingHttp(Breakers(), allowed) as http:
        about = require_success(await http.ask("GET", f"{base}/{id}", headers, None, ABOUT_BYTES)).json()
        said = about if isinstance(about, dict) else {}
        found = require_success(await http.ask("GET", str(said.get("url", "")), headers, None, SOUND_BYTES)).body
    if hashlib.sha256(found).hexdigest() != said.get("sha256"):
        raise Undelivered("refused", "sha256")
    return found
