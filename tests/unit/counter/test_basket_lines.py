"""How things come into a basket: what is asked, in which order, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.messages import Refused
from edge.counter.basket import basket_lines
from edge.counter.basket.basket import LINES_LIMIT, QUESTIONS_LIMIT, Basket, BasketLine, Question
from edge.counter.basket.basket_lines import override_price, set_quantity, void_line
from edge.goods.catalog.product import BundlePart
from edge.lib.units.money import LIMIT_MINOR
from edge.lib.units.quantity import LIMIT, ONE
from tests.refusals import outcome_of

EMPTY = Basket("1")


class Thing(msgspec.Struct, frozen=True):
    """A product as the till sees it."""

    sku: str = "milk"
    names: dict[str, str] = msgspec.field(default_factory=lambda: {"en": "Milk"})
    price_minor: int | None = 120
    tax_class: str = "reduced"
    unit: str = "piece"
    min_age: int = 0
    units: int = 1
    deposit_minor: int = 0
    leaves: tuple[BundlePart, ...] = ()


MILK, BREAD = Thing(), Thing("bread", {"en": "Bread"}, 210)
BEER = Thing("beer", {"en": "Beer"}, 250, "standard", min_age=16)
RUM = Thing("rum", {"en": "Rum"}, 1900, "standard", min_age=18)
TOMATO = Thing("tomato", {"en": "Tomatoes"}, 399, unit="kg")
MYSTERY = Thing("mystery", {"en": "?"}, None)
CIDER_BY_WEIGHT = Thing("cider", {"en": "Cider"}, None, unit="litre", min_age=16)


def add(basket: Basket, thing: Thing | None, code: str, quantity: int | None, **more: Any) -> Basket | Refused:
    return basket_lines.add(basket, thing, thing.min_age if thing else 0, code, quantity, **more)


def answer(
    basket: Basket, question: Question, thing: Thing | None, quantity: int | None, price: int | None
) -> Basket | Refused:
    return basket_lines.answer(basket, question, thing, thing.min_age if thing else 0, quantity, price)


def put(basket: Basket, thing: Thing | None, **more: Any) -> Basket:
    got = add(basket, thing, "code", more.pop("quantity", None), **more)
    assert isinstance(got, Basket), got
    return got


def said(basket: Basket, thing: Thing | None, **answers: Any) -> Basket:
    """The first open question, answered."""
    got = answer(basket, basket.questions[0], thing, answers.get("quantity"), answers.get("price"))
    assert isinstance(got, Basket), got
    return got


def test_the_same_thing_twice_in_a_row_is_one_line() -> None:
    basket = put(put(put(EMPTY, MILK), MILK), MILK, quantity=2 * ONE)
    assert [(line.sku, line.quantity) for line in basket.lines] == [("milk", 4 * ONE)]
    basket = put(put(basket, BREAD), MILK)
    assert [line.sku for line in basket.lines] == ["milk", "bread", "milk"]
    assert basket.total_minor == 5 * 120 + 210


def test_a_line_that_was_touched_is_left_alone() -> None:
    for price in (100, 120):
        overridden = override_price(put(EMPTY, MILK), 1, price, "dented")
        assert isinstance(overridden, Basket)
        assert len(put(overridden, MILK).lines) == 2
    voided = void_line(put(EMPTY, MILK), 1)
    assert isinstance(voided, Basket)
    assert [line.voided for line in put(voided, MILK).lines] == [True, False]
    cheaper = put(put(EMPTY, MILK), msgspec.structs.replace(MILK, price_minor=110))
    assert [line.price_minor for line in cheaper.lines] == [120, 110]


def test_two_bags_of_tomatoes_are_two_lines() -> None:
    basket = put(put(EMPTY, TOMATO, quantity=1250), TOMATO, quantity=800)
    assert [line.amount_minor for line in basket.lines] == [499, 319]


def test_a_code_that_no_one_knows_is_asked_about_and_cannot_be_sold() -> None:
    basket = put(EMPTY, None)
    assert [question.kind for question in basket.questions] == ["unknown"]
    assert outcome_of(answer, basket, basket.questions[0], None, None, None) == Refused(
        "unknown_code", {"code": "code"}
    )


def test_one_thing_may_need_three_answers() -> None:
    """Its price, then the customer's age, then how much of it."""
    basket = put(EMPTY, CIDER_BY_WEIGHT)
    asked = []
    for answers in ({"price": 300}, {}, {"quantity": 1500}):
        asked.append(basket.questions[0].kind)
        assert basket.lines == ()
        basket = said(basket, CIDER_BY_WEIGHT, **answers)
    assert asked == ["price", "age", "measure"]
    assert basket.questions == ()
    (line,) = basket.lines
    assert (line.amount_minor, line.reason, line.listed_minor) == (450, "entered", None)


def test_what_was_measured_before_the_age_was_asked_is_not_asked_again() -> None:
    basket = put(EMPTY, msgspec.structs.replace(CIDER_BY_WEIGHT, price_minor=300), quantity=2000)
    assert basket.questions[0].kind == "age"
    assert said(basket, msgspec.structs.replace(CIDER_BY_WEIGHT, price_minor=300)).total_minor == 600


def test_an_age_is_asked_once_and_again_for_a_higher_one() -> None:
    basket = said(put(EMPTY, BEER), BEER)
    assert basket.age_checked == 16
    basket = put(basket, BEER)
    assert (basket.questions, basket.lines[0].quantity) == ((), 2 * ONE)
    basket = put(basket, RUM)
    assert [(question.kind, question.min_age) for question in basket.questions] == [("age", 18)]
    assert said(basket, RUM).age_checked == 18
    assert put(said(basket, RUM), BEER).questions == ()


