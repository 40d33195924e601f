"""Card payments of which something was to go back, and which their customers dispute."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.accounting.settlements.commands import EndDispute, OpenDispute
from edge.accounting.settlements.events import DisputeEnd
from edge.accounting.settlements.evidence import read_evidence
from edge.accounting.settlements.queries import read_disputes
from edge.counter.shifts.commands import GiveRefundInCash, OpenShift
from edge.money.payments.commands import RequestCardRefund, RetryCardRefund
from edge.money.payments.queries import ListedPayment, refunds_of
from tests.card_shop import CardShop, card_shop
from tests.flow.accounting.test_settlements import PRICE_MINOR, paid, refused, whole
from tests.http_client import when
from tests.shop_fixture import MANAGER, SYSTEM, done, run


async def refund_fails(counter: CardShop, payment: ListedPayment, minor: int) -> None:
    """So much of a payment does not get back to its card."""

    async def state() -> str:
        return refunds_of(counter.shop.reader, payment.id)[0].state

    counter.device.fault = "decline"
    await done(counter.shop, RequestCardRefund(payment.id, minor), SYSTEM)
    await when(state, lambda said: said == "failed", "the refund failed")


def test_what_a_bank_took_back_of_a_part_is_not_refunded_as_well(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            (payment,) = await paid(counter)
            await refund_fails(counter, payment, 20)
            await done(shop, OpenDispute(payment.id, "not_as_described", 50), SYSTEM)
            assert await refused(shop, RetryCardRefund(payment.id, 1)) == "payment_state", "while it is disputed"
            await done(shop, EndDispute(read_disputes(shop.reader)[0].id, "lost"), SYSTEM)
            assert [(one.state, one.returnable_minor) for one in counter.payments] == [("captured", PRICE_MINOR - 50)]
            assert await refused(shop, RequestCardRefund(payment.id, PRICE_MINOR - 49)) == "over_captured"
            assert await refused(shop, OpenDispute(payment.id, "other", PRICE_MINOR - 49)) == "over_captured"
            counter.device.fault = ""
            await done(shop, RequestCardRefund(payment.id, PRICE_MINOR - 50), SYSTEM)
            await counter.ends("refunded")
            assert await refused(shop, RetryCardRefund(payment.id, 1)) == "payment_state", "nothing is left of it"
            whole(shop)

    run(scenario())


def test_in_a_dispute_it_is_said_what_was_given_back_in_cash(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            await done(shop, OpenShift(5000))
            (payment,) = await paid(counter)
            await refund_fails(counter, payment, 20)
            await done(shop, GiveRefundInCash(payment.id, 1, "the card was blocked"), MANAGER)
            await done(shop, OpenDispute(payment.id, "not_refunded", PRICE_MINOR), SYSTEM)
            evidence = read_evidence(shop.reader, read_disputes(shop.reader)[0].id)
            assert evidence is not None and (evidence.refunded_minor, evidence.in_cash_minor) == (20, 20)

    run(scenario())


@pytest.mark.parametrize("end", ["won", "lost"])
def test_a_refund_that_waits_is_held_while_its_payment_is_disputed(tmp_path: Path, end: DisputeEnd) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            (payment,) = await paid(counter)
            await counter.kill()
            await done(shop, RequestCardRefund(payment.id, 20), SYSTEM)
            await done(shop, OpenDispute(payment.id, "not_as_described", PRICE_MINOR), SYSTEM)
            await counter.start()

            async def refund() -> tuple[str, str]:
                (only,) = refunds_of(shop.reader, payment.id)
                return only.state, only.code

            await when(refund, lambda said: said == ("requested", "disputed"), "it is held, and said why")
            await done(shop, EndDispute(read_disputes(shop.reader)[0].id, end), SYSTEM)
            if end == "won":
                await counter.ends("partly_refunded")
                assert (await refund())[0] == "done", "it goes out by itself"
            else:
                assert await refund() == ("failed", "charged_back"), "nobody gets it twice"
                assert await refused(shop, RetryCardRefund(payment.id, 1)) == "payment_state"
            whole(shop)

    run(scenario())
