"""Orders for supplier APIs: one JSON document, posted to the supplier's address with its key.

The key is in the secret store under a name derived from supplier and server: a new address has no key until one is
entered, so keys never reach other servers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

import msgspec

from edge.goods.purchasing.queries import KeptPurchase
from edge.lib.units.quantity import show_quantity

SLUG_CHARS = 14


class ApiLine(msgspec.Struct, frozen=True):
    """An order line as sent to the supplier: `code` is the supplier's item number, `codes` the barcodes. Decimals are
    strings."""

    code: str
    sku: str
    codes: tuple[str, ...]
    name: str
    quantity: str
    packs: str
    pack: int
    unit_cost: str


class ApiOrder(msgspec.Struct, frozen=True):
    """A complete order; a higher `version` of a `number` replaces earlier ones."""

    number: int
    version: int
    store: str
    shop: tuple[str, ...]
    place: str
    currency: str
    note: str
    fee: str
    total: str
    lines: tuple[ApiLine, ...]


def key_name(supplier: str, url: str) -> str:
    """The name of the secret with the key for a supplier's server.

    >>> key_name("metro", "https://api.metro.example/orders")
    'supplier-metro-d87fc67f3b4a'
    """
    about = f"{supplier} {urlsplit(url).scheme} {urlsplit(url).netloc.lower()}"
    slug = re.sub(r"[^a-z0-9]+", "-", supplier)[:SLUG_CHARS].strip("-")
    return f"supplier-{slug}-{hashlib.sha256(about.encode()).hexdigest()[:12]}"


def as_api_order(
    order: KeptPurchase,
    store: str,
    shop: tuple[str, ...],
    codes: Mapping[str, Sequence[str]],
    name: Callable[[dict[str, str]], str],
    money: Callable[[int], str],
    currency: str,
) -> ApiOrder:
    """An order in API form."""
    lines = tuple(
        ApiLine(
            *(line.code, line.sku, tuple(codes.get(line.sku, ())), name(line.names) or line.sku),
            *(show_quantity(line.quantity), show_quantity(line.quantity // line.pack), line.pack),
            money(line.unit_cost_minor),
        )
        for line in order.lines
        if line.quantity
    )
    about = (order.number, order.revision, store, shop, order.location, currency, order.note)
    return ApiOrder(*about, money(order.fee_minor), money(order.total_minor), lines)


def version_key(store: str, order: KeptPurchase) -> str:
    """Idempotency key: identical for the same version of an order."""
    return f"{store}-order-{order.number}-{order.revision}"
