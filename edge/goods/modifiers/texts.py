"""Recipes and prices by size as form text. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from edge.goods.catalog.product import BundlePart
from edge.goods.modifiers.modifier import SizePrice
from edge.lib.units.quantity import show_quantity


def part_text(parts: Iterable[BundlePart]) -> str:
    """Format parts as typed.

    >>> part_text([BundlePart("onion", 500), BundlePart("gin", 40_000, "ml")])
    'onion 0.5; gin 40ml'
    """
    return "; ".join(f"{part.sku} {show_quantity(part.quantity)}{part.measure}" for part in parts)


def size_text(sizes: Iterable[SizePrice], money: Callable[[int], str]) -> str:
    """Format prices by size as typed; `money` formats an amount without currency."""
    return "; ".join(f"{one.size} {money(one.price_minor)}" for one in sizes)
