"""The main job on real wires: a scan on a serial line becomes paper, a row of the journal, and rows in Postgres."""

from pathlib import Path

from sim.postgres import Postgres
from tests.http_client import when
from tests.shop_fixture import run
from tests.stack import BREAD, MILK, PRODUCTS, cloud, store


def test_from_the_scanner_to_head_office(tmp_path: Path) -> None:
    async def scenario() -> None:
        with Postgres(durable=False) as postgres:
            async with cloud(postgres, "sale", tmp_path) as office, store(tmp_path, office) as shop:
                await shop.start(PRODUCTS)
                for code in (f"]C101{MILK.zfill(14)}10L7", BREAD, BREAD):
                    shop.scanner.type(code)
                lines = await when(
                    lambda: shop.basket(2), lambda seen: seen[1]["quantity"] == 2000, "two loaves on one line"
                )
                assert [(line["sku"], line["price_minor"]) for line in lines] == [("milk", 120), ("bread", 345)]

                await shop.api.do("Pay", kind="cash", amount_minor=1000)
                paper = (await shop.printer.next_receipt()).text
                assert [line.split() for line in paper.splitlines() if line.startswith(("Milk", "Bread", "TOTAL"))] == [
                    ["Milk", "1.20"],
                    ["Bread", "6.90"],
                    ["TOTAL", "8.10", "EUR"],
                ]
                assert "Change" in paper and "1.90" in paper and "Lot L7" in paper
                assert shop.printer.kicks == 1

                assert await office.holds(shop) == shop.rows()
                assert await office.fetch("SELECT number, total_minor, net_minor FROM sale") == [(1, 810, 675)]
                tenders = "SELECT kind, amount_minor, change_minor FROM sale_tender"
                assert await office.fetch(tenders) == [("cash", 1000, 190)]
                assert await office.fetch("SELECT rate, net_minor, tax_minor FROM sale_tax") == [(20_000, 675, 135)]
                lines_held = "SELECT sku, quantity, amount_minor, lot FROM sale_line ORDER BY line"
                assert await office.fetch(lines_held) == [("milk", 1000, 120, "L7"), ("bread", 2000, 690, None)]
                recalled = "SELECT number FROM sale WHERE lots @> ARRAY['L7']"
                assert await office.fetch(recalled) == [(1,)]
                assert await office.fetch("SELECT sku, on_hand FROM stock ORDER BY 1") == [
                    ("bread", -2000),
                    ("milk", -1000),
                ]

    run(scenario())


def test_a_refund_reaches_head_office(tmp_path: Path) -> None:
    async def scenario() -> None:
        with Postgres(durable=False) as postgres:
            async with cloud(postgres, "refund", tmp_path) as office, store(tmp_path, office) as shop:
                await shop.start(PRODUCTS)
                for code in (MILK, BREAD):
                    await shop.api.do("AddLine", code=code)
                await shop.api.do("Pay", kind="cash", amount_minor=1000)
                await shop.api.do("AddLine", code=MILK)
                await shop.api.do("Pay", kind="card")
                await shop.api.do("VoidLastSale", shop.api.token, reason="wrong card")
                back = [{"line": 2, "damaged": True}]
                await shop.api.do("RefundSale", shop.api.token, number=1, lines=back, reason="stale")
                for _ in range(3):
                    await shop.printer.next_receipt()
                paper = (await shop.printer.next_receipt()).text
                assert "REFUND" in paper and "For receipt 1-000001" in paper and "-3.45" in paper

                assert await office.holds(shop) == shop.rows()
                refunds = "SELECT register, number, sale_register, sale, total_minor FROM refund"
                assert await office.fetch(refunds) == [("1", 4, "1", 1, 345)]
                lines = "SELECT sku, quantity, amount_minor, damaged FROM refund_line"
                assert await office.fetch(lines) == [("bread", 1000, 345, True)]
                tenders = "SELECT kind, amount_minor FROM tenders_by_day ORDER BY 1"
                assert await office.fetch(tenders) == [("cash", 120)], "what a void undid is not in it"
                assert await office.fetch("SELECT rate, net_minor, tax_minor FROM taxes_by_day") == [(20_000, 100, 20)]
                assert await office.fetch("SELECT number, kind, amount_minor FROM refund_tender") == [(4, "cash", 345)]
                said = "SELECT count(*) FROM pg_description WHERE objoid = 'sale_tax'::regclass"
                assert await office.fetch(said) == [(11,)], "the table and each of its columns say what they are"
                assert await office.fetch("SELECT sku, on_hand FROM stock ORDER BY 1") == [
                    ("bread", -1000),
                    ("milk", -1000),
                ]
                days = "SELECT sales, voids, refunds, net_minor, paid_minor FROM sales_by_day"
                assert [tuple(map(int, row)) for row in await office.fetch(days)] == [(2, 1, 1, 100, 120)]

    run(scenario())


def test_a_printer_that_is_off_holds_up_no_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            shop.printer.refuse()
            numbers = [await shop.sell(MILK) for _ in range(5)]
            assert numbers == [1, 2, 3, 4, 5]
            state = await shop.part("printer", "lost")
            assert state["what"] and state["advice"]
            numbers += [await shop.sell(BREAD) for _ in range(3)]
            await shop.printer.recover()
            await shop.part("printer", "ok")
            numbers.append(await shop.sell(MILK))
            papers = [(await shop.printer.next_receipt()).text for _ in numbers]
            assert [printed_number(paper) for paper in papers] == numbers
            assert len(shop.printer.receipts) == len(numbers)
            assert not shop.printer.unknown

    run(scenario())


def test_a_scanner_may_be_unplugged(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop:
            await shop.start(PRODUCTS)
            shop.scanner.type(MILK)
            await shop.basket(1)
            shop.scanner.unplug()
            state = await shop.part("scanner", "lost")
            assert state["what"] and state["advice"]
            await shop.api.do("AddLine", code=BREAD)  # by hand, meanwhile
            shop.scanner.replug()
            await shop.part("scanner", "ok")
            shop.scanner.type(MILK)
            assert [line["sku"] for line in await shop.basket(3)] == ["milk", "bread", "milk"]
            *lost, back = [line.partition(" ")[2] for line in shop.log.splitlines() if "part=scanner" in line]
            assert "back" in back
            assert lost and len(set(lost)) == len(lost), "each reason is said once"

    run(scenario())


def printed_number(paper: str) -> int:
    """The receipt number on a paper."""
    line = next(line for line in paper.splitlines() if line.startswith("Receipt"))
    return int(line.split()[1].partition("-")[2])
