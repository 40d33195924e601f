"""Labels through the door and at the command line: what they say, and that what they say is what is sold."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.analytics.production.bom import Bom, BomLine
from edge.analytics.production.commands import PlanWork, PrintWorkLabel, ReportWork, SetBom
from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Done, Refused
from edge.counter.till.commands import AddLine
from edge.foundation.access.rights import MANAGE
from edge.foundation.printing.commands import LabelOrder, PrintLabels
from edge.foundation.printing.events import Label, LabelsPrinted
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import read_print_job
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product, Size
from edge.goods.stock.commands import RecordMovement
from edge.lib.codes.gtin import check_digit
from sim.printer.server import SimPrinter
from tests.http_client import edge
from tests.printing import desk
from tests.shop_fixture import CASHIER, CONFIG, SYSTEM, done, open_shop, run
from tests.stack import CONFIG as STACK
from tests.stack import PRODUCTS, store

MANAGER = CASHIER.with_rights(MANAGE)
FRENCH_CODES = CONFIG + '[codes]\ncountry = "fr"\n'
HAM = "210001200000"
GOODS = (
    Product("coffee", {"en": "Coffee"}, ("3017620422003",), 549, "reduced", size=Size(250_000, "g")),
    Product("ham", {"en": "Ham"}, (f"{HAM}{check_digit(HAM)}",), 3990, "reduced", "kg"),
    Product("gift", {"en": "Gift"}, (), None),
)


async def label(shop: CommandBus, command: PrintLabels) -> list[str]:
    done = await shop.do(command, MANAGER)
    assert isinstance(done, Done), done
    jobs = [read_print_job(shop.reader, id) for id in done.result]
    return [plain_text(job.document) for job in jobs if job]


def test_a_shelf_s_label_says_what_a_kilogram_costs(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await shop.do(SetProducts(GOODS), SYSTEM)
            texts = await label(shop, PrintLabels((LabelOrder("coffee", 2), LabelOrder("3017620422003"))))
            assert len(texts) == 3
            for text in texts:
                assert "5.49 EUR" in text
                assert "21.96 EUR / kg" in text
                assert "[3017620422003]" in text

    run(scenario())


def test_what_was_weighed_says_so_and_its_code_sells_it_for_that(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=FRENCH_CODES) as shop:
            await shop.do(SetProducts(GOODS), SYSTEM)
            done = await shop.do(PrintLabels((LabelOrder("ham", quantity=756),), "product"), MANAGER)
            assert isinstance(done, Done)
            (event,) = done.events
            code = "210001200756" + str(check_digit("210001200756"))
            assert event == LabelsPrinted("product", (Label("ham", 3990, 1, 756, code),))
            job = read_print_job(shop.reader, done.result[0])
            assert job is not None
            text = plain_text(job.document)
            assert "0.756 kg" in text
            assert "30.16 EUR" in text
            sold = await shop.do(AddLine(code), CASHIER)
            assert isinstance(sold, Done)
            (line,) = sold.result.lines
            assert (line.sku, line.quantity) == ("ham", 756)
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_what_cannot_be_said_is_refused_and_nothing_is_printed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await shop.do(SetProducts(GOODS), SYSTEM)
            for kind, wanted, refused in (
                ("shelf", LabelOrder("nothing"), Refused("unknown_sku", {"sku": "nothing"})),
                ("shelf", LabelOrder("gift"), Refused("label_no_price", {"sku": "gift"})),
                ("product", LabelOrder("ham"), Refused("label_no_quantity", {"sku": "ham"})),
            ):
                assert await shop.do(PrintLabels((LabelOrder("coffee"), wanted), kind), MANAGER) == refused  # type: ignore[arg-type]
            many = PrintLabels(tuple(LabelOrder("coffee", 100) for _ in range(2)))
            assert await shop.do(many, MANAGER) == Refused("too_many_labels", {"limit": 100})
            assert shop.reader.execute("SELECT count(*) FROM print_job").fetchone() == (0,)

    run(scenario())


def test_labels_are_print_jobs_like_all_others(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer, desk(tmp_path) as till:
            done = await till.shop.do(PrintLabels((LabelOrder("milk", 3),)), MANAGER)
            assert isinstance(done, Done)
            till.plug(printer.port)
            for job in done.result:
                await till.becomes(job, "printed")
            assert [receipt.text.count("Milk") for receipt in printer.receipts] == [1, 1, 1]

    run(scenario())


def test_a_printer_of_their_own(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as labels, store(tmp_path) as shop:
            own = f'host = "127.0.0.1"\nport = {labels.port}\nregister = ""\n'
            device = f'[[device]]\nname = "labels"\nrole = "receipt_printer"\ndriver = "network"\n{own}'
            shop.configure(STACK.replace("[panel]", '[labels]\nprinter = "labels"\n[panel]') + device, None)
            await shop.start(PRODUCTS)
            await shop.api.do("PrintLabels", shop.api.token, labels=[{"product": "milk"}])
            assert "1.20 EUR" in (await labels.next_receipt()).text
            assert not shop.printer.receipts

    run(scenario())


def test_at_the_command_line_while_the_shop_runs_and_while_it_does_not(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            printed = await shop.edge("paper", "label", "milk", "--copies", "2")
            assert (printed.status, printed.out) == (0, "2 labels waiting for the printer of register 1.\n"), printed
            for _ in range(2):
                assert "1.20 EUR" in (await shop.printer.next_receipt()).text
            await shop.stop()
            later = await shop.edge("paper", "label", "bread")
            assert later.out == "1 label waiting for the printer of register 1.\n"
            shop.spawn()
            await shop.ready()
            assert "3.45 EUR" in (await shop.printer.next_receipt()).text
            wrong = await edge("--config", shop.path, "paper", "label", "milk", "--copies", "0")
            assert wrong.status == 1

    run(scenario())


def test_what_was_made_is_labelled_with_its_lot_and_last_day(tmp_path: Path) -> None:
    async def scenario() -> None:
        bread = Product("bread", {"en": "Bread", "fr": "Pain"}, ("2000000000022",), None, expiry_days=2)
        async with SimPrinter() as printer, desk(tmp_path) as till:
            shop, maker = till.shop, CASHIER.with_rights("stock")
            await done(shop, SetProducts((bread, Product("flour", {"en": "Flour"}, unit="kg"))), SYSTEM)
            await done(shop, RecordMovement("flour", "in", units=9_000, unit_cost_minor=100), SYSTEM)
            await done(shop, SetBom(Bom("bread", "bread", (BomLine("flour", 500),))), SYSTEM)
            await done(shop, PlanWork("bread", 6_000), SYSTEM)
            assert refused(await shop.do(PrintWorkLabel(1), maker)) == "no_report"
            await done(shop, ReportWork(1, 4_000), maker)
            jobs = (await done(shop, PrintWorkLabel(1, 2), maker)).result
            till.plug(printer.port)
            for job in jobs:
                await till.becomes(job, "printed")
            first, second = (receipt.text for receipt in printer.receipts)
            assert first == second
            assert "Bread" in first and "Lot W1" in first and "Best before" in first and "17/01/2027" in first
            assert "[2000000000022]" in first.replace(" ", "") or "2000000000022" in first
            await done(shop, ReportWork(1, 2_000, lot="NIGHT", expiry="2027-01-20"), maker)
            (job,) = (await done(shop, PrintWorkLabel(1), maker)).result
            await till.becomes(job, "printed")
            assert "Lot NIGHT" in printer.receipts[-1].text and "20/01/2027" in printer.receipts[-1].text
            nowhere = msgspec.structs.replace(maker, register="")
            assert refused(await shop.do(PrintWorkLabel(1), nowhere)) == "label_nowhere"

    run(scenario())


def refused(outcome: object) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.code
