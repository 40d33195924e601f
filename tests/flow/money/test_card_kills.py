"""The appliance dies at a byte of a wire, of what it says or of what it is answered, and starts again: whichever byte
that was, the card has paid once, or not at all and is asked again, and the sale is paid once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.counter.till.commands import Pay
from edge.money.payments.providers.provider import abilities_of
from tests.card_shop import CardShop, card_shop
from tests.http_client import when
from tests.shop_fixture import CASHIER, MILK, run
from tests.terminals import RIGS

DRIVERS = tuple(name for name in RIGS if abilities_of(name))
PRICE_MINOR, SOME, LIMIT_S = 120, 6, 7_200.0
Side = Literal["said", "answered"]
sides = pytest.mark.parametrize("side", ["said", "answered"])
drivers = pytest.mark.parametrize("driver", DRIVERS)


async def killed_at(counter: CardShop, side: Side, size: int) -> bool:
    """A sale that a card is to pay, while the appliance dies at a byte, until it is paid, by whatever; whether it died:
    some exchanges are shorter than others."""
    device, died = counter.device, asyncio.Event()
    dying: list[asyncio.Task[None]] = []

    def die() -> None:
        dying.append(asyncio.get_running_loop().create_task(counter.kill()))
        died.set()

    device.when_cut = die
    if side == "said":
        device.hear_at = size
    else:
        device.cut_at = size
    await counter.begin(MILK)
    ended = asyncio.ensure_future(counter.until(lambda one: not one.runs and not one.is_open, "it is answered"))
    death = asyncio.ensure_future(died.wait())
    await asyncio.wait((ended, death), return_when=asyncio.FIRST_COMPLETED)
    ended.cancel()
    death.cancel()
    await asyncio.gather(*dying, ended, death, return_exceptions=True)
    device.cut_at = device.hear_at = None
    device.when_cut = lambda: None
    if died.is_set():
        device.hang_up()
        await counter.start()
    await counter.until(lambda one: not one.runs and not one.is_open, "it is known")
    if not counter.basket.empty:  # nothing began, or the terminal took it back
        outcome = await counter.shop.do(Pay("cash"), CASHIER)
        assert not isinstance(outcome, Refused), outcome
    return died.is_set()


def die_at(folder: Path, driver: str, side: Side, sizes: Callable[[int], range]) -> None:
    """At each of these bytes of an exchange that has so many."""

    async def scenario() -> None:
        async with card_shop(folder, driver) as counter:
            device = counter.device
            await counter.begin(MILK)
            await counter.ends("captured")
            before = (device.heard_bytes, device.sent_bytes)
            await counter.begin(MILK)
            await counter.until(lambda one: one.state == "captured", "it is measured", counter.payments[0].id)
            whole = (device.heard_bytes - before[0]) if side == "said" else (device.sent_bytes - before[1])
            died = 0
            for size in sizes(whole):
                moved_minor, sales = device.moved_minor, len(counter.sales())
                died += await killed_at(counter, side, size)
                lost_minor = device.moved_minor - moved_minor
                sold = counter.sales()[sales:]
                by_card = sum(one.amount_minor for sale in sold for one in sale.tenders if one.payment)
                assert len(sold) == 1, (size, "one sale, paid once")
                assert lost_minor in (0, PRICE_MINOR), (size, "never two charges")
                assert lost_minor == by_card, (size, "nobody paid for nothing, and nothing is unpaid")
            assert died, "it died somewhere"
            assert verify(counter.shop.reader, counter.shop.registry).faults == ()

    run(scenario(), LIMIT_S)


@drivers
@sides
def test_it_dies_at_some_bytes_and_the_card_pays_once(driver: str, side: Side, tmp_path: Path) -> None:
    die_at(tmp_path, driver, side, lambda whole: range(1, whole, max(1, whole // SOME)))


@pytest.mark.nightly
@drivers
@sides
def test_it_dies_at_each_byte_and_the_card_pays_once(driver: str, side: Side, tmp_path: Path) -> None:
    die_at(tmp_path, driver, side, lambda whole: range(1, whole + 1))


@pytest.mark.parametrize("comes_back", [True, False])
def test_a_box_that_stood_still_asks_for_no_money_while_another_may_lead(tmp_path: Path, comes_back: bool) -> None:
    """Of two: it had written down that it asks; the other one has looked that payment up by then."""

    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            looks, still = 0, True

            def leads() -> bool:
                nonlocal looks
                looks += 1
                return not still

            async def looked() -> int:
                return looks

            counter.shop.leads = leads
            await counter.begin(MILK)
            await counter.until(lambda one: one.state == "sent", "it is about to be asked for")
            await when(looked, lambda times: times > 2, "it looks whether it leads")
            assert counter.device.moved_minor == 0 and counter.payments[0].state == "sent"
            if not comes_back:
                await counter.kill()
            still = False
            if comes_back:
                await counter.ends("captured")
            else:
                await counter.start()
                await counter.until(lambda one: not one.runs and not one.is_open, "it is looked up")
            assert counter.device.moved_minor == (PRICE_MINOR if comes_back else 0)
            assert len(counter.sales()) == comes_back

    run(scenario())
