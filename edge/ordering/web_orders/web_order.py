"""Channels of web orders, and incoming orders in each platform's format. Pure.

Three profiles: `generic`, our own protocol; `shopify`, the webhooks orders/create and orders/cancelled
(shopify.dev/docs/api/webhooks, "Verify the webhook", and the Admin API's Order); `woocommerce`, order.created and
order.updated (woocommerce.github.io/woocommerce-rest-api-docs, "Webhooks" and "Order properties").
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from drivers.terminals.card_data import mask_card_numbers
from edge.goods.modifiers.modifier import ModifierRefs
from edge.lib.lenient_json import decode_json
from edge.lib.units.money import LIMIT_MINOR
from edge.lib.units.quantity import LIMIT, THOUSANDTHS

CHANNELS_MOST = 20
OFFERS_MOST = 5_000
"""Maximum products sent to a web shop."""
LINES_MOST = 100
GRAMS_MOST = 1_000_000
Profile = Literal["generic", "shopify", "woocommerce"]
ChannelId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]
Reference = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9#._/-]{1,80}$(?!\n)")]
Text = Annotated[str, msgspec.Meta(max_length=300)]
Address = Annotated[str, msgspec.Meta(max_length=500, pattern=r"^(https?://[^\x00-\x20\x7f]+)?$(?!\n)")]
SIGNED_IN: Mapping[str, str] = {
    "generic": "X-Signature-256",
    "shopify": "X-Shopify-Hmac-Sha256",
    "woocommerce": "X-WC-Webhook-Signature",
}
"""The header with the body's signature: HMAC-SHA256 with the channel's secret.

Our own protocol writes `sha256=` and hexadecimal; the platforms use base64.
"""
_SUM = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_PING = re.compile(rb"webhook_id=\d{1,20}")
_NOT_ORDERED = frozenset({"checkout-draft", "auto-draft", "draft", "pending", "failed"})
_CALLED_OFF = frozenset({"cancelled", "refunded", "trash"})
"""WooCommerce's statuses for cancelled orders ("Order properties", "Order status")."""


