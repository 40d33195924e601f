"""Money before hand-over: paid ahead for an order, used when that is handed over, given back where it is too much."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up
from edge.core.messages import Refused
from edge.counter.reports.queries import BEHIND, read_day_sums
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    AddLoad,
    CorrectTender,
    Pay,
    PrintReport,
    RefundSale,
    TenderGiven,
    VoidLastSale,
)
from edge.counter.till.queries import read_period
from edge.counter.till.rules import day_totals
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.personal import readable
from edge.foundation.printing.queries import last_print_job
from edge.goods.stock.commands import Moved, MoveStock
from edge.money.gift_cards.queries import find_card
from edge.ordering.orders.commands import (
    AddToCart,
    AddToOrder,
    CancelOrder,
    ChangeOrder,
    HandOverOrder,
    LineWanted,
    MoveOrder,
    PlaceOrder,
    TakeUpOrder,
)
from edge.ordering.orders.customers.order_status import order_status
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.paying.advances import GiveBackAdvance, TakeAdvance
from edge.ordering.orders.queries import owing_orders, read_shop_orders, with_faults
from edge.ordering.orders.watches import watches
from tests.counter_shop import books_of, in_a_shop, paid, paper
from tests.ordering import CARD, STAFF, do, kept, milk_cart, milk_order, refused, sales
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, MILK, SYSTEM, FakeClock

ADVANCES = ("liabilities", "advances on orders")
CASH, CARDS = ("assets", "cash", "1"), ("assets", "cards")
CARD_CODE = "3K8N-2Q7P-5W9X-4T6R"


async def paid_ahead(shop: CommandBus, minor: int | None = None, kind: str = "cash", pieces: int = 2) -> KeptOrder:
    """An order of milk, with so much of it paid ahead."""
    order = await milk_order(shop, pieces)
    await do(shop, TakeAdvance(order.id, minor), STAFF)
    await paid(shop, kind)
    return kept(shop, order)


def owed(shop: CommandBus) -> dict[str, int]:
    return {order.id: order.owed_minor for order in owing_orders(shop.reader)}


def day(shop: CommandBus) -> Any:
    return day_totals.sums(read_period(shop.reader, "1").day)


def test_what_is_paid_ahead_is_no_revenue_and_pays_when_the_order_is_fetched(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await paid_ahead(shop, 100)
        assert (order.advance_minor, order.due_minor, order.state) == (100, 140, "placed")
        (ahead,) = sales(shop)
        assert (ahead.total_minor, ahead.taxes, ahead.net_minor) == (100, (), 100)
        assert f"Advance on order {order.said} 1.00" in paper(shop)
        assert books_of(shop)[ADVANCES] == -100
        assert ("income", "sales") not in {name: minor for name, minor in books_of(shop).items() if minor}
        basket = await do(shop, TakeUpOrder(order=order.id), STAFF)
        assert basket.advance.minor == 100
        sale = await paid(shop, "card")
        assert [(one.kind, one.amount_minor) for one in sale.tenders] == [("advance", 100), ("card", 140)]
        assert (sale.total_minor, sum(row.tax_minor for row in sale.taxes)) == (240, 13)
        assert f"Advance {order.said} 1.00" in paper(shop)
        now = kept(shop, order)
        assert (now.state, now.advance_minor, now.owed_minor) == ("handed_over", 0, 0)
        books = books_of(shop)
        assert (books[ADVANCES], books[CASH], books[CARDS]) == (0, 100, 140)
        sums = day(shop)
        assert sums.apart == {"advance": 100}
        assert {kind: sum.minor for kind, sum in sums.tenders.items()} == {"advance": 100, "card": 140, "cash": 100}
        assert sum(sum.minor for sum in sums.tenders.values()) == sums.total_minor
        await caught_up(shop, *BEHIND)
        assert read_day_sums(shop.reader, shop_day(shop)).apart == {"advance": 100}
        await do(shop, PrintReport("z"), MANAGER)
        told = paper(shop, "report")
        assert "Order advances included in total 1.00" in told
        assert "Advance 1 1.00" in told

    in_a_shop(scenario, tmp_path)


def shop_day(shop: CommandBus) -> str:
    (found,) = shop.reader.execute("SELECT max(business_date) FROM receipt").fetchone()
    return str(found)


def test_what_is_wholly_paid_ahead_asks_for_no_money_and_leaves_the_drawer_shut(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await paid_ahead(shop)
        assert (order.advance_minor, order.due_minor) == (240, 0)
        kicks = shop.reader.execute("SELECT count(*) FROM print_job WHERE kind = 'drawer'").fetchone()
        done = await do(shop, HandOverOrder(order.id, ()), STAFF)
        assert (done.receipt, done.total_minor) == (2, 240)
        assert [(one.kind, one.amount_minor) for one in sales(shop)[-1].tenders] == [("advance", 240)]
        assert shop.reader.execute("SELECT count(*) FROM print_job WHERE kind = 'drawer'").fetchone() == kicks
        again = await paid_ahead(shop)
        await do(shop, TakeUpOrder(order=again.id), STAFF)
        sale = await paid(shop, "cash", 2000)
        assert ([one.kind for one in sale.tenders], sale.change_minor) == (["advance"], 0)
        assert kept(shop, again).state == "handed_over"

    in_a_shop(scenario, tmp_path)


def test_without_money_an_order_that_is_not_wholly_paid_stays(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await paid_ahead(shop, 100)
        assert await refused(shop, HandOverOrder(order.id, ()), STAFF) == Refused("not_all_paid", {"due_minor": 140})
        assert kept(shop, order).state == "placed"
        await do(shop, HandOverOrder(order.id, (TenderGiven("cash", 200),)), STAFF)
        assert sales(shop)[-1].change_minor == 60

    in_a_shop(scenario, tmp_path)


def test_no_more_is_taken_ahead_than_is_due_and_nothing_for_an_order_that_ended(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await paid_ahead(shop, 100)
        much = await refused(shop, TakeAdvance(order.id, 141), STAFF)
        assert much == Refused("advance_too_much", {"said": order.said, "due_minor": 140})
        await do(shop, TakeAdvance(order.id), STAFF)
        assert (await refused(shop, TakeAdvance(order.id), STAFF)).code == "order_at_register"
        assert (await refused(shop, AddLine(MILK), CASHIER)).code == "order_on_counter"
        assert (await refused(shop, CancelOrder(order.id), STAFF)).code == "order_at_register"
        assert (await do(shop, AbandonBasket(), CASHIER)).empty
        assert kept(shop, order).advance_minor == 100, "what was put back was not paid"
        await do(shop, TakeAdvance(order.id), STAFF)
        await paid(shop, "card")
        assert (await refused(shop, TakeAdvance(order.id), STAFF)).code == "advance_not_due"
        await do(shop, HandOverOrder(order.id, ()), STAFF)
        assert (await refused(shop, TakeAdvance(order.id), STAFF)).code == "advance_not_due"

    in_a_shop(scenario, tmp_path)


def test_a_counter_with_goods_takes_no_advance(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await milk_order(shop)
        await do(shop, AddLine(MILK), CASHIER)
        assert (await refused(shop, TakeAdvance(order.id), STAFF)).code == "counter_not_empty"

    in_a_shop(scenario, tmp_path)


def test_what_is_paid_for_a_cancelled_order_is_owed_and_goes_back_once_to_what_had_paid_it(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await paid_ahead(shop, 100)
        await do(shop, TakeAdvance(order.id), STAFF)
        await paid(shop, "card", reference="4242")
        assert owed(shop) == {}
        await do(shop, CancelOrder(order.id, "no flour"), STAFF)
        assert owed(shop) == {order.id: 240}
        status = order_status(shop.reader, order.secret)
        assert status is not None
        assert (status.advance_minor, status.owed_minor) == (240, 240)
        now = await do(shop, GiveBackAdvance(order.id), MANAGER)
        assert (now.advance_minor, owed(shop)) == (0, {})
        assert any(line.startswith("Advance on order") for line in paper(shop))
        books = books_of(shop)
        assert (books[ADVANCES], books[CASH], books[CARDS]) == (0, 0, 0)
        assert (await refused(shop, GiveBackAdvance(order.id), MANAGER)).code == "advance_not_owed"
        assert (await refused(shop, GiveBackAdvance(order.id, 1), MANAGER)).code == "advance_back_too_much"
        assert (await refused(shop, VoidLastSale(), MANAGER)).code == "advance_final"
        assert day(shop).apart == {}

    in_a_shop(scenario, tmp_path)


def test_a_customer_who_cancels_is_owed_what_they_paid(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await paid_ahead(shop)
        await do(shop, CancelOrder(order.secret))
        assert owed(shop) == {order.id: 240}

    in_a_shop(scenario, tmp_path)


def test_of_an_order_that_becomes_less_what_is_too_much_goes_back_cards_first(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await paid_ahead(shop, 100, "cash")
        await do(shop, TakeAdvance(order.id), STAFF)
        await paid(shop, "card")
        line = order.goods.lines[0].id
        await do(shop, ChangeOrder(order.id, (LineWanted(line, 1000),)), STAFF)
        assert owed(shop) == {order.id: 120}
        await do(shop, GiveBackAdvance(order.id), MANAGER)
        books = books_of(shop)
        assert (books[CARDS], books[CASH]) == (20, 100), "1.20 of the 1.40 by card; the cash stays"
        assert (kept(shop, order).advance_minor, kept(shop, order).due_minor) == (120, 0)
        await do(shop, HandOverOrder(order.id, ()), STAFF)
        assert books_of(shop)[ADVANCES] == 0

    in_a_shop(scenario, tmp_path)


def test_of_an_order_that_becomes_more_the_rest_is_due(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await paid_ahead(shop)
        await do(shop, AddToOrder(order.id, sku="milk", accepted_total_minor=360), STAFF)
        assert (kept(shop, order).due_minor, kept(shop, order).advance_minor) == (120, 240)
        await do(shop, HandOverOrder(order.id, CARD), STAFF)
        assert [(one.kind, one.amount_minor) for one in sales(shop)[-1].tenders] == [("advance", 240), ("card", 120)]

    in_a_shop(scenario, tmp_path)


def test_parts_are_paid_from_it_until_it_is_used_up(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await paid_ahead(shop, 200, pieces=3)
        line = order.goods.lines[0].id
        await do(shop, HandOverOrder(order.id, (), lines=(LineWanted(line, 1000),)), STAFF)
        assert (kept(shop, order).advance_minor, kept(shop, order).due_minor) == (80, 160)
        await do(shop, CancelOrder(order.id), STAFF)
        assert owed(shop) == {order.id: 80}

    in_a_shop(scenario, tmp_path)


def test_goods_that_come_back_owe_the_advance_that_had_paid_for_them(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await paid_ahead(shop, 200, "card")
        await do(shop, HandOverOrder(order.id, (TenderGiven("cash"),)), STAFF)
        cash = await refused(shop, RefundSale(2, kind="cash", reason="asked"), MANAGER)
        assert cash.code == "advance_back_only"
        await do(shop, RefundSale(2), MANAGER)
        assert owed(shop) == {order.id: 200}
        assert books_of(shop)[CASH] == 0
        assert (await refused(shop, VoidLastSale(), MANAGER)).code == "advance_final"
        await do(shop, GiveBackAdvance(order.id), MANAGER)
        assert (owed(shop), books_of(shop)[CARDS], books_of(shop)[ADVANCES]) == ({}, 0, 0)

    in_a_shop(scenario, tmp_path)


def test_a_void_of_the_hand_over_owes_it_again(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await milk_order(shop)
        for step in ("accepted", "preparing", "ready"):
            await do(shop, MoveOrder(order.id, step), STAFF)
        await do(shop, TakeAdvance(order.id), STAFF)
        await paid(shop)
        await do(shop, HandOverOrder(order.id, ()), STAFF)
        await do(shop, VoidLastSale(), MANAGER)
        assert owed(shop) == {order.id: 240}
        assert books_of(shop)[ADVANCES] == -240
        assert day(shop).total_minor == 240

    in_a_shop(scenario, tmp_path)


def test_the_receipt_of_an_advance_is_neither_voided_nor_refunded_but_its_tender_is_corrected(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await paid_ahead(shop, 100, "cash")
        assert (await refused(shop, VoidLastSale(), MANAGER)).code == "advance_back_first"
        assert (await refused(shop, RefundSale(1), MANAGER)).code == "advance_back_first"
        await do(shop, CorrectTender(1, "card"), MANAGER)
        await do(shop, GiveBackAdvance(order.id, 100), MANAGER)
        assert (books_of(shop)[CARDS], kept(shop, order).due_minor) == (0, 240)
        await do(shop, HandOverOrder(order.id, CARD), STAFF)
        await do(shop, CorrectTender(3, "cash"), MANAGER)

    in_a_shop(scenario, tmp_path)


def test_a_sale_that_an_advance_paid_for_keeps_its_tenders(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await paid_ahead(shop, 100)
        await do(shop, HandOverOrder(order.id, CARD), STAFF)
        assert (await refused(shop, CorrectTender(2, "cash"), MANAGER)).code == "tender_fixed"

    in_a_shop(scenario, tmp_path)


def test_a_gift_card_gets_back_what_it_paid_ahead(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await do(shop, AddLoad(CARD_CODE, 500), CASHIER)
        await paid(shop)
        order = await milk_order(shop)
        await do(shop, TakeAdvance(order.id), STAFF)
        await do(shop, Pay("gift", None, CARD_CODE), CASHIER)
        card = find_card(shop.reader, CARD_CODE)
        assert card is not None
        assert (card.balance_minor, kept(shop, order).due_minor) == (260, 0)
        await do(shop, CancelOrder(order.id), STAFF)
        assert (await refused(shop, GiveBackAdvance(order.id, kind="cash", reason="asked"), MANAGER)).code == (
            "card_not_cash"
        )
        await do(shop, GiveBackAdvance(order.id), MANAGER)
        card = find_card(shop.reader, CARD_CODE)
        assert card is not None
        assert card.balance_minor == 500

    in_a_shop(scenario, tmp_path)


def test_cash_that_was_rounded_goes_back_as_it_came(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await milk_order(shop)
        await do(shop, TakeAdvance(order.id, 103), STAFF)
        await paid(shop)
        assert books_of(shop)[CASH] == 105
        await do(shop, GiveBackAdvance(order.id, 103), MANAGER)
        assert books_of(shop)[CASH] == 0
        await do(shop, TakeAdvance(order.id, 102), STAFF)
        await paid(shop)
        await do(shop, GiveBackAdvance(order.id, 102), MANAGER)
        assert (books_of(shop)[CASH], books_of(shop)[ADVANCES]) == (0, 0)

    step = CONFIG.replace('currency = "EUR"', 'currency = "EUR"\ncash_step_minor = 5')
    in_a_shop(scenario, tmp_path, step)


def test_an_order_that_was_paid_ahead_is_short_last(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await do(shop, MoveStock("received", (Moved("milk", 4000),)), SYSTEM)
        older = await milk_order(shop, 2)
        clock.advance(60)
        newer = await paid_ahead(shop, 100)
        for _ in range(2):
            await do(shop, AddLine(MILK), CASHIER)
        await paid(shop)
        known = with_faults(shop.reader, ZoneInfo("Europe/Paris"), read_shop_orders(shop.reader), shop.now_us())
        short = {order.id for order in known if order.short}
        assert short == {older.id}, "the one that somebody paid for has its goods, although it came later"
        assert newer.id not in short

    in_a_shop(scenario, tmp_path)


def test_without_an_id_what_falls_away_is_owed(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        cart = await milk_cart(shop, 1)
        cart = await do(shop, AddToCart(cart.id, sku="beer", age_said=18))
        order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
        await do(shop, TakeAdvance(order.id), STAFF)
        await paid(shop, "card")
        await do(shop, HandOverOrder(order.id, (), id_failed=True), STAFF)
        assert [(one.kind, one.amount_minor) for one in sales(shop)[-1].tenders] == [("advance", 120)]
        assert owed(shop) == {order.id: 250}

    in_a_shop(scenario, tmp_path)


def test_what_is_owed_is_told_after_a_day(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await paid_ahead(shop)
        await do(shop, CancelOrder(order.id), STAFF)
        (watch,) = (one for one in watches(ZoneInfo("Europe/Paris")) if one.kind == "order_owed")

        def told() -> list[tuple[str, Any]]:
            found = watch.read(shop.reader, shop.now_us(), "")
            return [(condition.subject, dict(condition.values)) for condition in found]

        assert told() == []
        clock.advance(25 * 3600)
        assert told() == [(order.id, {"said": order.said, "sum_minor": 240})]
        await do(shop, GiveBackAdvance(order.id), MANAGER)
        assert told() == []

    in_a_shop(scenario, tmp_path)


def test_what_is_paid_ahead_stands_on_the_pickers_paper(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await paid_ahead(shop, 100)
        await do(shop, MoveOrder(order.id, "accepted"), STAFF)
        job = last_print_job(shop.reader, "1", "order")
        assert job is not None
        told = plain_text(readable(shop.reader, job.document))
        assert "Prepaid: 1.00." in told and "Amount due: 1.40." in told, told

    in_a_shop(scenario, tmp_path)
