"""Delivery reports of services: Twilio's status callbacks, WhatsApp's webhook. Pure.

A report contains the token sent with the message, which only this box can create. Twilio signs it with the account's
token, Meta with the app's secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import parse_qs, parse_qsl, urlsplit

import msgspec

from edge.lib.lenient_json import decode_json

SMS_STATES: dict[str, Literal["delivered", "failed"]] = {
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
}
"""Final statuses of Twilio (twilio.com/docs/messaging/api/message-resource) and WhatsApp."""

REPORTS_AT_ONCE = 100


class DeliveryReport(msgspec.Struct, frozen=True):
    """A delivery report: the message's token, the result, and the service's error code."""

    token: str
    state: Literal["delivered", "failed"]
    code: str = ""


def of_sms(token: str, body: bytes) -> Iterator[DeliveryReport]:
    """Yield the report in a form posted by Twilio; intermediate statuses are ignored."""
    try:
        form = parse_qs(body.decode(errors="replace"), max_num_fields=60)
    except ValueError:  # too many fields to be one of their reports
        return
    if state := SMS_STATES.get(form.get("MessageStatus", [""])[0]):
        yield DeliveryReport(token, state, form.get("ErrorCode", [""])[0][:20])


def is_signed_by_twilio(address: str, body: bytes, token: str, signature: str) -> bool:
    """Whether a form was signed with the account's token (twilio.com/docs/usage/security, "Validating Requests"):
    HMAC-SHA1 over the URL, with or without its port, and the fields sorted by name.
    """
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=60)
    except ValueError:
        return False
    said = "".join(name + value for name, value in sorted(set(fields)))
    split = urlsplit(address)
    ports = {"https": 443, "http": 80}
    named = split._replace(netloc=f"{split.hostname}:{split.port or ports.get(split.scheme, 443)}").geturl()
    made = [
        base64.b64encode(hmac.new(token.encode(), (one + said).encode(), hashlib.sha1).digest())
        for one in (address, named)
    ]
    shown = signature.encode(errors="replace")
    return bool(token) and True in [hmac.compare_digest(one, shown) for one in made]


def is_signed(body: bytes, secret: str, signature: str) -> bool:
    """Whether Meta's app with this secret signed a body (Graph API, "Webhooks: Validating Payloads")."""
    made = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(made.encode(), signature.encode(errors="replace"))


def of_whatsapp(body: bytes) -> Iterator[DeliveryReport]:
    """Yield the `statuses` in a webhook (developers.facebook.com, Cloud API, "Webhooks: statuses")."""
    for value in changes_in(body):
        for status in list_in(value, "statuses"):
            state = SMS_STATES.get(str(status.get("status")))
            errors = list_in(status, "errors")
            if state:
                code = str(errors[0].get("code", "")) if errors else ""
                yield DeliveryReport(str(status.get("biz_opaque_callback_data", ""))[:60], state, code[:20])


def changes_in(body: bytes) -> Iterator[Any]:
    """The value of each change in a Meta webhook; empty for another format."""
    try:
        said = decode_json(body)
    except (ValueError, RecursionError):
        return
    for entry in list_in(said, "entry"):
        for change in list_in(entry, "changes"):
            yield change.get("value")


def list_in(found: Any, name: str) -> list[dict[str, Any]]:
    """The list of objects with a name, at most a hundred."""
    inner = found.get(name) if isinstance(found, dict) else None
    return [one for one in inner if isinstance(one, dict)][:100] if isinstance(inner, list) else []