class WebChannel(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A web shop or platform that sends orders, with its protocol.

    `accept`: accept its orders automatically and send them to kitchens at once; otherwise staff accept each order.
    `address`: where order statuses and offers are sent ("": nowhere); for Shopify and WooCommerce, the web shop's own
    address. `location`: Shopify's id of this store.
    """

    id: ChannelId
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    profile: Profile = "generic"
    accept: bool = False
    address: Address = ""
    location: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9:/_-]{0,80}$(?!\n)")] = ""


class WebLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quantity of a product in thousandths, with these modifiers (`milk/oat`).

    `article`: the variant's number in the web shop. `grams`: the stated weight of one piece (0: none).
    """

    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    quantity: Annotated[int, msgspec.Meta(gt=0, le=LIMIT)] = THOUSANDTHS
    modifiers: ModifierRefs = ()
    article: Annotated[str, msgspec.Meta(max_length=80)] = ""
    grams: Annotated[int, msgspec.Meta(ge=0, le=GRAMS_MOST)] = 0


class WebOrder(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An incoming order, by the sender's `reference`; `cancelled`: it was cancelled. `total_minor`: the total shown to
    the customer, with all taxes, in `currency` ("": the shop's). `paid`: paid in the web shop.

    `unpaid`: not placed yet, as the checkout isn't finished or its payment is missing or failed; it may still be paid.
    `test`: a test order. `changed_us`: its last change in the web shop (0: not stated). `fault`: the refusal's key if
    the order is signed but unreadable.
    """

    reference: Reference
    lines: Annotated[tuple[WebLine, ...], msgspec.Meta(max_length=LINES_MOST)] = ()
    total_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)] = 0
    paid: bool = False
    cancelled: bool = False
    fulfilment: Literal["pickup", "delivery"] = "pickup"
    name: Text = ""
    phone: Text = ""
    address: Text = ""
    postal_code: Text = ""
    country: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2})?$(?!\n)")] = ""
    note: Text = ""
    currency: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{3})?$(?!\n)")] = ""
    unpaid: bool = False
    test: bool = False
    changed_us: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 0
    fault: Literal["", "web_order_unreadable"] = ""


def without_card_numbers(order: WebOrder) -> WebOrder:
    """Return the order with card numbers in the customer's texts masked except for the last digits.

    The web shop's own `reference` isn't masked, because references can be as long as card numbers.
    """
    said = {name: getattr(order, name) for name in ("name", "phone", "address", "postal_code", "note")}
    return msgspec.structs.replace(order, **{name: mask_card_numbers(text) for name, text in said.items()})


def without_people(order: WebOrder) -> WebOrder:
    """Return the order with a digest in place of the customer's data, so that changes can still be detected.

    Its status (`cancelled`, `unpaid`) is omitted.
    """
    people = ("name", "phone", "address", "postal_code", "note")
    digest = hashlib.sha256("\n".join(getattr(order, one) for one in people).encode()).hexdigest()[:16]
    return msgspec.structs.replace(
        order, name=digest, phone="", address="", postal_code="", country="", note="", cancelled=False, unpaid=False
    )


def is_ping(body: bytes) -> bool:
    """Whether the body is only WooCommerce's unsigned test of the address, sent as a form."""
    return _PING.fullmatch(body) is not None


def secret_name(channel: str) -> str:
    """The name of a channel's secret (`/manager/secrets`)."""
    return f"web-orders-{channel}"


def access_name(channel: str) -> str:
    """The name of a channel's access secret: Shopify's access token, WooCommerce's key and secret with a colon
    between."""
    return f"web-orders-{channel}-access"


def is_signed(profile: Profile, body: bytes, secret: str, signature: str) -> bool:
    """Whether the body is signed with the channel's secret."""
    made = sign_body(profile, body, secret)
    return bool(secret) and hmac.compare_digest(made.encode(), signature.encode(errors="replace"))


def sign_body(profile: Profile, body: bytes, secret: str) -> str:
    """The body's signature in a profile's format."""
    mac = hmac.new(secret.encode(), body, hashlib.sha256)
    return "sha256=" + mac.hexdigest() if profile == "generic" else base64.b64encode(mac.digest()).decode()


def read_order(profile: Profile, body: bytes, decimals: int) -> WebOrder:
    """Parse an order. `decimals`: the decimals of the shop's currency. Raises `ValueError` if it's unreadable."""
    try:
        if profile == "generic":
            return msgspec.convert(decode_json(body), WebOrder)
        told = msgspec.convert(decode_json(body), dict[str, Any])
        return msgspec.convert(_READ[profile](told, decimals), WebOrder)
    except (KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(str(error)[:200]) from error


def unreadable_order(profile: Profile, body: bytes) -> WebOrder:
    """Return an unreadable order with only its reference. Raises `ValueError` if the reference is unreadable too."""
    try:
        told = msgspec.convert(decode_json(body), dict[str, Any])
        name = told["reference" if profile == "generic" else "id"]
        return msgspec.convert({"reference": str(name), "fault": "web_order_unreadable"}, WebOrder)
    except (KeyError, RecursionError) as error:
        raise ValueError(str(error)[:200]) from error


def _of_shopify(told: dict[str, Any], decimals: int) -> dict[str, Any]:
    """Read a Shopify order.

    Fields: `line_items[].sku, variant_id, grams, quantity, current_quantity, properties[]`, `total_price` and
    `current_total_price` as text, `financial_status`, `cancelled_at`, `updated_at`, `test`. Current values apply; an
    edited order keeps its original ones too. Drafts (DraftOrder) have a `status` instead.
    """
    said = told.get("financial_status")
    paid = said.casefold() if isinstance(said, str) else said
    place = told.get("shipping_address") or {}
    customer = told.get("customer") or {}
    who = f"{customer.get('first_name') or ''} {customer.get('last_name') or ''}".strip()
    return {
        "reference": str(told["id"]),
        "lines": [
            {
                "sku": str(line.get("sku") or line.get("variant_id") or ""),
                "quantity": _thousandths(_current(line, "quantity")),
                "modifiers": _modifiers(line.get("properties"), "name"),
                "article": str(line.get("variant_id") or ""),
                "grams": int(line.get("grams") or 0),
            }
            for line in told.get("line_items", [])
            if _current(line, "quantity") != 0
        ],
        "total_minor": _minor(_current(told, "total_price"), decimals),
        "currency": _currency(told),
        "paid": paid in ("paid", "partially_refunded"),
        "cancelled": bool(told.get("cancelled_at")) or paid == "refunded",
        "unpaid": paid in ("voided", "expired") or (paid is None and "status" in told),
        "test": bool(told.get("test")),
        "changed_us": _moment_us(told.get("updated_at")),
        "fulfilment": "delivery" if place else "pickup",
        "name": str(place.get("name") or who)[:300],
        "phone": str(place.get("phone") or told.get("phone") or "")[:300],
        "address": ", ".join(str(place[part]) for part in ("address1", "address2", "city") if place.get(part))[:300],
        "postal_code": str(place.get("zip") or ""),
        "country": _country(place.get("country_code")),
        "note": str(told.get("note") or "")[:300],
    }


def _of_woocommerce(told: dict[str, Any], decimals: int) -> dict[str, Any]:
    """Read a WooCommerce order.

    Fields: `line_items[].sku, product_id, variation_id, quantity, meta_data[]`, `total` as text, `refunds[].total`
    (negative; refunds don't change the order's total or lines), `currency`, `status`, `date_paid`, `date_modified_gmt`;
    `billing`, `shipping`. A deleted order has only its `id`.
    """
    if set(told) == {"id"}:
        return {"reference": str(told["id"]), "cancelled": True}
    billing, shipping = told.get("billing") or {}, told.get("shipping") or {}
    local = [str(one.get("method_id")) for one in told.get("shipping_lines", [])]
    brought = bool(shipping.get("address_1")) and "local_pickup" not in local
    place = shipping if brought else {}
    parts = ("address_1", "address_2", "city")
    status = str(told.get("status") or "").casefold().removeprefix("wc-").replace("_", "-")
    return {
        "reference": str(told["id"]),
        "lines": [
            {
                "sku": str(line.get("sku") or line.get("variation_id") or line.get("product_id") or ""),
                "quantity": _thousandths(line["quantity"]),
                "modifiers": _modifiers(line.get("meta_data"), "key"),
                "article": str(line.get("variation_id") or line.get("product_id") or ""),
            }
            for line in told.get("line_items", [])
        ],
        "total_minor": _minor(told.get("total"), decimals) + _refunded_minor(told, decimals),
        "currency": _currency(told),
        "paid": bool(told.get("date_paid")),
        "cancelled": status in _CALLED_OFF,
        "unpaid": status in _NOT_ORDERED,
        "changed_us": _moment_us(told.get("date_modified_gmt")),
        "fulfilment": "delivery" if brought else "pickup",
        "name": f"{billing.get('first_name') or ''} {billing.get('last_name') or ''}".strip()[:300],
        "phone": str(billing.get("phone") or "")[:300],
        "address": ", ".join(str(place[part]) for part in parts if place.get(part))[:300],
        "postal_code": str(place.get("postcode") or ""),
        "country": _country(place.get("country")),
        "note": str(told.get("customer_note") or "")[:300],
    }


_READ: Mapping[str, Callable[[dict[str, Any], int], dict[str, Any]]] = {
    "shopify": _of_shopify,
    "woocommerce": _of_woocommerce,
}


def _country(said: Any) -> str:
    """An ISO 3166 code of two letters; "" if it's unreadable."""
    code = str(said or "").strip().upper()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""


def _modifiers(said: Any, key: str) -> list[str]:
    """Read a line's `modifier` properties, one modifier reference each. Other properties are ignored."""
    return [str(one["value"]) for one in said or () if one.get(key) == "modifier"]


def _current(told: dict[str, Any], name: str) -> Any:
    """Shopify's current value, if present; else the original one."""
    now = told.get(f"current_{name}")
    return told.get(name) if now is None else now


def _refunded_minor(told: dict[str, Any], decimals: int) -> int:
    """WooCommerce's partial refunds of an order, 0 or below, in minor units."""
    return -sum(abs(_minor(one.get("total"), decimals)) for one in told.get("refunds") or ())


def _currency(told: dict[str, Any]) -> str:
    return str(told.get("currency") or "").upper()


def _moment_us(text: Any) -> int:
    """Convert an ISO 8601 time to microseconds; without a zone it's UTC. 0 if there is no time."""
    try:
        moment = datetime.fromisoformat(str(text or ""))
    except ValueError:
        return 0
    return max(0, int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1_000_000))


def _thousandths(quantity: Any) -> int:
    """Convert a number of pieces to thousandths. It may be a fraction, with extensions for goods sold by measure."""
    thousandths = Decimal(str(quantity)) * THOUSANDTHS
    if thousandths != thousandths.to_integral_value():
        raise ValueError(f"quantity {quantity}")
    return int(thousandths)


def _minor(text: Any, decimals: int) -> int:
    """Convert the web shop's notation of an amount ("12.50") to minor units."""
    if not _SUM.fullmatch(str(text)):
        raise ValueError(f"{str(text)[:40]!r} isn't a sum")
    sum_minor = Decimal(str(text)).scaleb(decimals)
    if sum_minor != sum_minor.to_integral_value():
        raise ValueError(f"{text} has too many decimals for the shop's currency")
    return int(sum_minor)
