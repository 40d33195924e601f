"""Change the lines of an order: reduce, strike, or split off a part handed over first. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import accumulate, pairwise
from operator import floordiv

import msgspec

from edge.core.messages import Refusal
from edge.counter.basket import basket_lines, tips
from edge.counter.basket.basket import AdvanceHeld, Basket, BasketLine, PartOf, from_recorded, recorded_lines
from edge.counter.basket.discounts import spread
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.basket.taxed_total import Taxation, beyond, net_revenue_minor
from edge.counter.basket.totals import taxes_on_top, total_minor, totals
from edge.counter.till.settings import TillSettings
from edge.lib.i18n import name_values
from edge.lib.tax.rules import Taxed
from edge.lib.units.money import divide_half_up
from edge.lib.units.quantity import ONE
from edge.ordering.orders.order import LineWanted, OrderGoods

QUANTITY_MOST = 999 * ONE
"""The maximum quantity of a line in a cart or order."""
_replace = msgspec.structs.replace
Rounding = Callable[[int, int], int]


def is_fee(line: RecordedLine) -> bool:
    """Whether a line is the delivery fee rather than goods.

    Its price is fixed like a typed price, but without a reason.
    """
    return line.listed_minor is not None and not line.reason


def is_goods(line: RecordedLine) -> bool:
    """Whether a line is goods to pick, make or deliver, rather than a fee or tip."""
    return line.is_revenue and not is_fee(line)


def worth_minor(lines: Iterable[RecordedLine]) -> int:
    """The value of the goods, which a zone's limits apply to: after discounts, without tax, deposits, tip and fee."""
    return sum(line.amount_minor for line in lines if is_goods(line) and not line.voided)


def over_classes(lines: Iterable[RecordedLine], fee_minor: int) -> list[tuple[str, int]]:
    """Split a fee over the lines' tax classes by value; empty if the lines cost nothing."""
    worth = Counter[str]()
    for line in lines:
        if line.is_revenue:
            worth[line.tax_class] += line.amount_minor
    shares = zip(worth, spread(fee_minor, worth.values()), strict=True)
    return [(tax_class, minor) for tax_class, minor in shares if minor]


def with_tip(goods: OrderGoods, minor: int) -> OrderGoods:
    """Return the goods with their tip replaced (0: no tip). A tip isn't taxed, so the other promised sums stay."""
    last = max((line.id for line in goods.lines), default=0)
    basket = tips.with_tip(Basket("", last_id=last, lines=from_recorded(goods.lines)), minor)
    total = goods.total_minor - goods.tip_minor + minor
    return _replace(goods, lines=recorded_lines(basket.lines), total_minor=total)