def test_an_answer_without_what_was_asked_is_refused() -> None:
    price, measure = put(EMPTY, MYSTERY), put(EMPTY, TOMATO)
    assert outcome_of(answer, price, price.questions[0], MYSTERY, None, None) == Refused("price_missing")
    assert outcome_of(answer, measure, measure.questions[0], TOMATO, None, None) == Refused("quantity_missing")


def test_a_price_of_nothing_is_a_price() -> None:
    basket = said(put(EMPTY, MYSTERY), MYSTERY, price=0)
    assert (basket.total_minor, len(basket.lines)) == (0, 1)


def test_a_price_that_became_known_counts_more_than_one_typed_in() -> None:
    basket = said(put(EMPTY, MYSTERY), msgspec.structs.replace(MYSTERY, price_minor=500), price=1)
    assert basket.total_minor == 500


@pytest.mark.parametrize("quantity", [1, 500, 1500, 999])
def test_half_a_bottle_is_not_sold(quantity: int) -> None:
    refused = Refused("whole_pieces_only", {"name": "Milk"})
    assert outcome_of(add, EMPTY, MILK, "code", quantity) == refused
    assert outcome_of(set_quantity, put(EMPTY, MILK), 1, quantity) == refused


def test_a_basket_has_so_many_lines() -> None:
    basket = EMPTY
    for number in range(LINES_LIMIT):
        basket = put(basket, Thing(f"sku {number}"))
    assert outcome_of(add, basket, BREAD, "code", None) == Refused("basket_full", {"limit": LINES_LIMIT})


def test_so_many_questions_wait_and_then_they_must_be_answered() -> None:
    basket = EMPTY
    for _ in range(QUESTIONS_LIMIT):
        basket = put(basket, None)
    assert outcome_of(add, basket, None, "code", None) == Refused("answer_first", {"waiting": QUESTIONS_LIMIT})
    assert outcome_of(add, basket, MYSTERY, "code", None) == Refused("answer_first", {"waiting": QUESTIONS_LIMIT})
    assert len(put(basket, MILK).lines) == 1


def test_a_sum_that_no_till_can_count_is_refused() -> None:
    dear = Thing("yacht", {"en": "Yacht"}, LIMIT_MINOR)
    too_much = Refused("too_much", {})
    assert outcome_of(add, EMPTY, dear, "code", 2 * ONE) == too_much
    assert outcome_of(add, put(EMPTY, dear), dear, "code", ONE) == too_much
    assert outcome_of(set_quantity, put(EMPTY, dear), 1, 2 * ONE) == too_much
    assert outcome_of(override_price, put(EMPTY, MILK, quantity=2 * ONE), 1, LIMIT_MINOR, "") == too_much


@pytest.mark.parametrize("line", [0, 2, -1])
def test_a_line_that_is_not_there(line: int) -> None:
    basket = put(EMPTY, MILK)
    changes: tuple[Callable[[], Basket], ...] = (
        lambda: set_quantity(basket, line, ONE),
        lambda: void_line(basket, line),
        lambda: override_price(basket, line, 1, ""),
    )
    for change in changes:
        assert outcome_of(change) == Refused("no_such_line", {"line": line})


def test_a_voided_line_stays_to_be_seen_and_counts_nothing() -> None:
    basket = void_line(put(put(EMPTY, MILK), BREAD), 1)
    assert isinstance(basket, Basket)
    assert (basket.total_minor, len(basket.lines), len(basket.sold_lines)) == (210, 2, 1)
    for change in (lambda: set_quantity(basket, 1, ONE), lambda: override_price(basket, 1, 1, "")):
        assert outcome_of(change) == Refused("no_such_line", {"line": 1})


def test_an_override_keeps_what_the_catalogue_says_however_often() -> None:
    basket = put(EMPTY, MILK)
    for price in (100, 90, 120):
        changed = override_price(basket, 1, price, "dented")
        assert isinstance(changed, Basket)
        basket = changed
    assert (basket.lines[0].price_minor, basket.lines[0].listed_minor, basket.lines[0].reason) == (120, 120, "dented")


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from([MILK, BREAD, BEER, TOMATO, MYSTERY, None]), st.none()),
        st.tuples(st.just("quantity"), st.integers(0, 8), st.integers(1, 5)),
        st.tuples(st.just("void"), st.integers(0, 8), st.none()),
        st.tuples(st.just("override"), st.integers(0, 8), st.integers(0, 900)),
    ),
    max_size=30,
)


@given(STEPS)
def test_whatever_is_done_to_a_basket_its_total_is_that_of_its_lines(steps: list[tuple[str, Any, Any]]) -> None:
    basket, revisions = EMPTY, [0]
    for kind, what, number in steps:
        changed: Basket | Refused
        match kind:
            case "add":
                changed = outcome_of(add, basket, what, "code", 500 if what is TOMATO else None)
            case "quantity":
                changed = outcome_of(set_quantity, basket, what, number * ONE)
            case "void":
                changed = outcome_of(void_line, basket, what)
            case _:
                changed = outcome_of(override_price, basket, what, number, "")
        if isinstance(changed, Basket):
            basket = changed
            revisions.append(basket.revision)
    assert revisions == list(range(len(revisions)))
    ids = [entry.id for entry in (*basket.lines, *basket.questions)]
    assert len(set(ids)) == len(ids)
    assert basket.total_minor == sum(line.amount_minor for line in basket.sold_lines)
    assert msgspec.json.decode(msgspec.json.encode(basket), type=Basket) == basket
    assert all(isinstance(line, BasketLine) and line.quantity <= LIMIT for line in basket.lines)
