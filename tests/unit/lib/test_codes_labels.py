"""What a code says of one thing goes with its line: its weight, its price, its lot, its last day, its number."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from edge.core.messages import Refused
from edge.counter.basket.basket import Basket
from edge.counter.basket.basket_lines import add, answer, override_price, set_quantity, void_line
from edge.counter.basket.event_structs import ScannedData
from edge.goods.catalog.product import BundlePart
from edge.lib.units.quantity import ONE
from tests.refusals import outcome_of

EMPTY = Basket("1")
TODAY = date(2026, 11, 20)
YESTERDAY = date(2026, 11, 19)


class Thing(msgspec.Struct, frozen=True):
    """A product as the till sees it."""

    sku: str = "cheese"
    names: dict[str, str] = msgspec.field(default_factory=lambda: {"en": "Cheese"})
    price_minor: int | None = 1990
    tax_class: str = "reduced"
    unit: str = "kg"
    min_age: int = 0
    units: int = 1
    deposit_minor: int = 0
    parts: tuple[BundlePart, ...] = ()
    leaves: tuple[BundlePart, ...] = ()


CHEESE, TART = Thing(), Thing("tart", {"en": "Tart"}, 350, unit="piece")
PHONE = Thing("phone", {"en": "Phone"}, 19900, unit="piece")
UNPRICED = Thing("comte", {"en": "Comté"}, None)
RUM = Thing("rum", {"en": "Rum"}, 1900, unit="piece", min_age=18)


def put(basket: Basket, thing: Thing, label: ScannedData, quantity: int | None = None, **more: Any) -> Basket:
    got = add(basket, thing, thing.min_age, "code", quantity, label=label, today=TODAY, **more)
    assert isinstance(got, Basket), got
    return got


def said(basket: Basket, thing: Thing, quantity: int | None = None, price_minor: int | None = None) -> Basket:
    got = answer(basket, basket.questions[0], thing, thing.min_age, quantity, price_minor, TODAY)
    assert isinstance(got, Basket), got
    return got


def refused(got: Basket | Refused) -> str:
    assert isinstance(got, Refused), got
    return got.code


def test_a_weight_is_not_asked_for() -> None:
    (line,) = put(EMPTY, CHEESE, ScannedData(weight_g=384)).lines
    assert (line.quantity, line.amount_minor, line.label) == (384, 764, ScannedData(weight_g=384))


def test_a_printed_price_is_what_it_costs_to_the_cent() -> None:
    """384 g at 19.90 would be 7.64; the label says 7.65."""
    (line,) = put(EMPTY, CHEESE, ScannedData(price_minor=765)).lines
    assert (line.quantity, line.price_minor, line.amount_minor) == (384, 1990, 765)
    (line,) = put(EMPTY, CHEESE, ScannedData(weight_g=384, price_minor=765)).lines
    assert (line.quantity, line.amount_minor) == (384, 765)
    asked = put(EMPTY, CHEESE, ScannedData(weight_g=390, price_minor=765))
    assert [question.kind for question in asked.questions] == ["label_price"]
    (line,) = said(asked, CHEESE).lines
    assert (line.quantity, line.amount_minor) == (390, 765)


def test_a_printed_price_where_no_one_knows_what_a_kilogram_costs() -> None:
    basket = put(EMPTY, UNPRICED, ScannedData(price_minor=765))
    assert [question.kind for question in basket.questions] == ["measure"]
    (line,) = said(basket, UNPRICED, quantity=500).lines
    assert (line.quantity, line.price_minor, line.amount_minor, line.reason) == (500, 1530, 765, "")


def test_a_piece_with_a_price_on_it_costs_that() -> None:
    basket = put(EMPTY, TART, ScannedData(price_minor=299), quantity=3 * ONE)
    (line,) = basket.lines
    assert (line.price_minor, line.amount_minor, line.reason) == (299, 897, "")
    assert len(put(basket, TART, ScannedData(price_minor=299)).lines) == 1
    assert len(put(basket, TART, ScannedData(price_minor=310)).lines) == 2


def test_what_is_labelled_has_no_other_quantity() -> None:
    for thing, label in (
        (CHEESE, ScannedData(weight_g=384)),
        (CHEESE, ScannedData(price_minor=5)),
        (PHONE, ScannedData(serial="S1")),
    ):
        basket = put(EMPTY, thing, label)
        assert refused(outcome_of(set_quantity, basket, 1, 2 * ONE)) == "as_labelled"
    assert isinstance(set_quantity(put(EMPTY, TART, ScannedData(lot="L7")), 1, 2 * ONE), Basket)


def test_a_price_overridden_is_no_longer_the_printed_one() -> None:
    basket = override_price(put(EMPTY, CHEESE, ScannedData(price_minor=765)), 1, 1000, "ripe")
    assert isinstance(basket, Basket)
    (line,) = basket.lines
    assert (line.amount_minor, line.listed_minor, line.label) == (384, 1990, ScannedData(price_minor=765))


def test_lots_are_lines_of_their_own() -> None:
    basket = put(put(EMPTY, TART, ScannedData(lot="A")), TART, ScannedData(lot="A"))
    assert [(line.quantity, line.label) for line in basket.lines] == [(2 * ONE, ScannedData(lot="A"))]
    assert len(put(basket, TART, ScannedData(lot="B")).lines) == 2


def test_a_serial_number_is_sold_once() -> None:
    basket = put(EMPTY, PHONE, ScannedData(serial="S1"))
    assert refused(outcome_of(add, basket, PHONE, 0, "code", None, label=ScannedData(serial="S1"))) == "serial_twice"
    basket = put(basket, PHONE, ScannedData(serial="S2"))
    assert len(basket.lines) == 2
    voided = void_line(basket, 1)
    assert isinstance(voided, Basket)
    assert len(put(voided, PHONE, ScannedData(serial="S1")).lines) == 3


@pytest.mark.parametrize(("expiry", "asked"), [(YESTERDAY, True), (TODAY, False), (None, False)])
def test_the_last_day_is_a_day_on_which_it_is_sold(expiry: date | None, asked: bool) -> None:
    basket = put(EMPTY, TART, ScannedData(lot="L", expiry=expiry))
    assert [question.kind for question in basket.questions] == (["expired"] if asked else [])
    assert len(basket.lines) == (0 if asked else 1)


def test_an_expired_thing_is_sold_only_if_someone_says_so_and_the_line_says_that() -> None:
    basket = put(EMPTY, TART, ScannedData(lot="L", expiry=YESTERDAY))
    (line,) = said(basket, TART).lines
    assert line.label == ScannedData(lot="L", expiry=YESTERDAY, sold_expired=True)


def test_one_question_leads_to_the_next_and_nothing_said_is_lost() -> None:
    label = ScannedData(expiry=YESTERDAY, serial="S1")
    basket = put(EMPTY, RUM, label)
    assert [question.kind for question in basket.questions] == ["age"]
    basket = said(basket, RUM)
    assert [question.kind for question in basket.questions] == ["expired"]
    (line,) = said(basket, RUM).lines
    assert (line.sku, line.label) == ("rum", msgspec.structs.replace(label, sold_expired=True))


def test_an_unpriced_thing_with_a_weight_is_asked_for_its_price_alone() -> None:
    basket = put(EMPTY, UNPRICED, ScannedData(weight_g=250, lot="L"))
    assert [question.kind for question in basket.questions] == ["price"]
    (line,) = said(basket, UNPRICED, price_minor=2000).lines
    assert (line.quantity, line.amount_minor, line.reason, line.label) == (
        *(250, 500, "entered"),
        ScannedData(weight_g=250, lot="L"),
    )
