"""Which money at the bank is that of a batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.accounting.settlements.bank import BankCredit
from edge.accounting.settlements.commands import TakeBatch, TakeCredits
from edge.accounting.settlements.queries import days_before
from tests.card_shop import card_shop
from tests.flow.test_settlements import FEE_MINOR, PRICE_MINOR, batch_of, paid
from tests.shop_fixture import SYSTEM, done, run


@pytest.mark.parametrize(("apart", "found"), [(-6, 0), (-5, 1), (5, 1), (6, 0)])
def test_a_credit_is_of_a_batch_within_five_days_of_its_payout(apart: int, found: int, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            (payment,) = await paid(counter)
            batch = batch_of(payment)
            await done(shop, TakeBatch("sim", batch), SYSTEM)
            credit = BankCredit(
                day=days_before(batch.paid_on, -apart), currency="EUR", amount_minor=PRICE_MINOR - FEE_MINOR
            )
            assert (await done(shop, TakeCredits((credit,)), SYSTEM)).result.found == found
            other = BankCredit(day=batch.paid_on, currency="CAD", amount_minor=PRICE_MINOR - FEE_MINOR)
            assert (await done(shop, TakeCredits((other,)), SYSTEM)).result.found == 0, "another currency"

    run(scenario())
