"""HTTP for Stripe: form-encoded, with a key and a pinned version; https://docs.stripe.com/api."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from drivers.terminals.link import BadMessage, read_json
from edge.runtime.outgoing.http_client import ANSWER_BYTES, HttpAnswer, OutgoingHttp

T = TypeVar("T")
API_VERSION = "2024-06-20"
LIFE_S = 1_800
"""Lifetime of a session at Stripe, which allows no less than half an hour; ours is shorter."""


class StripeWire:
    """Client for Stripe at `api` with `key`.

    `label`: the text of the payment. `back`: the address to which the customer's browser returns.
    """

    def __init__(self, http: OutgoingHttp, api: str, key: str, label: str, back: str) -> None:
        self._http, self._api, self._key = http, api, key
        self._label, self._back = label, back

    def fits(self, mode: str) -> bool:
        """Whether there is a key, and it's for this mode if it names one."""
        if not self._key:
            return False
        said = self._key.split("_")[1:2]
        return not (said == ["test"] and mode == "live") and not (said == ["live"] and mode == "test")

    async def _get(self, path: str, kind: type[T]) -> T:
        """Send a GET request and decode the answer. Raises `BadMessage`, `Undelivered` or `MaybeSent`."""
        got = await self._http.ask("GET", self._api + path, self._headers(), None, ANSWER_BYTES)
        if got.status != 200:
            raise BadMessage
        return read_json(got.body, kind)

    async def _post(self, path: str, body: bytes, key: str) -> HttpAnswer:
        """Send a form by POST, with an idempotency key if given. Raises `Undelivered` or `MaybeSent`."""
        headers = {**self._headers(), "Content-Type": "application/x-www-form-urlencoded"}
        if key:
            headers["Idempotency-Key"] = key
        return await self._http.post(self._api + path, body, headers)

    def _read(self, got: HttpAnswer, kind: type[T]) -> T:
        """Decode an answer. Raises BadMessage."""
        return read_json(got.body, kind)

    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._key}", "Stripe-Version": API_VERSION}
