"""What a customer reads on a payment terminal while no one pays there: their goods and the sum, and nothing of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AbandonBasket, AddLine, Pay, UseCustomer
from edge.counter.till.paying.card_payments import BeginPayment
from tests.card_shop import CardShop, card_shop
from tests.customers import known
from tests.http_client import when
from tests.shop_fixture import MILK, done, run

ONE, TWO = ("Milk 1.20", "TOTAL 1.20"), ("Milk 2.40", "TOTAL 2.40")


async def reads(counter: CardShop, *lines: str) -> None:
    async def shown() -> tuple[str, ...]:
        return tuple(line for line in counter.device.lines if line)

    await when(shown, lambda now: now == lines, f"the terminal shows {lines}")


@pytest.mark.parametrize("driver", ["sim", "zvt", "nexo", "clover", "stripe_terminal"])
def test_goods_and_sum_are_read_on_the_terminal_and_go_with_the_basket(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver) as counter:
            await done(counter.shop, AddLine(MILK))
            await reads(counter, *ONE)
            await done(counter.shop, AddLine(MILK))
            await reads(counter, *TWO)
            await done(counter.shop, AbandonBasket())
            await reads(counter)
            await done(counter.shop, AddLine(MILK))
            await reads(counter, *ONE)
            await done(counter.shop, Pay("cash", 200))
            await reads(counter)

    run(scenario())


def test_nothing_of_the_customer_is_read_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await done(counter.shop, AddLine(MILK))
            await done(counter.shop, UseCustomer(await known(counter.shop, name="Noa Levi", phone="+972501234567")))
            await done(counter.shop, AddLine(MILK))
            await reads(counter, *TWO)

    run(scenario())


def test_while_a_card_pays_and_behind_it_the_terminal_shows_its_own_words(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="late") as counter:
            await done(counter.shop, AddLine(MILK))
            await reads(counter, *ONE)
            counter.device.lines = ("ITS OWN",)
            id = str((await done(counter.shop, BeginPayment())).result.payment)
            await counter.until(lambda _: counter.device.running is not None, "it asks for a card", id)
            assert counter.device.lines == ("ITS OWN",)
            counter.device.finish()
            await counter.ends("captured")
            assert counter.device.lines == ("ITS OWN",)
            await done(counter.shop, AddLine(MILK))
            await reads(counter, *ONE)

    run(scenario())


def test_a_display_that_is_off_holds_up_no_card(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await counter.device.stop()
            await done(counter.shop, AddLine(MILK))
            await counter.device.start()
            await done(counter.shop, AddLine(MILK))
            await done(counter.shop, BeginPayment())
            assert (await counter.ends("captured")).amount_minor == 240

    run(scenario())
