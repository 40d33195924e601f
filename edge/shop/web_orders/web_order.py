"""A channel through which orders come from elsewhere, and such an order as a platform tells of it. Pure.

Three profiles: `generic`, our own wire; `shopify`, the webhooks orders/create and orders/cancelled
(shopify.dev/docs/api/webhooks, "Verify the webhook", and the Admin API's Order); `woocommerce`, order.created and
order.updated (woocommerce.github.io/woocommerce-rest-api-docs, "Webhooks" and "Order properties").
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

import msgspec

from drivers.terminals.card_data import mask_card_numbers
from edge.lib.units.money import LIMIT_MINOR
from edge.lib.units.quantity import LIMIT, THOUSANDTHS
from edge.shop.modifiers.modifier import ModifierRefs

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


class WebOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order as it comes, by the sender's `reference`; `cancelled`: it is none any more. `total_minor`: what the
    customer was shown, with all taxes. `paid`: there."""

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


def without_card_numbers(order: WebOrder) -> WebOrder:
    """The same, where a customer wrote a card's number into it without all of it but its last digits. What the web
    shop itself numbers (`reference`) stays: such numbers are as long as cards'."""
    said = {name: getattr(order, name) for name in ("name", "phone", "address", "postal_code", "note")}
    return msgspec.structs.replace(order, **{name: mask_card_numbers(text) for name, text in said.items()})


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


def _of_shopify(told: dict[str, Any], decimals: int) -> dict[str, Any]:
    """`line_items[].sku, variant_id, grams, quantity, properties[]`, `total_price` as text,
    `financial_status`, `cancelled_at`."""
    place = told.get("shipping_address") or {}
    customer = told.get("customer") or {}
    who = f"{customer.get('first_name') or ''} {customer.get('last_name') or ''}".strip()
    return {
        "reference": str(told["id"]),
        "lines": [
            {
                "sku": str(line.get("sku") or line.get("variant_id") or ""),
                "quantity": _thousandths(line["quantity"]),
                "modifiers": _modifiers(line.get("properties"), "name"),
                "article": str(line.get("variant_id") or ""),
                "grams": int(line.get("grams") or 0),
            }
            for line in told.get("line_items", [])
        ],
        "total_minor": _minor(told.get("total_price"), decimals),
        "paid": told.get("financial_status") == "paid",
        "cancelled": bool(told.get("cancelled_at")),
        "fulfilment": "delivery" if place else "pickup",
        "name": str(place.get("name") or who)[:300],
        "phone": str(place.get("phone") or told.get("phone") or "")[:300],
        "address": ", ".join(str(place[part]) for part in ("address1", "address2", "city") if place.get(part))[:300],
        "postal_code": str(place.get("zip") or ""),
        "note": str(told.get("note") or "")[:300],
    }


def _of_woocommerce(told: dict[str, Any], decimals: int) -> dict[str, Any]:
    """`line_items[].sku, product_id, variation_id, quantity, meta_data[]`, `total` as text, `status`,
    `date_paid`; `billing`, `shipping`."""
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
        "paid": bool(told.get("date_paid")),
        "cancelled": told.get("status") in ("cancelled", "refunded", "failed", "trash"),
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
        raise ValueError(f"{text} has more decimals than the shop's money")
    return int(sum_minor)
