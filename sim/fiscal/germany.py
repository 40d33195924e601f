"""A cloud-based technical security device (TSE), simulated over HTTPS: it signs transactions by BSI TR-03151.

Written from fiskaly's public description of SIGN DE, version 2 (auth, tss, tx with tx_revision) and DSFinV-K 2.4,
appendix I. `fault` makes it unreachable or slow, lose an answer after signing, or report that it can't sign.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sim.fiscal.certificates import HERE, SimAuthority
from sim.http_service import ServedApp

TSS, KEY, SECRET = "0000-1111", "played-key", "played-secret"
SLOW_S = 3.0
_HALF_BYTES = 32
_LOG_OID = bytes.fromhex("060904007f000703070101")
_ALGORITHM_OID = bytes.fromhex("060a04007f00070101040103")


def _tlv(tag: int, body: bytes) -> bytes:
    if len(body) < 128:
        return bytes((tag, len(body))) + body
    size = len(body).to_bytes(2, "big").lstrip(b"\0")
    return bytes((tag, 128 | len(size))) + size + body


def _int(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


class SimDevice:
    """The device and its service. `clients`: serial numbers by id; `transactions` by id; `tokens`: those issued."""

    def __init__(self, folder: Path, clients: dict[str, str]) -> None:
        self.authority = SimAuthority(folder)
        self.clients = clients
        self.fault: Literal["", "away", "slow", "lost", "broken"] = ""
        self.transactions: dict[str, dict[str, Any]] = {}
        self.tokens: list[str] = []
        self.counter = 0
        self.port = 0
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.serial = hashlib.sha256(self._point).hexdigest()

    @property
    def host(self) -> str:
        return f"https://{HERE}:{self.port}/api/v2"

    async def auth(self, request: web.Request) -> web.Response:
        """`POST auth`."""
        body = await request.json()
        if (body.get("api_key"), body.get("api_secret")) != (KEY, SECRET):
            return web.json_response({"code": "E_API_AUTHENTICATION"}, status=401)
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        return web.json_response({"access_token": self.tokens[-1], "access_token_expires_in": 300})

    async def device(self, request: web.Request) -> web.StreamResponse:
        """`GET tss/{id}`."""
        if (refused := await self._refusal_of(request)) is not None:
            return refused
        certificate = self.authority.certificate.public_bytes(Encoding.DER)
        return web.json_response(
            {
                "_id": TSS,
                "state": "INITIALIZED",
                "serial_number": self.serial,
                "public_key": base64.b64encode(self._point).decode(),
                "signature_algorithm": "ecdsa-plain-SHA256",
                "signature_timestamp_format": "unixTime",
                "transaction_data_encoding": "UTF-8",
                "certificate": base64.b64encode(certificate).decode(),
            }
        )

    async def show(self, request: web.Request) -> web.StreamResponse:
        """`GET tss/{id}/tx/{tx}`."""
        if (refused := await self._refusal_of(request)) is not None:
            return refused
        found = self.transactions.get(request.match_info["tx"])
        if found is None:
            return web.json_response({"code": "E_TX_NOT_FOUND"}, status=404)
        return web.json_response(found)

    async def put(self, request: web.Request) -> web.StreamResponse:
        """`PUT tss/{id}/tx/{tx}?tx_revision=n`."""
        if (refused := await self._refusal_of(request)) is not None:
            return refused
        id, revision = request.match_info["tx"], int(request.query["tx_revision"])
        body = await request.json()
        known = self.transactions.get(id)
        if revision != (known["latest_revision"] if known else 0) + 1:
            return web.json_response({"code": "E_TX_UPSERT"}, status=409)
        if body.get("client_id") not in self.clients:
            return web.json_response({"code": "E_CLIENT_NOT_FOUND"}, status=404)
        now = int(time.time())
        one = known or {"_id": id, "number": len(self.transactions) + 1, "time_start": now}
        self.counter += 1
        data = ""
        if body["state"] == "FINISHED":
            data = base64.b64decode(body["schema"]["raw"]["process_data"]).decode()
            one["process_data"] = data
        operation = "FinishTransaction" if data else "StartTransaction"
        serial = self.clients[body["client_id"]]
        self.transactions[id] = one | {
            "state": body["state"],
            "latest_revision": revision,
            "time_end": now,
            "tss_serial_number": self.serial,
            "client_serial_number": serial,
            "signature": {
                "value": self._signature(operation, serial, data, one["number"], now),
                "algorithm": "ecdsa-plain-SHA256",
                "counter": str(self.counter),
            },
        }
        if self.fault == "lost" and body["state"] == "FINISHED":
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(self.transactions[id])

    def _signature(self, operation: str, client: str, data: str, number: int, now: int) -> str:
        kind = "Kassenbeleg-V1" if data else ""
        parts = (
            *(_tlv(2, b"\2"), _LOG_OID, _tlv(0x80, operation.encode()), _tlv(0x81, client.encode())),
            *(_tlv(0x82, data.encode()), _tlv(0x83, kind.encode()), _tlv(0x85, _int(number))),
            *(_tlv(4, bytes.fromhex(self.serial)), _tlv(0x30, _ALGORITHM_OID)),
            *(_tlv(2, _int(self.counter)), _tlv(2, _int(now))),
        )
        halves = decode_dss_signature(self._key.sign(b"".join(parts), ec.ECDSA(SHA256())))
        return base64.b64encode(b"".join(half.to_bytes(_HALF_BYTES, "big") for half in halves)).decode()

    async def _refusal_of(self, request: web.Request) -> web.Response | None:
        assert request.transport is not None
        if self.fault == "away":
            request.transport.abort()
            return web.Response()
        if self.fault == "slow":
            await asyncio.sleep(SLOW_S)
        if self.fault == "broken":
            return web.json_response({"code": "E_TSS_BROKEN"}, status=500)
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return web.json_response({"code": "E_UNAUTHORIZED"}, status=401)
        return None


@asynccontextmanager
async def security_device(folder: Path, clients: dict[str, str]) -> AsyncIterator[SimDevice]:
    """Run the service while the context is open."""
    sim, app = SimDevice(folder, clients), web.Application()
    app.router.add_post("/api/v2/auth", sim.auth)
    app.router.add_get("/api/v2/tss/{tss}", sim.device)
    app.router.add_get("/api/v2/tss/{tss}/tx/{tx}", sim.show)
    app.router.add_put("/api/v2/tss/{tss}/tx/{tx}", sim.put)
    async with ServedApp(app, tls=sim.authority.tls(clients=False)) as served:
        sim.port = served.port
        yield sim
