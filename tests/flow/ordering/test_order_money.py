"""The money of orders, all of it together: advances, tips, parts, gift cards, refunds and voids."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from edge.accounting.invoices.commands import IssueInvoice
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Refused
from edge.counter.kitchen.events import SlipsPrinted
from edge.counter.shifts.commands import OpenShift
from edge.counter.shifts.queries import read_drawer
from edge.counter.till.commands import AddLine, AddLoad, AddTip, RefundSale, TenderGiven
from edge.money.gift_cards.queries import find_card
from edge.ordering.delivery.queries import read_driver_cash
from edge.ordering.orders.commands import HandOverOrder, PlaceOrder, TakeUpOrder
from edge.ordering.orders.paying.advances import GiveBackAdvance, TakeAdvance
from tests.counter_shop import books_of, in_a_shop, paid
from tests.flow.ordering.test_orders_tipped import CASH, day, out, tip_of
from tests.invoicing import BUYER, issued, numbers, refusal
from tests.order_money import History, faults
from tests.ordering import STAFF, do, kept, milk_cart, milk_order, refused, sales
from tests.shop_fixture import BAR, CASHIER, CONFIG, MANAGER, MILK, FakeClock

CARD_CODE = "3K8N-2Q7P-5W9X-4T6R"
TIPPED = f"{CONFIG}\n[orders]\ntips = 'all'\n"
ON_TOP = TIPPED.replace("inclusive = true", "inclusive = false")
MONEY_MOVES = ("TakeAdvance", "HandOverOrder", "GiveBackAdvance", "RefundSale")
IN_COINS = ON_TOP.replace('currency = "EUR"', 'currency = "EUR"\ncash_step_minor = 5')


@pytest.mark.parametrize(("text", "seed"), [(TIPPED, 1), (ON_TOP, 2), (IN_COINS, 3)])
def test_whatever_is_done_with_orders_the_money_adds_up(tmp_path: Path, text: str, seed: int) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        history = History(shop, clock, random.Random(seed))
        await history.begin()
        for _ in range(30):
            for _ in range(4):
                await history.step()
            assert list(faults(shop)) == []
        for _ in range(400):  # ids of orders come by chance, and with them which one is chosen
            if all(history.done[name] for name in MONEY_MOVES):
                break
            await history.step()
        await history.settle()
        assert list(faults(shop)) == []
        assert books_of(shop)["liabilities", "advances on orders"] == 0
        assert min(history.done[name] for name in MONEY_MOVES) > 0

    in_a_shop(scenario, tmp_path, text)


def test_a_gift_card_that_holds_too_little_hands_nothing_over(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await do(shop, AddLoad(CARD_CODE, 100), CASHIER)
        await paid(shop)
        order = await milk_order(shop)
        card = TenderGiven("gift", None, CARD_CODE)
        assert await refused(shop, HandOverOrder(order.id, (card,)), STAFF) == Refused(
            "not_all_paid", {"due_minor": 140}
        )
        assert (kept(shop, order).state, sales(shop)[-1].number) == ("placed", 1)
        await do(shop, HandOverOrder(order.id, (card, TenderGiven("cash"))), STAFF)
        assert [(one.kind, one.amount_minor) for one in sales(shop)[-1].tenders] == [("gift", 100), ("cash", 140)]
        found = find_card(shop.reader, CARD_CODE)
        assert found is not None
        assert found.balance_minor == 0

    in_a_shop(scenario, tmp_path)


def test_money_for_an_order_takes_no_tip_beside_it(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await milk_order(shop)
        await do(shop, TakeAdvance(order.id, 100), STAFF)
        assert (await refused(shop, AddTip(amount_minor=50), CASHIER)).code == "order_on_counter"
        assert (await paid(shop)).total_minor == 100

    in_a_shop(scenario, tmp_path)


def test_kitchens_are_told_of_no_tip_and_of_no_money_that_is_paid_ahead(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await milk_order(shop)
        await do(shop, TakeAdvance(order.id), STAFF)
        await paid(shop)
        await do(shop, HandOverOrder(order.id, CASH, tip_minor=50), STAFF)
        await do(shop, AddLine(MILK), CASHIER)
        await do(shop, AddTip(amount_minor=50), CASHIER)
        await paid(shop)
        told = [fact.event for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, SlipsPrinted)]
        entries = [[entry.names["en"] for entry in slip.entries] for one in told for slip in one.slips]
        assert entries == [["Milk"], ["Milk"]]

    in_a_shop(scenario, tmp_path, TIPPED + BAR.replace('"sent"', '"paid"'))


def test_a_share_as_tip_is_of_all_of_an_order_also_where_it_is_paid_ahead(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        cart = await milk_cart(shop, 5)
        order = await do(shop, PlaceOrder(cart.id, 600))
        await do(shop, TakeAdvance(order.id), STAFF)
        await paid(shop)
        await do(shop, TakeUpOrder(order=order.id), STAFF)
        basket = await do(shop, AddTip(share=10_000), CASHIER)
        assert basket.total_minor == 660, "10 % of 6.00"
        sale = await paid(shop)
        assert [(one.kind, one.amount_minor) for one in sale.tenders] == [("advance", 600), ("cash", 60)]
        assert day(shop).tips == {"cash": 60}

    in_a_shop(scenario, tmp_path, TIPPED)


def test_an_order_is_invoiced_once_by_its_hand_over_and_not_by_what_was_paid_ahead(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        order = await milk_order(shop)
        await do(shop, TakeAdvance(order.id), STAFF)
        await paid(shop)
        assert await refusal(shop, IssueInvoice(1, **BUYER)) == "invoice_paid_ahead"
        await do(shop, HandOverOrder(order.id, ()), STAFF)
        invoice = await issued(shop, 2)
        assert (invoice.total_minor, sum(row.tax_minor for row in invoice.taxes)) == (240, 13)
        await do(shop, RefundSale(2), MANAGER)
        await do(shop, GiveBackAdvance(order.id), MANAGER)
        assert [kind for kind, _ in numbers(shop)] == ["invoice", "credit"], "what is given back changes neither"

    in_a_shop(scenario, tmp_path)


def test_a_tip_at_the_door_of_an_order_paid_ahead_stays_with_the_driver(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await do(shop, OpenShift(0), CASHIER)
        for ahead_minor, promised_minor, given_minor in ((540, 0, 300), (640, 100, 300)):
            order = await out(shop, promised_minor)
            await do(shop, TakeAdvance(order.id), STAFF)
            assert (await paid(shop, "card")).total_minor == ahead_minor
            await do(shop, HandOverOrder(order.id, CASH, tip_minor=given_minor), STAFF)
            assert tip_of(sales(shop)[-1]) == [(given_minor, "u1")]
        assert [one.owed_minor for one in read_driver_cash(shop.reader)] == [0], "nothing of it is the shop's"
        assert day(shop).tips_to == {"u1": {"advance": 100, "cash": 500}}, "what was paid ahead of it is owed to them"
        assert books_of(shop)["liabilities", "tips"] == -100
        assert read_drawer(shop.reader, "1").expected_minor == 0

    in_a_shop(scenario, tmp_path)
