"""A channel through which orders come from elsewhere, and such an order as a platform tells of it. Pure.

Three profiles: `generic`, our own wire; `shopify`, the webhooks orders/create and orders/cancelled
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
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

import msgspec

from drivers.terminals.card_data import mask_card_numbers
from edge.goods.modifiers.modifier import ModifierRefs
from edge.lib.units.money import LIMIT_MINOR
from edge.lib.units.quantity import LIMIT, THOUSANDTHS

CHANNELS_MOST = 20
OFFERS_MOST = 5_000
"""Products that a web shop is told of."""
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
"""The head in which who sends it signs the body: HMAC-SHA256 with the channel's secret, `sha256=` and hexadecimal where
it is ours, base64 where it is theirs."""
_PING = re.compile(rb"webhook_id=\d{1,20}")
_NOT_ORDERED = frozenset({"checkout-draft", "auto-draft", "draft", "pending", "failed"})
_CALLED_OFF = frozenset({"cancelled", "refunded", "trash"})
"""Statuses of WooCommerce ("Order properties", "Order status")."""


class WebChannel(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A web shop or a platform that sends orders: what people call it, and how it speaks. `accept`: its orders are
    accepted as they come, so that kitchens hear of them at once; else somebody accepts each.

    `address`: where it is told what becomes of its orders, and what there is at which price ("": it is told nothing);
    of Shopify and WooCommerce that of the shop itself. `location`: by which id Shopify knows this store.
    """

    id: ChannelId
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    profile: Profile = "generic"
    accept: bool = False
    address: Address = ""
    location: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9:/_-]{0,80}$(?!\n)")] = ""


class WebLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many thousandths of a product, with these modifiers (`milk/oat`). `article`: the number that its variant has
    there; `grams`: what one of it weighs, as they say it (0: they do not)."""

    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    quantity: Annotated[int, msgspec.Meta(gt=0, le=LIMIT)] = THOUSANDTHS
    modifiers: ModifierRefs = ()
    article: Annotated[str, msgspec.Meta(max_length=80)] = ""
    grams: Annotated[int, msgspec.Meta(ge=0, le=GRAMS_MOST)] = 0


class WebOrder(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An order as it comes, by the sender's `reference`; `cancelled`: it is none any more. `total_minor`: what the
    customer was shown, with all taxes, in `currency` ("": the shop's). `paid`: there.

    `unpaid`: nothing was ordered yet, as the checkout isn't finished or its payment is missing or failed; it may still
    be paid. `test`: nobody ordered it. `changed_us`: when it was changed there last (0: they do not say). `fault`: the
    key of a refusal; the sender signed it, and nobody can read it.
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
    note: Text = ""
    currency: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{3})?$(?!\n)")] = ""
    unpaid: bool = False
    test: bool = False
    changed_us: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 0
    fault: Literal["", "web_order_unreadable"] = ""


def without_card_numbers(order: WebOrder) -> WebOrder:
    """The same, where a customer wrote a card's number into it without all of it but its last digits. What the web
    shop itself numbers (`reference`) stays: such numbers are as long as cards'."""
    said = {name: getattr(order, name) for name in ("name", "phone", "address", "postal_code", "note")}
    return msgspec.structs.replace(order, **{name: mask_card_numbers(text) for name, text in said.items()})


def without_people(order: WebOrder) -> WebOrder:
    """The same, with a digest in the place of what its customer said of themselves: enough to see whether it changed.
    How it stands (`cancelled`, `unpaid`) is left out."""
    people = ("name", "phone", "address", "postal_code", "note")
    digest = hashlib.sha256("\n".join(getattr(order, one) for one in people).encode()).hexdigest()[:16]
    return msgspec.structs.replace(
        order, name=digest, phone="", address="", postal_code="", note="", cancelled=False, unpaid=False
    )


def is_ping(body: bytes) -> bool:
    """Whether it is only WooCommerce asking whether anybody answers at this address: a form, and not signed."""
    return _PING.fullmatch(body) is not None


def secret_name(channel: str) -> str:
    """What a channel's secret is called among the shop's (`/manager/secrets`)."""
    return f"web-orders-{channel}"


def access_name(channel: str) -> str:
    """What that is called by which a channel lets us in: Shopify's access token, WooCommerce's key and secret with a
    colon between."""
    return f"web-orders-{channel}-access"


def is_signed(profile: Profile, body: bytes, secret: str, signature: str) -> bool:
    """Whether who has the channel's secret sent this body."""
    made = sign_body(profile, body, secret)
    return bool(secret) and hmac.compare_digest(made.encode(), signature.encode(errors="replace"))


def sign_body(profile: Profile, body: bytes, secret: str) -> str:
    """The signature under a body, as a profile writes it."""
    mac = hmac.new(secret.encode(), body, hashlib.sha256)
    return "sha256=" + mac.hexdigest() if profile == "generic" else base64.b64encode(mac.digest()).decode()


