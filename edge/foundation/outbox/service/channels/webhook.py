"""Webhook: event data as signed JSON, with an idempotency key (Standard Webhooks 1.0)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable

import msgspec

from edge.foundation.outbox.service.channels.sender import Parcel
from edge.runtime.outgoing.faults import Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp, require_success


class WebhookChannel:
    """Posts to a user's address. Body and `webhook-id` stay the same for all attempts; time and signature change."""

    name = "webhook"
    repeats, marks_end = True, False

    def __init__(self, http: OutgoingHttp, secret: str, now_s: Callable[[], float], former: str = "") -> None:
        """`former`: the previous secret, which also signs during a changeover."""
        self._http = http
        self._secrets = tuple(dict.fromkeys(one for one in (secret, former) if one))
        self._now_s = now_s

    async def send(self, parcel: Parcel, to: str) -> str:
        body = msgspec.json.encode({"id": parcel.key, "type": f"alert.{parcel.what}", **parcel.data})
        at = str(int(self._now_s()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": parcel.key,
            "webhook-id": parcel.key,
            "webhook-timestamp": at,
            "webhook-signature": " ".join(signature(one, parcel.key, at, body) for one in self._secrets),
        }
        answer = await self._http.post(to, body, headers)
        if answer.status == 410:
            raise Undelivered("hook_gone", "410", permanent=True)
        require_success(answer, one_account=False)
        return ""


def signature(secret: str, key: str, at: str, body: bytes) -> str:
    """HMAC-SHA256 of id, time and body, for the receiver to verify."""
    mac = hmac.new(secret.encode(), f"{key}.{at}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(mac).decode()
