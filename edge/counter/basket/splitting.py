"""Split and join baskets. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from edge.core.messages import Number, Refusal
from edge.counter.basket.basket import COUPONS_LIMIT, LINES_LIMIT, Basket, BasketLine
from edge.lib.i18n import name_values
from edge.lib.units.quantity import LIMIT, THOUSANDTHS

_replace = msgspec.structs.replace


class BillPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quantity of a line, in thousandths; 0: all of it."""

    line: Number
    quantity: Annotated[int, msgspec.Meta(ge=0, le=LIMIT)] = 0


def split_basket(basket: Basket, parts: Mapping[int, int]) -> tuple[Basket, Basket]:
    """Split a basket: returns the rest, and a basket with the `parts` moved (thousandths by line; 0: all of it).

    Lines keep their ids in both. Raises `Refusal` if the basket can't be split this way.
    """
    if basket.questions:
        raise Refusal("answer_first", {"waiting": len(basket.questions)})
    if basket.returns or basket.part or basket.advance or basket.coupons or basket.ordered:
        raise Refusal("split_not_this")
    sold = {line.id: line for line in basket.sold_lines}
    if missing := parts.keys() - sold.keys():
        raise Refusal("no_such_line", {"line": min(missing)})
    taken = tuple(_part(sold[id], quantity) for id, quantity in sorted(parts.items()))
    gone = {line.id: line.quantity for line in taken}
    left = tuple(
        _replace(line, quantity=line.quantity - gone.get(line.id, 0)) if line.id in gone else line
        for line in basket.lines
        if line.id not in gone or gone[line.id] < line.quantity
    )
    if not taken or not any(not line.voided for line in left):
        raise Refusal("split_all_or_nothing")
    other = _replace(basket, lines=taken, discount=None, name="", up=None, away=None, payment="", tenders=())
    return basket.with_changes(lines=left), other


def join(basket: Basket, other: Basket) -> tuple[Basket, dict[int, int]]:
    """A basket with another's contents appended, and the new id of each of its lines. Raises `Refusal` if
    they can't be joined."""
    if other.returns or other.part or other.advance or other.ordered or (basket.discount and other.discount):
        raise Refusal("join_not_this")
    if basket.part or basket.advance or basket.ordered:
        raise Refusal("join_not_this")
    if len(basket.lines) + len(other.lines) > LINES_LIMIT:
        raise Refusal("basket_full", {"limit": LINES_LIMIT})
    coupons = (*basket.coupons, *(one for one in other.coupons if one not in basket.coupons))
    if len(coupons) > COUPONS_LIMIT:
        raise Refusal("coupons_most", {"limit": COUPONS_LIMIT})
    became = {line.id: basket.last_id + line.id for line in other.lines}
    joined = basket.with_changes(
        lines=(*basket.lines, *(_replace(line, id=became[line.id]) for line in other.lines)),
        last_id=basket.last_id + other.last_id,
        coupons=coupons,
        fired=min(basket.fired, other.fired) or max(basket.fired, other.fired),
        coupon_ends={**basket.coupon_ends, **other.coupon_ends},
        discount=basket.discount or other.discount,
        customer=basket.customer or other.customer,
        age_checked=max(basket.age_checked, other.age_checked),
        name=basket.name or other.name,
    )
    return joined, became


def _part(line: BasketLine, quantity: int) -> BasketLine:
    """A quantity of a line, which must be whole pieces or, for some lines, the whole line."""
    if quantity in (0, line.quantity):
        return line
    whole_only = line.unit != "piece" or line.total_minor is not None or line.off_minor or line.label
    if whole_only or quantity > line.quantity or quantity % THOUSANDTHS:
        raise Refusal("split_line_whole", name_values(line.names))
    return _replace(line, quantity=quantity)