def read_order(profile: Profile, body: bytes, decimals: int) -> WebOrder:
    """The order in a body. `decimals`: of the shop's money. `ValueError`: it is none that can be read."""
    try:
        if profile == "generic":
            return msgspec.json.decode(body, type=WebOrder)
        told = msgspec.json.decode(body, type=dict[str, Any])
        return msgspec.convert(_READ[profile](told, decimals), WebOrder)
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise ValueError(str(error)[:200]) from error


def unreadable_order(profile: Profile, body: bytes) -> WebOrder:
    """The order in a body that says which order it is of, and nothing else that can be read. `ValueError`: not even
    that."""
    try:
        told = msgspec.json.decode(body, type=dict[str, Any])
        name = told["reference" if profile == "generic" else "id"]
        return msgspec.convert({"reference": str(name), "fault": "web_order_unreadable"}, WebOrder)
    except (msgspec.DecodeError, KeyError) as error:
        raise ValueError(str(error)[:200]) from error


def _of_shopify(told: dict[str, Any], decimals: int) -> dict[str, Any]:
    """`line_items[].sku, variant_id, grams, quantity, current_quantity, properties[]`, `total_price` and
    `current_total_price` as text, `financial_status`, `cancelled_at`, `updated_at`, `test`. What is current counts: an
    order that was edited keeps what it was first beside it. Drafts (DraftOrder) have a `status` instead."""
    paid = told.get("financial_status")
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
        "unpaid": paid == "voided" or (paid is None and "status" in told),
        "test": bool(told.get("test")),
        "changed_us": _moment_us(told.get("updated_at")),
        "fulfilment": "delivery" if place else "pickup",
        "name": str(place.get("name") or who)[:300],
        "phone": str(place.get("phone") or told.get("phone") or "")[:300],
        "address": ", ".join(str(place[part]) for part in ("address1", "address2", "city") if place.get(part))[:300],
        "postal_code": str(place.get("zip") or ""),
        "note": str(told.get("note") or "")[:300],
    }


def _of_woocommerce(told: dict[str, Any], decimals: int) -> dict[str, Any]:
    """`line_items[].sku, product_id, variation_id, quantity, meta_data[]`, `total` as text, `currency`, `status`,
    `date_paid`, `date_modified_gmt`; `billing`, `shipping`. Of one that was deleted its `id` alone is told."""
    if set(told) == {"id"}:
        return {"reference": str(told["id"]), "cancelled": True}
    billing, shipping = told.get("billing") or {}, told.get("shipping") or {}
    local = [str(one.get("method_id")) for one in told.get("shipping_lines", [])]
    brought = bool(shipping.get("address_1")) and "local_pickup" not in local
    place = shipping if brought else {}
    parts = ("address_1", "address_2", "city")
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
        "total_minor": _minor(told.get("total"), decimals),
        "currency": _currency(told),
        "paid": bool(told.get("date_paid")),
        "cancelled": told.get("status") in _CALLED_OFF,
        "unpaid": told.get("status") in _NOT_ORDERED,
        "changed_us": _moment_us(told.get("date_modified_gmt")),
        "fulfilment": "delivery" if brought else "pickup",
        "name": f"{billing.get('first_name') or ''} {billing.get('last_name') or ''}".strip()[:300],
        "phone": str(billing.get("phone") or "")[:300],
        "address": ", ".join(str(place[part]) for part in parts if place.get(part))[:300],
        "postal_code": str(place.get("postcode") or ""),
        "note": str(told.get("customer_note") or "")[:300],
    }


_READ: Mapping[str, Callable[[dict[str, Any], int], dict[str, Any]]] = {
    "shopify": _of_shopify,
    "woocommerce": _of_woocommerce,
}


def _modifiers(said: Any, key: str) -> list[str]:
    """What stands at a line under `modifier`: a reference each; what else a web shop says there is nobody's here."""
    return [str(one["value"]) for one in said or () if one.get(key) == "modifier"]


def _current(told: dict[str, Any], name: str) -> Any:
    """What Shopify says is so by now, where it says that; else as it was ordered."""
    now = told.get(f"current_{name}")
    return told.get(name) if now is None else now


def _currency(told: dict[str, Any]) -> str:
    return str(told.get("currency") or "").upper()


def _moment_us(text: Any) -> int:
    """A moment as ISO 8601 has it, of UTC where no zone is said; 0: there is none."""
    try:
        moment = datetime.fromisoformat(str(text or ""))
    except ValueError:
        return 0
    return max(0, int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1_000_000))


def _thousandths(quantity: Any) -> int:
    """A number of pieces, or (as extensions for goods by measure have it) a part of one."""
    thousandths = Decimal(str(quantity)) * THOUSANDTHS
    if thousandths != thousandths.to_integral_value():
        raise ValueError(f"quantity {quantity}")
    return int(thousandths)


def _minor(text: Any, decimals: int) -> int:
    """A sum as they write it ("12.50"), in minor units."""
    sum_minor = Decimal(str(text)).scaleb(decimals)
    if sum_minor != sum_minor.to_integral_value():
        raise ValueError(f"{text} has too many decimals for the shop's currency")
    return int(sum_minor)
