"""HTTP API of diagnostics and remote help.

Diagnostics are requested from boxes, and approved answers read. Remote help works while a store's manager allows it.
Requests and reads are in head office's log, and in the shop's journal.
"""

from __future__ import annotations

import asyncio
import secrets
import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import hdrs, web

from sync import directive_sealing
from sync.hub import tenants
from sync.hub.api import staff
from sync.hub.api.admission import Door
from sync.hub.api.bodies import body_as, require_name
from sync.hub.api.keys import Key
from sync.hub.api.problems import Problem

ASK = "/v1/stores/{store}/support"
CASE = "/v1/stores/{store}/support/{case}"
ANSWER = "/v1/stores/{store}/support/{case}/{device}"
HELP = "/v1/stores/{store}/boxes/{device}/help"
HELP_S = 240
"""Validity of a request of remote help; a box allows it five minutes at most."""
HELP_REASON = "Remote help"
KIND, HELP_KIND = "support", "help"
HOURS_MOST = 72
WAIT_S = 10
"""The longest a request may wait for an answer."""
LOOK_S = 0.25
OPENED_BYTES = 64 * 1024 * 1024
"""The largest answer, decrypted and unpacked."""
Publish = Callable[[str, str, str, bytes, str], Awaitable[int]]
_ADD = """
    INSERT INTO support_ask (tenant, store, id, question, reason, asked_by, until_at, private, help, subject)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_HELP = """
    SELECT id FROM support_help WHERE tenant = $1 AND store = $2 AND device = $3 AND ended_at IS NULL
        AND until_at > now() ORDER BY until_at DESC LIMIT 1
"""
_HELP_ASKS = "SELECT count(*) FROM support_ask WHERE tenant = $1 AND store = $2 AND help = $3"
HELP_REQUESTS = 100
"""Requests in one period of remote help; the box counts, too."""
_PRIVATE = """
    SELECT private FROM support_ask WHERE tenant = $1 AND store = $2 AND id = $3
        AND asked_at > now() - interval '14 days'
"""
_PIECES = """
    SELECT n, of_pieces, body FROM support_piece WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4 ORDER BY n
"""
_HEARD = """
    SELECT device.device, coalesce(own.state, 'silent') AS state, coalesce(own.why, '') AS why,
        EXISTS (SELECT FROM support_piece AS piece WHERE piece.tenant = $1 AND piece.store = $2 AND piece.id = $3
                AND piece.device = device.device HAVING count(*) = max(piece.of_pieces)) AS answered
    FROM device LEFT JOIN support_case AS own
        ON own.tenant = $1 AND own.store = $2 AND own.device = device.device AND own.id = $3
    WHERE device.tenant = $1 AND device.store = $2 ORDER BY device
"""
_ASKED = "SELECT EXISTS (SELECT FROM support_ask WHERE tenant = $1 AND store = $2 AND id = $3)"

BUNDLE_BYTES = 20 << 20
"""The largest diagnostics bundle."""


class AskBox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/stores/{store}/support`: the question to a store's boxes, the reason, and its validity in hours."""

    question: Literal["bundle", "check", "devices", "queue"]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
    hours: Annotated[int, msgspec.Meta(ge=1, le=HOURS_MOST)] = HOURS_MOST


