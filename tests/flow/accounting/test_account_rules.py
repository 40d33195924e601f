"""What holds of orders on account beside a wholesaler's month: what is overdue holds deliveries too, orders ended
short, payments that were none, what no one can ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.accounting.accounts import quotes, sales_orders
from edge.accounting.accounts.account import Account
from edge.accounting.accounts.commands import (
    CloseSalesOrder,
    DeclineQuote,
    DeliveredLine,
    DeliverSalesOrder,
    MakeQuote,
    OpenSalesOrder,
    OrderedLine,
    ReceivePayment,
    RemindCustomers,
    SetAccount,
    UndoPayment,
)
from edge.accounting.accounts.queries import account_items, read_sales_order
from edge.accounting.accounts.watches import WATCHES
from edge.foundation.access.rights import system
from edge.goods.stock.reserving.promised import reserved_by
from tests.accounts import OFFICE, OWNER, in_agreement, on_account, refused, stands, stocked
from tests.customers import known
from tests.flow.counter.test_bakery_day import TODAY
from tests.shop_fixture import FakeClock, done, open_shop, run

DAY_S = 86_400.0
CHEESE = (OrderedLine("cheese", 2_000),)


def test_what_is_overdue_for_too_long_holds_a_delivery_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await stocked(shop)
            customer = await on_account(shop, terms_days=0, hold_after_days=10)
            for _ in range(2):
                await done(shop, OpenSalesOrder(customer, CHEESE), OFFICE)
            await done(shop, DeliverSalesOrder(1), OFFICE)
            clock.advance(10 * DAY_S)
            half = DeliverSalesOrder(2, (DeliveredLine("cheese", 1_000),))
            await done(shop, half, OFFICE)  # for ten days, and not for more
            clock.advance(DAY_S)
            assert await refused(shop, DeliverSalesOrder(2), OFFICE) == "account_on_hold"
            assert reserved_by(shop.reader, "sales-2") == {"cheese": 1_000}, "it stays promised"
            (hold,) = (one for one in WATCHES if one.kind == "account_overdue")
            assert [one.subject for one in hold.read(shop.reader, clock.at_us, "2027-01-26")] == [customer]
            await done(shop, DeliverSalesOrder(2, override="pays tomorrow"), OWNER)
            in_agreement(shop)

    run(scenario())


def test_an_order_ended_short_is_complete_behind_a_delivery_and_cancelled_before_any(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            customer = await on_account(shop)
            for number in (1, 2):
                await done(shop, OpenSalesOrder(customer, CHEESE), OFFICE)
                assert reserved_by(shop.reader, f"sales-{number}") == {"cheese": 2_000}
            await done(shop, DeliverSalesOrder(1, (DeliveredLine("cheese", 500),)), OFFICE)
            for number, state in ((1, "complete"), (2, "cancelled")):
                assert (await done(shop, CloseSalesOrder(number), OFFICE)).result == state
                assert reserved_by(shop.reader, f"sales-{number}") == {}
                assert await refused(shop, DeliverSalesOrder(number), OFFICE) == "sales_order_ended"
            assert stands(shop, customer).exposure_minor == 500, "what is not delivered is not owed"
            in_agreement(shop)

    run(scenario())


def test_a_payment_that_was_none_leaves_the_item_open_and_its_stages_as_they_were(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()  # a Friday
        async with open_shop(tmp_path, clock) as shop:
            await stocked(shop)
            customer = await on_account(shop, terms_days=0)
            await done(shop, OpenSalesOrder(customer, CHEESE), OFFICE)
            await done(shop, DeliverSalesOrder(1), OFFICE)
            clock.advance(4 * DAY_S)
            assert (await done(shop, RemindCustomers(), system())).result == 1
            paid = (await done(shop, ReceivePayment(customer, 2_000), OFFICE)).result
            assert stands(shop, customer).owed_minor == 0
            assert account_items(shop.reader, customer) == []
            clock.advance(14 * DAY_S)
            assert (await done(shop, RemindCustomers(), system())).result == 0, "paid in full: resolved"
            await done(shop, UndoPayment(paid.number, "bounced"), OFFICE)
            assert [(one.amount_minor, one.stage) for one in account_items(shop.reader, customer)] == [(2_000, 1)]
            assert (await done(shop, RemindCustomers(), system())).result == 1
            assert [one.stage for one in account_items(shop.reader, customer)] == [2], "each stage once"
            assert await refused(shop, UndoPayment(paid.number), OFFICE) == "account_payment_undone"
            in_agreement(shop)

    run(scenario())


def test_what_no_one_can_ask_of_orders_and_offers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            customer, other = await on_account(shop), await known(shop, name="Cafe", phone="+33 6 98 76 54 32")
            await done(shop, SetAccount(Account(other)), OWNER)
            await done(shop, OpenSalesOrder(customer, CHEESE), OFFICE)
            await done(shop, MakeQuote(customer, CHEESE, TODAY), OFFICE)
            for command, code in (
                (DeliverSalesOrder(9), "no_sales_order"),
                (DeliverSalesOrder(1, (DeliveredLine("wine", 1_000),)), "sku_not_ordered"),
                (OpenSalesOrder(other, CHEESE, number=1), "sales_order_of_other"),
                (OpenSalesOrder(customer, (OrderedLine("mystery", 1_000),)), "sales_price_missing"),
                (UndoPayment(9), "no_account_payment"),
                (DeclineQuote(9), "no_quote"),
                (MakeQuote(other, CHEESE, TODAY, number=1), "quote_of_other"),
                (MakeQuote(customer, CHEESE, "2027-02-30"), "quote_day_wrong"),
            ):
                assert await refused(shop, command, OFFICE) == code, command
            monkeypatch.setattr(quotes, "QUOTES_OPEN_MOST", 1)
            assert await refused(shop, MakeQuote(customer, CHEESE, TODAY), OFFICE) == "too_many_quotes"
            monkeypatch.setattr(sales_orders, "ORDERS_OPEN_MOST", 1)
            assert await refused(shop, OpenSalesOrder(customer, CHEESE), OFFICE) == "too_many_sales_orders"
            order = read_sales_order(shop.reader, 1)
            assert order is not None and (order.state, order.customer) == ("open", customer)

    run(scenario())
