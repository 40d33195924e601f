"""A tab, or any basket, that a stored card of its customer pays, who needs no account: once, whatever breaks off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from edge.counter.till.commands import (
    AddLine,
    Pay,
    PrintReport,
    RefundSale,
    SetBasketAside,
    TakeBasketUp,
    UseCustomer,
)
from edge.counter.till.paying.basket_charges import ChargeBasket
from edge.counter.till.queries import read_basket
from edge.money.payments.queries import read_payments
from tests.counter_shop import books_of
from tests.flow.money.test_pay_pages import CARDS, PageShop, at, sales
from tests.flow.money.test_stored_methods import LONG_S, PERSON, PROGRAM, nowhere, somebody, store, why_not
from tests.ordering import do
from tests.shop_fixture import CASHIER, MILK, SYSTEM

SUM_MINOR = 240


def with_a_tab(folder: Path, scenario: Callable[[PageShop, str], Awaitable[None]]) -> None:
    """A tab of a customer without an account, taken up: two bottles of milk; and their card, which the shop keeps."""

    async def begun(made: PageShop) -> None:
        customer = await somebody(made)
        method = str(await do(made.shop, store(customer), SYSTEM))
        await do(made.shop, AddLine(MILK, quantity=2_000), CASHIER)
        await do(made.shop, UseCustomer(customer), CASHIER)
        await do(made.shop, SetBasketAside("Window"), CASHIER)
        await do(made.shop, TakeBasketUp(1), CASHIER)
        await scenario(made, method)

    at(folder, begun)


def test_a_tab_of_a_customer_without_an_account_is_paid_by_their_stored_card(tmp_path: Path) -> None:
    async def scenario(made: PageShop, method: str) -> None:
        await do(made.shop, ChargeBasket(method), PERSON)
        await made.until(lambda one: one.used, "it is sold")
        (sale,) = sales(made.shop)
        (tender,) = sale.tenders
        assert (tender.kind, tender.amount_minor, tender.reference) == ("card", SUM_MINOR, "VISA 4242")
        assert (sale.total_minor, made.stripe.moved_minor, books_of(made.shop)[CARDS]) == (
            SUM_MINOR,
            SUM_MINOR,
            SUM_MINOR,
        )
        assert read_basket(made.shop.reader, "1").empty
        nowhere(made, "pm_visa")
        await do(made.shop, RefundSale(sale.number), PERSON)
        await made.ends("refunded")
        assert (made.stripe.moved_minor, books_of(made.shop).get(CARDS, 0)) == (0, 0)

    with_a_tab(tmp_path, scenario)


def test_only_a_person_charges_it_and_only_its_customers_card(tmp_path: Path) -> None:
    async def scenario(made: PageShop, method: str) -> None:
        other = str(await do(made.shop, store(await somebody(made, "Noa")), SYSTEM))
        assert await why_not(made, ChargeBasket(other)) == "not_yours"
        assert await why_not(made, ChargeBasket(method), PROGRAM) == "method_person"
        assert await why_not(made, ChargeBasket(method), CASHIER) == "method_person"
        await do(made.shop, UseCustomer(""), CASHIER)
        assert await why_not(made, ChargeBasket(method)) == "not_yours"
        assert made.stripe.moved_minor == 0

    with_a_tab(tmp_path, scenario)


def test_a_card_that_is_declined_leaves_the_basket_to_be_paid_otherwise(tmp_path: Path) -> None:
    async def scenario(made: PageShop, method: str) -> None:
        made.stripe.fault = "declined"
        await do(made.shop, ChargeBasket(method), PERSON)
        assert (await made.ends("declined")).code == "insufficient"
        assert sales(made.shop) == []
        await do(made.shop, Pay("cash", SUM_MINOR), CASHIER)
        assert ([one.total_minor for one in sales(made.shop)], made.stripe.moved_minor) == ([SUM_MINOR], 0)

    with_a_tab(tmp_path, scenario)


@pytest.mark.parametrize("fault", ["cut", "garbage"])
def test_while_no_one_knows_whether_it_paid_the_basket_stays_and_a_kill_charges_nothing_twice(
    fault: str, tmp_path: Path
) -> None:
    async def scenario(made: PageShop, method: str) -> None:
        made.stripe.fault = fault  # type: ignore[assignment]
        await do(made.shop, ChargeBasket(method), PERSON)
        (payment,) = read_payments(made.shop.reader)
        await made.ends("unknown", payment.id)
        assert await why_not(made, AddLine(MILK), CASHIER) == "payment_unknown"
        assert await why_not(made, Pay("cash", SUM_MINOR), CASHIER) == "payment_unknown"
        assert await why_not(made, ChargeBasket(method)) == "payment_unknown"
        await made.kill()
        made.stripe.fault = ""
        made.start()
        await made.until(lambda one: one.used, "it is found and sold", payment.id)
        assert ([one.total_minor for one in sales(made.shop)], made.stripe.moved_minor) == ([SUM_MINOR], SUM_MINOR)

    with_a_tab(tmp_path, scenario)


def test_what_surely_did_not_get_there_is_asked_again_or_paid_in_cash(tmp_path: Path) -> None:
    async def scenario(made: PageShop, method: str) -> None:
        made.stripe.fault = "down"
        await do(made.shop, ChargeBasket(method), PERSON)
        (payment,) = read_payments(made.shop.reader)
        await made.ends("unknown", payment.id)
        made.stripe.fault = ""
        made.clock.advance(LONG_S)
        await made.ends("created", payment.id)
        await do(made.shop, Pay("cash", SUM_MINOR), CASHIER)
        await made.ends("voided", payment.id)
        assert ([one.total_minor for one in sales(made.shop)], made.stripe.moved_minor) == ([SUM_MINOR], 0)

    with_a_tab(tmp_path, scenario)


def test_the_day_is_closed_beside_a_charge_that_no_one_knows_of(tmp_path: Path) -> None:
    async def scenario(made: PageShop, method: str) -> None:
        made.stripe.fault = "cut"
        await do(made.shop, ChargeBasket(method), PERSON)
        await made.ends("unknown")
        await do(made.shop, PrintReport("z"), PERSON)
        made.stripe.fault = ""
        await made.until(lambda one: one.used, "it is found and sold")
        assert [one.total_minor for one in sales(made.shop)] == [SUM_MINOR]

    with_a_tab(tmp_path, scenario)
