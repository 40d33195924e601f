"""Webhook signatures of card payment providers: over the raw body, in constant time. Pure.

From the providers' public pages: https://docs.stripe.com/webhooks, https://docs.clover.com/dev/docs/webhooks,
https://developer.squareup.com/docs/webhooks/step3validate, https://docs.adyen.com/development-resources/webhooks/.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal

import msgspec

Scheme = Literal["stripe", "sim", "clover", "clover_app", "square", "adyen"]
TOLERANCE_S = 300
"""Maximum difference between a signature's time and ours."""
_STAMPED: Mapping[Scheme, str] = MappingProxyType(
    {"stripe": "Stripe-Signature", "sim": "Sim-Signature", "clover": "Clover-Signature"}
)
_ADYEN_FIELDS = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")


class Signed(msgspec.Struct, frozen=True):
    """A received webhook: the raw `body`, headers, time (`now_s`), and the registered address."""

    headers: Mapping[str, str]
    body: bytes
    now_s: float
    url: str = ""


def is_signed(scheme: Scheme, secrets: Iterable[str], came: Signed) -> bool:
    """Whether a webhook is signed with one of these secrets; there are two during a change."""
    judge = _JUDGES[scheme]
    return any(judge(secret, came) for secret in secrets if secret)


def _stamped_judge(header: str) -> Callable[[str, Signed], bool]:
    def judge(secret: str, came: Signed) -> bool:
        parts = [part.strip().partition("=") for part in came.headers.get(header, "").split(",")]
        stamp = next((value for name, _, value in parts if name == "t"), "")
        if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
            return False
        if abs(came.now_s - int(stamp)) > TOLERANCE_S:
            return False
        made = hmac.new(secret.encode(), stamp.encode() + b"." + came.body, hashlib.sha256).hexdigest()
        return any(_same(value, made) for name, _, value in parts if name == "v1")

    return judge


def _code(secret: str, came: Signed) -> bool:
    return _same(came.headers.get("X-Clover-Auth", ""), secret)


def _square(secret: str, came: Signed) -> bool:
    made = hmac.new(secret.encode(), came.url.encode() + came.body, hashlib.sha256).digest()
    return bool(came.url) and _same_bytes(came.headers.get("x-square-hmacsha256-signature", ""), made)


def _adyen(secret: str, came: Signed) -> bool:
    """Whether every item is signed; False if there are none."""
    try:
        key = bytes.fromhex(secret)
        items = adyen_items(msgspec.json.decode(came.body))
    except (ValueError, RecursionError):
        return False
    return bool(items) and all(_item(key, item) for item in items)


def _item(key: bytes, item: Mapping[str, Any]) -> bool:
    amount, extra = item.get("amount"), item.get("additionalData")
    amount, extra = amount if isinstance(amount, dict) else {}, extra if isinstance(extra, dict) else {}
    told = [str(item.get(name) or "") for name in _ADYEN_FIELDS]
    value = amount.get("value")
    told += ["" if value is None else str(value), str(amount.get("currency") or "")]
    told += [str(item.get("eventCode") or ""), str(item.get("success") or "")]
    made = hmac.new(key, ":".join(told).encode(), hashlib.sha256).digest()
    return _same_bytes(str(extra.get("hmacSignature") or ""), made)


def adyen_items(body: Any) -> list[Mapping[str, Any]]:
    """The items of Adyen's webhook. Raises `ValueError` if it's invalid."""
    found = body.get("notificationItems") if isinstance(body, dict) else None
    if not isinstance(found, list):
        raise ValueError("no notificationItems")
    items = [one.get("NotificationRequestItem") if isinstance(one, dict) else None for one in found]
    if not all(isinstance(one, dict) for one in items):
        raise ValueError("no NotificationRequestItem")
    return [one for one in items if one is not None]


def _same(said: str, made: str) -> bool:
    return hmac.compare_digest(said.encode(), made.encode())


def _same_bytes(said: str, made: bytes) -> bool:
    try:
        return hmac.compare_digest(base64.b64decode(said, validate=True), made)
    except (binascii.Error, ValueError):
        return False


_JUDGES: Mapping[Scheme, Callable[[str, Signed], bool]] = MappingProxyType(
    {
        **{scheme: _stamped_judge(header) for scheme, header in _STAMPED.items()},
        **{"clover_app": _code, "square": _square, "adyen": _adyen},
    }
)
