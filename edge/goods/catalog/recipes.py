"""What leaves the stock for one of a product that has parts, however many levels of recipes they are. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Literal

import msgspec

from edge.core.messages import Refusal
from edge.goods.catalog.product import BundlePart, Product, content_of
from edge.lib.units.quantity import LIMIT, THOUSANDTHS

LEVELS_MOST = 4
"""Recipes in one another."""
PARTS_MOST = 30
"""Products that leave for one, once all recipes in it are opened."""
_HALF = Fraction(1, 2)
Taken = tuple[str, Literal["", "g", "ml", "m"]]
"""A product, and by which measure of it."""


def flat_parts(parts: tuple[BundlePart, ...], known: Mapping[str, Product]) -> tuple[BundlePart, ...]:
    """These parts as they leave the stock: with how much a unit of each holds, with what is lost of it, and of one that
    has parts itself those in its place; two ways to one are added. `known`: the products of all levels; a part that is
    none of them, or measured where nobody said how much is in one, stays as it is."""
    if not any(part.loss_permille or _parts_of(part.sku, known) for part in parts):
        return tuple(part_with_content(part, known) for part in parts)
    amounts: dict[Taken, Fraction] = {}
    _open(amounts, parts, Fraction(1), known, 1)
    return tuple(part_with_content(BundlePart(sku, _whole(n), by), known) for (sku, by), n in amounts.items())


def _parts_of(sku: str, known: Mapping[str, Product]) -> tuple[BundlePart, ...]:
    product = known.get(sku)
    return product.parts or () if product else ()


def _open(
    amounts: dict[Taken, Fraction],
    parts: tuple[BundlePart, ...],
    times: Fraction,
    known: Mapping[str, Product],
    level: int,
) -> None:
    """Adds so many times what these parts take, by product and measure."""
    for part in parts:
        amount, inner = times * part.gross, _parts_of(part.sku, known)
        whole = content_of(known[part.sku], part.measure) if part.measure and inner else THOUSANDTHS
        if inner and whole and level < LEVELS_MOST:
            _open(amounts, inner, amount / whole, known, level + 1)
        else:
            key = (part.sku, part.measure)
            amounts[key] = amounts.get(key, Fraction(0)) + amount


def _whole(amount: Fraction) -> int:
    """In thousandths, half up, and never none."""
    return min(LIMIT, max(1, int(amount + _HALF)))


def part_with_content(part: BundlePart, known: Mapping[str, Product]) -> BundlePart:
    """The part with how much of its measure one unit of it holds."""
    if not part.measure or part.sku not in known:
        return part
    return msgspec.structs.replace(part, content=content_of(known[part.sku], part.measure))


def require_recipe(sku: str, parts_of: Callable[[str], Iterable[BundlePart]]) -> None:
    """`Refusal`: a recipe comes back to itself, goes too deep, or takes too many products in all."""
    leaves = set[Taken]()

    def visit(one: str, above: tuple[str, ...]) -> None:
        for part in parts_of(one):
            if part.sku in (*above, one):
                raise Refusal("recipe_circle", {"sku": sku, "by": one})
            if any(True for _ in parts_of(part.sku)):
                if len(above) + 2 > LEVELS_MOST:
                    raise Refusal("recipe_deep", {"sku": sku, "most": LEVELS_MOST})
                visit(part.sku, (*above, one))
            else:
                leaves.add((part.sku, part.measure))

    visit(sku, ())
    if len(leaves) > PARTS_MOST:
        raise Refusal("recipe_long", {"sku": sku, "most": PARTS_MOST})
