"""A customer who pays in their card's own currency: the shop's sum counts, and theirs is on the paper and kept."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.counter.till.commands import RefundSale
from edge.money.payments.slip import slip_lines
from tests.card_shop import card_shop
from tests.counter_shop import books_of, paper
from tests.flow.money.test_card_extras import PRICE_MINOR, whole
from tests.shop_fixture import MANAGER, done, run

THEIRS = {"In card currency 1.02 GBP", "Exchange rate 0.85", "Mark-up 3 %"}


@pytest.mark.parametrize("driver", ["sim", "nexo"])
def test_the_shops_sum_counts_and_the_customers_is_on_the_paper(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver) as counter:
            counter.device.dcc = "GBP"
            await counter.begin()
            paid = await counter.ends("captured")
            assert paid.approval and (paid.taken_minor, paid.currency) == (PRICE_MINOR, "EUR")
            assert (paid.approval.converted, paid.approval.rate, paid.approval.markup) == ("1.02 GBP", "0.85", "3")
            assert set(paper(counter.shop)) >= THEIRS
            assert books_of(counter.shop)["assets", "cards"] == PRICE_MINOR == counter.device.moved_minor
            counter.device.dcc = ""
            await done(counter.shop, RefundSale(counter.sales()[0].number), MANAGER)
            await counter.ends("refunded", paid.id)
            assert counter.device.moved_minor == 0, "what goes back is the shop's sum"
            whole(counter)

    run(scenario())


def test_what_the_terminals_own_slip_says_is_not_said_twice(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            counter.device.dcc = "GBP"
            await counter.begin()
            paid = await counter.ends("captured")
            assert paid.approval
            said = msgspec.structs.replace(paid.approval, slip=("TOTAL GBP 1.02", "RATE 0.85"))
            lines = slip_lines(msgspec.structs.replace(paid, approval=said), "en")
            assert not THEIRS & set(lines) and "TOTAL GBP 1.02" in lines

    run(scenario())
