"""What a shop has goes out as other systems take it, and comes in again the same."""

from __future__ import annotations

import csv
from pathlib import Path

import msgspec

from edge.backoffice.switching.commands import MoveIn
from edge.backoffice.switching.kinds import kind_of
from edge.backoffice.switching.moved import MovedFile
from edge.backoffice.switching.way_out import ExportTerms, System, write_for, zip_for
from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up
from edge.counter.till.commands import AddLine, Pay, RefundedLine, RefundSale, VoidLastSale
from edge.goods.catalog.commands import SetPrice, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.ingest.import_folders import bring
from edge.goods.stock.commands import Moved, MoveStock, SetLocation
from edge.goods.stock.queries import read_stock
from edge.lib.tables import open_table
from edge.lib.tax.rules import Rate, TaxClass
from edge.people.customers.queries import read_customer
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


def test_imported_receipts_go_out_apart_from_the_shops_own_and_say_where_they_came_from(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await moved(shop, MoveIn(bring_all(shop, tmp_path)))
            await done(shop, AddLine(MILK), SYSTEM)
            await done(shop, Pay("card"), SYSTEM)
            await caught_up(shop, "papers")
            columns: dict[System, tuple[str, str]] = {
                "square": ("Total Collected", "Net Sales"),
                "odoo": ("Total", "Order Lines/Subtotal"),
            }
            for system, (total, amount) in columns.items():
                folder = tmp_path / system
                written = write_for(system, shop.reader, folder, TERMS, shop.now_us(), people=False)
                assert (written.receipts, written.past_receipts) == (1, 5), "the shop's own files have only its own"
                past = _table(folder / "past-receipts.csv")
                lines = _table(folder / "past-sales.csv")
                assert (len(past), len(lines)) == (5, written.past_lines)
                assert sum(round(100 * float(row[total])) for row in past) == 350 + 800 - 420 + 1400 + 200
                assert sum(round(100 * float(row[amount])) for row in lines) == 350 + 800 - 420 + 1400 + 200
                assert all(row["Imported from"] for row in (*past, *lines))
                assert all("Imported from" not in row for row in _table(folder / "receipts.csv"))

    run(scenario())


def test_without_imported_receipts_there_are_no_files_of_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            written = write_for("square", shop.reader, tmp_path / "out", TERMS, shop.now_us(), people=False)
            assert (written.past_lines, written.past_receipts) == (0, 0)
            assert not list((tmp_path / "out").glob("past-*"))

    run(scenario())


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def _brought(data: Path, file: Path) -> Path:
    return bring(data, file)


def test_squares_rules_for_items_hold_for_names_options_and_codes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            tee = {"en": "Tee S"}
            products = (
                Product("tee-s", tee, ("4006381333931",), 1000, axes={"Size": "S"}),
                Product("cup", {"en": "Cup"}, ("2000017",), 500),
                Product("tee-m", {"en": "Tee M"}, ("0614141999996",), 1000, variant_of="tee-s", axes={"Size": "M"}),
                Product("cup-2", {"en": "Cup"}, None, 700, unit="kg"),
                Product("hat-1", {"en": "Hat Red"}, None, 700, axes={"Colour": "Red"}),
                Product("hat-2", {"en": "Hat"}, None, 700, variant_of="hat-1"),
            )
            await done(shop, SetProducts(products), SYSTEM)
            systems: tuple[System, ...] = ("square", "odoo")
            for system in systems:
                write_for(system, shop.reader, tmp_path / system, TERMS, shop.now_us(), people=False)
            square = [
                (row["Item Name"], row["Variation Name"], row["GTIN"], row["Option Value 1"])
                for row in _rows(tmp_path / "square")
            ]
            assert square == [
                ("Tee", "S", "4006381333931", "S"),
                ("Tee", "M", "0614141999996", "M"),
                ("Cup", "Regular", "", ""),
                ("Cup", "Regular cup-2", "", ""),
                ("Hat", "Red", "", ""),
                ("Hat", "Regular", "", ""),
            ], "an item's variations are together, each with its own name, and codes that are none stay out"
            units = {row["Internal Reference"]: row["Unit of Measure"] for row in _rows(tmp_path / "odoo")}
            assert (units["cup"], units["cup-2"]) == ("Units", "kg")

    run(scenario())


def test_other_price_lists_go_out_to_odoo_and_square_says_that_they_stay(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            products = tuple(Product(sku, {"en": sku}, None, 1000) for sku in ("tee", "cup"))
            await done(shop, SetProducts(products), SYSTEM)
            for sku, price_list, minor in (("tee", "member", 900), ("cup", "member", 800), ("tee", "wholesale", 600)):
                await done(shop, SetPrice(sku, minor, price_list), SYSTEM)
            out = write_for("odoo", shop.reader, tmp_path / "odoo", TERMS, shop.now_us() + 1, people=False)
            assert (out.listed, out.unlisted) == (3, 0)
            with (tmp_path / "odoo" / "pricelists.csv").open(encoding="utf-8-sig") as file:
                rows = [
                    (row["name"], row["item_ids/product_id"], row["item_ids/fixed_price"])
                    for row in csv.DictReader(file)
                ]
            assert rows == [("member", "cup", "8.00"), ("", "tee", "9.00"), ("wholesale", "tee", "6.00")]
            out = write_for("square", shop.reader, tmp_path / "square", TERMS, shop.now_us() + 1, people=False)
            assert (out.listed, out.unlisted) == (0, 3)
            assert not (tmp_path / "square" / "pricelists.csv").exists()

    run(scenario())


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "products.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_what_goes_out_comes_into_an_empty_shop_as_it_was(tmp_path: Path) -> None:
    async def scenario() -> None:
        here, there = tmp_path / "here", tmp_path / "there"
        systems: tuple[System, ...] = ("square", "odoo")
        for system in systems:
            async with open_shop(here / system, stocked=False) as shop:
                await moved(shop, MoveIn(bring_all(shop, here / system)))
                archive = zip_for(system, shop.path, TERMS, shop.now_us(), people=True)
                before = _known(shop, system)
            async with open_shop(there / system, stocked=False) as shop:
                found = look(shop, there / system, _brought(shop.path.parent, _file(there / system, archive)))
                files = [(one, one.look) for one in found if one.look and one.look.kind in ("catalogue", "customers")]
                assert [look.questions for _, look in files] == [(), ()], "nothing is unclear of our own files"
                await moved(shop, MoveIn(tuple(MovedFile(one.path, one.kind) for one, _ in files)))
                assert _known(shop, system) == before

    run(scenario())


def test_stock_taxes_and_costs_go_out_and_come_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        here, there = tmp_path / "here", tmp_path / "there"
        classes = (TaxClass("standard", (Rate("VAT", 20_000),)), TaxClass("reduced", (Rate("VAT", 5_500),)))
        terms = msgspec.structs.replace(TERMS, taxes=classes, tax_class="standard")
        systems: tuple[System, ...] = ("square", "odoo")
        for system in systems:
            async with open_shop(here / system, stocked=False) as shop:
                products = (
                    Product("tea", {"en": "Tea"}, None, 450, cost_minor=123, tax_class="reduced"),
                    Product("mug", {"en": "Mug"}, None, 990, cost_minor=310),
                )
                await done(shop, SetProducts(products), SYSTEM)
                await done(shop, SetLocation("cellar", {"en": "Cellar"}), SYSTEM)
                await done(shop, MoveStock("received", (Moved("tea", 7000), Moved("mug", 4000))), SYSTEM)
                await done(shop, MoveStock("received", (Moved("tea", 2000),), "cellar"), SYSTEM)
                out = write_for(system, shop.reader, here / "files" / system, terms, shop.now_us(), people=False)
                assert out.stocked == 3
                archive = zip_for(system, shop.path, terms, shop.now_us(), people=False)
            async with open_shop(there / system, stocked=False) as shop:
                found = look(shop, there / system, _brought(shop.path.parent, _file(there / system, archive)))
                assert {one.look.system for one in found if one.look} == {system.title()}
                files = []
                for one in found:
                    if one.look and one.look.kind in ("catalogue", "stock"):
                        asked = [question.id for question in one.look.questions]
                        assert all(id.startswith("place:") for id in asked), one.look.questions
                        answers = {id: "leave" if at else "main" for at, id in enumerate(asked)}
                        files.append(MovedFile(one.path, one.look.kind, answers))
                assert [one.kind for one in files] == (["catalogue"] if system == "square" else ["catalogue", "stock"])
                await moved(shop, MoveIn(tuple(files)))
                bodies = shop.reader.execute("SELECT body FROM product ORDER BY sku").fetchall()
                came = [msgspec.json.decode(body, type=Product) for (body,) in bodies]
                assert [(one.sku, one.tax_class or "standard", one.cost_minor) for one in came] == [
                    ("mug", "standard", 310),
                    ("tea", "reduced", 123),
                ]
                assert (read_stock(shop.reader, "tea"), read_stock(shop.reader, "mug")) == (7000, 4000)

    run(scenario())


def _file(folder: Path, archive: bytes) -> Path:
    (path := folder / "export.zip").write_bytes(archive)
    return path


def _known(shop: CommandBus, system: System) -> tuple[list[object], list[object]]:
    """Products and customers, by the fields that both systems have."""
    bodies = shop.reader.execute("SELECT body FROM product ORDER BY sku")
    products = [msgspec.json.decode(body, type=Product) for (body,) in bodies]
    goods: list[object] = []
    for one in products:
        axes = one.axes if system == "square" else None
        goods.append((one.sku, one.names, one.codes, one.price_minor, one.cost_minor, one.category, axes))
    ids = shop.reader.execute("SELECT id FROM customer WHERE merged_into IS NULL AND NOT forgotten")
    people = [read_customer(shop.reader, id, shop.now_us()) for (id,) in ids.fetchall()]
    kept: list[object] = [(one.name, one.email, one.phone, one.born, one.addresses) for one in people if one]
    return goods, sorted(kept, key=str)
