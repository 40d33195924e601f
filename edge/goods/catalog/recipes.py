"""Stock consumption of composed products with nested recipes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Literal

import msgspec

from edge.core.messages import Refusal
from edge.goods.catalog.product import BundlePart, Product, content_of
from edge.lib.units.quantity import LIMIT, THOUSANDTHS

LEVELS_MOST = 4
"""Maximum nesting depth of recipes."""
PARTS_MOST = 30
"""Maximum products that a sale of one product takes from stock, after all nested recipes are resolved."""
_HALF = Fraction(1, 2)
Taken = tuple[str, Literal["", "g", "ml", "m"]]
"""A product, and the measure in which it is used."""


def flat_parts(parts: tuple[BundlePart, ...], known: Mapping[str, Product]) -> tuple[BundlePart, ...]:
    """Resolve parts to the goods that leave stock.

    Composed parts are replaced by their own, duplicates are added up, and unit contents and losses are applied.

    `known`: products of all levels. Unknown parts, and measured parts without content, stay unchanged.
    """
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
    """Add the consumption of these parts, multiplied by `times`, by product and measure."""
    for part in parts:
        amount, inner = times * part.gross, _parts_of(part.sku, known)
        whole = content_of(known[part.sku], part.measure) if part.measure and inner else THOUSANDTHS
        if inner and whole and level < LEVELS_MOST:
            _open(amounts, inner, amount / whole, known, level + 1)
        else:
            key = (part.sku, part.measure)
            amounts[key] = amounts.get(key, Fraction(0)) + amount


def _whole(amount: Fraction) -> int:
    """Round half up to thousandths, at least one."""
    return min(LIMIT, max(1, int(amount + _HALF)))


def part_with_content(part: BundlePart, known: Mapping[str, Product]) -> BundlePart:
    """The part with its content: the amount of its measure per unit."""
    if not part.measure or part.sku not in known:
        return part
    return msgspec.structs.replace(part, content=content_of(known[part.sku], part.measure))


def require_recipe(sku: str, parts_of: Callable[[str], Iterable[BundlePart]]) -> None:
    """Raise `Refusal` for recipes that are cyclic, too deep, or too large."""
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
