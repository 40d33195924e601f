"""How a basket is paid: in one go or in parts, in coins that exist, with taxes inside or on top."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge.core.messages import Refused
from edge.counter.basket.basket import TENDERS_LIMIT, Basket, BasketLine, Question
from edge.counter.basket.basket_sums import basket_sums
from edge.counter.basket.discounts import on_basket
from edge.counter.basket.event_structs import ReturnedGoods, Tender, TypedDiscount
from edge.counter.basket.totals import saved_minor, totals
from edge.counter.till.events import SaleCompleted
from edge.counter.till.rules.payment import pay
from edge.counter.till.settings import TillSettings
from edge.lib.tax.rules import Rate, TaxClass, TaxTable
from edge.lib.units.quantity import ONE
from tests.refusals import outcome_of

CLASSES = (TaxClass("standard", (Rate("VAT", 20_000),)), TaxClass("reduced", (Rate("VAT", 5_500),)), TaxClass("none"))


def store(step: int = 1, inclusive: bool = True, rounding: Any = "total") -> TillSettings:
    return TillSettings("EUR", TaxTable(inclusive, rounding, CLASSES), "", (), (), "en", "UTC", step)


def basket(*prices: int, tax_class: str = "standard") -> Basket:
    lines = (
        BasketLine(number, f"sku {number}", "", {"en": "Thing"}, "piece", ONE, price, tax_class)
        for number, price in enumerate(prices, 1)
    )
    return Basket("1", lines=tuple(lines))


def paid(
    open_basket: Basket, kind: Any, amount: int | None = None, settings: TillSettings | None = None, reference: str = ""
) -> SaleCompleted:
    sale = pay(open_basket, kind, amount, reference, settings or store())
    assert isinstance(sale, SaleCompleted), sale
    return sale


def part(open_basket: Basket, kind: Any, amount: int, settings: TillSettings | None = None) -> Basket:
    left = pay(open_basket, kind, amount, "", settings or store())
    assert isinstance(left, Basket), left
    return left


def test_cash_with_change() -> None:
    sale = paid(basket(120, 250), "cash", 500)
    assert (sale.total_minor, sale.change_minor, sale.rounding_minor) == (370, 130, 0)
    assert sale.tenders == (Tender("cash", 500),)


def test_without_an_amount_it_is_exactly_what_is_due() -> None:
    for kind in ("cash", "card"):
        sale = paid(basket(120, 250), kind)
        assert (sale.tenders, sale.change_minor) == ((Tender(kind, 370),), 0)  # type: ignore[arg-type]


def test_a_card_pays_at_most_what_is_due() -> None:
    assert outcome_of(pay, basket(370), "card", 371, "", store()) == Refused("card_too_much", {"due_minor": 370})


def test_in_parts_the_last_of_which_completes_the_sale() -> None:
    left = part(part(basket(1000), "card", 300), "cash", 200)
    assert totals(left, store()).due_minor == 500
    assert left.paid_minor == 500
    sale = paid(left, "cash", 700)
    assert [tender.amount_minor for tender in sale.tenders] == [300, 200, 700]
    assert sale.change_minor == 200


def test_a_sale_is_split_into_so_many_payments_and_no_more() -> None:
    left = basket(10_000)
    for _ in range(TENDERS_LIMIT - 1):
        left = part(left, "cash", 1)
    assert outcome_of(pay, left, "cash", 1, "", store()) == Refused("too_many_tenders", {"limit": TENDERS_LIMIT})
    assert len(paid(left, "cash").tenders) == TENDERS_LIMIT


def test_no_money_is_no_payment() -> None:
    assert outcome_of(pay, basket(100), "cash", 0, "", store()) == Refused("amount_missing")


def test_nothing_to_pay_for() -> None:
    assert outcome_of(pay, Basket("1"), "cash", None, "", store()) == Refused("basket_empty")
    voided = Basket("1", lines=(BasketLine(1, "a", "", {}, "piece", ONE, 100, "standard", voided=True),))
    assert outcome_of(pay, voided, "cash", None, "", store()) == Refused("basket_empty")


def test_an_open_question_comes_first() -> None:
    asked = basket(100).with_changes(questions=(Question(9, "age", "c", 0),))
    assert outcome_of(pay, asked, "cash", None, "", store()) == Refused("answer_first", {"waiting": 1})


def test_what_costs_nothing_is_a_sale_too() -> None:
    for kind in ("cash", "card"):
        sale = paid(basket(0), kind)
        assert (sale.total_minor, sale.change_minor, sale.tenders) == (0, 0, ())
    assert paid(basket(0), "cash", 500).change_minor == 0


@pytest.mark.parametrize(
    ("price", "rounding"), [(998, 2), (997, -2), (1001, -1), (1002, -2), (1003, 2), (1000, 0), (2, -2), (3, 2)]
)
def test_cash_is_rounded_to_the_smallest_coin_and_a_card_is_not(price: int, rounding: int) -> None:
    sale = paid(basket(price), "cash", settings=store(step=5))
    assert (sale.total_minor, sale.rounding_minor) == (price, rounding)
    assert sum(tender.amount_minor for tender in sale.tenders) == price + rounding
    assert paid(basket(price), "card", settings=store(step=5)).rounding_minor == 0


def test_halves_go_down_where_the_currency_says_so() -> None:
    shop = msgspec.structs.replace(store(step=10), cash_halves_down=True)
    for price, rounding in ((995, -5), (996, 4), (994, -4)):
        sale = paid(basket(price), "cash", settings=shop)
        assert (sale.rounding_minor, sum(tender.amount_minor for tender in sale.tenders)) == (
            rounding,
            price + rounding,
        )


def test_only_what_is_left_for_cash_is_rounded() -> None:
    left = part(basket(998), "card", 500, store(step=5))
    sale = paid(left, "cash", settings=store(step=5))
    assert (sale.rounding_minor, sale.tenders[-1].amount_minor) == (2, 500)


def test_a_rest_smaller_than_any_coin_is_forgiven() -> None:
    left = part(basket(502), "card", 500, store(step=5))
    sale = paid(left, "cash", settings=store(step=5))
    assert (sale.rounding_minor, sale.tenders) == (-2, (Tender("card", 500),))


def test_a_note_beside_a_payment_changes_no_amount() -> None:
    """A cash payment with a reference is rounded like any other."""
    sale = paid(basket(998), "cash", settings=store(step=5), reference="envelope 3")
    assert (sale.tenders, sale.rounding_minor) == ((Tender("cash", 1000, "envelope 3"),), 2)
    assert paid(basket(998), "card", reference="A1B2").tenders == (Tender("card", 998, "A1B2"),)


def test_taxes_on_top_are_paid_too() -> None:
    sale = paid(basket(1000, 500), "cash", 2000, store(inclusive=False))
    assert (sale.net_minor, sale.total_minor, sale.change_minor) == (1500, 1800, 200)
    assert not sale.taxes_included


@pytest.mark.parametrize(("inclusive", "saved"), [(True, 100), (False, 120)])
def test_a_sum_off_is_before_tax_and_saves_the_customer_that_with_its_tax(inclusive: bool, saved: int) -> None:
    off = on_basket(basket(1000), TypedDiscount("damaged", "u1", sum_minor=100))
    assert isinstance(off, Basket)
    assert off.total_minor == 900
    assert saved_minor(off, store(inclusive=inclusive)) == saved
    assert saved_minor(basket(1000), store(inclusive=inclusive)) == 0


def test_a_class_that_was_taken_out_of_the_table_is_named() -> None:
    luxury = basket(1000, tax_class="luxury")
    assert outcome_of(pay, luxury, "cash", None, "", store()) == Refused("no_tax_class", {"tax_class": "luxury"})


def test_voided_and_overridden_lines_are_in_the_sale_and_count_what_they_should() -> None:
    open_basket = basket(100, 200)
    lines = (open_basket.lines[0], BasketLine(3, "c", "", {}, "piece", ONE, 900, "standard", voided=True))
    sale = paid(open_basket.with_changes(lines=lines), "cash")
    assert (sale.total_minor, len(sale.lines)) == (100, 2)


PRICES = st.lists(
    st.tuples(st.integers(0, 20_000), st.sampled_from(["standard", "reduced", "none"])), min_size=1, max_size=8
)
SETTINGS = st.builds(store, st.sampled_from([1, 5, 10, 50]), st.booleans(), st.sampled_from(["line", "total"]))


@given(PRICES, SETTINGS, st.lists(st.tuples(st.sampled_from(["cash", "card"]), st.integers(0, 9_000)), max_size=6))
@example([(175, "none")], store(10), [("cash", 176)])
def test_however_it_is_paid_the_money_adds_up(
    prices: list[tuple[int, str]], settings: TillSettings, payments: list[tuple[str, int]]
) -> None:
    open_basket = Basket(
        "1",
        lines=tuple(
            BasketLine(number, "a", "", {"en": "A"}, "piece", ONE, price, tax_class)
            for number, (price, tax_class) in enumerate(prices, 1)
        ),
    )
    result: Basket | SaleCompleted | Refused = open_basket
    steps = [open_basket]
    for kind, amount in [*payments, ("cash", None)]:
        result = outcome_of(pay, steps[-1], kind, amount, "", settings)  # type: ignore[arg-type]
        if isinstance(result, SaleCompleted):
            break
        if isinstance(result, Basket):
            steps.append(result)
    assert isinstance(result, SaleCompleted)
    sale = result
    assert sale.total_minor == sale.net_minor + sum(row.tax_minor for row in sale.taxes)
    assert sum(tender.amount_minor for tender in sale.tenders) - sale.change_minor == (
        sale.total_minor + sale.rounding_minor
    )
    assert sale.change_minor >= 0
    assert abs(sale.rounding_minor) * 2 <= settings.cash_step_minor
    assert all(earlier.paid_minor < later.paid_minor for earlier, later in pairwise(steps))


def test_sums_tell_what_goes_back_and_nothing_of_a_tax_that_is_gone() -> None:
    goods = ReturnedGoods("1", 7, (), (), 1100, 1100, 0)
    more = msgspec.structs.replace(basket(370), returns=(goods,))
    sums = basket_sums(more, store())
    assert sums and (sums.total_minor, sums.due_minor, sums.back_minor, sums.change_minor) == (-730, 0, 730, 0)
    sums = basket_sums(part(basket(998), "card", 996, store(5)), store(5))
    assert sums and (sums.due_minor, sums.due_cash_minor, sums.rounding_minor) == (2, 0, -2)
    assert basket_sums(basket(120, tax_class="gone"), store()) is None
