"""Supplier API: an order as JSON, authenticated with the supplier's key, with an idempotency key."""

from __future__ import annotations

import asyncio

import msgspec

from edge.core.secrets.store import SecretLost, SecretMissing, SecretStore
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.runtime.outgoing.faults import Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp, require_success


class SupplierAddress(msgspec.Struct, frozen=True):
    """Address for orders, and the secret's name."""

    url: str
    secret: str


class SupplierChannel:
    """Posts orders with `Authorization: Bearer` (if a key is set) and `Idempotency-Key`; 2xx means accepted."""

    name = "supplier"
    repeats, marks_end = True, False

    def __init__(self, http: OutgoingHttp, store: SecretStore) -> None:
        self._http = http
        self._store = store

    async def send(self, parcel: Parcel, to: str) -> str:
        address = msgspec.json.decode(to, type=SupplierAddress)
        headers = {"Content-Type": "application/json", "Idempotency-Key": parcel.key}
        try:
            key = await asyncio.to_thread(self._store.open, address.secret)
            headers["Authorization"] = f"Bearer {key}"
        except SecretMissing:
            pass  # some suppliers need no key
        except SecretLost as error:
            raise Undelivered("no_secret", permanent=True) from error
        answer = await self._http.post(address.url, msgspec.json.encode(parcel.data), headers)
        require_success(answer, one_account=False)
        return ""