class AskHelp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/stores/{store}/boxes/{device}/help`: a question or an action of remote help. `subject`: the printer of
    a test page, or the part to restart."""

    question: Literal["status", "log", "check", "devices", "queue", "update", "print", "restart"]
    subject: Annotated[str, msgspec.Meta(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")] = ""


class HeardBox(msgspec.Struct, frozen=True):
    """A box's state: silent, asked (awaiting its shop's approval), agreed, declined, sent, lapsed, refused (and
    `why`). `answered`: its answer can be read."""

    device: str
    state: str
    answered: bool
    why: str = ""


Heard = Literal["answered", "asked", "declined", "lapsed", "refused", "silent"]
_TELLING: tuple[Heard, ...] = ("asked", "declined", "lapsed", "refused")


class HeardCase(msgspec.Struct, frozen=True):
    """The answer to `GET /v1/stores/{store}/support/{case}`: whether the case is answered, or else the reason why not.

    It waits for the shop's approval (`asked`) or contact with a box (`silent`), or has ended (`declined`, `lapsed`).
    """

    said: Heard
    boxes: tuple[HeardBox, ...]


class SupportApi:
    """See the module."""

    def __init__(self, door: Door, publish: Publish) -> None:
        self._door = door
        self._publish = publish

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(ASK, self._ask)
        app.router.add_post(HELP, self._help)
        app.router.add_get(CASE, self._tell_case)
        app.router.add_get(ANSWER, self._answer)

    async def _ask(self, request: web.Request) -> web.Response:
        store = request.match_info["store"]
        require_name(store)
        async with self._door.admit(request) as key:
            _require(key, store)
            asked = await body_as(request, AskBox)
            lasts = timedelta(hours=asked.hours)
            async with self._door.writing(key) as connection:
                if asked.question == "bundle":
                    await tenants.require_files(connection, key.tenant, BUNDLE_BYTES)
                said = await _record(connection, key, store, asked.question, asked.reason, lasts)
            await self._send(key, store, KIND, {"asks": [said | {"reason": asked.reason}]}, said["case"])
        return web.json_response({"case": said["case"]}, status=201)

    async def _help(self, request: web.Request) -> web.Response:
        """Send a box a request of remote help.

        Its manager must have allowed it, and the caller must be a person. The request is sent at once.
        """
        store, device = request.match_info["store"], request.match_info["device"]
        for name in (store, device):
            require_name(name)
        async with self._door.admit(request) as key:
            if staff.HELP not in key.may or not key.role or not key.reaches(store):
                raise Problem(403, "Not allowed", "Only people with the right to help may help in their stores.")
            asked = await body_as(request, AskHelp)
            async with self._door.writing(key) as connection:
                help = await connection.fetchval(_HELP, key.tenant, store, device)
                if help is None:
                    text = "Remote help is off in this shop. A manager there can turn it on under Support."
                    raise Problem(409, "Help is off", text)
                if await connection.fetchval(_HELP_ASKS, key.tenant, store, help) >= HELP_REQUESTS:
                    text = f"{HELP_REQUESTS} requests were made. The manager can end this help and allow it again."
                    raise Problem(409, "Too many help requests", text)
                lasts = timedelta(seconds=HELP_S)
                said = await _record(
                    connection, key, store, asked.question, HELP_REASON, lasts, help=help, subject=asked.subject
                )
            more = {"help": help, "device": device, "subject": asked.subject}
            await self._send(key, store, HELP_KIND, {"help": [said | more]}, said["case"])
        return web.json_response({"case": said["case"]}, status=201)

    async def _send(self, key: Key, store: str, kind: str, body: dict[str, Any], case: str) -> None:
        await self._publish(key.tenant, store, kind, msgspec.json.encode(body), f"support-{case}")

    async def _tell_case(self, request: web.Request) -> web.Response:
        """Answer with a case's state. With `wait_s`, wait up to that many seconds for it to change."""
        store, case = request.match_info["store"], request.match_info["case"]
        for name in (store, case):
            require_name(name)
        wait_s = wait_of(request.query.get("wait_s", "0"))
        until = asyncio.get_running_loop().time() + wait_s
        async with self._door.admit(request) as key:
            _require(key, store)
            while True:
                async with self._door.reading(key) as connection:
                    is_known = await connection.fetchval(_ASKED, key.tenant, store, case)
                    rows = await connection.fetch(_HEARD, key.tenant, store, case)
                if not is_known:
                    raise Problem(404, "Request not found", "This store has no request with this ID.")
                heard = heard_of(tuple(HeardBox(**row) for row in rows))
                if heard.said != "silent" or asyncio.get_running_loop().time() >= until:
                    break
                await asyncio.sleep(LOOK_S)
        return web.Response(body=msgspec.json.encode(heard), content_type="application/json")

    async def _answer(self, request: web.Request) -> web.Response:
        store, case, device = (request.match_info[name] for name in ("store", "case", "device"))
        for name in (store, case, device):
            require_name(name)
        async with self._door.admit(request) as key:
            _require(key, store)
            async with self._door.reading(key) as connection:
                private = await connection.fetchval(_PRIVATE, key.tenant, store, case)
                rows = await connection.fetch(_PIECES, key.tenant, store, device, case) if private else []
            text = open_answer(key.tenant, store, case, private, rows)
            if text is None:
                raise Problem(404, "No answer", "The box hasn't answered, or its answer is older than 14 days.")
            async with self._door.writing(key) as connection:
                looked = {"looked_at": device, "case": case}
                await tenants.log(connection, key.tenant, key.who, KIND, store, None, looked)
        headers = {hdrs.CACHE_CONTROL: "no-store"}
        return web.Response(body=text, content_type="application/json", headers=headers)


async def _record(
    connection: Any,
    key: Key,
    store: str,
    question: str,
    reason: str,
    lasts: timedelta,
    help: str = "",
    subject: str = "",
) -> dict[str, Any]:
    """Record a request with its own key. Returns the fields of every request that a box receives."""
    case, private = secrets.token_hex(16), directive_sealing.new_key()
    until = datetime.now(UTC) + lasts
    values = (question, reason, key.who, until, private, help, subject)
    await connection.execute(_ADD, key.tenant, store, case, *values)
    noted = {"question": question, "case": case} | ({"help": help, "subject": subject} if help else {})
    await tenants.log(connection, key.tenant, key.who, KIND, store, None, noted)
    said = {"case": case, "question": question, "by": key.who, "until_us": int(until.timestamp() * 1e6)}
    return said | {"seal_to": directive_sealing.public_of(private)}


def heard_of(boxes: tuple[HeardBox, ...]) -> HeardCase:
    """The state of a case from its boxes. An answer outweighs another box's refusal, and a pending approval outweighs
    silence; an approved answer still on its way counts as silence."""
    if any(box.answered for box in boxes):
        return HeardCase("answered", boxes)
    states = {box.state for box in boxes}
    return HeardCase(next((one for one in _TELLING if one in states), "silent"), boxes)


def wait_of(text: str) -> int:
    """The waiting time. Raises `Problem` unless it's a number of seconds up to `WAIT_S`."""
    if not text.isascii() or not text.isdigit() or int(text) > WAIT_S:
        raise Problem(400, "Bad request", f"'wait_s' is from 0 to {WAIT_S}.")
    return int(text)


def open_answer(tenant: str, store: str, case: str, private: str | None, rows: Any) -> bytes | None:
    """Decrypt a complete answer; None if it's incomplete, or not encrypted for this case."""
    if not private or not rows or len(rows) != rows[0]["of_pieces"]:
        return None
    try:
        packed = directive_sealing.open_(
            b"".join(row["body"] for row in rows), tenant, store, f"{KIND} {case}", private
        )
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(packed, OPENED_BYTES)
        return text if unpacking.eof else None
    except (directive_sealing.NotForUs, zlib.error):
        return None


def _require(key: Key, store: str) -> None:
    if staff.SUPPORT not in key.may or not key.reaches(store):
        raise Problem(403, "Not allowed", "Only support and owners may ask the boxes of their stores.")
