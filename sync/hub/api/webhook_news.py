"""Read payment webhooks: find the payment that each is about, which must then be checked. Pure.

Names, addresses and cards in them are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from sync.hub.api.webhook_signatures import Scheme, adyen_items

What = Literal["look", "refund", "dispute", "verify"]
CODE = re.compile(r"[A-Za-z0-9-]{1,64}")
"""Pattern of a code that verifies an address."""
ITEMS_MOST = 200
"""Maximum items per request."""
TEXT_MOST = 120
_SAFE = re.compile(r"[^A-Za-z0-9_.:\-]")
_DIGITS = re.compile(r"(?<![A-Za-z0-9])[0-9](?:[ ._:-]?[0-9]){12,18}(?![A-Za-z0-9])")
"""Digits that may be a card number (ISO/IEC 7812-1: 13 to 19)."""
_REASONS: Mapping[str, str] = {
    **{"fraudulent": "fraud", "product_not_received": "not_received", "product_unacceptable": "not_as_described"},
    **{"duplicate": "twice", "credit_not_processed": "not_refunded", "unrecognized": "not_recognised"},
}
_ENDS: Mapping[str, str] = {"won": "won", "lost": "lost", "warning_closed": "won"}


class PaymentNews(msgspec.Struct, frozen=True):
    """News of a payment.

    `event`: identifies repeats. `transaction`: our id of the payment; `reference`: the provider's; "" if absent. For a
    refund, its `success` and amount; for a dispute the amount, `reason`, response deadline (`due`), and outcome (`end`;
    "": open). `currency`: ISO 4217, of the amount; "" if absent.
    """

    event: str
    what: What
    transaction: str = ""
    reference: str = ""
    amount_minor: int = 0
    currency: str = ""
    success: bool = True
    reason: str = ""
    due: str = ""
    end: str = ""
    live: bool | None = None


def read(scheme: Scheme, body: Any) -> tuple[PaymentNews, ...]:
    """Return the news in a webhook; empty if it's about something else.

    Raises `ValueError` for another provider's webhook.
    """
    if not isinstance(body, dict):
        raise ValueError("no object")
    found = {"adyen": _adyen, "clover": _clover, "clover_app": _clover_app, "square": _square}.get(scheme, _stripe)
    news = tuple(found(body))
    if len(news) > ITEMS_MOST:
        raise ValueError("too many items")
    return news


def _stripe(body: Mapping[str, Any]) -> Iterator[PaymentNews]:
    event, kind = _text(body.get("id")), _text(body.get("type"))
    of = _object(_object(body.get("data")).get("object"))
    live = body.get("livemode") if isinstance(body.get("livemode"), bool) else None
    if not event:
        raise ValueError("no id")
    own = _text(of.get("id"))
    intent = _text(of.get("payment_intent")) or (own if own.startswith("pi_") else "")
    meta = _object(of.get("metadata"))
    transaction = _text(of.get("client_reference_id")) or _text(meta.get("transaction"))
    told: dict[str, Any] = {"transaction": transaction, "reference": intent, "live": live}
    if kind.startswith("terminal.reader.action_"):
        process = _object(_object(of.get("action")).get("process_payment_intent"))
        yield PaymentNews(event, "look", reference=_text(process.get("payment_intent")), live=live)
    elif kind.startswith("charge.dispute."):
        due = _object(of.get("evidence_details")).get("due_by")
        state, reason = _text(of.get("status")), _REASONS.get(_text(of.get("reason")), "other")
        told |= {"transaction": "", "amount_minor": _minor(of.get("amount")), "currency": _currency(of)}
        yield PaymentNews(event, "dispute", **told, reason=reason, due=_day(due), end=_ENDS.get(state, ""))
    elif kind.startswith(("payment_intent.", "checkout.session.", "charge.", "refund.")):
        refund = kind.startswith("refund.")
        yield PaymentNews(event, "look", **(told | {"transaction": "" if refund else transaction}))


def _adyen(body: Mapping[str, Any]) -> Iterator[PaymentNews]:
    live = {"true": True, "false": False}.get(str(body.get("live")).lower())
    for item in adyen_items(body):
        code, own, first = (_text(item.get(name)) for name in ("eventCode", "pspReference", "originalReference"))
        success = str(item.get("success")).lower() == "true"
        event = f"{own}-{code}-{str(success).lower()}"
        amount = _object(item.get("amount"))
        told_sum = {"amount_minor": _minor(amount.get("value")), "currency": _currency(amount)}
        told: dict[str, Any] = {"reference": first or own, **told_sum, "live": live}
        told["transaction"] = transaction = _text(item.get("merchantReference"))
        if code in ("REFUND", "CANCEL_OR_REFUND", "REFUND_FAILED", "CANCELLATION", "TECHNICAL_CANCEL"):
            yield PaymentNews(event, "refund", **told, success=success and code != "REFUND_FAILED")
        elif code in ("NOTIFICATION_OF_CHARGEBACK", "CHARGEBACK", "CHARGEBACK_REVERSED", "SECOND_CHARGEBACK"):
            end = "won" if code == "CHARGEBACK_REVERSED" else "lost" if code == "SECOND_CHARGEBACK" else ""
            yield PaymentNews(event, "dispute", **told, reason="other", end=end)
        elif code in ("AUTHORISATION", "CAPTURE", "CAPTURE_FAILED"):
            yield PaymentNews(event, "look", transaction=transaction, reference=own, live=live)


def _clover(body: Mapping[str, Any]) -> Iterator[PaymentNews]:
    small = {str(name).lower(): value for name, value in body.items()}
    if small.get("type") == "PAYMENT":
        id, status = _text(small.get("id")), _text(small.get("status"))
        yield PaymentNews(f"{id}-{status}", "look", transaction=_text(small.get("data")), reference=id)


def _clover_app(body: Mapping[str, Any]) -> Iterator[PaymentNews]:
    for changes in _object(body.get("merchants")).values():
        for one in changes if isinstance(changes, list) else ():
            id = _text(_object(one).get("objectId"))
            if id.startswith("P:"):
                event = f"{id}-{_text(_object(one).get('type'))}-{_text(_object(one).get('ts'))}"
                yield PaymentNews(event, "look", reference=id.removeprefix("P:"))


def verification_code(body: Any) -> str:
    """The code Clover sends to an app's address during setup. Raises `ValueError` if there is none."""
    code = _object(body).get("verificationCode")
    if not (isinstance(code, str) and CODE.fullmatch(code)):
        raise ValueError("no verificationCode")
    return code


