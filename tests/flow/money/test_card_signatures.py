"""A card that is verified by a signature: the cashier compares it before the sale is complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, Pay, PrintReport
from edge.counter.till.paying.card_payments import AnswerSignature, BeginPayment
from edge.money.payments.commands import AgreeOffline
from tests.card_shop import CardShop, card_shop
from tests.counter_shop import books_of, paper
from tests.flow.money.test_card_extras import OFFLINE
from tests.flow.money.test_card_payments import told
from tests.ordering import whole
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, done, run


async def asked(counter: CardShop) -> str:
    """A card has paid, and its holder signed: the payment's id."""
    counter.device.signs = True
    await counter.begin()
    return (await counter.until(lambda one: one.waits_for_signature, "it is asked")).id


def test_a_signature_that_matches_completes_the_sale(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            of = await asked(counter)
            assert counter.sales() == [] and counter.device.moved_minor == 120
            assert any("X ____" in line for line in paper(counter.shop, "to_sign"))
            counter.clock.advance(5 * 60 + 1)
            assert told(counter, "signature_waits") == [of]
            await done(counter.shop, AnswerSignature(of, True))
            assert [one.total_minor for one in counter.sales()] == [120]
            again = await counter.shop.do(AnswerSignature(of, False), CASHIER)
            assert again == Refused("payment_state", {"state": "captured"})
            await whole(counter.shop)

    run(scenario())


@pytest.mark.parametrize("driver", ["sim", "zvt", "nexo", "clover"])
def test_one_that_differs_gives_all_back_and_the_basket_is_paid_otherwise(tmp_path: Path, driver: str) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver) as counter:
            await done(counter.shop, AnswerSignature(await asked(counter), False))
            await counter.ends("refunded")
            assert (counter.device.moved_minor, counter.sales()) == (0, [])
            assert not any(minor for account, minor in books_of(counter.shop).items() if "card" in account[1])
            await done(counter.shop, Pay("cash"))
            assert [one.total_minor for one in counter.sales()] == [120]
            await whole(counter.shop)

    run(scenario())


def test_one_that_differs_of_a_card_taken_offline_goes_back_once_its_host_has_the_money(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="host_gone", config=OFFLINE) as counter:
            await done(counter.shop, AgreeOffline(), SYSTEM)
            of = await asked(counter)
            assert counter.payments[0].state == "stored"
            await done(counter.shop, AnswerSignature(of, False))
            await done(counter.shop, Pay("cash"))
            counter.device.fault = ""
            counter.device.forward()
            assert [one.why for one in (await counter.ends("refunded")).refunds] == ["signature"]
            assert counter.device.moved_minor == 0
            assert not any(minor for account, minor in books_of(counter.shop).items() if "card" in account[1])
            await whole(counter.shop)

    run(scenario())


def test_one_that_differs_and_is_declined_by_its_bank_afterwards_costs_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="host_gone", config=OFFLINE) as counter:
            await done(counter.shop, AgreeOffline(), SYSTEM)
            of = await asked(counter)
            await done(counter.shop, AnswerSignature(of, False))
            await done(counter.shop, Pay("cash"))
            counter.device.fault = ""
            counter.device.forward(agrees=False)
            assert (await counter.ends("lost")).code == "offline_declined"
            assert not any(minor for account, minor in books_of(counter.shop).items() if "card" in account[1])
            assert told(counter, "offline_declined") == []
            await whole(counter.shop)

    run(scenario())


def test_while_it_is_compared_the_basket_stays_as_it_is_also_behind_a_kill(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            of = await asked(counter)
            await counter.kill()
            await counter.start()
            commands = (AddLine(MILK), BeginPayment(), Pay("cash"), PrintReport("z"))
            refused = [await counter.shop.do(one, MANAGER) for one in commands]
            assert {one.code for one in refused if isinstance(one, Refused)} == {"payment_open"} and len(refused) == 4
            assert all(isinstance(one, Refused) for one in refused)
            await done(counter.shop, AnswerSignature(of, True))
            assert [one.total_minor for one in counter.sales()] == [120]
            assert counter.device.moved_minor == 120

    run(scenario())
