"""Slips of kitchens and bars: through the door, and on the wire of printers that are off, break off and come back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Command, Done, Refused
from edge.core.process.parts import Supervisor
from edge.counter.kitchen.events import SlipsPrinted
from edge.counter.kitchen.queries import read_order, sent_lines
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    Pay,
    RefundWithoutReceipt,
    SendToKitchen,
    SetQuantity,
    TenderGiven,
    VoidLastSale,
    VoidLine,
)
from edge.foundation.printing.commands import CopyPrint
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.personal import readable
from edge.foundation.printing.printers.part import PrinterAssignment
from edge.foundation.printing.queries import PrintJob, read_print_job, unconfirmed_prints, waiting_for
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.ordering.orders.commands import (
    AddToCart,
    CancelOrder,
    ChangeOrder,
    HandOverOrder,
    LineWanted,
    MoveOrder,
    OpenCart,
    PlaceOrder,
    TakeUpOrder,
)
from edge.runtime.config.device_uses import PaperOptions
from sim.printer.server import SimPrinter
from tests.ordering import do
from tests.printing import Desk
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, SYSTEM, FakeClock, open_shop, run

PRINTERS = """
[[device]]
role = "receipt_printer"
driver = "network"
name = "{name}"
register = ""
host = "127.0.0.1"
"""
SLIPS = (
    CONFIG
    + PRINTERS.format(name="bar")
    + PRINTERS.format(name="kitchen")
    + """
