"""When a weight may be paid for, what packing is taken off, and what a printed price is held against."""

from __future__ import annotations

import pytest

from drivers.roles import Weight
from edge.core.messages import Refused
from edge.counter.basket.basket import Basket
from edge.counter.basket.basket_lines import add, answer, set_quantity
from edge.counter.basket.event_structs import ScannedData, Weighed
from edge.counter.till.rules.weighing import CounterScale, tare_of
from edge.goods.catalog.product import Value
from tests.unit.counter.test_basket_lines import TOMATO, put, said

EMPTY = Basket("1")


def why_not(counter: CounterScale) -> Refused | None:
    refusal = counter.why_not()
    return refusal.refused if refusal else None


def scale(*shown: Weight) -> CounterScale:
    counter = CounterScale()
    for weight in shown:
        counter.show(weight)
    return counter


@pytest.mark.parametrize(
    ("weight", "code"),
    [
        (None, "scale_lost"),
        (Weight(500, "moving"), "scale_moving"),
        (Weight(0, "over"), "scale_over"),
        (Weight(0, "under"), "scale_under"),
        (Weight(0), "weight_not_positive"),
        (Weight(-20), "weight_not_positive"),
    ],
)
def test_only_a_weight_at_rest_and_above_nothing_is_paid_for(weight: Weight | None, code: str) -> None:
    counter = CounterScale()
    counter.show(weight)
    assert why_not(counter) == Refused(code)
    assert scale(Weight(1)).why_not() is None


def test_one_weight_is_one_line_until_another_was_shown() -> None:
    counter = scale(Weight(640))
    counter.take()
    counter.show(Weight(640))
    counter.show(Weight(641, "moving"))
    counter.show(Weight(640))
    assert why_not(counter) == Refused("weight_taken")
    counter.show(Weight(0))
    counter.show(Weight(640))
    assert counter.why_not() is None


def test_goods_that_are_swapped_in_one_movement_are_other_goods() -> None:
    counter = scale(Weight(640))
    counter.take()
    counter.show(Weight(80, "moving"))
    counter.show(Weight(640))
    assert counter.why_not() is None


def test_packing_is_taken_off_once() -> None:
    counter = scale(Weight(120))
    counter.tare_g = 120
    assert why_not(counter) == Refused("weight_not_positive")
    counter.show(Weight(620))
    assert (counter.net_g, counter.packing_g) == (500, 120)
    counter.take()
    assert counter.tare_g == 0


@pytest.mark.parametrize(("text", "grams"), [("12", 12), (" 7 ", 7), ("", 0), ("-3", 0), ("a lot", 0), ("999999", 0)])
def test_what_a_products_packing_weighs(text: str, grams: int) -> None:
    assert tare_of({"tare_g": Value(text)}) == grams
    assert tare_of({}) == 0


def test_a_line_says_how_its_weight_was_known() -> None:
    asked = put(EMPTY, TOMATO)
    weighed = answer(asked, asked.questions[0], TOMATO, 0, 640, None, weighed=Weighed("scale", 12))
    assert isinstance(weighed, Basket)
    assert weighed.lines[0].weighed == Weighed("scale", 12)
    changed = set_quantity(weighed, weighed.lines[0].id, 700)
    assert isinstance(changed, Basket)
    assert changed.lines[0].weighed == Weighed("hand")


@pytest.mark.parametrize(("printed", "asked"), [(255, False), (254, False), (256, False), (253, True), (999, True)])
def test_a_printed_price_is_paid_to_the_cent_and_asked_about_where_it_is_off(printed: int, asked: bool) -> None:
    label = ScannedData(weight_g=640, price_minor=printed)  # 0.640 kg at 3.99 are 2.55
    basket = add(EMPTY, TOMATO, 0, "code", None, label=label)
    assert isinstance(basket, Basket)
    assert [question.kind for question in basket.questions] == (["label_price"] if asked else [])
    if asked:
        basket = said(basket, TOMATO)
    assert basket.lines[0].amount_minor == printed
    assert basket.lines[0].weighed is None
