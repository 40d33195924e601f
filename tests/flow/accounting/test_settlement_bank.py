"""Which money at the bank is that of a batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.accounting.settlements.bank import BankCredit
from edge.accounting.settlements.commands import AssignPayout, TakeBatch, TakeCredits
from edge.accounting.settlements.handlers import TakenCredits
from edge.accounting.settlements.queries import asked_credits, days_before, find_batch
from tests.card_shop import card_shop
from tests.flow.accounting.test_settlements import FEE_MINOR, PRICE_MINOR, batch_of, paid
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


def test_of_two_credits_that_fit_one_batch_a_person_says_which_is_its_payout(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            (payment,) = await paid(counter)
            batch = batch_of(payment)
            await done(shop, TakeBatch("sim", batch), SYSTEM)
            sum_minor = PRICE_MINOR - FEE_MINOR
            first, second, third = (
                BankCredit(day=batch.paid_on, currency="EUR", amount_minor=sum_minor, reference=one) for one in "abc"
            )
            told = (await done(shop, TakeCredits((first, second)), SYSTEM)).result
            assert told == TakenCredits(found=0, asked=2, unknown=0, known=0)
            again = (await done(shop, TakeCredits((second, third)), SYSTEM)).result
            assert again == TakenCredits(found=0, asked=1, unknown=0, known=1), "nobody has said yet which it is"
            asked = asked_credits(shop.reader)
            assert [(one.credit, one.batches) for one in asked] == [
                (one.digest, (("sim", "77"),)) for one in (first, second, third)
            ]
            await done(shop, AssignPayout(second.digest, "sim", "77"), SYSTEM)
            now = find_batch(shop.reader, "sim", "77")
            assert now is not None and now.received_on == batch.paid_on
            assert asked_credits(shop.reader) == (), "the others are of no batch"

    run(scenario())
