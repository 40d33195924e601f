"""What a shop has goes out as other systems take it, and comes in again the same."""

from __future__ import annotations

import csv
from pathlib import Path

from edge.backoffice.switching.commands import MoveIn
from edge.backoffice.switching.kinds import kind_of
from edge.backoffice.switching.way_out import ExportTerms, System, write_for
from edge.core.journal.projections import caught_up
from edge.counter.till.commands import AddLine, Pay, RefundedLine, RefundSale, VoidLastSale
from edge.goods.ingest.import_folders import bring
from edge.lib.tables import open_table
from tests.flow.backoffice.test_switching import bring_all, look, moved
from tests.shop_fixture import MILK, SYSTEM, done, open_shop, run

TERMS = ExportTerms("EUR", "en", "Europe/Paris", "Corner")


def test_products_and_customers_go_out_and_are_read_as_what_they_were(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await moved(shop, MoveIn(bring_all(shop, tmp_path)))
            systems: tuple[System, ...] = ("square", "odoo")
            for system in systems:
                folder = tmp_path / system
                done = write_for(system, shop.reader, folder, TERMS, shop.now_us(), people=True)
                assert (done.products, done.customers) == (3, 3)
                for name, kind in (("products.csv", "catalogue"), ("customers.csv", "customers")):
                    with open_table(folder / name, "en") as table:
                        assert kind_of(table.header) == kind
                (again,) = look(shop, tmp_path, _brought(shop.path.parent, folder / "products.csv"))
                assert again.look is not None
                assert (again.look.sums[0].taken_minor, again.look.left) == (2170, ())
                (again,) = look(shop, tmp_path, _brought(shop.path.parent, folder / "customers.csv"))
                assert again.look is not None
                assert again.look.counts["with_phone"] == 2 and again.look.counts["with_address"] == 1
            with (tmp_path / "square" / "products.csv").open(encoding="utf-8-sig") as file:
                rows = list(csv.DictReader(file))
            assert [(row["Item Name"], row["Variation Name"]) for row in rows] == [
                ("Flat White", "Small"),
                ("Flat White", "Large"),
                ("Mug", "Regular"),
            ]

    run(scenario())


def test_sold_lines_and_receipts_go_out_and_come_in_with_the_same_sums(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for quantity in (1, 3):
                await done(shop, AddLine(MILK, quantity=quantity * 1000), SYSTEM)
                await done(shop, Pay("card"), SYSTEM)
            await done(shop, RefundSale(2, lines=(RefundedLine(1, 1000),)), SYSTEM)
            await done(shop, AddLine(MILK), SYSTEM)
            await done(shop, Pay("card"), SYSTEM)
            await done(shop, VoidLastSale(), SYSTEM)
            await caught_up(shop, "papers")
            (goods,) = shop.reader.execute("SELECT sum(minor) FROM paper_product").fetchone()
            (papers,) = shop.reader.execute("SELECT sum(total_minor) FROM paper").fetchone()
            assert goods == papers > 0
            systems: tuple[System, ...] = ("square", "odoo")
            for system in systems:
                folder = tmp_path / system
                written = write_for(system, shop.reader, folder, TERMS, shop.now_us(), people=False)
                assert (written.lines, written.receipts) == (5, 5)
                (lines,) = look(shop, tmp_path, _brought(shop.path.parent, folder / "sales.csv"))
                assert lines.look is not None and lines.look.kind == "sales_lines", lines
                assert (lines.look.sums[0].taken_minor, lines.look.left) == (goods, ())
                (receipts,) = look(shop, tmp_path, _brought(shop.path.parent, folder / "receipts.csv"))
                assert receipts.look is not None and receipts.look.kind == "receipts", receipts
                assert receipts.look.sums[0].file_minor == papers

    run(scenario())


def _brought(data: Path, file: Path) -> Path:
    return bring(data, file)
