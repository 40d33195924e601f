"""Recipes and prices by size as form text. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from edge.goods.catalog.product import BundlePart
from edge.goods.modifiers.modifier import ModifierGroup, SizePrice
from edge.lib.units.quantity import show_quantity


def part_text(parts: Iterable[BundlePart]) -> str:
    """Format parts as typed.

    >>> part_text([BundlePart("onion", 500), BundlePart("gin", 40_000, "ml")])
    'onion 0.5; gin 40ml'
    """
    return "; ".join(f"{part.sku} {show_quantity(part.quantity)}{part.measure}" for part in parts)


def size_text(sizes: Iterable[SizePrice], names: Mapping[str, str], money: Callable[[int], str]) -> str:
    """Format prices by size as typed. `names`: options by reference; `money` formats an amount without currency.

    >>> size_text([SizePrice("size/large", 150), SizePrice("gone/xl", 200)], {"size/large": "Large"}, str)
    'Large 150; gone/xl 200'
    """
    return "; ".join(f"{names.get(one.size, one.size)} {money(one.price_minor)}" for one in sizes)


def option_names(groups: Iterable[ModifierGroup], name: Callable[[dict[str, str]], str]) -> dict[str, str]:
    """Name each option by its reference; the group's name is added if two options have the same name."""
    options = [(group, f"{group.id}/{one.id}", name(one.names)) for group in groups for one in group.modifiers]
    times = Counter(own.casefold() for _, _, own in options)
    return {ref: own if times[own.casefold()] == 1 else f"{name(group.names)} {own}" for group, ref, own in options}
