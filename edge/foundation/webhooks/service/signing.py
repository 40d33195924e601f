"""A delivery as bytes and signed headers, as Standard Webhooks 1.0 has them. Pure."""

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
    """What is sent: its id, the same over all tries, and its body."""

    id: str
    body: bytes


def secret_name(hook: str) -> str:
    """What a hook's secret is called among the shop's."""
    return f"webhook-{hook}"


def shown_secret(key: bytes) -> str:
    """A secret as its receiver gets it."""
    return PREFIX + base64.b64encode(key).decode()


def delivery(box: str, row: Row) -> WebhookMessage:
    """A fact; `box` is tenant, store and device."""
    id = f"{box}/{row.epoch}/{row.seq}"
    return WebhookMessage(id, msgspec.json.encode({"id": id, **msgspec.structs.asdict(told_event(row))}))


def trial(box: str, at_us: int) -> WebhookMessage:
    """What is sent to see whether somebody answers: nothing happened."""
    id = f"{box}/test/{at_us}"
    return WebhookMessage(id, msgspec.json.encode({"id": id, "type": "WebhookTest", "at_us": at_us}))


def headers(secret: str, sent: WebhookMessage, at_s: int) -> dict[str, str]:
    """Signed by the bytes behind the secret's prefix. `ValueError`: that is no secret of a webhook."""
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    mac = hmac.new(key, f"{sent.id}.{at_s}.".encode() + sent.body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "Idempotency-Key": sent.id,
        "webhook-id": sent.id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }
