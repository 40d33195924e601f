"""Every figure of Reports, Stock, Purchasing, Shifts, Settlements, Cards, Customers, Production opens and adds up."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import msgspec

from edge.accounting.accounts.account import Account
from edge.accounting.accounts.commands import SetAccount
from edge.accounting.settlements.batch import Batch, BatchLine
from edge.accounting.settlements.commands import TakeBatch
from edge.analytics.insight.explain import ExplainFigure
from edge.analytics.production.bom import Bom, BomLine
from edge.analytics.production.commands import PlanWork, ReportWork, SetBom, UndoReport
from edge.core.command_bus import CommandBus
from edge.core.journal.figure_trace import ExplainedFigure
from edge.counter.loyalty.commands import SetEarnRule
from edge.counter.loyalty.loyalty import EarnRule
from edge.counter.loyalty.queries import points_of
from edge.counter.shifts.commands import CloseShift, MoveCash, OpenShift
from edge.counter.till.commands import (
    AddLine,
    AddOpenAmount,
    Pay,
    RefundedLine,
    RefundSale,
    UseCustomer,
    VoidLastSale,
)
from edge.counter.till.events import SaleCompleted
from edge.foundation.access.commands import SetRole, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.commands import SetProducts
from edge.goods.purchasing import commands as buying
from edge.goods.stock.commands import RecordMovement, ReserveLine, ReserveStock
from edge.goods.stock.queries import read_item
from edge.goods.transfers.commands import AnnounceTransfer, SentGoods
from edge.money.gift_cards.card import card_id
from edge.money.gift_cards.commands import LoadCard, PutBack, SpendCard
from edge.money.payments.commands import SetProvider
from edge.money.payments.providers.provider import Provider
from edge.people.customers.commands import GiveConsent
from tests.browser.calling import Caller, calling
from tests.browser.serving import serve
from tests.card_shop import card_shop
from tests.catch_up import catch_up
from tests.customers import known
from tests.flow.accounting.test_settlements import batch_of, paid
from tests.invoicing import issued, sold
from tests.ordering import milk_order
from tests.shop_fixture import MANAGER, MILK, PRODUCTS, SYSTEM, TOMATO, FakeClock, done, run
from tests.shown_figures import ADDS_UP, CHAIN_HOLDS

ELSEWHERE = (
    *("payments.", "fiscal.", "reports.", "pricing.", "shelf.", "recommend.", "forecast.", "coupon."),
    *("accounts.quantity", "accounts.price", "accounts.delivered"),
    *("time_clock.", "bottle_deposits.", "invoices.", "receipt.", "report.", "feeds.", "other_tills."),
)
"""Figures of pages that have tests of their own."""


async def goods(shop: CommandBus) -> None:
    """Milk ordered and received, with freight, corrected and promised; cheese made of it."""
    for cost in (50, 60):
        await done(shop, SetProducts((msgspec.structs.replace(PRODUCTS[0], cost_minor=cost),)), SYSTEM)
    await done(shop, SetProducts((msgspec.structs.replace(PRODUCTS[0], cost_minor=60, brand="Alp"),)), SYSTEM)
    await done(shop, buying.SetSupplier("dairy", {"en": "Dairy"}, fee_minor=500), SYSTEM)
    await done(shop, buying.SetSupplierPrice("dairy", "milk", 70), SYSTEM)
    await done(shop, buying.CreatePurchaseOrder("dairy", (buying.OrderLine("milk", 30_000),)), SYSTEM)
    await done(shop, buying.ApprovePurchaseOrder(1), SYSTEM)
    await done(shop, buying.SendPurchaseOrder(1), SYSTEM)
    for note, quantity in (("N1", 12_000), ("N2", 10_000)):
        lines = (buying.ReceiptLine("milk", quantity, lot="L1", expiry="2027-02-01"),)
        fees = (buying.ReceiptFee("freight", 250),)
        await done(shop, buying.ReceivePurchaseOrder(1, note, lines, fees=fees), SYSTEM)
    await done(shop, RecordMovement("milk", "in", units=7_000, unit_cost_minor=90), SYSTEM)
    await done(shop, RecordMovement("milk", "waste", units=1_000, cause="spoilage"), SYSTEM)
    await done(shop, ReserveStock("cart:1", (ReserveLine("milk", 3_000),)), SYSTEM)
    await done(shop, SetBom(Bom("sauce", "tomato", (BomLine("milk", 1_000),), makes=10_000)), SYSTEM)
    await done(shop, PlanWork("tomato", 10_000), SYSTEM)
    await done(shop, ReportWork(1, 4_000), SYSTEM)
    await done(shop, ReportWork(1, 2_000, 1_000), SYSTEM)
    await done(shop, UndoReport(1), SYSTEM)


async def a_shift(shop: CommandBus, customer: str) -> None:
    """A shift with sales, a void of a sale before it, a refund and cash moved; the drawer is five cents short."""
    await done(shop, AddLine(MILK), MANAGER)
    await done(shop, Pay("cash"), MANAGER)
    await done(shop, OpenShift(10_000), MANAGER)
    await done(shop, VoidLastSale(), MANAGER)
    sold = list[int]()
    for kind in ("cash", "card", "cash"):
        await done(shop, AddLine(MILK, quantity=2_000), MANAGER)
        await done(shop, AddLine(TOMATO, quantity=1_250), MANAGER)
        await done(shop, UseCustomer(customer), MANAGER)
        events = (await done(shop, Pay(kind), MANAGER)).events  # type: ignore[arg-type]
        sold += [event.number for event in events if isinstance(event, SaleCompleted)]
    await done(shop, VoidLastSale(), MANAGER)
    await done(shop, RefundSale(sold[0], lines=(RefundedLine(1, 1_000),)), MANAGER)
    await done(shop, MoveCash("payout", 700, "window cleaner"), MANAGER)
    await done(shop, AddOpenAmount("Soup", "standard", 850), MANAGER)
    await done(shop, UseCustomer(customer), MANAGER)
    await done(shop, Pay("account"), MANAGER)
    await done(shop, CloseShift(9_995, note="five missing"), MANAGER)


async def a_customer(shop: CommandBus) -> str:
    """A member with an account."""
    await done(shop, SetEarnRule(EarnRule("p", {"en": "Points"}, points=1, spent_minor=100)), SYSTEM)
    customer = await known(shop)
    await done(shop, GiveConsent(customer, "loyalty", "en"), SYSTEM)
    await done(shop, SetAccount(Account(customer)), SYSTEM)
    return customer


async def a_gift_card(shop: CommandBus) -> str:
    """Two cards, of which one paid and got some of it back."""
    card, other = card_id("7777777777777777"), card_id("8888888888888888")
    await done(shop, LoadCard(other, "8888", 2_000), SYSTEM)
    await done(shop, LoadCard(card, "7777", 5_000), SYSTEM)
    await done(shop, SpendCard(card, 1_250), SYSTEM)
    await done(shop, PutBack(card, 250), SYSTEM)
    return card


def a_batch(day: str) -> Batch:
    """What a provider pays out: two payments that no one knows here, and fees."""
    lines = tuple(
        BatchLine(kind="payment", day=day, amount_minor=minor, fee_minor=3, reference=f"R{minor}")
        for minor in (700, 1_150)
    )
    sums = {"gross_minor": 1_850, "fees_minor": 6, "net_minor": 1_844}
    return Batch(id="77", currency="EUR", paid_on=day, lines=lines, **sums)


def links_of(page: str) -> set[str]:
    """Where the figures of a page open."""
    main = page[page.index("<main") : page.index("</main>")]
    return {unescape(link) for link in re.findall(r'href="(/manager/figure\?[^"#]*)', main)}


def closed_rows(page: str) -> list[str]:
    """The rows of a page's tables that show a figure, lead nowhere and don't open in place."""
    main = page[page.index("<main") : page.index("</main>")]
    rows = re.findall(r"<tr(?:(?!</tr>).)*</tr>", main, re.S)
    shown = [one for one in rows if re.search(r'<td class="(?:sum|end)[^>]*>\s*(?:<a[^>]*>)?\s*<bdi>[^<–]*\d', one)]
    return [one for one in shown if "/manager/" not in one and "<details" not in one and 'class="total"' not in one]


async def open_all(caller: Caller, address: str, **headers: str) -> tuple[set[str], list[object]]:
    """Open each figure of a page; their names, and what doesn't open or add up."""
    page = await caller.get(address, **headers)
    assert page.status == 200, (address, page.text[-400:])
    text = page.text.split('id="statement"')[0] + "</main>"  # an account's own paper lists its documents by number
    wrong: list[object] = [(address, one) for one in closed_rows(text)]
    links = links_of(page.text)
    for link in links:
        answer = await caller.get(f"{link}&lang=he", **headers)
        if not (answer.status == 200 and ADDS_UP in answer.text and CHAIN_HOLDS in answer.text):
            wrong.append((address, link, answer.status))
    return {parse_qs(urlsplit(link).query)["name"][0] for link in links}, wrong


