"""Discounts and coupons on lines and baskets: after promotions, before taxes. Pure.

A line's percentage is rounded once, halves up. A basket discount is spread over the lines that can be discounted, in
order, by running rounding: the share of the sum so far, less what was already spread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from edge.core.messages import Refusal
from edge.counter.basket.basket import COUPONS_LIMIT, Basket, BasketLine
from edge.counter.basket.event_structs import SaleCoupon, TypedDiscount
from edge.lib.i18n import name_values
from edge.lib.tax.rules import FULL
from edge.lib.units.money import amount_minor, divide_half_up

_replace = msgspec.structs.replace


def may_touch(line: BasketLine) -> bool:
    """Whether a line can be discounted: goods whose prices aren't fixed by law or the shop."""
    return line.is_revenue and not line.undiscounted and not line.voided


def on_line(basket: Basket, id: int, discount: TypedDiscount | None) -> Basket:
    """Return the basket with a line's discount replaced; None removes it."""
    line = basket.line(id)
    if line is None or line.voided:
        raise Refusal("no_such_line", {"line": id})
    if discount and not may_touch(line):
        raise Refusal("discount_never", name_values(line.names))
    if discount:
        _out_of_range(discount, line.gross_minor - line.promotion_minor)
    return apply_discounts(basket.with_line(_replace(line, discount=discount)))


def on_basket(basket: Basket, discount: TypedDiscount | None) -> Basket:
    """Return the basket with its own discount replaced; None removes it."""
    if discount:
        left_minor = sum(_remaining_minor(line) for line in basket.lines if may_touch(line))
        _out_of_range(discount, left_minor)
    return apply_discounts(basket.with_changes(discount=discount))


def with_coupon(basket: Basket, coupon: SaleCoupon) -> Basket:
    """Return the basket with a coupon added after all other discounts."""
    if any(one.id == coupon.id for one in basket.coupons):
        raise Refusal("coupon_twice", {"tail": coupon.tail})
    if len(basket.coupons) >= COUPONS_LIMIT:
        raise Refusal("coupons_most", {"limit": COUPONS_LIMIT})
    return apply_discounts(basket.with_changes(coupons=(*basket.coupons, coupon)))


def apply_discounts(basket: Basket) -> Basket:
    """Recalculate the discounts and coupons of a basket. Its revision doesn't change."""
    if not basket.discount and not basket.coupons:
        for line in basket.lines:
            if line.discount or line.share_minor or line.off_minor or line.coupon_minor:
                break
        else:
            return basket
    lines = [_with_off(line) for line in basket.lines]
    touched = [line for line in lines if may_touch(line)]
    ids = [line.id for line in touched]
    shares = dict(zip(ids, _shares(basket.discount, touched), strict=True))
    left = [_remaining_minor(line) - shares[line.id] for line in touched]
    coupons, parts = _coupons(basket.coupons, left)
    off = dict(zip(ids, parts, strict=True))
    taken = tuple(_with_share(line, shares.get(line.id, 0), off.get(line.id, 0)) for line in lines)
    return _replace(basket, lines=taken, coupons=coupons)


def spread(minor: int, parts: Iterable[int]) -> Iterator[int]:
    """Split a sum over parts by running rounding; the results add up to the sum.

    >>> list(spread(10, (1, 1, 1)))
    [3, 4, 3]
    """
    parts = tuple(parts)
    total, seen, given = sum(parts), 0, 0
    for part in parts:
        seen += part
        upto = divide_half_up(minor * seen, total) if total else 0
        yield upto - given
        given = upto


def _out_of_range(discount: TypedDiscount, left_minor: int) -> None:
    most = FULL if discount.share else left_minor
    asked = discount.share or discount.sum_minor
    both = bool(discount.share and discount.sum_minor)
    if both or not 0 < asked <= most:
        raise Refusal("discount_range", {"left_minor": left_minor})


def _with_off(line: BasketLine) -> BasketLine:
    off = _off(line.discount, line.gross_minor - line.promotion_minor) if line.discount and may_touch(line) else 0
    return line if off == line.off_minor else _replace(line, off_minor=off)


def _with_share(line: BasketLine, minor: int, coupon_minor: int) -> BasketLine:
    same = (line.share_minor, line.coupon_minor) == (minor, coupon_minor)
    return line if same else _replace(line, share_minor=minor, coupon_minor=coupon_minor)


def given_minor(basket: Basket) -> int:
    """The total of discounts given by people: manual discounts, and prices set below the catalogue's."""
    given = 0
    for line in basket.lines:
        if line.voided:
            continue
        given += line.off_minor + line.share_minor
        if line.listed_minor is not None and line.listed_minor > line.price_minor:
            given += amount_minor(line.listed_minor - line.price_minor, line.quantity)
    return given


def _coupons(coupons: tuple[SaleCoupon, ...], left: list[int]) -> tuple[tuple[SaleCoupon, ...], list[int]]:
    """The discount of each coupon on the amount left by earlier ones, and each line's total discount.

    A coupon's sum is limited to the amount left; the rest of it is lost.
    """
    rest, worked = list(left), []
    for coupon in coupons:
        minor = _off(coupon, sum(rest))
        rest = [one - part for one, part in zip(rest, spread(minor, rest), strict=True)]
        worked.append(coupon if coupon.minor == minor else _replace(coupon, minor=minor))
    return tuple(worked), [before - after for before, after in zip(left, rest, strict=True)]


def _shares(discount: TypedDiscount | None, lines: list[BasketLine]) -> Iterator[int]:
    left = [_remaining_minor(line) for line in lines]
    return spread(_off(discount, sum(left)) if discount else 0, left)


def _remaining_minor(line: BasketLine) -> int:
    return line.gross_minor - line.promotion_minor - line.off_minor


def _off(discount: TypedDiscount | SaleCoupon, of_minor: int) -> int:
    if discount.share:
        return divide_half_up(of_minor * discount.share, FULL)
    return max(0, min(discount.sum_minor, of_minor))
