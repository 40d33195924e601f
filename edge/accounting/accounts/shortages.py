"""Texts about missing goods."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from edge.core.storage.database import Connection
from edge.goods.stock.rows import called_by
from edge.lib.units.quantity import show_quantity


class SalesShortage(msgspec.Struct, frozen=True):
    """A missing quantity of a product, in thousandths of its unit."""

    sku: str
    quantity: int


def shortage_values(db: Connection, lacking: Mapping[str, int]) -> dict[str, str | int]:
    """Text values with a list of all missing products, in each language that they have names in."""
    found = [(called_by(db, sku), show_quantity(quantity)) for sku, quantity in sorted(lacking.items())]
    keys = {key for named, _ in found for key in named}
    return {
        key.replace("name", "missing", 1): ", ".join(f"{named.get(key, named['name'])} ({of})" for named, of in found)
        for key in sorted(keys)
    }