def _square(body: Mapping[str, Any]) -> Iterator[PaymentNews]:
    event, kind = _text(body.get("event_id")), _text(body.get("type"))
    data = _object(_object(body.get("data")).get("object"))
    if not event:
        raise ValueError("no event_id")
    if kind.startswith("payment."):
        yield PaymentNews(event, "look", reference=_text(_object(data.get("payment")).get("id")))
    elif kind.startswith("refund."):
        yield PaymentNews(event, "look", reference=_text(_object(data.get("refund")).get("payment_id")))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """Return a text's safe characters; empty if it contains a card number (PCI DSS 3.3.1).

    People may type a card number in place of a name.
    """
    told = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if any(_is_card_number(re.sub("[^0-9]", "", run[0])) for run in _DIGITS.finditer(told)):
        return ""
    return _SAFE.sub("", told)[:TEXT_MOST]


def _is_card_number(digits: str) -> bool:
    """Whether digits are a card number, by check digit (ISO/IEC 7812-1, annex B) and first digit."""
    doubled = (int(one) * (2 - at % 2) for at, one in enumerate(reversed(digits), 1))
    return digits[0] in "23456" and sum(one - 9 * (one > 9) for one in doubled) % 10 == 0


def _minor(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10**12 else 0


def _currency(of: Mapping[str, Any]) -> str:
    return _text(of.get("currency")).upper()[:3]


def _day(seconds: Any) -> str:
    if not isinstance(seconds, int) or not 0 < seconds < 4_102_444_800:
        return ""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
