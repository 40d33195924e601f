"""What goods are worth and what they cost, to the cent: sold before they came, corrected, freighted, mistyped."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing.commands import AddReceiptCost, CorrectReceipt
from edge.goods.stock.commands import RecordMovement
from edge.goods.transfers.commands import AnnounceTransfer, ReceiveTransfer, SentGoods
from tests.flow.counter.test_receipts import Store
from tests.shop_fixture import SYSTEM, open_shop, run

CENT = 1000
"""A minor unit, in thousandths."""


def came(sku: str, units: int, cost_minor: int | None = None) -> RecordMovement:
    return RecordMovement(sku, "in", units=units * 1000, unit_cost_minor=cost_minor)


@pytest.mark.parametrize("parts", [((5, 120),), ((2, 120), (10, 110)), ((1, 90), (1, 95), (3, 130), (4, 100))])
def test_what_was_sold_below_zero_costs_in_the_end_what_was_paid_for_it(
    tmp_path: Path, parts: tuple[tuple[int, int], ...]
) -> None:
    """Five were sold at a cost of 100 that were not there: whatever comes for them, in however many deliveries."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            store = await Store(shop).begin()
            await store.do(came("lager", 1, 100))
            await store.sell(6)
            assert store.item().value_milli == -5 * 100 * CENT
            for units, cost in parts:
                await store.do(came("lager", units, cost))
            paid = 100 + sum(units * cost for units, cost in parts)
            corrected = sum(amount for _, amount in store.figures())
            value = store.item().value_milli
            assert value is not None
            assert 6 * 100 * CENT + corrected == paid * CENT - value
            assert {why for why, _ in store.figures()} <= {"sold_short"}

    run(scenario())


def test_a_receipt_that_was_short_and_dearer_is_worth_its_new_price_where_it_still_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            store = await Store(shop).begin()
            await store.do(came("lager", 10, 100))
            await store.sell(4)
            await store.do(CorrectReceipt(store.last(), "lager", 8_000, 130))
            item = store.item()
            assert (item.on_hand, item.value_milli, item.average_micro) == (4_000, 4 * 130 * CENT, 130_000_000)
            assert store.figures() == [("receipt", 4 * 30 * CENT)], "and what was sold of it was dearer"

    run(scenario())


def test_freight_falls_on_goods_without_a_cost_by_what_they_are_worth(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            store = await Store(shop).begin()
            await store.do(came("lager", 10, 100))
            await store.do(came("wine", 10, 100))
            await store.do(came("wine", 10))
            assert store.item("wine").value_milli == 20 * 100 * CENT, "without a cost it comes at the average"
            await store.do(AddReceiptCost(200, (store.last(), store.last("wine"))))
            assert (store.item().value_milli, store.item("wine").value_milli) == (1_100 * CENT, 2_100 * CENT)

    run(scenario())


def test_free_goods_make_the_others_cheaper_and_an_empty_shelf_keeps_its_average(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            store = await Store(shop).begin()
            await store.do(came("lager", 10, 99))
            await store.do(came("lager", 5, 0))
            assert (store.item().average_micro, store.item().value_milli) == (66_000_000, 15 * 66 * CENT)
            await store.sell(15)
            assert (store.item().average_micro, store.item().value_milli) == (66_000_000, 0)
            await store.do(came("lager", 2, 80))
            assert store.item().value_milli == 2 * 80 * CENT

    run(scenario())


def test_goods_from_another_store_are_worth_here_what_they_left_with(tmp_path: Path) -> None:
    """Three of them for a cent less than a sum that divides: at most half of it is rounded away."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            store = await Store(shop).begin()
            await store.do(AnnounceTransfer("abcdef01", "north", (SentGoods("wine", 3_000, value_milli=99_999),)))
            await store.do(ReceiveTransfer("abcdef01"))
            value = store.item("wine").value_milli
            assert value is not None and abs(value - 99_999) <= CENT // 2

    run(scenario())


def test_sums_that_nobody_pays_are_refused_and_nothing_changes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            store = await Store(shop).begin()
            await store.do(SetProducts((Product("salt", {"en": "Salt"}, (), 100, unit="kg"),)))
            await store.do(RecordMovement("salt", "in", units=1, unit_cost_minor=10**12))
            await store.do(came("lager", 1_000_000, 0))
            before = (store.item(), store.item("salt"))
            for command, code in (
                (RecordMovement("salt", "in", units=1_001, unit_cost_minor=10**12), "cost_large"),
                (AddReceiptCost(10**12, (store.last("salt"),)), "cost_large"),
                (CorrectReceipt(store.last(), "lager", unit_cost_minor=10**12), "cost_large"),
                (CorrectReceipt(store.last(), "lager", 1_000_001_000), "quantity_large"),
            ):
                outcome = await shop.do(command, SYSTEM)
                assert isinstance(outcome, Refused) and outcome.code == code, (command, outcome)
            assert (store.item(), store.item("salt")) == before
            await store.sell(1)
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())
