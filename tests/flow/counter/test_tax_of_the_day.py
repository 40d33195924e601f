"""A shop in Nova Scotia on the night on which the tax falls: each sale has the rate of its day of business."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.counter.basket.basket import Basket
from edge.counter.till.commands import AddLine, AddOpenAmount, AnswerQuestion, Pay, RefundSale
from edge.counter.till.events import SaleRefunded
from edge.counter.till.from_config import till_settings
from edge.counter.till.rules.customer_display import Screen, of_basket
from edge.goods.catalog.commands import ChangePrice, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.promotions.commands import EndPromotion, SetPromotion
from edge.goods.promotions.promotion import PercentOff, Promotion
from edge.ordering.orders.commands import HandOverOrder, LineWanted, TakeUpOrder
from tests.counter_shop import event_of, paid
from tests.dated_taxes import HALIFAX, change_taxes
from tests.ordering import CARD, STAFF, do, milk_order, refused, sales
from tests.shop_fixture import MANAGER, MILK, SYSTEM, FakeClock, config, done, open_shop, run


def test_a_rate_changes_by_itself_and_a_refund_has_that_of_the_sale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_taxes(monkeypatch, 15_000, 14_000)

    async def scenario() -> None:
        clock = FakeClock()  # 04:00 of 15 January there
        async with open_shop(tmp_path, clock, stocked=False, text=HALIFAX) as shop:
            assert await sold(shop) == (15000, 11_500)
            clock.advance(24 * 3600)
            assert await sold(shop) == (14000, 11_400)
            refund = event_of(await done(shop, RefundSale(1), MANAGER), SaleRefunded)
            assert (refund.taxes[0].rate, refund.total_minor) == (15000, 11_500)

    run(scenario())


def test_an_order_keeps_its_prices_and_is_taxed_by_the_day_of_its_hand_over_once_the_new_sum_was_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_taxes(monkeypatch, 15_000, 14_000)

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False, text=HALIFAX) as shop:
            await done(shop, SetProducts((Product("milk", {"en": "Milk"}, (MILK,), 1000),)), SYSTEM)
            tenth = Promotion("tenth", {"en": "A tenth off"}, PercentOff(10_000))
            await done(shop, SetPromotion(tenth), SYSTEM)
            orders = [await milk_order(shop, pieces=2) for _ in range(3)]
            settings = till_settings(config(tmp_path, HALIFAX)).on("2027-01-16")
            assert {order.goods.total_minor for order in orders} == {2070}
            await done(shop, EndPromotion("tenth"), SYSTEM)
            await done(shop, ChangePrice("milk", 1500), SYSTEM)
            clock.advance(24 * 3600)
            whole, parted, scanned = orders
            for accepted in (None, 2070):
                no = await refused(shop, HandOverOrder(whole.id, CARD, accepted_total_minor=accepted), STAFF)
                assert no == Refused("price_changed", {"was_minor": 2070, "is_minor": 2052})
            done_whole = await do(shop, HandOverOrder(whole.id, CARD, accepted_total_minor=2052), STAFF)
            assert done_whole.total_minor == 2052, "prices and promotion as they were placed, the rate of today"
            one = (LineWanted(parted.goods.lines[0].id, 1000),)
            assert (await refused(shop, HandOverOrder(parted.id, CARD, lines=one), STAFF)).values["is_minor"] == 2052
            first = await do(shop, HandOverOrder(parted.id, CARD, lines=one, accepted_total_minor=2052), STAFF)
            last = await do(shop, HandOverOrder(parted.id, CARD), STAFF)  # what is left was seen already
            assert (first.total_minor, first.left_minor, last.total_minor) == (1026, 1026, 1026)
            laid = await do(shop, TakeUpOrder(secret=scanned.secret), STAFF)
            (asked,) = laid.questions
            assert (asked.kind, asked.was_minor, asked.price_minor) == ("tax_changed", 2070, 2052)
            assert await refused(shop, Pay("card"), STAFF) == Refused("answer_first", {"waiting": 1})
            assert (await do(shop, AnswerQuestion(asked.id, yes=False), STAFF)).empty, "the customer does not agree"
            laid = await do(shop, AddLine(f"https://shop/order/{scanned.secret}"), STAFF)
            (asked,) = laid.questions
            shown = of_basket(laid, Basket("1"), settings, Screen(20, str.isprintable))
            assert shown == (f"{'Agreed total':<15}20.70", f"{'TOTAL':<15}20.52")
            await do(shop, AnswerQuestion(asked.id, yes=True), STAFF)
            await do(shop, Pay("card"), STAFF)
            assert [(sale.taxes[0].rate, sale.total_minor) for sale in sales(shop)] == [
                *((14000, 2052), (14000, 1026), (14000, 1026), (14000, 2052))
            ]

    run(scenario())


async def sold(shop: CommandBus) -> tuple[int, int]:
    """The rate on a sale of 100.00, and what it came to."""
    await done(shop, AddOpenAmount("Things", "standard", 10_000))
    sale = await paid(shop)
    return sale.taxes[0].rate, sale.total_minor
