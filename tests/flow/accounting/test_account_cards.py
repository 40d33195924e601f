"""What customers owe on account, paid by a card that they let the shop keep: by a person, once, and undone so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from edge.accounting.accounts.commands import ChargeAccountCard, UndoPayment
from edge.accounting.accounts.queries import account_credits
from edge.accounting.books.entries import RECEIVABLES
from edge.counter.till.commands import AddLine, Pay, UseCustomer
from tests.accounts import in_agreement, on_account, stands
from tests.counter_shop import books_of
from tests.flow.money.test_pay_pages import CARDS, PageShop, at
from tests.flow.money.test_stored_methods import LONG_S, PERSON, PROGRAM, nowhere, somebody, store, why_not
from tests.ordering import do
from tests.shop_fixture import CASHIER, MILK, SYSTEM

OWED_MINOR = 240


def owing(folder: Path, scenario: Callable[[PageShop, str, str], Awaitable[None]]) -> None:
    """A customer who owes two bottles of milk, and a card of theirs that the shop keeps."""

    async def begun(made: PageShop) -> None:
        customer = await on_account(made.shop)
        method = str(await do(made.shop, store(customer), SYSTEM))
        await do(made.shop, AddLine(MILK, quantity=2_000), CASHIER)
        await do(made.shop, UseCustomer(customer), CASHIER)
        await do(made.shop, Pay("account"), CASHIER)
        await scenario(made, customer, method)
        in_agreement(made.shop)

    at(folder, begun)


def test_what_is_owed_is_charged_to_a_stored_card_once(tmp_path: Path) -> None:
    async def scenario(made: PageShop, customer: str, method: str) -> None:
        await do(made.shop, ChargeAccountCard(customer, method, 100), PERSON)
        await made.until(lambda one: one.used, "it is booked")
        assert stands(made.shop, customer).owed_minor == OWED_MINOR - 100
        await do(made.shop, ChargeAccountCard(customer, method), PERSON)
        await made.until(lambda one: one.used, "the rest is booked")
        assert (stands(made.shop, customer).balance_minor, made.stripe.moved_minor) == (0, OWED_MINOR)
        paid = account_credits(made.shop.reader, customer)
        assert [(one.tender, one.amount_minor, one.register) for one in paid] == [("card", 140, ""), ("card", 100, "")]
        books = books_of(made.shop)
        assert (books[CARDS], books.get(RECEIVABLES, 0)) == (OWED_MINOR, 0)
        assert await why_not(made, ChargeAccountCard(customer, method)) == "account_not_owed"
        nowhere(made, "pm_visa")

    owing(tmp_path, scenario)


def test_only_a_person_charges_it_for_whose_it_is_and_no_more_than_is_owed(tmp_path: Path) -> None:
    async def scenario(made: PageShop, customer: str, method: str) -> None:
        assert await why_not(made, ChargeAccountCard(customer, method, OWED_MINOR + 1)) == "account_not_owed"
        assert await why_not(made, ChargeAccountCard(customer, method), PROGRAM) == "method_person"
        assert await why_not(made, ChargeAccountCard(customer, method), SYSTEM) == "method_person"
        other = str(await do(made.shop, store(await somebody(made, "Noa")), SYSTEM))
        assert await why_not(made, ChargeAccountCard(customer, other)) == "not_yours"
        over = str(await do(made.shop, store(customer, expiry="2020-01"), SYSTEM))
        assert await why_not(made, ChargeAccountCard(customer, over)) == "method_over"
        assert await why_not(made, ChargeAccountCard(await somebody(made, "Gal"), method)) == "no_account"
        assert made.stripe.moved_minor == 0

    owing(tmp_path, scenario)


def test_a_card_that_is_declined_leaves_it_owed(tmp_path: Path) -> None:
    async def scenario(made: PageShop, customer: str, method: str) -> None:
        made.stripe.fault = "declined"
        await do(made.shop, ChargeAccountCard(customer, method), PERSON)
        assert (await made.ends("declined")).code == "insufficient"
        assert (stands(made.shop, customer).owed_minor, made.stripe.moved_minor) == (OWED_MINOR, 0)

    owing(tmp_path, scenario)


@pytest.mark.parametrize("fault", ["cut", "garbage"])
def test_a_charge_of_which_the_answer_is_lost_is_found_also_behind_a_kill(fault: str, tmp_path: Path) -> None:
    async def scenario(made: PageShop, customer: str, method: str) -> None:
        made.stripe.fault = fault  # type: ignore[assignment]
        id = str(await do(made.shop, ChargeAccountCard(customer, method), PERSON))
        await made.ends("unknown", id)
        assert await why_not(made, ChargeAccountCard(customer, method)) == "payment_open"
        await made.kill()
        made.stripe.fault = ""
        made.start()
        await made.until(lambda one: one.used, "it is found and booked", id)
        assert (stands(made.shop, customer).owed_minor, made.stripe.moved_minor) == (0, OWED_MINOR)

    owing(tmp_path, scenario)


def test_what_surely_did_not_get_there_is_asked_again_under_its_key(tmp_path: Path) -> None:
    async def scenario(made: PageShop, customer: str, method: str) -> None:
        made.stripe.fault = "down"
        id = str(await do(made.shop, ChargeAccountCard(customer, method), PERSON))
        await made.ends("unknown", id)
        made.stripe.fault = ""
        made.clock.advance(LONG_S)
        await made.ends("created", id)
        assert stands(made.shop, customer).owed_minor == OWED_MINOR
        assert await do(made.shop, ChargeAccountCard(customer, method), PERSON) == id
        await made.until(lambda one: one.used, "it is booked", id)
        assert made.stripe.moved_minor == OWED_MINOR

    owing(tmp_path, scenario)


def test_what_is_undone_goes_back_to_the_card_and_is_owed_again(tmp_path: Path) -> None:
    async def scenario(made: PageShop, customer: str, method: str) -> None:
        await do(made.shop, ChargeAccountCard(customer, method), PERSON)
        await made.until(lambda one: one.used, "it is booked")
        (paid,) = account_credits(made.shop.reader, customer)
        await do(made.shop, UndoPayment(paid.number, "typed to a wrong customer"), SYSTEM)
        await made.ends("refunded")
        assert (stands(made.shop, customer).owed_minor, made.stripe.moved_minor) == (OWED_MINOR, 0)
        assert books_of(made.shop).get(CARDS, 0) == 0

    owing(tmp_path, scenario)
