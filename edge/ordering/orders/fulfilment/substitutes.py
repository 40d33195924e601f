"""Substitutes for a short product: which are allowed, and at what price. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate, pairwise

import msgspec

from edge.core.messages import Refusal
from edge.counter.basket.event_structs import RecordedLine
from edge.goods.catalog.allergens import Allergens
from edge.goods.catalog.product import Value
from edge.goods.catalog.queries import CatalogProduct
from edge.lib.i18n import name_values
from edge.lib.units.money import amount_minor, divide_half_up
from edge.ordering.orders.order import OrderGoods
from edge.ordering.orders.order_lines import is_fee

SUBSTITUTE = "substitute"
"""The reason for the reduced price of a substitute."""
_STRENGTH = frozenset({"thc"})
_replace = msgspec.structs.replace


def why_unfit(
    line: RecordedLine,
    was: CatalogProduct | None,
    new: CatalogProduct,
    ages: Mapping[str, int],
    allergens: Mapping[str, Allergens],
) -> Refusal | None:
    """Why a product can't substitute a line; None if it can.

    Reasons are another unit, a higher minimum age, other allergens, or more THC. `ages`: the minimum ages of both
    products by SKU; `allergens`: their allergens, including those of parts.
    """
    names = name_values(new.names)
    if line.voided or is_fee(line) or not line.is_revenue or line.label is not None or line.units != 1:
        return Refusal("substitute_none_for_line", name_values(line.names))
    if new.sku == line.sku or new.units != 1 or new.retired_us is not None or new.price_minor is None:
        return Refusal("substitute_unfit", names)
    if new.unit != line.unit:
        return Refusal("substitute_other_unit", names)
    if ages[new.sku] > (ages[was.sku] if was else 0):
        return Refusal("substitute_for_older", {**names, "age": ages[new.sku]})
    if not allergens[new.sku].within(allergens[was.sku] if was else Allergens()):
        return Refusal("substitute_allergens", names)
    if not _as_mild(new, was):
        return Refusal("substitute_stronger", names)
    return None


def with_substitute(
    goods: OrderGoods, line: RecordedLine, new: CatalogProduct, tax_class: str, most_minor: int | None = None
) -> OrderGoods:
    """Return the goods with the line removed and the substitute added.

    It has the lower of both prices, at most `most_minor`, with the line's discounts where they apply.
    """
    assert new.price_minor is not None
    most_minor = line.price_minor if most_minor is None else min(line.price_minor, most_minor)
    price_minor = min(most_minor, new.price_minor)
    lower = price_minor < new.price_minor
    bare = RecordedLine(
        max(one.id for one in goods.lines) + 1,
        *(new.sku, "", new.names, line.unit, line.quantity, price_minor, tax_class),
        listed_minor=new.price_minor if lower else None,
        reason=SUBSTITUTE if lower else "",
        deposit_minor=new.deposit_minor,
        parts=new.leaves,
    )
    gross_minor = amount_minor(price_minor, line.quantity)
    sums = (line.off_minor, line.share_minor, line.coupon_minor, *(one.minor for one in line.discounts))
    of = max(line.gross_minor, 1)
    upto = [divide_half_up(sum_minor * min(gross_minor, of), of) for sum_minor in accumulate(sums, initial=0)]
    off, share, coupon, *promoted = (after - before for before, after in pairwise(upto))
    added = _replace(
        bare,
        discounts=tuple(_replace(one, minor=minor) for one, minor in zip(line.discounts, promoted, strict=True)),
        discount=line.discount,
        off_minor=off,
        share_minor=share,
        coupon_minor=coupon,
    )
    struck = _replace(
        line, voided=True, discounts=(), discount=None, off_minor=0, share_minor=0, coupon_minor=0, total_minor=None
    )
    return _replace(goods, lines=(*(struck if one.id == line.id else one for one in goods.lines), added))


def _as_mild(new: CatalogProduct, was: CatalogProduct | None) -> bool:
    """Whether the new product has at most as much THC as the ordered one, if both state it in the same unit."""
    strong, before = (_attributes(one, _STRENGTH) for one in (new, was))
    if not strong and not before:
        return True
    if not strong or not before or strong[0].unit != before[0].unit:
        return False
    most, least = (one.high if one.high is not None else one.low for one in (strong[0], before[0]))
    return most is not None and least is not None and most <= least


def _attributes(product: CatalogProduct | None, names: frozenset[str]) -> list[Value]:
    found = (product.attributes or {}) if product else {}
    return [value for name, value in found.items() if name.casefold() in names]