def pieces_of(lines: Iterable[RecordedLine]) -> int:
    """The number of pieces to prepare: a weighed or measured line counts as one."""
    goods = (line for line in lines if line.sku and not line.voided and not is_fee(line))
    return sum(-(-line.quantity // ONE) * line.units if line.unit == "piece" else 1 for line in goods)


def too_much_of_one(lines: Iterable[RecordedLine]) -> None:
    """Raise `Refusal` if a line exceeds the maximum quantity."""
    much = next((line for line in lines if line.quantity > QUANTITY_MOST), None)
    if much:
        raise Refusal("too_much_of_it", {**name_values(much.names), "limit": QUANTITY_MOST // ONE})


def has_goods(goods: OrderGoods) -> bool:
    """Whether any goods other than fees are left."""
    return any(line.sku and not is_fee(line) for line in goods.sold_lines)


def wanted_of(lines: Iterable[LineWanted]) -> dict[int, int]:
    """The requested quantity by line, in thousandths. Raises `Refusal` if a line is named twice."""
    wanted: dict[int, int] = {}
    for one in lines:
        if one.line in wanted:
            raise Refusal("order_line_twice", {"line": one.line})
        wanted[one.line] = one.quantity
    return wanted


def with_quantities(
    goods: OrderGoods,
    wanted: Mapping[int, int],
    settings: TillSettings,
    ahead: AdvanceHeld | None = None,
    rounded: Rounding = divide_half_up,
) -> OrderGoods:
    """Return the goods with changed quantities, in thousandths; 0 strikes a line.

    Discounts are kept in proportion, rounded by `rounded`. `ahead`: the order's advance.
    """
    basket = Basket("", lines=from_recorded(goods.lines), promotions=goods.promotions)
    for id, quantity in wanted.items():
        line = basket.line(id)
        if line is None or line.voided:
            raise Refusal("no_such_line", {"line": id})
        if quantity:
            after = basket_lines.set_quantity(basket, line.id, quantity)
        else:
            after = basket_lines.void_line(basket, line.id)
        basket = after.with_line(_with_share(after.line(line.id) or line, line, rounded))
    return with_coupons(with_sum(_replace(goods, lines=recorded_lines(basket.lines)), settings, ahead))


def taxed_minor(goods: OrderGoods, settings: TillSettings, ahead: AdvanceHeld | None = None) -> int:
    """The total of the goods: the part paid `ahead` with the taxes at that time, and the rest with current taxes."""
    basket = Basket("", lines=from_recorded(goods.lines), advance=ahead, delivered_to=goods.delivered_to)
    return total_minor(basket, settings)


def taxable_minor(goods: OrderGoods, settings: TillSettings) -> int:
    """The goods' net revenue by the store's own taxes, which decides which place's taxes apply at the place of
    delivery.

    0 if they aren't delivered to another province, or if a tax class is missing, so that they can't be sold.
    """
    try:
        return net_revenue_minor(goods.sold_lines, Taxation(settings.tax)) if goods.delivered_to else 0
    except KeyError:
        return 0


def taxes_added(goods: OrderGoods, settings: TillSettings) -> tuple[Taxed, ...]:
    """Current taxes added to the goods' prices; empty if prices include them."""
    return taxes_on_top(Basket("", lines=from_recorded(goods.lines), delivered_to=goods.delivered_to), settings)


def with_sum(goods: OrderGoods, settings: TillSettings, ahead: AdvanceHeld | None = None) -> OrderGoods:
    """The goods with their current total."""
    return _replace(goods, total_minor=taxed_minor(goods, settings, ahead))


def with_coupons(goods: OrderGoods) -> OrderGoods:
    """The goods with each coupon's discount on the remaining lines."""
    if not goods.coupons:
        return goods
    minors = spread(sum(line.coupon_minor for line in goods.sold_lines), [one.minor for one in goods.coupons])
    coupons = tuple(_replace(one, minor=minor) for one, minor in zip(goods.coupons, minors, strict=True))
    return _replace(goods, coupons=coupons)


def without(
    goods: OrderGoods, lines: Iterable[int], settings: TillSettings, ahead: AdvanceHeld | None = None
) -> OrderGoods:
    """The goods with some lines removed."""
    return with_quantities(goods, dict.fromkeys(lines, 0), settings, ahead)


def split_goods(
    goods: OrderGoods, wanted: Mapping[int, int], settings: TillSettings, ahead: AdvanceHeld | None = None
) -> tuple[OrderGoods, OrderGoods]:
    """Split the goods into the part handed over now and the rest.

    The fee belongs to the first part, the tip to the last. Discounts are split in proportion, with the rounding
    remainder in the last part. The advance (`ahead`) pays for the first part first.
    """
    now: list[RecordedLine] = []
    later: list[RecordedLine] = []
    tip = [line for line in goods.sold_lines if line.kind == "tip"]
    known = {line.id: line for line in goods.sold_lines}
    if strange := next((id for id in wanted if id not in known), None):
        raise Refusal("no_such_line", {"line": strange})
    for line in (one for one in goods.sold_lines if one.kind != "tip"):
        quantity = line.quantity if is_fee(line) else wanted.get(line.id, 0)
        if quantity > line.quantity:
            raise Refusal("part_too_much", {**name_values(line.names), "line": line.id})
        if quantity in (0, line.quantity):
            (now if quantity else later).append(line)
            continue
        part = with_quantities(_of([_share_of(line, quantity)], goods), {line.id: quantity}, settings, rounded=floordiv)
        (given,) = part.lines
        now.append(given)
        later.append(_less(line, given))
    (later if later else now).extend(tip)
    part, whole = _of(now, goods), _of(goods.lines, goods)
    coupons = tuple(
        _replace(one, minor=one.minor - gone.minor, counted=one.counted or gone.minor > 0)
        for one, gone in zip(whole.coupons, part.coupons, strict=True)
    )
    now_minor = _part_minor(part, PartOf(goods.sold_lines, tuple(later)), settings, ahead)
    rest = ahead and _replace(
        ahead, minor=max(0, ahead.minor - now_minor), paid=beyond(ahead.paid, min(ahead.minor, now_minor))
    )
    left = with_sum(_replace(_of(later, goods), fee_minor=0, coupons=coupons), settings, rest)
    return _replace(part, total_minor=now_minor), left


def lines_with_age(goods: OrderGoods, ages: Mapping[str, int]) -> Collection[int]:
    """Lines of age-restricted products; `ages` by product."""
    return [line.id for line in goods.sold_lines if is_goods(line) and ages.get(line.sku, 0)]


def _of(lines: Iterable[RecordedLine], goods: OrderGoods) -> OrderGoods:
    """Return the goods with only these lines. Their total is still the total of all lines."""
    return with_coupons(_replace(goods, lines=tuple(lines)))


def _part_minor(goods: OrderGoods, part: PartOf, settings: TillSettings, ahead: AdvanceHeld | None) -> int:
    """The total that the sale of this part will have."""
    lines, to = from_recorded(goods.lines), goods.delivered_to
    basket = Basket("", lines=lines, part=part, advance=ahead, delivered_to=to)
    try:
        return totals(basket, settings).total_minor
    except KeyError:  # it can't be sold: a tax class is missing
        return basket.total_minor


def _share_of(line: RecordedLine, quantity: int) -> RecordedLine:
    """Return part of a line.

    If the line has a fixed total, as the rest of a measured item does, the part gets its proportion.
    """
    if line.total_minor is None:
        return line
    return _replace(line, total_minor=divide_half_up(line.total_minor * quantity, line.quantity))


def _less(line: RecordedLine, given: RecordedLine) -> RecordedLine:
    """Return the rest of a line after part of it was taken, with its discounts.

    The rest of a measured item costs exactly the remaining amount.
    """
    gone = {one.promotion: one.minor for one in given.discounts}
    rest = _replace(line, quantity=line.quantity - given.quantity, total_minor=None)
    gross_minor = line.gross_minor - given.gross_minor
    return _replace(
        rest,
        total_minor=None if rest.gross_minor == gross_minor else gross_minor,
        discounts=tuple(_replace(one, minor=one.minor - gone.get(one.promotion, 0)) for one in line.discounts),
        off_minor=line.off_minor - given.off_minor,
        share_minor=line.share_minor - given.share_minor,
        coupon_minor=line.coupon_minor - given.coupon_minor,
    )


def _with_share(line: BasketLine, before: BasketLine, rounded: Rounding) -> BasketLine:
    """Return the line with its discounts reduced to the remaining quantity."""
    if line.voided or not before.discount_minor or line.quantity >= before.quantity:
        return line
    sums = (before.off_minor, before.share_minor, before.coupon_minor, *(one.minor for one in before.discounts))
    upto = [rounded(sum_minor * line.quantity, before.quantity) for sum_minor in accumulate(sums, initial=0)]
    off, share, coupon, *promoted = (after - was for was, after in pairwise(upto))
    return _replace(
        line,
        discounts=tuple(_replace(one, minor=minor) for one, minor in zip(before.discounts, promoted, strict=True)),
        off_minor=off,
        share_minor=share,
        coupon_minor=coupon,
    )
