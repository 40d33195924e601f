"""Cards that customers let the shop keep at a provider: charged by a person alone, once, and gone with their holder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.core.messages import Command, Refused
from edge.core.people.forgetting import ForgetPerson
from edge.money.payments.commands import OpenCardPage, RevokeMethod, StoreMethod
from edge.money.payments.queries import detached_tokens, find_card_page, read_methods, read_payments
from edge.ordering.orders.commands import PlaceOrder
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.paying.order_payments import AskForPayment, ChargeStoredMethod
from edge.people.customers.commands import SetCustomer
from tests.flow.money.test_pay_pages import PageShop, at
from tests.http_client import when
from tests.ordering import do, milk_cart, milk_order
from tests.shop_fixture import CASHIER, MANAGER, SYSTEM

TOKEN = "cus_corner/pm_visa"
PERSON = msgspec.structs.replace(MANAGER, name="dana", anonymous=False)
PROGRAM = msgspec.structs.replace(PERSON, name="shop-app", program=True)
LONG_S = 130.0


def store(customer: str, **other: Any) -> StoreMethod:
    said = {"provider": "stripe", "token": TOKEN, "brand": "VISA", "last4": "4242", "expiry": "2099-12"}
    return StoreMethod(customer, **{**said, "consent": "paper", **other})


async def somebody(made: PageShop, name: str = "Dana") -> str:
    return str(await do(made.shop, SetCustomer(name=name), SYSTEM))


async def order_of(made: PageShop, customer: str, pieces: int = 2) -> KeptOrder:
    cart = await milk_cart(made.shop, pieces)
    placed: KeptOrder = await do(made.shop, PlaceOrder(cart.id, cart.total_minor, customer=customer), SYSTEM)
    return placed


async def kept_card(made: PageShop, **other: Any) -> tuple[str, str, str]:
    """A customer, their stored card, and an order of theirs."""
    customer = await somebody(made)
    method = str(await do(made.shop, store(customer, **other), SYSTEM))
    order = await order_of(made, customer, 2)
    return customer, method, order.id


async def why_not(made: PageShop, command: Command, actor: Any = PERSON) -> str:
    outcome = await made.shop.do(command, actor)
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def nowhere(made: PageShop, text: str) -> None:
    """In no cell of the ledger, the journal among them."""
    db = made.shop.reader
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        for row in db.execute(f'SELECT * FROM "{table}"'):
            for cell in row:
                told = cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
                assert text not in told, (table, row)


def test_an_order_is_charged_to_a_stored_card_and_its_token_stands_nowhere(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        customer, method, order = await kept_card(made)
        (known,) = read_methods(made.shop.reader, customer)
        assert (known.brand, known.last4, known.expiry, known.consent) == ("VISA", "4242", "2099-12", "paper")
        await do(made.shop, ChargeStoredMethod(order, method), PERSON)
        paid = await made.until(lambda one: one.used, "it is sold")
        assert (paid.taken_minor, paid.method, paid.page) == (240, method, None)
        assert made.stripe.moved_minor == 240
        assert await why_not(made, ChargeStoredMethod(order, method)) == "advance_not_due"
        nowhere(made, "pm_visa")

    at(tmp_path, scenario)


def test_it_is_charged_only_by_a_person_for_whose_it_is_and_while_it_is_good(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        customer, method, order = await kept_card(made)
        assert await why_not(made, ChargeStoredMethod(order, method), PROGRAM) == "method_person"
        assert await why_not(made, ChargeStoredMethod(order, method), SYSTEM) == "method_person"
        other = await order_of(made, await somebody(made, "Noa"), 1)
        assert await why_not(made, ChargeStoredMethod(other.id, method)) == "not_yours"
        guest = await milk_order(made.shop, 1)
        assert await why_not(made, ChargeStoredMethod(guest.id, method)) == "not_yours"
        assert await why_not(made, ChargeStoredMethod(order, "0" * 24)) == "no_such_method"
        over = str(await do(made.shop, store(customer, expiry="2020-01"), SYSTEM))
        assert await why_not(made, ChargeStoredMethod(order, over)) == "method_over"
        await do(made.shop, RevokeMethod(method), SYSTEM)
        assert await why_not(made, ChargeStoredMethod(order, method)) == "method_revoked"
        assert await why_not(made, store("cnobody1"), SYSTEM) == "no_such_customer"
        assert await why_not(made, store(customer, provider="zvt"), SYSTEM) == "no_provider"
        assert not read_payments(made.shop.reader) and made.stripe.moved_minor == 0

    at(tmp_path, scenario)


def test_a_card_that_is_declined_pays_nothing_and_is_asked_no_more(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        _, method, order = await kept_card(made)
        made.stripe.fault = "declined"
        await do(made.shop, ChargeStoredMethod(order, method), PERSON)
        ended = await made.ends("declined")
        assert (ended.code, made.stripe.moved_minor) == ("insufficient", 0)
        assert len([one for one in made.stripe.asked if one == ("POST", "/v1/payment_intents")]) == 1

    at(tmp_path, scenario)


def test_a_charge_of_which_the_answer_is_lost_is_found_and_never_made_twice(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        _, method, order = await kept_card(made)
        made.stripe.fault = "cut"
        id = str(await do(made.shop, ChargeStoredMethod(order, method), PERSON))
        await made.ends("unknown")
        assert await why_not(made, ChargeStoredMethod(order, method)) == "payment_open"
        made.stripe.fault = ""
        await made.until(lambda one: one.used, "it is found and sold", id)
        assert made.stripe.moved_minor == 240

    at(tmp_path, scenario)


def test_what_surely_did_not_get_there_goes_out_again_under_its_key_when_a_person_asks(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        _, method, order = await kept_card(made)
        made.stripe.fault = "down"
        id = str(await do(made.shop, ChargeStoredMethod(order, method), PERSON))
        await made.ends("unknown", id)
        made.stripe.fault = ""
        made.clock.advance(LONG_S)
        absent = await made.ends("created", id)
        assert absent.code == "broke_off" and made.stripe.moved_minor == 0
        assert await do(made.shop, ChargeStoredMethod(order, method), PERSON) == id
        paid = await made.until(lambda one: one.used, "it is sold", id)
        assert (paid.key, made.stripe.moved_minor) == (absent.key, 240)

    at(tmp_path, scenario)


def test_a_kill_in_the_middle_charges_nothing_twice(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        _, method, order = await kept_card(made)
        made.stripe.fault = "cut"
        id = str(await do(made.shop, ChargeStoredMethod(order, method), PERSON))

        async def moved() -> int:
            return made.stripe.moved_minor

        await when(moved, bool, "it got there")
        await made.kill()
        made.stripe.fault = ""
        made.start()
        await made.until(lambda one: one.used, "it is found", id)
        assert made.stripe.moved_minor == 240

    at(tmp_path, scenario)


def test_who_asks_for_a_page_meanwhile_gets_one_and_pays_once(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        _, method, order = await kept_card(made)
        made.stripe.fault = "cut"
        charged = str(await do(made.shop, ChargeStoredMethod(order, method), PERSON))
        await made.ends("unknown", charged)
        made.stripe.fault = ""
        paged = str(await do(made.shop, AskForPayment(order), CASHIER))
        assert paged != charged
        await made.until(lambda one: one.used, "the charge is found", charged)
        await made.until(lambda one: not one.is_open, "the page ends", paged)
        assert made.stripe.moved_minor == 240

    at(tmp_path, scenario)


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_revoked_card_is_let_go_at_its_provider_and_goes_with_its_holder(forgotten: bool, tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        customer = await somebody(made)
        method = str(await do(made.shop, store(customer), SYSTEM))
        made.stripe.fault = "down"
        await do(made.shop, ForgetPerson(customer) if forgotten else RevokeMethod(method), SYSTEM)
        assert [one[0] for one in detached_tokens(made.shop.reader)] == [method], "its provider has yet to hear of it"
        nowhere(made, "pm_visa")
        made.stripe.fault = ""

        async def left() -> object:
            return detached_tokens(made.shop.reader)

        await when(left, lambda one: not one, "its provider heard of it")
        assert made.stripe.kept == {}
        known = read_methods(made.shop.reader, customer)
        assert known == () if forgotten else [one.revoked for one in known] == [True]
        nowhere(made, "pm_visa")
        keys = "SELECT count(*) FROM person_key WHERE person LIKE 'detach-%'"
        assert made.shop.reader.execute(keys).fetchone() == (0,), "nor can anybody read it any more"

    at(tmp_path, scenario)


@pytest.mark.parametrize("field", ["token", "brand", "last4"])
def test_a_cards_number_is_kept_in_no_field_of_it(field: str, tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        customer = await somebody(made)
        for number in ("pm_4111111111111111", "4111111111111111", "4111 1111 1111 1111"):
            command = store(customer, **{field: number})
            try:
                command = msgspec.convert(msgspec.to_builtins(command), StoreMethod)
            except msgspec.ValidationError:
                continue  # as the API refuses it
            assert await why_not(made, command, SYSTEM) == "card_number"
        nowhere(made, "4111111111111111")

    at(tmp_path, scenario)


def test_a_card_that_its_customer_gives_on_the_providers_page_is_kept_and_charged(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        customer = await somebody(made)
        id = str(await do(made.shop, OpenCardPage(customer), SYSTEM))
        assert await do(made.shop, OpenCardPage(customer), SYSTEM) == id, "one page at a time"
        assert made.stripe.pay(await card_session(made, customer))
        (card,) = await when(cards_of(made, customer), bool, "it is kept")
        assert (card.brand, card.last4, card.expiry, card.consent) == ("VISA", "4242", "2099-03", "page")
        assert find_card_page(made.shop.reader, customer) is None
        order = await order_of(made, customer, 2)
        await do(made.shop, ChargeStoredMethod(order.id, card.id), PERSON)
        await made.until(lambda one: one.used, "it is sold")
        assert made.stripe.moved_minor == 240
        nowhere(made, "pm_0001")

    at(tmp_path, scenario)


@pytest.mark.parametrize("end", ["over", "forgotten", "full"])
def test_what_is_given_on_a_page_that_is_over_or_for_nobody_is_let_go_again(end: str, tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        made.stripe.kept.clear()
        customer = await somebody(made)
        await do(made.shop, OpenCardPage(customer), SYSTEM)
        session = await card_session(made, customer)
        if end == "over":
            made.clock.advance(15 * 60 + 1)
            await when(ended_as(made, customer), lambda code: code == "page_over", "it is over")
            assert not made.stripe.pay(session)
            assert await do(made.shop, OpenCardPage(customer), SYSTEM), "another one is asked for"
            return
        await made.kill()
        assert made.stripe.pay(session)
        if end == "forgotten":
            await do(made.shop, ForgetPerson(customer), SYSTEM)
        else:
            for _ in range(10):
                await do(made.shop, store(customer), SYSTEM)
        made.start()
        await when(ended_as(made, customer), lambda code: code == ("" if end == "forgotten" else "not_kept"), "told")

        async def kept() -> dict[str, str]:
            return made.stripe.kept

        await when(kept, lambda cards: not cards, "its provider let it go")

    at(tmp_path, scenario)


@pytest.mark.parametrize("fault", ["cut", "down", "garbage", "wrong_key"])
def test_a_page_for_a_card_that_cannot_be_made_is_told_and_asked_for_again(fault: Any, tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        customer = await somebody(made)
        made.stripe.fault = fault
        await do(made.shop, OpenCardPage(customer), SYSTEM)
        await when(ended_as(made, customer), bool, "it is told")
        made.stripe.fault = ""
        await do(made.shop, OpenCardPage(customer), SYSTEM)
        assert made.stripe.pay(await card_session(made, customer))
        await when(cards_of(made, customer), bool, "it is kept")

    at(tmp_path, scenario)


async def card_session(made: PageShop, customer: str) -> str:
    """The page for a card, as soon as it is made: its session."""

    async def look() -> Any:
        return find_card_page(made.shop.reader, customer)

    page = await when(look, lambda one: one and one.session, "there is a page")
    return str(page.session)


def cards_of(made: PageShop, customer: str) -> Any:
    async def look() -> Any:
        return read_methods(made.shop.reader, customer)

    return look


def ended_as(made: PageShop, customer: str) -> Any:
    async def look() -> str:
        page = find_card_page(made.shop.reader, customer)
        return page.code if page else ""

    return look
