"""Another product in the place of one that is short: which may be, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest

from edge.counter.basket.event_structs import Discount, RecordedLine
from edge.goods.catalog.allergens import own_allergens
from edge.goods.catalog.product import Value
from edge.goods.catalog.queries import CatalogProduct
from edge.ordering.orders.fulfilment.substitutes import why_unfit, with_substitute
from edge.ordering.orders.order import OrderGoods

MILK = RecordedLine(1, "milk", "", {"en": "Milk"}, "piece", 2000, 120, "standard")


def product(sku: str = "oat", price_minor: int = 100, **more: Any) -> CatalogProduct:
    return CatalogProduct(sku=sku, names={"en": sku}, price_minor=price_minor, **more)


def of(**texts: str) -> dict[str, Value]:
    return {name: Value(text) for name, text in texts.items()}


def strong(high: int, unit: str = "%") -> dict[str, Value]:
    return {"THC": Value(f"{high}", high, high, unit)}


@pytest.mark.parametrize(
    ("was", "new", "why"),
    [
        ({}, {}, ""),
        ({}, {"unit": "kg"}, "substitute_other_unit"),
        ({}, {"min_age": 18}, "substitute_for_older"),
        ({"min_age": 18}, {"min_age": 18}, ""),
        ({}, {"retired_us": 1}, "substitute_unfit"),
        ({}, {"sku": "milk"}, "substitute_unfit"),
        ({}, {"units": 6}, "substitute_unfit"),
        ({"attributes": of(Allergens="milk, soy")}, {"attributes": of(allergens="soy")}, ""),
        ({"attributes": of(Allergens="milk")}, {"attributes": of(Allergens="nuts")}, "substitute_allergens"),
        ({"attributes": of(Allergens="milk")}, {}, "substitute_allergens"),
        ({}, {"attributes": of(Allergens="nuts")}, "substitute_allergens"),
        ({"attributes": strong(20)}, {"attributes": strong(18)}, ""),
        ({"attributes": strong(18)}, {"attributes": strong(20)}, "substitute_stronger"),
        ({"attributes": strong(18)}, {"attributes": strong(5, "mg")}, "substitute_stronger"),
        ({"attributes": strong(18)}, {}, "substitute_stronger"),
    ],
)
def test_never_across_an_age_an_allergen_or_more_thc(was: dict[str, Any], new: dict[str, Any], why: str) -> None:
    before, after = product("milk", 120, **was), product(**new)
    ages = {before.sku: before.min_age} | {after.sku: after.min_age}
    allergens = {one.sku: own_allergens(one.sku, one.attributes) for one in (before, after)}
    found = why_unfit(MILK, before, after, ages, allergens)
    assert (found.code if found else "") == why


@pytest.mark.parametrize(("price_minor", "costs"), [(100, 200), (120, 240), (150, 240)])
def test_the_lower_of_both_prices_holds(price_minor: int, costs: int) -> None:
    after = with_substitute(OrderGoods((MILK,)), MILK, product(price_minor=price_minor), "standard")
    struck, added = after.lines
    assert struck.voided and (added.sku, added.quantity, added.amount_minor) == ("oat", 2000, costs)
    assert (added.reason == "substitute") == (price_minor > 120)


def test_what_was_off_stays_off_and_nothing_costs_less_than_nothing() -> None:
    line = RecordedLine(
        *(1, "milk", "", {}, "piece", 2000, 120, "standard"), discounts=(Discount("p", 100),), off_minor=140
    )
    assert with_substitute(OrderGoods((line,)), line, product(price_minor=500), "standard").lines[1].amount_minor == 0
    half = with_substitute(OrderGoods((line,)), line, product(price_minor=60), "standard").lines[1]
    assert (half.promotion_minor, half.off_minor, half.amount_minor) == (50, 70, 0)
