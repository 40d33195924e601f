"""What was paid ahead for an order keeps the taxes of the day on which it was paid, and the rest has those of its
hand-over; receipts, Z reports and books come to the same, to the cent."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.counter.till.commands import AnswerQuestion, Pay, PrintReport, RefundedLine, RefundSale, VoidLastSale
from edge.counter.till.events import SaleCompleted, SaleRefunded
from edge.counter.till.queries import read_period
from edge.counter.till.rules import day_totals
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.ordering.orders.commands import (
    AddToOrder,
    CancelOrder,
    ChangeOrder,
    HandOverOrder,
    LineWanted,
    MoveOrder,
    TakeUpOrder,
)
from edge.ordering.orders.customers.order_status import order_status
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.paying.advances import GiveBackAdvance, TakeAdvance
from edge.ordering.orders.queries import owing_orders
from tests.counter_shop import books_of, event_of, in_a_shop, paid, paper
from tests.dated_taxes import HALIFAX, change_taxes, french_taxes_by_day
from tests.order_money import History, faults
from tests.ordering import CARD, STAFF, do, kept, milk_order, refused, sales
from tests.shop_fixture import CONFIG, MANAGER, MILK, SYSTEM, FakeClock, done, open_shop, run

TEN, TWENTY, THIRTY = 10_000, 20_000, 30_000


def in_halifax(scenario: Callable[[CommandBus, FakeClock], Awaitable[None]], folder: Path, text: str = HALIFAX) -> None:
    """A scenario in a shop that sells milk for 10.00, behind which the ledger verifies and the money adds up."""

    async def main() -> None:
        clock = FakeClock()
        async with open_shop(folder, clock, stocked=False, text=text) as shop:
            await done(shop, SetProducts((Product("milk", {"en": "Milk"}, (MILK,), 1000, deposit_minor=10),)), SYSTEM)
            await scenario(shop, clock)
            assert verify(shop.reader, shop.registry).faults == ()
            for sale in sales(shop):
                assert sale.net_minor + sum(row.tax_minor for row in sale.taxes) == sale.total_minor, sale
            sums = day_totals.sums(read_period(shop.reader, "1").day)
            assert sum(one.minor for one in sums.tenders.values()) == sums.total_minor
            ahead = shop.reader.execute("SELECT coalesce(sum(advance_minor), 0) FROM shop_order").fetchone()[0]
            assert ahead == -books_of(shop).get(("liabilities", "advances on orders"), 0)

    run(main())


def next_day(clock: FakeClock) -> None:
    clock.advance(24 * 3600)


async def ahead(shop: CommandBus, order: KeptOrder, minor: int | None = None) -> KeptOrder:
    """The order with so much of it paid ahead; whoever pays agrees to another sum than was promised."""
    laid = await do(shop, TakeAdvance(order.id, minor), STAFF)
    for asked in laid.questions:
        await do(shop, AnswerQuestion(asked.id, yes=True), STAFF)
    await paid(shop, "card")
    return kept(shop, order)


def rows(sale: SaleCompleted | SaleRefunded) -> list[tuple[int, int, int]]:
    return [(row.rate, row.net_minor, row.tax_minor) for row in sale.taxes]


def test_what_was_wholly_paid_ahead_costs_no_more_and_has_the_rate_of_that_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_taxes(monkeypatch, TEN, TWENTY)

    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        orders = [await ahead(shop, await milk_order(shop)) for _ in range(2)]
        next_day(clock)
        for order in orders:
            assert (kept(shop, order).due_minor, kept(shop, order).owed_minor) == (0, 0)
        taken, fetched = orders
        done_ = await do(shop, HandOverOrder(taken.id, ()), STAFF)
        assert (done_.total_minor, rows(sales(shop)[-1])) == (2220, [(TEN, 2000, 200)])
        laid = await do(shop, TakeUpOrder(order=fetched.id), STAFF)
        assert laid.questions == (), "it is the sum that was promised"
        sale = await paid(shop)
        assert (rows(sale), [one.kind for one in sale.tenders]) == ([(TEN, 2000, 200)], ["advance"])
        assert owing_orders(shop.reader) == []

    in_halifax(scenario, tmp_path)


def test_of_what_was_paid_in_part_that_share_keeps_its_rate_on_receipt_z_and_books_and_in_refunds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_taxes(monkeypatch, TEN, TWENTY)

    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await ahead(shop, await milk_order(shop), 1100)  # half of 22.00; deposits come last
        next_day(clock)
        hand = HandOverOrder(order.id, CARD)
        assert await refused(shop, hand, STAFF) == Refused("price_changed", {"was_minor": 2220, "is_minor": 2320})
        status = order_status(shop.reader, order.secret)
        assert status is not None and status.advance_minor == 1100
        await do(shop, HandOverOrder(order.id, CARD, accepted_total_minor=2320), STAFF)
        sale = sales(shop)[-1]
        assert kept(shop, order).goods.total_minor == sale.total_minor == 2320, "its page says what was paid"
        assert [(one.kind, one.amount_minor) for one in sale.tenders] == [("advance", 1100), ("card", 1220)]
        assert rows(sale) == [(TEN, 1000, 100), (TWENTY, 1000, 200)]
        told = paper(shop)
        assert "HST 10% on 10.00 1.00" in told
        assert "HST 20% on 10.00 2.00" in told
        books = books_of(shop)
        assert books["liabilities", "taxes", "HST 10%"] == -100
        assert books["liabilities", "taxes", "HST 20%"] == -200
        await do(shop, PrintReport("x"), MANAGER)
        told = paper(shop, "report")
        assert "HST 10% 10.00 1.00" in told
        assert "HST 20% 10.00 2.00" in told
        line = sale.lines[0].id
        for _ in range(2):
            outcome = await done(shop, RefundSale(sale.number, lines=(RefundedLine(line, 1000),)), MANAGER)
            refund = event_of(outcome, SaleRefunded)
            assert (refund.total_minor, rows(refund)) == (1160, [(TEN, 500, 50), (TWENTY, 500, 100)])
        books = books_of(shop)
        assert books["liabilities", "taxes", "HST 10%"] == books["liabilities", "taxes", "HST 20%"] == 0

    in_halifax(scenario, tmp_path)


def test_what_is_paid_on_a_later_day_is_asked_for_by_its_rate_which_it_then_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_taxes(monkeypatch, TEN, TWENTY, THIRTY)

    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        late, twice = await milk_order(shop), await ahead(shop, await milk_order(shop), 1100)
        next_day(clock)
        laid = await do(shop, TakeAdvance(late.id), STAFF)
        (asked,) = laid.questions
        assert (asked.kind, asked.was_minor, asked.price_minor) == ("tax_changed", 2220, 2420)
        assert laid.lines[0].amount_minor == 2420
        assert (await refused(shop, Pay("card"), STAFF)).code == "answer_first"
        assert (await do(shop, AnswerQuestion(asked.id, yes=False), STAFF)).empty
        late = await ahead(shop, late)
        assert (late.goods.total_minor, late.advance_minor, late.owed_minor) == (2420, 2420, 0)
        twice = await ahead(shop, twice)
        assert (twice.advance_minor, twice.due_minor, twice.owed_minor) == (2320, 0, 0)
        next_day(clock)
        assert (await do(shop, HandOverOrder(late.id, ()), STAFF)).total_minor == 2420
        assert (await do(shop, HandOverOrder(twice.id, ()), STAFF)).total_minor == 2320
        assert [rows(sale) for sale in sales(shop)[-2:]] == [
            [(TWENTY, 2000, 400)],
            [(TEN, 1000, 100), (TWENTY, 1000, 200)],
        ]

    in_halifax(scenario, tmp_path)


def test_of_an_order_in_parts_the_first_uses_the_money_and_its_rate_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_taxes(monkeypatch, TEN, TWENTY)

    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        whole = await ahead(shop, await milk_order(shop))
        half = await ahead(shop, await milk_order(shop), 1110)
        some = await ahead(shop, await milk_order(shop), 550)
        next_day(clock)
        one = (LineWanted(whole.goods.lines[0].id, 1000),)
        first = await do(shop, HandOverOrder(whole.id, (), lines=one), STAFF)
        assert (first.total_minor, first.left_minor, kept(shop, whole).due_minor) == (1110, 1110, 0)
        assert (await do(shop, HandOverOrder(whole.id, ()), STAFF)).total_minor == 1110
        first = await do(shop, HandOverOrder(half.id, (), lines=one, accepted_total_minor=2319), STAFF)
        assert (first.total_minor, first.left_minor, kept(shop, half).due_minor) == (1110, 1210, 1210)
        assert (await do(shop, HandOverOrder(half.id, CARD), STAFF)).total_minor == 1210
        first = await do(shop, HandOverOrder(some.id, CARD, lines=one, accepted_total_minor=2370), STAFF)
        assert (first.total_minor, first.left_minor) == (1160, 1210)
        assert (await do(shop, HandOverOrder(some.id, CARD), STAFF)).total_minor == 1210
        assert [rows(sale) for sale in sales(shop)[-6:]] == [
            *([(TEN, 1000, 100)], [(TEN, 1000, 100)]),
            *([(TEN, 1000, 100)], [(TWENTY, 1000, 200)]),
            *([(TEN, 500, 50), (TWENTY, 500, 100)], [(TWENTY, 1000, 200)]),
        ]
        assert owing_orders(shop.reader) == []

    in_halifax(scenario, tmp_path)


def test_an_order_that_is_changed_given_back_tipped_or_voided_has_the_rate_of_what_is_paid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_taxes(monkeypatch, TEN, TWENTY)

    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        more, less, back, tipped = [await ahead(shop, await milk_order(shop)) for _ in range(4)]
        next_day(clock)
        line = more.goods.lines[0].id
        grown = await do(shop, AddToOrder(more.id, sku="milk", accepted_total_minor=3428), STAFF)
        assert (grown.goods.total_minor, grown.due_minor) == (3428, 1208), "22.20 were for goods first, then deposits"
        await do(shop, HandOverOrder(more.id, CARD), STAFF)
        assert rows(sales(shop)[-1]) == [(TEN, 2018, 202), (TWENTY, 982, 196)]
        shrunk = await do(shop, ChangeOrder(less.id, (LineWanted(line, 1000),)), STAFF)
        assert (shrunk.goods.total_minor, shrunk.owed_minor) == (1110, 1110)
        await do(shop, HandOverOrder(less.id, ()), STAFF)
        await done(shop, VoidLastSale(), MANAGER)
        assert {one.id: one.owed_minor for one in owing_orders(shop.reader)} == {less.id: 2220}
        await do(shop, GiveBackAdvance(less.id), MANAGER)
        await do(shop, GiveBackAdvance(back.id, 2220), MANAGER)
        no = await refused(shop, HandOverOrder(back.id, CARD), STAFF)
        assert no == Refused("price_changed", {"was_minor": 2220, "is_minor": 2420}), "none of it is paid any more"
        await do(shop, CancelOrder(back.id), STAFF)
        await do(shop, HandOverOrder(tipped.id, CARD, tip_minor=300, accepted_total_minor=2520), STAFF)
        assert (rows(sales(shop)[-1]), sales(shop)[-1].total_minor) == ([(TEN, 2000, 200)], 2520)

    in_halifax(scenario, tmp_path)


def test_a_fee_that_is_kept_has_the_rate_of_the_money_that_pays_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_taxes(monkeypatch, TEN, TWENTY)

    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await ahead(shop, await milk_order(shop, no_show_fee_minor=1100))
        for step in ("accepted", "preparing", "ready"):
            await do(shop, MoveOrder(order.id, step), STAFF)
        next_day(clock)
        await do(shop, CancelOrder(order.id, keep_fee=True), STAFF)
        assert (rows(sales(shop)[-1]), kept(shop, order).owed_minor) == ([(TEN, 1000, 100)], 1120)

    in_halifax(scenario, tmp_path, f"{HALIFAX}[orders]\nno_show_fee_minor = 1100\n")


def test_a_shop_that_writes_other_rates_into_its_own_table_keeps_those_of_the_money(tmp_path: Path) -> None:
    """Prices contain the tax: the sum stays, and the shop owes the tax of the day on which it was paid."""

    async def main() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            paid_, part = [await ahead(shop, await milk_order(shop)), await ahead(shop, await milk_order(shop), 60)]
            assert sales(shop)[0].tax is not None
        async with open_shop(tmp_path, clock, stocked=False, text=CONFIG.replace('"5.5"', '"20"')) as shop:
            await do(shop, HandOverOrder(paid_.id, ()), STAFF)
            assert rows(sales(shop)[-1]) == [(5500, 227, 13)]
            await do(shop, HandOverOrder(part.id, CARD), STAFF)
            assert rows(sales(shop)[-1]) == [(5500, 57, 3), (20_000, 150, 30)]
            assert sales(shop)[-1].total_minor == 240
            assert verify(shop.reader, shop.registry).faults == ()

    run(main())


@pytest.mark.parametrize(("inclusive", "seed"), [("true", 3), ("false", 4)])
def test_whatever_is_done_with_orders_while_taxes_change_each_paper_adds_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inclusive: str, seed: int
) -> None:
    french_taxes_by_day(monkeypatch, 40)
    ours = CONFIG[CONFIG.index("[tax]") : CONFIG.index("[panel]")]
    text = CONFIG.replace(ours, f'[tax]\ncountry = "FR"\ninclusive = {inclusive}\n') + "[orders]\ntips = 'all'\n"

    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        history = History(shop, clock, random.Random(seed))
        await history.begin()
        for _ in range(30):
            for _ in range(4):
                await history.step()
            next_day(clock)
            assert list(faults(shop)) == []
        await history.settle()
        assert list(faults(shop)) == []
        for fact in facts(shop.reader, shop.registry):
            if isinstance(made := fact.event, SaleCompleted | SaleRefunded):
                assert made.net_minor + sum(row.tax_minor for row in made.taxes) == made.total_minor, made

    in_a_shop(scenario, tmp_path, text)