[[slip]]
printer = "bar"
categories = ["drinks"]
when = "sent"
[[slip]]
printer = "kitchen"
categories = ["hot"]
"""
)
MENU = (
    Product("cola", {"en": "Cola"}, (), 250, category="soft"),
    Product("tea", {"en": "Tea"}, (), 200, category="drinks"),
    Product("soup", {"en": "Soup"}, (), 600, category="hot"),
    Product("napkin", {"en": "Napkin"}, (), 10),
)
KINDS = (
    Category("drinks", {"en": "Drinks"}),
    Category("soft", {"en": "Soft drinks"}, "drinks"),
    Category("hot", {"en": "Hot dishes"}),
)
BAR = PrinterAssignment("bar", None)


@asynccontextmanager
async def restaurant(folder: Path, text: str = SLIPS) -> AsyncIterator[Desk]:
    """A shop with a bar and a kitchen; behind it the ledger verifies."""
    clock = FakeClock()
    async with open_shop(folder, clock, text=text) as shop:
        for command in (SetCategories(KINDS), SetProducts(MENU)):
            done = await shop.do(command, SYSTEM)
            assert isinstance(done, Done), done
        supervisor = Supervisor(shop.bus)
        try:
            yield Desk(shop, supervisor, clock)
        finally:
            await supervisor.stop()
        assert verify(shop.reader, shop.registry).faults == ()


async def order(desk: Desk, *skus: str) -> None:
    for sku in skus:
        await desk.do(AddLine(sku=sku))


async def slips(shop: CommandBus, command: Command, actor: Actor = CASHIER) -> SlipsPrinted | None:
    """What the command told other printers."""
    done = await shop.do(command, actor)
    assert isinstance(done, Done), done
    row = shop.reader.execute("SELECT command_id, type FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return None if row[1] != "SlipsPrinted" else last_event(shop)


def last_event(shop: CommandBus) -> SlipsPrinted:
    body = shop.reader.execute("SELECT body FROM journal WHERE type = 'SlipsPrinted' ORDER BY seq DESC").fetchone()[0]
    event = shop.registry.decode("SlipsPrinted", 1, body)
    assert isinstance(event, SlipsPrinted)
    return event


def jobs(shop: CommandBus, target: str) -> list[PrintJob]:
    ids = shop.reader.execute("SELECT id FROM print_job WHERE target = ? ORDER BY id", (target,)).fetchall()
    found = [read_print_job(shop.reader, id) for (id,) in ids]
    return [job for job in found if job is not None]


def papers(shop: CommandBus, target: str) -> list[list[str]]:
    """The slips of a printer, without when and where."""
    texts = [plain_text(readable(shop.reader, job.document)).splitlines() for job in jobs(shop, target)]
    return [[line.strip() for line in text if "Register" not in line and "---" not in line] for text in texts]


def test_only_what_is_new_is_sent_and_the_rest_when_it_is_paid(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with restaurant(tmp_path) as desk:
            shop = desk.shop
            await order(desk, "cola", "soup", "napkin")
            await desk.do(SendToKitchen("Table 5"))
            assert papers(shop, "bar") == [["Order 1", "Table 5", "1 × Cola"]]
            assert sent_lines(shop.reader, "1") == {1: 1000}
            assert await shop.do(SendToKitchen(), CASHIER) == Refused("nothing_to_send")
            await order(desk, "tea")
            await desk.do(SetQuantity(1, 3000))
            await desk.do(SendToKitchen())
            assert papers(shop, "bar")[1:] == [["Order 1", "Table 5", "3 × Cola", "was 1", "1 × Tea"]]
            await desk.do(VoidLine(4))
            await desk.do(Pay("cash"))
            assert papers(shop, "bar")[2:] == [["Order 1", "Table 5", "Receipt 1-000001", "CANCELLED", "1 × Tea"]]
            assert papers(shop, "kitchen") == [["Order 1", "Table 5", "Receipt 1-000001", "1 × Soup"]]
            assert (sent_lines(shop.reader, "1"), read_order(shop.reader, "1").open) == ({}, False)
            await order(desk, "cola")
            await desk.do(Pay("cash"))
            assert papers(shop, "bar")[3:] == [["Order 2", "Receipt 1-000002", "1 × Cola"]]
            await order(desk, "napkin")
            assert await slips(shop, Pay("cash")) is None

    run(scenario())


def test_a_slip_says_the_number_that_the_customer_of_an_order_was_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with restaurant(tmp_path) as desk:
            shop = desk.shop
            for how in ("by a scan", "by a command"):
                cart = await shop.do(OpenCart("kiosk"), SYSTEM)
                assert isinstance(cart, Done)
                await shop.do(AddToCart(cart.result.id, sku="soup"), SYSTEM)
                placed = await shop.do(PlaceOrder(cart.result.id, 600), SYSTEM)
                assert isinstance(placed, Done), placed
                if how == "by a scan":
                    await desk.do(TakeUpOrder(secret=placed.result.secret))
                    await desk.do(Pay("cash"))
                else:
                    await desk.do(HandOverOrder(placed.result.id, (TenderGiven("cash", 600),)))
            assert papers(shop, "kitchen") == [["K01", "1 × Soup"], ["K02", "1 × Soup"]], "and by no other number"
            await order(desk, "soup")
            await desk.do(Pay("cash"))
            assert papers(shop, "kitchen")[2:] == [["Order 1", "Receipt 1-000003", "1 × Soup"]], "counted by itself"

    run(scenario())


def test_the_sale_of_an_order_is_undone_under_the_number_of_that_order(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with restaurant(tmp_path) as desk:
            shop = desk.shop
            await order(desk, "soup")
            await desk.do(Pay("cash"))
            cart = await shop.do(OpenCart("kiosk"), SYSTEM)
            assert isinstance(cart, Done)
            await shop.do(AddToCart(cart.result.id, sku="soup"), SYSTEM)
            placed = await shop.do(PlaceOrder(cart.result.id, 600), SYSTEM)
            assert isinstance(placed, Done), placed
            await desk.do(HandOverOrder(placed.result.id, (TenderGiven("cash", 600),)))
            assert await slips(shop, VoidLastSale("wrong table"), MANAGER) is not None
            assert papers(shop, "kitchen") == [
                ["Order 1", "Receipt 1-000001", "1 × Soup"],
                ["K01", "1 × Soup"],
                ["K01", "Receipt 1-000002", "CANCELLED", "1 × Soup"],
            ]

    run(scenario())


def test_what_is_cleared_or_undone_is_cancelled(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with restaurant(tmp_path) as desk:
            shop = desk.shop
            await order(desk, "cola")
            await desk.do(SendToKitchen())
            cleared = await slips(shop, AbandonBasket())
            assert cleared is not None
            assert (cleared.moment, cleared.order, [slip.printer for slip in cleared.slips]) == ("cleared", 1, ["bar"])
            await order(desk, "soup", "tea")
            await desk.do(Pay("card"))
            voided = await slips(shop, VoidLastSale("wrong table"), MANAGER)
            assert voided is not None
            assert (voided.moment, voided.order, voided.receipt) == ("voided", 2, 1)
            assert papers(shop, "kitchen") == [
                ["Order 2", "Receipt 1-000001", "1 × Soup"],
                ["Order 2", "Receipt 1-000001", "CANCELLED", "1 × Soup"],
            ]

    run(scenario())


def test_goods_that_only_come_back_are_no_order(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = "till.refunds_without_receipt = true\n" + SLIPS
        async with restaurant(tmp_path, text) as desk:
            await order(desk, "cola")
            await desk.do(SendToKitchen())
            assert isinstance(await desk.shop.do(RefundWithoutReceipt("cash", reason="a gift"), MANAGER), Done)
            await order(desk, "cola")
            await desk.do(Pay("card"))
            assert [paper[0] for paper in papers(desk.shop, "bar")] == ["Order 1", "Order 1", "Order 2"]
            assert "CANCELLED" in papers(desk.shop, "bar")[1]

    run(scenario())


def test_a_bar_that_is_off_holds_up_nothing_and_gets_each_slip_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with restaurant(tmp_path) as desk, SimPrinter() as till, SimPrinter() as bar, SimPrinter() as kitchen:
            for place, printer in (
                (PrinterAssignment(), till),
                (BAR, bar),
                (PrinterAssignment("kitchen", None), kitchen),
            ):
                desk.plug(printer.port, place)
            bar.refuse()
            await desk.says("refused", name="bar")
            for _ in range(3):
                await order(desk, "cola", "soup")
                await desk.do(SendToKitchen())
                await desk.do(Pay("card"))
            await desk.when(lambda: len(till.receipts) == 3 == len(kitchen.receipts), lambda: "sold all the same", 8)
            assert waiting_for(desk.shop.reader, "1") == {"bar": 3}
            await bar.recover()
            for job in jobs(desk.shop, "bar"):
                await desk.becomes(job.id, "printed")
            assert [receipt.text.count("Cola") for receipt in bar.receipts] == [1, 1, 1]
            assert [f"Order {n}" in receipt.text for n, receipt in enumerate(bar.receipts, 1)] == [True] * 3
            assert not any("Soup" in receipt.text for receipt in bar.receipts)
            assert len(till.receipts) == 3

    run(scenario())


def test_another_printer_stands_in_for_the_bars(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with restaurant(tmp_path) as desk, SimPrinter() as bar, SimPrinter() as till:
            bar.refuse()
            desk.plug(bar.port, BAR)
            await desk.says("refused", name="bar")
            desk.plug(till.port, PrinterAssignment("till", "1", None, desk.lost("bar"), "bar"))
            await order(desk, "cola")
            await desk.do(SendToKitchen())
            (job,) = jobs(desk.shop, "bar")
            assert (await desk.becomes(job.id, "printed")).printer == "till"
            await desk.do(Pay("card"))
            await desk.when(lambda: len(till.receipts) == 2, lambda: "its own receipts too", 5)
            assert ["Order 1" in receipt.text for receipt in till.receipts] == [True, False]

    run(scenario())


def test_of_a_slip_in_doubt_the_register_is_asked_and_a_copy_goes_to_the_same_printer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with restaurant(tmp_path) as desk, SimPrinter() as bar:
            bar.cut_after(40)
            desk.plug(bar.port, BAR)
            await order(desk, "cola")
            await desk.do(SendToKitchen())
            (job,) = jobs(desk.shop, "bar")
            await desk.becomes(job.id, "unknown")
            assert [doubt.target for doubt in unconfirmed_prints(desk.shop.reader, "1")] == ["bar"]
            await bar.recover()
            await desk.do(CopyPrint(job.id))
            copy = jobs(desk.shop, "bar")[1]
            await desk.becomes(copy.id, "printed", 10)
            assert "COPY 1" in bar.receipts[-1].text
            assert "Cola" in bar.receipts[-1].text

    run(scenario())


def test_a_kitchen_hears_of_an_order_when_it_is_accepted_and_then_of_changes_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with restaurant(tmp_path) as desk:
            shop = desk.shop
            for how in ("by a scan", "by a command", "not at all"):
                cart = await do(shop, OpenCart("kiosk"), SYSTEM)
                await do(shop, AddToCart(cart.id, sku="soup", quantity=2000), SYSTEM)
                placed = await do(shop, PlaceOrder(cart.id, 1200), SYSTEM)
                await do(shop, MoveOrder(placed.id, "accepted"), SYSTEM)
                assert papers(shop, "kitchen")[-1] == [placed.said, "2 × Soup"]
                await do(shop, ChangeOrder(placed.id, (LineWanted(1, 1000),)), SYSTEM)
                assert papers(shop, "kitchen")[-1] == [placed.said, "1 × Soup", "was 2"]
                told = len(papers(shop, "kitchen"))
                if how == "by a scan":
                    await do(shop, TakeUpOrder(secret=placed.secret), CASHIER)
                    await do(shop, Pay("cash"), CASHIER)
                elif how == "by a command":
                    await do(shop, HandOverOrder(placed.id, (TenderGiven("cash", 600),)), CASHIER)
                else:
                    await do(shop, CancelOrder(placed.id, "left"), SYSTEM)
                    assert papers(shop, "kitchen")[told:] == [[placed.said, "CANCELLED", "1 × Soup"]]
                    continue
                assert len(papers(shop, "kitchen")) == told, "it was made already"
            assert not shop.reader.execute("SELECT 1 FROM slip_told").fetchall()

    run(scenario())


def test_what_is_left_of_a_part_is_no_new_order_for_a_kitchen_and_cancelled_it_is_stopped(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with restaurant(tmp_path) as desk:
            shop = desk.shop
            for how in ("fetched", "given up"):
                cart = await do(shop, OpenCart("kiosk"), SYSTEM)
                await do(shop, AddToCart(cart.id, sku="soup", quantity=2000), SYSTEM)
                placed = await do(shop, PlaceOrder(cart.id, 1200), SYSTEM)
                await do(shop, MoveOrder(placed.id, "accepted"), SYSTEM)
                told = len(papers(shop, "kitchen"))
                part = HandOverOrder(placed.id, (TenderGiven("cash", 600),), lines=(LineWanted(1, 1000),))
                await do(shop, part, CASHIER)
                if how == "fetched":
                    await do(shop, HandOverOrder(placed.id, (TenderGiven("cash", 600),)), CASHIER)
                    assert len(papers(shop, "kitchen")) == told
                else:
                    await do(shop, CancelOrder(placed.id, "left"), SYSTEM)
                    assert papers(shop, "kitchen")[told:] == [[placed.said, "CANCELLED", "1 × Soup"]]
            assert not shop.reader.execute("SELECT 1 FROM slip_told").fetchall()

    run(scenario())


def test_a_printer_with_a_buzzer_sounds_as_a_slip_comes_out_and_for_nothing_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with restaurant(tmp_path) as desk, SimPrinter() as till, SimPrinter() as bar, SimPrinter() as quiet:
            desk.plug(till.port, PrinterAssignment(), paper=PaperOptions(buzzer=True))
            desk.plug(bar.port, BAR, paper=PaperOptions(buzzer=True))
            desk.plug(quiet.port, PrinterAssignment("kitchen", None))
            await order(desk, "cola", "soup")
            await desk.do(Pay("card"))
            printers = (till, bar, quiet)
            await desk.when(lambda: all(len(one.receipts) == 1 for one in printers), lambda: "all three", 5)
            assert [one.beeps for one in printers] == [0, 3, 0]
            assert [one.unknown for one in printers] == [[], [], []]

    run(scenario())
