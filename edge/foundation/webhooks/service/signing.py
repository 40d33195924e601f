"""Builds a delivery's bytes and signed headers by Standard Webhooks 1.0. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac

import msgspec

from edge.foundation.webhooks.service.feed import told_event
from sync.wire import Row

PREFIX = "whsec_"
SECRET_BYTES = 32


class WebhookMessage(msgspec.Struct, frozen=True):
    """A message: its id, which is the same for all attempts, and its body."""

    id: str
    body: bytes


def secret_name(hook: str) -> str:
    """Name of a webhook's secret in the store."""
    return f"webhook-{hook}"


def formatted_secret(key: bytes) -> str:
    """A secret in the receiver's format."""
    return PREFIX + base64.b64encode(key).decode()


def delivery(box: str, row: Row) -> WebhookMessage:
    """Return the message for an event. `box` is tenant, store and device."""
    id = f"{box}/{row.epoch}/{row.seq}"
    return WebhookMessage(id, msgspec.json.encode({"id": id, **msgspec.structs.asdict(told_event(row))}))


def trial(box: str, at_us: int) -> WebhookMessage:
    """Return a test message without an event."""
    id = f"{box}/test/{at_us}"
    return WebhookMessage(id, msgspec.json.encode({"id": id, "type": "WebhookTest", "at_us": at_us}))


def headers(secret: str, sent: WebhookMessage, at_s: int) -> dict[str, str]:
    """Headers signed with the secret's bytes after its prefix. Raises `ValueError` for an invalid secret."""
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    mac = hmac.new(key, f"{sent.id}.{at_s}.".encode() + sent.body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "Idempotency-Key": sent.id,
        "webhook-id": sent.id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }
