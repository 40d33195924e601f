"""Webhook signatures of till vendors: HMAC-SHA256 (RFC 2104) over vendor-specific content. Pure.

Square: developer.squareup.com/docs/webhooks/step3validate; Toast: doc.toasttab.com, "Message signing"; QuickBooks:
developer.intuit.com, "Webhooks"; Xero: developer.xero.com, "Signing"; Clover: docs.clover.com, "Use webhooks" (a code
in a header, no signature). Generic tills describe their signature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec

Vendor = Literal["square", "toast", "clover", "quickbooks", "xero", "generic"]
Over = Literal["vendor", "body", "moment_body", "secret"]
HEADERS: Mapping[str, str] = {
    "square": "x-square-hmacsha256-signature",
    "toast": "toast-signature",
    "clover": "x-clover-auth",
    "quickbooks": "intuit-signature",
    "xero": "x-xero-signature",
}
MOMENT_OFF_S = 300
"""The default tolerance for the time in a header."""
SIGNATURE_CHARS = 400


class HookRule(msgspec.Struct, frozen=True):
    """How a till signs webhooks. `url`: the registered address, which Square signs. The rest is for generic tills, as
    in `edge/backoffice/other_tills/other_till.py`; the time in a header may differ by `moment_off_s`."""

    vendor: Vendor
    url: str = ""
    header: str = ""
    prefix: str = ""
    over: Over = "vendor"
    encoding: Literal["hex", "base64"] = "hex"
    moment_header: str = ""
    moment_off_s: int = MOMENT_OFF_S


class _Stamped(msgspec.Struct):
    timestamp: str = ""


def is_signed(rule: HookRule, secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now_s: float) -> bool:
    """Whether a webhook is signed with one of `secrets`. `headers` with lower-case names.

    >>> rule = HookRule("generic", header="x-sign", over="body")
    >>> sign = hmac.new(b"k", b"{}", "sha256").hexdigest()
    >>> [is_signed(rule, ["k"], {"x-sign": f" {sign.upper()} "}, body, 0) for body in (b"{}", b"{ }", b"")]
    [True, False, False]
    """
    said = headers.get(HEADERS.get(rule.vendor, rule.header.lower()), "").strip(" \t")
    if not body or not said or len(said) > SIGNATURE_CHARS or not said.startswith(rule.prefix):
        return False
    said = said[len(rule.prefix) :]
    if rule.over == "secret" or rule.vendor == "clover":  # Clover sends a fixed code
        return any(hmac.compare_digest(said.encode(), secret.encode()) for secret in secrets if secret)
    signed = _signing_input(rule, headers, body, now_s)
    given = _bytes_of(said, "base64" if rule.vendor != "generic" else rule.encoding)
    if signed is None or given is None:
        return False
    found = [
        hmac.compare_digest(given, hmac.new(one.encode(), signed, hashlib.sha256).digest()) for one in secrets if one
    ]
    return any(found)


def _signing_input(rule: HookRule, headers: Mapping[str, str], body: bytes, now_s: float) -> bytes | None:
    """The signed bytes; None if something is missing."""
    if rule.vendor == "square":
        return rule.url.encode() + body if rule.url else None
    if rule.vendor == "toast":
        try:
            moment = msgspec.json.decode(body, type=_Stamped).timestamp
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        return body + moment.encode() if moment else None
    if rule.over == "moment_body":
        moment = headers.get(rule.moment_header.lower(), "").strip(" \t")
        at_s = _moment_s(moment)
        if at_s is None or abs(at_s - now_s) > rule.moment_off_s:
            return None
        return moment.encode() + b"." + body
    return body


def _moment_s(text: str) -> float | None:
    if re.fullmatch(r"[0-9]{1,12}", text):
        return float(text)
    if re.fullmatch(r"[0-9]{13}", text):
        return float(text) / 1000
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _bytes_of(text: str, encoding: str) -> bytes | None:
    """The bytes of a signature: hexadecimal in either case, base64 exactly as written."""
    if encoding == "hex":
        return bytes.fromhex(text) if re.fullmatch(r"[0-9A-Fa-f]{64}", text) else None
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if base64.b64encode(found).decode() == text else None
