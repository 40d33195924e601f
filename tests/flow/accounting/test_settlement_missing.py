"""What a shop took on a batch's days and no batch has is listed beside it."""

from __future__ import annotations

from pathlib import Path

from edge.accounting.settlements.batch import Batch, BatchLine
from edge.accounting.settlements.commands import TakeBatch
from edge.accounting.settlements.queries import days_before, read_missing_payments
from edge.counter.till.commands import VoidLastSale
from tests.card_shop import card_shop
from tests.flow.accounting.test_settlements import batch_of, paid, whole
from tests.shop_fixture import MANAGER, SYSTEM, done, run

LATER_S = 2 * 86_400


def test_what_was_taken_on_its_days_and_is_in_no_batch_is_listed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            in_it, left_out, given_back = await paid(counter, 3)
            await done(shop, VoidLastSale(), MANAGER)
            await counter.ends("refunded", given_back.id)
            counter.clock.advance(LATER_S)
            (of_another_day,) = await paid(counter)
            assert of_another_day.business_date > in_it.business_date
            long_ago = days_before(in_it.business_date, 90)
            older = BatchLine(kind="chargeback", day=long_ago, amount_minor=-1, reference="long-ago")
            await done(shop, TakeBatch("sim", batch_of(in_it, more=(older,))), SYSTEM)
            missing = read_missing_payments(shop.reader, "sim", "77")
            assert [one.id for one in missing] == [left_out.id], "neither given back nor of another day"
            assert read_missing_payments(shop.reader, "sim", "77", missing[0].taken_seq) == ()
            assert read_missing_payments(shop.reader, "sim", "78") == ()
            await done(shop, TakeBatch("sim", batch_of(left_out, of_another_day, id="78")), SYSTEM)
            assert read_missing_payments(shop.reader, "sim", "77") == (), "the next batch has it"
            assert read_missing_payments(shop.reader, "sim", "78") == ()
            whole(shop)

    run(scenario())


def test_of_a_batch_of_which_nothing_is_known_here_all_of_its_days_is_listed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            (ours,) = await paid(counter)
            line = BatchLine(kind="payment", day=ours.business_date, amount_minor=999, reference="strange")
            sums = {"gross_minor": 999, "fees_minor": 0, "net_minor": 999}
            paid_on = days_before(ours.business_date, -1)
            batch = Batch(id="77", currency="EUR", paid_on=paid_on, lines=(line,), **sums)
            await done(counter.shop, TakeBatch("sim", batch), SYSTEM)
            assert [one.id for one in read_missing_payments(counter.shop.reader, "sim", "77")] == [ours.id]

    run(scenario())
