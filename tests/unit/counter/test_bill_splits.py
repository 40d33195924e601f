"""One basket into two, and two into one."""

from __future__ import annotations

import pytest

from edge.core.messages import Refusal
from edge.counter.basket.basket import Basket, BasketLine
from edge.counter.basket.event_structs import SaleCoupon, TypedDiscount
from edge.counter.basket.splitting import join, split_basket


def line(id: int, quantity: int = 1_000, **more: object) -> BasketLine:
    return BasketLine(id, f"p{id}", "", {"en": f"P{id}"}, "piece", quantity, 100, "standard", **more)  # type: ignore[arg-type]


def test_pieces_of_a_line_go_and_nothing_is_lost() -> None:
    basket = Basket("1", lines=(line(1, 3_000), line(2), line(3)), last_id=3, discount=TypedDiscount("staff", "u1"))
    left, other = split_basket(basket, {1: 1_000, 3: 0})
    assert [(one.id, one.quantity) for one in left.lines] == [(1, 2_000), (2, 1_000)]
    assert [(one.id, one.quantity) for one in other.lines] == [(1, 1_000), (3, 1_000)]
    assert left.total_minor + other.total_minor == basket.total_minor
    assert left.discount and other.discount is None, "what a person took off stays with the first"


@pytest.mark.parametrize(
    ("lines", "parts", "code"),
    [
        ((line(1), line(2)), {1: 0, 2: 0}, "split_all_or_nothing"),
        ((line(1), line(2, voided=True)), {1: 0}, "split_all_or_nothing"),
        ((line(1), line(2)), {7: 0}, "no_such_line"),
        ((line(1, 2_000), line(2)), {1: 3_000}, "split_line_whole"),
        ((line(1, 2_000), line(2)), {1: 500}, "split_line_whole"),
        ((line(1, 2_000, total_minor=150), line(2)), {1: 1_000}, "split_line_whole"),
    ],
)
def test_what_cannot_be_parted_so_is_refused(lines: tuple[BasketLine, ...], parts: dict[int, int], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        split_basket(Basket("1", lines=lines, last_id=2), parts)
    assert refusal.value.refused.code == code


def test_two_become_one_with_lines_of_their_own_numbers() -> None:
    first, second = Basket("1", lines=(line(1), line(4)), last_id=5), Basket("2", lines=(line(1), line(2)), last_id=2)
    joined, became = join(first, second)
    assert [one.id for one in joined.lines] == [1, 4, 6, 7] and joined.last_id == 7
    assert became == {1: 6, 2: 7}


def test_coupons_go_along_and_two_discounts_are_refused() -> None:
    coupon = SaleCoupon("a" * 24, "AAAA", 1)
    joined, _ = join(Basket("1"), Basket("2", lines=(line(1),), last_id=1, coupons=(coupon,)))
    assert joined.coupons == (coupon,)
    off = TypedDiscount("staff", "u1", share=10_000)
    with pytest.raises(Refusal):
        join(Basket("1", discount=off), Basket("2", discount=off))
