"""What a card had paid is undone as if it had never been, while that can be; else it is refunded."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.counter.till.commands import RefundSale
from edge.money.payments.commands import NoteSettled, RequestCardRefund, RetryCardRefund, SetProvider
from edge.money.payments.events import CardRefundMoved
from edge.money.payments.payment import CardRefund
from edge.money.payments.providers.provider import Driver, Provider, abilities_of
from edge.money.payments.queries import ListedPayment, refunds_of
from sim.terminal.clover import SimCloverTerminal
from sim.terminal.server import Fault
from tests.card_shop import CardShop, card_shop
from tests.counter_shop import books_of
from tests.http_client import when
from tests.shop_fixture import MANAGER, MILK, SYSTEM, done, run
from tests.terminals import RIGS

VOIDING = [name for name in RIGS if "void" in abilities_of(name)]
REFUNDING = [name for name in VOIDING if "referenced_refund" in abilities_of(name)]
KEPT = ("liabilities", "platform fees")


async def paid(counter: CardShop, driver: Driver) -> ListedPayment:
    """1.20 by card, of which the provider takes 0.07."""
    fees: dict[str, Any] = {"fee_rate": 1_400, "fee_fixed_minor": 5}
    await done(counter.shop, SetProvider(Provider("own", driver, "test", ("EUR",), **fees)), SYSTEM)
    await counter.begin(MILK)
    return await counter.ends("captured")


async def all_of_it(counter: CardShop, payment: ListedPayment) -> None:
    (sale,) = counter.sales()
    assert sale.tenders[0].payment == payment.id
    await done(counter.shop, RefundSale(sale.number), MANAGER)


def steps(counter: CardShop) -> list[tuple[str, str]]:
    """What the journal says of the refund."""
    heard = (one.event for one in facts(counter.shop.reader, counter.shop.registry, 1))
    return [(one.to, one.code) for one in heard if isinstance(one, CardRefundMoved)]


def sound(counter: CardShop) -> None:
    assert verify(counter.shop.reader, counter.shop.registry).faults == ()
    assert books_of(counter.shop).get(("assets", "cards"), 0) == counter.device.moved_minor


@pytest.mark.parametrize("driver", VOIDING)
def test_what_is_not_paid_out_yet_is_undone_and_takes_no_fee(driver: Driver, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver) as counter:
            payment = await paid(counter, driver)
            await all_of_it(counter, payment)
            undone = await counter.ends("refunded")
            assert steps(counter) == [("sent", ""), ("done", "")]
            assert (undone.provider_back_minor, counter.device.moved_minor) == (7, 0)
            sound(counter)

    run(scenario())


@pytest.mark.parametrize("driver", REFUNDING)
def test_where_it_is_too_late_it_is_refunded_without_the_card_or_a_person(driver: Driver, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver) as counter:
            payment = await paid(counter, driver)
            counter.device.close_day()
            if isinstance(counter.device, SimCloverTerminal):
                counter.device.late_voids = "refused"
            await all_of_it(counter, payment)
            refunded = await counter.ends("refunded")
            assert steps(counter) == [("sent", ""), ("requested", "too_late"), ("sent", ""), ("done", "")]
            assert (refunded.provider_back_minor, counter.device.moved_minor) == (0, 0), "it keeps its fee of a refund"
            sound(counter)

    run(scenario())


def test_where_only_the_card_brings_it_back_a_person_is_told_and_presents_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, "zvt") as counter:
            payment = await paid(counter, "zvt")
            counter.device.close_day()
            await all_of_it(counter, payment)

            async def refund() -> CardRefund:
                return refunds_of(counter.shop.reader, payment.id)[0]

            failed = await when(refund, lambda one: one.state == "failed", "the refund failed")
            assert (failed.code, counter.device.moved_minor) == ("too_late", 120)
            await done(counter.shop, RetryCardRefund(payment.id, 1), MANAGER.with_rights("manage"))
            await counter.ends("refunded")
            assert counter.device.moved_minor == 0
            sound(counter)

    run(scenario())


@pytest.mark.parametrize("driver", VOIDING)
def test_what_was_paid_out_is_refunded_and_no_one_asks_to_undo_it(driver: Driver, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver) as counter:
            payment = await paid(counter, driver)
            await done(counter.shop, NoteSettled("2026-11-03", (payment.id,)), SYSTEM)
            await all_of_it(counter, payment)
            (refund,) = refunds_of(counter.shop.reader, payment.id)
            assert not refund.voids
            refunded = await counter.ends("refunded")
            assert (refunded.provider_back_minor, counter.device.moved_minor) == (0, 0)

    run(scenario())


@pytest.mark.parametrize("driver", VOIDING)
def test_a_part_is_refunded_and_the_rest_as_well(driver: Driver, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver) as counter:
            payment = await paid(counter, driver)
            await done(counter.shop, RequestCardRefund(payment.id, 50), SYSTEM)
            await counter.ends("partly_refunded")
            await done(counter.shop, RequestCardRefund(payment.id, 70), SYSTEM)
            await counter.ends("refunded")
            assert not any(one.voids for one in refunds_of(counter.shop.reader, payment.id))
            assert counter.device.moved_minor == 0

    run(scenario())


@pytest.mark.parametrize("driver", VOIDING)
@pytest.mark.parametrize("fault", ["silent_before", "cut_before", "silent_after", "cut_after"])
def test_of_an_answer_that_is_lost_it_goes_back_once(driver: Driver, fault: Fault, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver) as counter:
            payment = await paid(counter, driver)
            counter.device.fault = fault
            await all_of_it(counter, payment)

            async def asked() -> bool:
                return any(to == "unknown" for to, _ in steps(counter))

            await when(asked, bool, "its answer was lost")
            counter.device.fault = ""
            await counter.ends("refunded")
            assert counter.device.moved_minor == 0
            sound(counter)

    run(scenario())


def test_behind_a_kill_what_was_undone_is_not_refunded_as_well(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, "clover") as counter:
            payment = await paid(counter, "clover")
            counter.device.fault = "silent_after"
            await all_of_it(counter, payment)

            async def undone() -> int:
                return counter.device.moved_minor

            await when(undone, lambda minor: minor == 0, "it went back, and nobody said so")
            await counter.kill()
            counter.device.fault = ""
            await asyncio.wait_for(counter.start(), 30)
            await counter.ends("refunded")
            assert counter.device.moved_minor == 0
            sound(counter)

    run(scenario())
