"""A wholesaler's month: orders on account within a limit, delivered in parts, invoiced, paid, reminded, stated."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.accounting.accounts.account import Account
from edge.accounting.accounts.checks import accounts_stock_check
from edge.accounting.accounts.commands import (
    AcceptQuote,
    ChargeAccount,
    CloseSalesOrder,
    DeclineQuote,
    DeliveredLine,
    DeliverSalesOrder,
    EndAccount,
    InvoiceAccount,
    MakeQuote,
    OpenSalesOrder,
    OrderedLine,
    ReceivePayment,
    RemindCustomers,
    ReplaceDelivered,
    SetAccount,
    UndoPayment,
)
from edge.accounting.accounts.delivered_lots import sales_order_lots
from edge.accounting.accounts.queries import account_items, read_sales_order
from edge.accounting.accounts.quote_reads import read_quotes
from edge.accounting.accounts.statement import account_statement, interest_minor
from edge.accounting.invoices.queries import customer_invoices
from edge.core.journal.verify import verify
from edge.counter.shifts.commands import OpenShift
from edge.counter.till.commands import (
    AddLine,
    CorrectTender,
    Pay,
    RefundedLine,
    RefundSale,
    SetQuantity,
    UseCustomer,
    VoidLastSale,
)
from edge.counter.till.queries import last_receipt
from edge.foundation.access.rights import system
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecallLot, RecordMovement
from edge.goods.stock.queries import read_stock
from edge.goods.stock.reserving.promised import reserved_by
from edge.people.customers.commands import ForgetCustomer
from tests.accounts import CHEESE, OFFICE, OWNER, WINE, in_agreement, on_account, refused, stands, stocked
from tests.catch_up import catch_up
from tests.shop_fixture import CASHIER, SYSTEM, FakeClock, agreed, done, open_shop, run

DAY_S = 86_400.0
ORDER = (OrderedLine("cheese", 20_000), OrderedLine("wine", 10_000, 550))


def test_a_month_from_order_to_statement(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await stocked(shop)
            customer = await on_account(shop)
            opened = (await done(shop, OpenSalesOrder(customer, ORDER, due_on="2027-01-20"), OFFICE)).result
            assert (opened.number, opened.total_minor, opened.missing) == (1, 25_500, ())
            assert reserved_by(shop.reader, "sales-1") == {"cheese": 20_000, "wine": 10_000}
            assert stands(shop, customer).exposure_minor == 25_500
            part = (DeliveredLine("cheese", 12_000, "C1"),)
            first = (await done(shop, DeliverSalesOrder(1, part, "LS-1", delivered_before=0), OFFICE)).result
            assert (first.state, first.total_minor, first.invoice) == ("partial", 12_000, "INV-2027-00001")
            assert await refused(shop, DeliverSalesOrder(1, part, delivered_before=0), OFFICE) == "delivered_meanwhile"
            assert reserved_by(shop.reader, "sales-1") == {"cheese": 8_000, "wine": 10_000}
            assert read_stock(shop.reader, "cheese") == 38_000
            clock.advance(DAY_S)
            second = (await done(shop, DeliverSalesOrder(1), OFFICE)).result
            assert (second.state, second.total_minor) == ("complete", 13_500)
            assert reserved_by(shop.reader, "sales-1") == {}
            assert [one.total_minor for one in customer_invoices(shop.reader, customer)] == [12_000, 13_500]
            now = stands(shop, customer, "2027-01-16")
            assert (now.owed_minor, now.ordered_minor, now.exposure_minor) == (25_500, 0, 25_500)
            paid = (await done(shop, ReceivePayment(customer, 20_000, "transfer", reference="BK 17"), OFFICE)).result
            items = account_items(shop.reader, customer, all_of_them=True)
            assert paid.paid == {items[0].seq: 12_000, items[1].seq: 8_000}
            statement = account_statement(shop.reader, customer, "2027-01", "2027-01-16")
            assert statement is not None
            assert [(one.kind, one.amount_minor, one.balance_minor) for one in statement.lines] == [
                ("sale", 12_000, 12_000),
                ("sale", 13_500, 25_500),
                ("payment", -20_000, 5_500),
            ]
            assert (statement.closing_minor, statement.ages) == (5_500, (5_500, 0, 0, 0, 0))
            in_agreement(shop)
            later = account_statement(shop.reader, customer, "2027-02", "2027-04-20")
            assert later is not None and (later.opening_minor, later.lines) == (5_500, ())
            assert later.ages == (0, 0, 0, 5_500, 0)
            assert interest_minor(later.open, "2027-04-20", 80) == 77  # 55.00 at 8 % a year for 64 days: 0.7715
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_limit_holds_above_it_and_an_override_says_why(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            customer = await on_account(shop, 10_000)
            cheese = (OrderedLine("cheese", 10_000),)
            await done(shop, OpenSalesOrder(customer, cheese), OFFICE)  # at the limit
            more = OpenSalesOrder(customer, (OrderedLine("cheese", 1_000),))
            assert await refused(shop, more, OFFICE) == "credit_limit"
            grown = OpenSalesOrder(customer, (OrderedLine("cheese", 11_000),), number=1)
            assert await refused(shop, grown, OFFICE) == "credit_limit"
            why = OpenSalesOrder(customer, (OrderedLine("cheese", 1_000),), override="opens on Monday")
            assert await refused(shop, why, OFFICE) == "right_denied"
            await done(shop, why, OWNER)
            await done(shop, SetAccount(Account(customer, 0)), OWNER)  # below what is owed: allowed
            assert stands(shop, customer).is_over
            assert await refused(shop, more, OFFICE) == "credit_limit"
            await done(shop, SetAccount(Account(customer, None)), OWNER)
            await done(shop, more, OFFICE)
            await done(shop, DeliverSalesOrder(1), OFFICE)  # what was ordered is not asked about again
            in_agreement(shop)

    run(scenario())


def test_what_lacks_is_named_and_only_what_there_is_is_promised(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop, cheese=5, wine=0)
            customer = await on_account(shop, None)
            outcome = await shop.do(OpenSalesOrder(customer, ORDER), OFFICE)
            assert outcome.code == "not_enough_for_order"  # type: ignore[union-attr]
            assert outcome.values["missing"] == "Cheese (15), Wine (10)"  # type: ignore[union-attr]
            assert reserved_by(shop.reader, "sales-1") == {}
            opened = (await done(shop, OpenSalesOrder(customer, ORDER, partial_ok=True), OFFICE)).result
            assert [(one.sku, one.quantity) for one in opened.missing] == [("cheese", 15_000), ("wine", 10_000)]
            assert await refused(shop, DeliverSalesOrder(1), OFFICE) == "not_enough_for_order"
            too_much = DeliverSalesOrder(1, (DeliveredLine("cheese", 21_000),))
            assert await refused(shop, too_much, OFFICE) == "more_than_open"
            await done(shop, DeliverSalesOrder(1, (DeliveredLine("cheese", 5_000),)), OFFICE)
            below = OpenSalesOrder(customer, (OrderedLine("cheese", 4_000),), number=1)
            assert await refused(shop, below, OFFICE) == "below_delivered"
            assert (await done(shop, CloseSalesOrder(1), OFFICE)).result == "complete"
            assert await refused(shop, DeliverSalesOrder(1), OFFICE) == "sales_order_ended"
            await done(shop, RecordMovement("wine", "in", units=3_000), SYSTEM)
            await done(shop, OpenSalesOrder(customer, (OrderedLine("wine", 3_000),)), OFFICE)
            assert (await done(shop, CloseSalesOrder(2), OFFICE)).result == "cancelled"
            assert reserved_by(shop.reader, "sales-2") == {}
            in_agreement(shop)

    run(scenario())


def test_an_offer_becomes_an_order_at_its_prices_and_a_delivery_says_its_lots(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await stocked(shop, cheese=5)
            await done(shop, RecordMovement("cheese", "in", units=5_000, lot="C2", expiry="2027-02-01"), SYSTEM)
            customer = await on_account(shop, 10_000)
            lines = (OrderedLine("cheese", 9_000, 900), OrderedLine("wine", 1_000))
            assert await refused(shop, MakeQuote(customer, lines, "2027-01-14"), OFFICE) == "quote_day_over"
            made = (await done(shop, MakeQuote(customer, lines, "2027-01-15"), OFFICE)).result
            assert (made.number, made.total_minor, made.state) == (1, 8_700, "open")
            more = (OrderedLine("cheese", 10_000, 900), OrderedLine("wine", 1_000))
            made = (await done(shop, MakeQuote(customer, more, "2027-01-15", number=1), OFFICE)).result
            assert (made.number, made.total_minor) == (1, 9_600)
            assert reserved_by(shop.reader, "sales-1") == {} and stands(shop, customer).exposure_minor == 0
            await done(shop, SetProducts((Product("wine", {"en": "Wine"}, WINE.codes, 700, "standard"),)), SYSTEM)
            clock.advance(DAY_S)
            assert await refused(shop, AcceptQuote(1), OFFICE) == "quote_over"
            opened = (await done(shop, AcceptQuote(1, although_over=True), OFFICE)).result
            assert (opened.number, opened.total_minor) == (1, 9_600)
            assert await refused(shop, AcceptQuote(1), OFFICE) == "quote_ended"
            again = (await done(shop, MakeQuote(customer, more, "2027-02-15"), OFFICE)).result
            assert await refused(shop, AcceptQuote(again.number, partial_ok=True), OFFICE) == "credit_limit"
            await done(shop, DeclineQuote(again.number), OFFICE)
            assert [(one.state, one.sales_order) for one in read_quotes(shop.reader, customer=customer)] == [
                ("declined", 0),
                ("accepted", 1),
            ]
            chosen = (DeliveredLine("cheese", 2_000, "C1"), DeliveredLine("cheese", 1_000, "C2"))
            sold = (await done(shop, DeliverSalesOrder(1, chosen), OFFICE)).result
            order = read_sales_order(shop.reader, 1)
            assert order is not None
            said = [(one.sku, one.quantity, one.lot) for one in order.deliveries[0].lines]
            assert said == [("cheese", 2_000, "C1"), ("cheese", 1_000, "C2")]
            rest = (await done(shop, DeliverSalesOrder(1), OFFICE)).result  # what expires first goes first
            await catch_up(shop)
            went = [(one.receipt, one.lot, one.quantity) for one in sales_order_lots(shop.reader, 1)]
            assert went == [
                (sold.receipt, "C1", 2_000),
                (sold.receipt, "C2", 1_000),
                (rest.receipt, "C2", 4_000),
                (rest.receipt, "C1", 3_000),
            ]
            in_agreement(shop)
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_recalled_lot_is_not_delivered(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop, cheese=5)
            customer = await on_account(shop)
            await done(shop, OpenSalesOrder(customer, (OrderedLine("cheese", 5_000),)), OFFICE)
            await done(shop, RecallLot("cheese", "C1"), SYSTEM)
            assert await refused(shop, DeliverSalesOrder(1), OFFICE) == "not_enough_for_order"
            assert read_stock(shop.reader, "cheese") == 5_000

    run(scenario())


def test_what_came_back_to_be_replaced_opens_the_order_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            customer = await on_account(shop)
            await done(shop, OpenSalesOrder(customer, (OrderedLine("cheese", 4_000),)), OFFICE)
            sold = (await done(shop, DeliverSalesOrder(1), OFFICE)).result
            back = RefundSale(sold.receipt, lines=(RefundedLine(1, 1_000, damaged=True),))
            await done(shop, back, OWNER)
            assert stands(shop, customer).owed_minor == 3_000
            too_many = ReplaceDelivered(1, (DeliveredLine("cheese", 5_000),))
            assert await refused(shop, too_many, OFFICE) == "more_than_delivered"
            await done(shop, ReplaceDelivered(1, (DeliveredLine("cheese", 1_000),)), OFFICE)
            order = read_sales_order(shop.reader, 1)
            assert order is not None and (order.state, order.left_minor) == ("partial", 1_000)
            await done(shop, DeliverSalesOrder(1), OFFICE)
            assert stands(shop, customer).exposure_minor == 4_000
            kinds = [one.kind for one in customer_invoices(shop.reader, customer)]
            assert kinds == ["invoice", "credit", "invoice"]
            in_agreement(shop)

    run(scenario())


def test_payments_are_matched_in_part_beyond_and_undone(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await stocked(shop)
            customer = await on_account(shop)
            await done(shop, OpenShift(10_000), CASHIER)
            for quantity in (1_000, 2_000, 3_000):
                await done(shop, OpenSalesOrder(customer, (OrderedLine("cheese", quantity),)), OFFICE)
            for number in (1, 2, 3):
                clock.advance(60)
                await done(shop, DeliverSalesOrder(number), OFFICE)
            first, second, third = (one.seq for one in account_items(shop.reader, customer))
            taken = (await done(shop, ReceivePayment(customer, 2_500, "cash", (third,)), OFFICE)).result
            assert taken.paid == {third: 2_500}
            taken = (await done(shop, ReceivePayment(customer, 4_000, items=(second,)), OFFICE)).result
            assert taken.paid == {second: 2_000, first: 1_000, third: 500} and taken.credit_minor == 500
            assert stands(shop, customer).balance_minor == -500
            assert await refused(shop, EndAccount(customer), OWNER) == "account_still_open"
            await done(shop, OpenSalesOrder(customer, (OrderedLine("wine", 1_000),)), OFFICE)
            await done(shop, DeliverSalesOrder(4), OFFICE)  # 6.00, of which 5.00 are to their credit
            assert [one.open_minor for one in account_items(shop.reader, customer)] == [100]
            await done(shop, UndoPayment(2, "bounced"), OFFICE)
            assert await refused(shop, UndoPayment(2), OFFICE) == "account_payment_undone"
            assert [one.open_minor for one in account_items(shop.reader, customer)] == [1_000, 2_000, 500, 600]
            await done(shop, UndoPayment(1), OFFICE)  # the cash goes out of the drawer again
            assert stands(shop, customer).owed_minor == 6_600
            assert await refused(shop, ReceivePayment(customer, 100, items=(999,)), OFFICE) == "no_account_item"
            in_agreement(shop)
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_the_house_account_pays_at_the_till(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            customer = await on_account(shop, 2_500)
            await done(shop, AddLine(CHEESE.codes[0]))  # type: ignore[index]
            assert await refused(shop, Pay("account"), CASHIER) == "no_account"
            await done(shop, UseCustomer(customer))
            await done(shop, Pay("account"))
            assert await refused(shop, CorrectTender(1, "account"), OWNER) == "correct_to_account"
            await done(shop, AddLine(CHEESE.codes[0]))  # type: ignore[index]
            await done(shop, SetQuantity(1, 2_000))
            await done(shop, UseCustomer(customer))
            assert await refused(shop, Pay("account"), CASHIER) == "credit_limit"
            assert await refused(shop, Pay("account"), OWNER) == "credit_limit_all_the_same"
            await done(shop, Pay("cash", 500))
            await done(shop, Pay("account"))
            assert stands(shop, customer).owed_minor == 2_500
            assert (await done(shop, InvoiceAccount(customer), OFFICE)).result == ("INV-2027-00001", "INV-2027-00002")
            last = last_receipt(shop.reader, "1")
            assert last is not None
            await done(shop, VoidLastSale(), OWNER)
            assert stands(shop, customer).owed_minor == 1_000
            await agreed(shop, AddLine(WINE.codes[0]), OWNER)  # type: ignore[index]
            await done(shop, SetQuantity(1, 5_000), OWNER)
            await done(shop, UseCustomer(customer), OWNER)
            await agreed(shop, Pay("account"), OWNER)
            assert stands(shop, customer).is_over
            await done(shop, RefundSale(1), OWNER)
            assert stands(shop, customer).owed_minor == 3_000
            assert await refused(shop, ForgetCustomer(customer), SYSTEM) == "customer_busy"
            in_agreement(shop)

    run(scenario())


def test_reminders_go_once_a_stage_in_one_letter_a_customer(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()  # a Friday
        async with open_shop(tmp_path, clock) as shop:
            await stocked(shop)
            customer = await on_account(shop, terms_days=0, hold_after_days=20)
            await done(shop, OpenSalesOrder(customer, (OrderedLine("cheese", 1_000),)), OFFICE)
            await done(shop, DeliverSalesOrder(1), OFFICE)
            clock.advance(2 * DAY_S)
            assert (await done(shop, RemindCustomers(), system())).result == 0
            await done(shop, OpenSalesOrder(customer, (OrderedLine("wine", 1_000),)), OFFICE)
            await done(shop, DeliverSalesOrder(2), OFFICE)  # on a Sunday
            clock.advance(2 * DAY_S)
            assert (await done(shop, RemindCustomers(), system())).result == 1
            assert (await done(shop, RemindCustomers(), system())).result == 0
            assert [one.stage for one in account_items(shop.reader, customer)] == [1, 0]
            clock.advance(11 * DAY_S)  # a Saturday: nobody writes
            assert (await done(shop, RemindCustomers(), system())).result == 0
            clock.advance(2 * DAY_S)
            done_now = await done(shop, RemindCustomers(), system())
            assert done_now.result == 1
            assert done_now.events[0].stage == 2  # type: ignore[attr-defined]
            assert [one.stage for one in account_items(shop.reader, customer)] == [2, 2]
            await done(shop, ChargeAccount(customer, 500), OFFICE)
            clock.advance(7 * DAY_S)
            more = OpenSalesOrder(customer, (OrderedLine("wine", 1_000),))
            assert await refused(shop, more, OFFICE) == "account_on_hold"
            await done(shop, ReceivePayment(customer, 2_100), OFFICE)
            assert (await done(shop, RemindCustomers(), system())).result == 0
            await done(shop, more, OFFICE)
            in_agreement(shop)

    run(scenario())


FAULTS = {
    "sales_delivered": "UPDATE sales_line SET delivered = quantity + 1000",
    "sales_reserved": "UPDATE stock_claim SET quantity = quantity + 9000 WHERE holder = 'sales-1'",
    "sales_state": "UPDATE sales_order SET state = 'cancelled'",
    "account_balance": "UPDATE account_item SET paid_minor = paid_minor + 1",
}


@pytest.mark.parametrize("check", FAULTS)
def test_each_planted_fault_is_found_with_a_proposal(tmp_path: Path, check: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            customer = await on_account(shop)
            await done(shop, OpenSalesOrder(customer, (OrderedLine("cheese", 3_000),)), OFFICE)
            await done(shop, DeliverSalesOrder(1, (DeliveredLine("cheese", 1_000),)), OFFICE)
            await done(shop, ReceivePayment(customer, 300), OFFICE)
            assert accounts_stock_check(shop.reader, 0) == []
            await shop.maintain(lambda db: db.execute(FAULTS[check]))
            found = {one.check: one.proposal for one in accounts_stock_check(shop.reader, 0)}
            assert found.get(check) == "rebuild"

    run(scenario())
