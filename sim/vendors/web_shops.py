"""Two web shops and a program that report orders: bodies and signatures as their public pages document them.

Shopify: webhooks orders/create and orders/cancelled, `X-Shopify-Hmac-Sha256` (base64 of HMAC-SHA256 of the body with
the app's secret): shopify.dev/docs/apps/build/webhooks/subscribe/https,
shopify.dev/docs/api/admin-rest/latest/resources/order. WooCommerce: order.created and order.updated,
`X-WC-Webhook-Signature` likewise: woocommerce.github.io/woocommerce-rest-api-docs, "Webhooks" and "Order properties".
They don't depend on `edge`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any


class SimWebShop:
    """A web shop with a shared secret for signing."""

    head = "X-Signature-256"

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def order(self, id: int, lines: list[tuple[str, int]], total: str, cancelled: bool = False) -> Any:
        """The order as the web shop sends it: pieces by SKU, total as text."""
        items = [{"sku": sku, "quantity": pieces * 1000} for sku, pieces in lines]
        minor = round(float(total) * 100)
        return {"reference": str(id), "lines": items, "total_minor": minor, "cancelled": cancelled}

    def make_webhook(self, told: Any) -> tuple[bytes, dict[str, str]]:
        """A webhook's body and headers."""
        body = json.dumps(told).encode()
        return body, {"Content-Type": "application/json", self.head: self._signature(body)}

    def _signature(self, body: bytes) -> str:
        return "sha256=" + hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()


class SimShopify(SimWebShop):
    """See the module."""

    head = "X-Shopify-Hmac-Sha256"

    def order(self, id: int, lines: list[tuple[str, int]], total: str, cancelled: bool = False) -> Any:
        items = [{"sku": sku, "quantity": pieces, "properties": []} for sku, pieces in lines]
        return {
            "id": id,
            "financial_status": "paid",
            "cancelled_at": "2027-01-15T12:00:00Z" if cancelled else None,
            "total_price": total,
            "line_items": items,
            "customer": {"first_name": "Ada", "last_name": "Byron"},
            "shipping_address": None,
            "phone": None,
            "note": "no cutlery",
        }

    def _signature(self, body: bytes) -> str:
        return base64.b64encode(hmac.new(self._secret.encode(), body, hashlib.sha256).digest()).decode()


class SimWooCommerce(SimShopify):
    """See the module."""

    head = "X-WC-Webhook-Signature"

    def order(self, id: int, lines: list[tuple[str, int]], total: str, cancelled: bool = False) -> Any:
        items = [{"sku": sku, "quantity": pieces, "meta_data": []} for sku, pieces in lines]
        return {
            "id": id,
            "status": "cancelled" if cancelled else "processing",
            "total": total,
            "date_paid": "2027-01-15T11:58:00",
            "line_items": items,
            "billing": {"first_name": "Ada", "last_name": "Byron", "phone": ""},
            "shipping": {"address_1": ""},
            "shipping_lines": [{"method_id": "local_pickup"}],
            "customer_note": "",
        }