def test_no_figure_of_these_pages_is_closed_or_unexplained(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            shop, seen, wrong = served.shop, set[str](), list[object]()
            customer = await a_customer(shop)
            await goods(shop)
            await a_shift(shop, customer)
            (day,) = shop.reader.execute("SELECT max(business_date) FROM journal").fetchone()
            await done(shop, SetProvider(Provider("sim", "sim", "test", ("EUR",))), SYSTEM)
            await done(shop, TakeBatch("sim", a_batch(day)), SYSTEM)
            card = await a_gift_card(shop)
            await catch_up(shop)
            for address in (
                *("/manager/stock", "/manager/stock/item?sku=milk", "/manager/stock/item?sku=tomato"),
                *("/manager/purchasing", "/manager/purchase?id=1", "/manager/supplier?id=dairy", "/manager/shifts"),
                "/manager/shift?of=1&number=1",
                *(
                    "/manager/settlements?provider=sim&batch=77",
                    "/manager/customers",
                    "/manager/production",
                    "/manager/production/make",
                ),
                *("/manager/cards", f"/manager/cards?id={card}"),
                *(f"/manager/customer?id={customer}", f"/manager/accounts/one?customer={customer}"),
                *(f"/manager/report?kind={kind}&date={day}" for kind in ("daily", "monthly")),
            ):
                names, found = await open_all(caller, address)
                seen, wrong = seen | names, wrong + found
            await caller.set_pin()
            managers = await caller.enter_pin()  # who alone sees costs
            names, found = await open_all(caller, "/manager/product?sku=milk", Grant=managers)
            seen, wrong = seen | names, wrong + found
            assert not wrong, "\n".join(map(str, wrong))
            declared = {one for one in shop.registry.figures if not one.startswith(ELSEWHERE)}
            assert declared <= seen, declared - seen
            assert {"sales", "by_product", "by_category", "by_tender", "moved"} <= seen

    run(check(), 280)


def explain(shop: CommandBus, name: str, *key: str) -> ExplainedFigure:
    found = ExplainFigure(name, "", "", "\n".join(key), "Europe/Paris").read(shop.reader, shop.registry)
    assert found is not None, name
    assert (found.left_over, found.faults) == ((0, 0), ())
    return found


def test_stock_points_and_an_order_are_made_of_the_facts_that_moved_them(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            shop = served.shop
            customer = await a_customer(shop)
            await goods(shop)
            await a_shift(shop, customer)
            await catch_up(shop)
            item = read_item(shop.reader, "milk")
            assert item is not None and item.value_milli is not None
            assert explain(shop, "stock.on_hand", "milk").shown == (item.on_hand, 0)
            assert explain(shop, "stock.available", "milk").shown == (item.available, 0)
            assert explain(shop, "stock.reserved", "milk").shown == (3_000, 0)
            value = explain(shop, "stock.value", "milk")
            assert value.shown == (item.value_milli // 1000, 0)
            assert {"ReceiptCorrected", "StockMoved"} == {one.type for one in value.parts}
            received = explain(shop, "purchasing.received", "1", "milk")
            assert [one.numerator for one in received.parts] == [12_000, 10_000]
            query = "SELECT movement FROM purchase_receipt WHERE delivery_note = 'N2'"
            (second,) = shop.reader.execute(query).fetchone()
            await done(shop, buying.CorrectReceipt(second, "milk", quantity=8_000), SYSTEM)
            corrected = explain(shop, "purchasing.received", "1", "milk").parts
            assert [(one.type, one.numerator) for one in corrected] == [
                ("PurchaseReceived", 12_000),
                ("PurchaseReceived", 10_000),
                ("PurchaseReceiptCorrected", -2_000),
            ]
            assert explain(shop, "purchasing.sum", "1", "milk").shown == (30 * 70, 0)
            assert explain(shop, "purchasing.fee", "1").shown == (500, 0)
            assert {one.type for one in explain(shop, "purchasing.total", "1").parts} == {
                "PurchaseDrafted",
                "SupplierSet",
            }
            points = explain(shop, "loyalty.points", customer, "points")
            assert points.shown == (points_of(shop.reader, customer, "points"), 0)
            assert {one.type for one in points.parts} == {"PointsMoved"}
            shift = shop.reader.execute("SELECT seq FROM shift").fetchone()[0]
            (costed,) = explain(shop, "goods.cost_minor", "milk").parts
            assert (costed.type, costed.numerator) == ("ProductSet", 60)
            short = explain(shop, "shift.difference", str(shift))
            assert short.shown == (
                shop.reader.execute("SELECT counted_minor - expected_minor FROM shift").fetchone()[0],
                0,
            )
            assert {"ShiftOpened", "ShiftClosed", "SaleCompleted", "SaleRefunded", "CashMoved"} <= {
                one.type for one in short.parts
            }
            page = await caller.get(f"/manager/figure?name=stock.on_hand&key={quote('milk')}")
            assert "On hand" in page.text and "Milk" in page.text
            assert all(f"before={one.seq + 1}" in page.text for one in explain(shop, "stock.on_hand", "milk").parts)

    run(check())


def test_a_payout_is_made_of_the_payments_that_it_pays(tmp_path: Path) -> None:
    async def check() -> None:
        async with card_shop(tmp_path) as counter:
            first, second = await paid(counter, 2)
            await done(counter.shop, TakeBatch("sim", batch_of(first, second)), SYSTEM)
            (seq,) = counter.shop.reader.execute("SELECT seq FROM settlement_batch").fetchone()
            net = explain(counter.shop, "settlements.net", str(seq))
            taken = counter.shop.reader.execute("SELECT taken_seq FROM payment ORDER BY taken_seq").fetchall()
            assert [one.seq for one in net.parts] == [seq for (seq,) in taken]
            assert sum(one.numerator for one in net.parts) == net.shown[0]

    run(check())


def test_a_figure_that_no_one_has_is_not_found_and_one_that_no_fact_accounts_for_is_told(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            await done(served.shop, RecordMovement("milk", "in", units=7_000), SYSTEM)
            await catch_up(served.shop)
            for wrong in ("name=stock.on_hand&key=nothing", "name=stock.where&key=milk", "name=stock.nothing&key=milk"):
                assert (await caller.get(f"/manager/figure?{wrong}")).status == 404, wrong
            await served.shop.maintain(lambda db: db.execute("UPDATE stock SET on_hand = on_hand + 1000"))
            page = await caller.get("/manager/figure?name=stock.on_hand&key=milk")
            assert 'id="adds-up" class="error"' in page.text
            found = ExplainFigure("stock.on_hand", "", "", "milk", "Europe/Paris").read(
                served.shop.reader, served.shop.registry
            )
            assert found is not None and found.left_over == (1_000, 0)

    run(check())


def test_a_figure_opens_only_for_who_may_open_its_page_and_in_its_own_currency(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            shop = served.shop
            await caller.set_pin()
            await done(shop, SetRole("books", "Books", ("reports", "sell"), {}), SYSTEM)
            await done(shop, SetUser("u1", "Lea", "books", hash_pin("618394")), SYSTEM)
            entered = await caller.call("POST", "/api/v1/grants", {"pin": "618394"}, Surface="panel")
            hers, managers = entered.json["grant"]["token"], await caller.enter_pin()
            customer = await a_customer(shop)
            await done(shop, buying.SetSupplier("abroad", {"en": "Abroad"}, currency="USD"), SYSTEM)
            await done(shop, buying.SetSupplierPrice("abroad", "milk", 70), SYSTEM)
            lines = (buying.OrderLine("milk", 30_000),)
            await done(shop, buying.CreatePurchaseOrder("abroad", lines), SYSTEM)
            await catch_up(shop)
            for asked in (f"name=customers.spent&key={customer}", "name=purchasing.total&key=1"):
                assert (await caller.get(f"/manager/figure?{asked}", Grant=hers)).status == 403, asked
                assert (await caller.get(f"/manager/figure?{asked}", Grant=managers)).status == 200, asked
            assert (await caller.get("/manager/figure?name=sales", Grant=hers)).status == 200
            total = await caller.get("/manager/figure?name=purchasing.total&key=1&lang=en", Grant=managers)
            assert "$21.00" in total.text and "€21.00" not in total.text
            for odd in ("9" * 40, "-1", "1.5"):
                assert (
                    await caller.get(f"/manager/figure?name=purchasing.total&key={odd}", Grant=managers)
                ).status == 404

    run(check())


def test_an_invoice_an_order_and_a_transfer_lead_to_their_facts(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            shop = served.shop
            invoice = await issued(shop, await sold(shop))
            order = await milk_order(shop)
            await done(shop, AnnounceTransfer("abcdef01", "north", (SentGoods("milk", 4_000),)), SYSTEM)
            await catch_up(shop)
            for address, id, recorded in (
                (f"/manager/invoice?number={quote(invoice.number)}", invoice.number, "InvoiceIssued"),
                (f"/fragments/order?order={order.id}", order.id, "OrderPlaced"),
                ("/manager/transfers", "abcdef01", "TransferAnnounced"),
            ):
                page = await caller.get(address)
                found = re.findall(r'href="(/manager/journal\?[^"]*about=[^"]*)"', page.text)
                links = {unescape(link) for link in found}
                assert [parse_qs(urlsplit(link).query)["about"] for link in links] == [[id]], address
                journal = await caller.get(links.pop())
                assert f'<bdi dir="ltr">{recorded}</bdi>' in journal.text, address

    run(check())
