"""Rolls a publication back in a store: restores earlier settings, prices, range and promotions, unless they were
changed afterwards. The previous values are recorded from head office's tables when the publication is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from sync.hub.preview import PRODUCTS, RESTORED, fields_of, is_same
from sync.hub.publications import (
    ASSORTMENT,
    CATALOGUE,
    PRICES,
    PRODUCT_FIELDS,
    PROMOTIONS,
    SETTINGS,
    UNDONE,
    Planned,
    Publication,
)
from sync.hub.store import Store

_NOW: Mapping[str, str] = {
    SETTINGS: """
        SELECT DISTINCT ON (name) name, value::text FROM setting_override
        WHERE tenant = $1 AND store = $2 AND name = ANY ($3) ORDER BY name, since DESC
    """,
    PRICES: """
        SELECT DISTINCT ON (sku) sku AS name, price_minor::text AS value FROM product
        WHERE tenant = $1 AND store = $2 AND sku = ANY ($3) ORDER BY sku, device
    """,
    ASSORTMENT: """
        SELECT DISTINCT ON (sku) sku AS name, listed::text AS value FROM assortment
        WHERE tenant = $1 AND store = $2 AND sku = ANY ($3) ORDER BY sku, device
    """,
    PROMOTIONS: """
        SELECT DISTINCT ON (id) id AS name, body::text AS value FROM promotion
        WHERE tenant = $1 AND store = $2 AND id = ANY ($3) AND (until_at IS NULL OR until_at > now())
        ORDER BY id, from_at DESC
    """,
    CATALOGUE: PRODUCTS,
}
Known = dict[str, Any]
"""


def contents_of(wanted: Publication) -> Said:
    """
Said = Mapping[str, Mapping[str, Known | None]]
"""Published values by kind and name."""
Before = dict[str, Known | None]
"""Previous values, by setting or by kind and name (prices/milk): the former value, or None if it came from the store's
file or wasn't set."""


def contents_of(wanted: Publication) -> Said:
    """Return a publication's settings, prices, range and promotions, by kind and name; None: cleared."""
    found: dict[str, dict[str, Known | None]] = {kind: {} for kind in UNDONE}
    for (kind, name), value in fields_of(wanted.directives).items():
        if kind == ASSORTMENT:
            found[kind][name] = {"value": value["listed"]}
            if value.get("price_minor") is not None:
                found[PRICES][name] = {"value": value["price_minor"]}
        elif kind in UNDONE:
            found[kind][name] = None if value is None else {"value": value}
    return found


async def before_of(store: Store, tenant: str, shop: str, said: Said) -> Before:
    """Return the current values of everything in `said` in this store, as known at head office."""
    found: Before = {}
    for kind, ours in said.items():
        now = await _current(store, tenant, shop, kind, list(ours))
        found |= {_place(kind, name): now.get(name) for name in ours}
    return found


async def way_back(store: Store, tenant: str, shop: str, said: Said, before: Before) -> tuple[list[Planned], list[str]]:
    """Return the directives that undo those in `said`, and the values left unchanged because they were changed
    afterwards."""
    undone, kept = [], []
    for kind, ours in said.items():
        now = await _current(store, tenant, shop, kind, list(ours))
        was = {name: before.get(_place(kind, name)) for name in ours}
        stays = {name for name in ours if _is_others(kind, now.get(name), ours[name], was[name])}
        items = [_undo_item(kind, name, was[name], ours[name]) for name in ours if name not in stays]
        if given := [item for item in items if item]:
            undone.append(Planned(kind, {"products" if kind == CATALOGUE else kind: given}))
        kept += sorted(stays)
        kept += [f"{name} codes" for name in ours if _keeps_codes(ours[name], was[name]) and name not in stays]
    return undone, kept


async def _current(store: Store, tenant: str, shop: str, kind: str, names: list[str]) -> dict[str, Known]:
    """Return the current values by name, in the form of `Before`. Unset ones are missing."""
    rows = await store.pool.fetch(_NOW[kind], tenant, shop, names) if names else ()
    return {row["name"]: {"value": msgspec.json.decode(row["value"])} for row in rows if row["value"] is not None}


def _place(kind: str, name: str) -> str:
    return name if kind == SETTINGS else f"{kind}/{name}"


def _is_others(kind: str, now: Known | None, ours: Known | None, before: Known | None) -> bool:
    """Whether a value differs from both the published value and the one before (for a box that hasn't applied it
    yet)."""
    return now is not None and not any(is_same(kind, now["value"], one and one["value"]) for one in (ours, before))


def _keeps_codes(ours: Known | None, before: Known | None) -> bool:
    """Whether new barcodes stay with a product that existed before, because head office doesn't have the earlier
    barcodes."""
    return before is not None and ours is not None and isinstance(ours["value"], dict) and "codes" in ours["value"]


def _undo_product(name: str, before: Known | None, ours: Known | None) -> dict[str, Any] | None:
    """Return the directive item that restores a product. A new product is discontinued."""
    if before is None or before["value"]["retired"]:
        return {"retired": name}
    if ours is None or ours["value"] == RESTORED:
        return {"restored": name}
    was = {field: before["value"][field] for field in PRODUCT_FIELDS if field in ours["value"]}
    was = {field: value for field, value in was.items() if value is not None}
    return {"product": {"sku": name, **was}} if was else None


def _undo_item(kind: str, name: str, before: Known | None, ours: Known | None) -> dict[str, Any] | None:
    """Return the directive item that restores a value; None if it can't be restored."""
    match kind:
        case "catalogue":
            return _undo_product(name, before, ours)
        case "settings":
            return {"name": name, "cleared": True} if before is None else {"name": name, **before}
        case "prices":
            return before and {"sku": name, "price_minor": before["value"]}
        case "assortment":  # products are listed by default
            return {"sku": name, "listed": True if before is None else before["value"]}
    return {"end": name} if before is None else {"set": before["value"]}
