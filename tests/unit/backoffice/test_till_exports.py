"""Catalogues as other systems export them: variants stay variants; money, numbers, stock and suppliers come along.

The headers are those of public help pages and sample files; the rows are made up here. The same is asked of the files
in ../shared/data/till_exports, where those are.
"""

import csv
import io
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest

from edge.goods.ingest.ipc import Began, Entries, ReadRequest
from edge.goods.ingest.mapping.row_converter import ImportSettings, ParsedRow
from edge.goods.ingest.reader_process import read

SETTINGS = ImportSettings("USD", "en", "standard", ("standard", "reduced"))
EXPORTS = Path(__file__).parents[3].parent / "shared" / "data" / "till_exports"


def looked_at(path: Path) -> tuple[Began, list[ParsedRow]]:
    began: Began | None = None
    rows: list[ParsedRow] = []
    with tempfile.TemporaryFile() as spool:
        for message in read(ReadRequest(str(path), None, SETTINGS, (), sample=100), spool):
            if isinstance(message, Began):
                began = message
            elif isinstance(message, Entries):
                for entry in message.entries:
                    assert entry.note is None, entry.note
                rows += [entry.said for entry in message.entries if entry.said]
    assert began is not None
    return began, rows


def read_text(tmp_path: Path, text: str) -> tuple[Began, list[ParsedRow]]:
    path = tmp_path / "export.csv"
    path.write_text(text)
    return looked_at(path)


def summed_up(row: ParsedRow) -> tuple[object, ...]:
    one = row.product
    assert one.names
    return (one.sku, one.names["en"], one.price_minor, one.variant_of, one.axes)


def test_square_items(tmp_path: Path) -> None:
    began, rows = read_text(
        tmp_path,
        "Token,Item Name,Variation Name,SKU,Description,Category,GTIN,Price,Option Name 1,Option Value 1,"
        "Default Unit Cost,Default Vendor Name,Current Quantity North,Stock Alert Count North,Tax - City (8%)\n"
        "A1,Chai,Tall,,Spiced,Tea,,4.10,Cup,Tall,1.05,Leaf & Co,12,3,Y\n"
        "A2,Chai,Grande,CH-G,,Tea,,4.90,Cup,Grande,1.30,Leaf & Co,-2,,Y\n"
        "A3,Gift wrap,Regular,GW,,,,variable,,,,,,,N\n",
    )
    assert began.complete and began.unread_money == ()
    assert [summed_up(row) for row in rows] == [
        ("A1", "Chai Tall", 410, None, {"Cup": "Tall"}),
        ("CH-G", "Chai Grande", 490, "A1", {"Cup": "Grande"}),
        ("GW", "Gift wrap", None, None, None),
    ]
    assert [(row.product.cost_minor, row.on_hand) for row in rows] == [(105, 12_000), (130, None), (None, None)]
    assert rows[0].product.supplies and rows[0].product.supplies[0].supplier == "Leaf & Co"


def test_shopify_products_with_rows_of_pictures(tmp_path: Path) -> None:
    began, rows = read_text(
        tmp_path,
        "Handle,Title,Vendor,Type,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,"
        "Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Variant Compare At Price,Variant Barcode,"
        "Image Src,Cost per item,Status\n"
        "sock,Sock,Knit,Wear,Size,S,Colour,Red,SO-S-R,shopify,4,7.50,9.00,,https://x/1.jpg,2.10,active\n"
        "sock,,,,,S,,Blue,SO-S-B,shopify,2,7.50,,,https://x/2.jpg,2.10,\n"
        "sock,,,,,,,,,,,,,,https://x/3.jpg,,\n"
        "old,Old hat,Knit,Wear,Title,Default Title,,,HAT,shopify,0,12.00,,,,5.00,archived\n",
    )
    assert began.complete
    assert [summed_up(row) for row in rows] == [
        ("SO-S-R", "Sock S Red", 750, None, {"Size": "S", "Colour": "Red"}),
        ("SO-S-B", "Sock S Blue", 750, "SO-S-R", {"Size": "S", "Colour": "Blue"}),
        ("HAT", "Old hat", 1200, None, None),
    ]
    assert [row.product.category for row in rows] == ["wear"] * 3 and rows[2].retired


def test_lightspeed_items_with_a_tax_class_of_their_own(tmp_path: Path) -> None:
    began, rows = read_text(
        tmp_path,
        "System ID,UPC,EAN,Custom SKU,Manufact. SKU,Item,Qty.,Price,Tax,Brand,MSRP,Tax Class,Default Cost,Vendor,"
        "Category\n"
        "21001,,4006381333931,,M-1,Bell,3,12.50,Yes,Ding,15.00,Item,4.20,Ding Ltd,Parts\n"
        "21002,,,,,Tube 28,9,6.00,Yes,Rol,,Item,2.00,Rol Ltd,Parts\n",
    )
    assert began.complete
    assert [(row.product.sku, row.product.cost_minor, row.on_hand) for row in rows] == [
        ("04006381333931", 420, 3_000),
        ("21002", 200, 9_000),
    ]


def test_lightspeed_x_products(tmp_path: Path) -> None:
    began, rows = read_text(
        tmp_path,
        "id,handle,sku,name,product_category,variant_option_one_name,variant_option_one_value,supply_price,"
        "retail_price,brand_name,supplier_name,inventory_Main_Outlet,reorder_point_Main_Outlet\n"
        "u1,boot,BT-40,Boot,Shoes,Size,40,31.00,79.00,Trek,Trek BV,2,1\n"
        "u2,boot,BT-41,Boot,Shoes,Size,41,31.00,79.00,Trek,Trek BV,5,1\n",
    )
    assert began.complete
    assert [summed_up(row) for row in rows] == [
        ("BT-40", "Boot 40", 7900, None, {"Size": "40"}),
        ("BT-41", "Boot 41", 7900, "BT-40", {"Size": "41"}),
    ]
    assert [(row.product.brand, row.product.category, row.product.minimum, row.on_hand) for row in rows] == [
        ("Trek", "shoes", 1_000, 2_000),
        ("Trek", "shoes", 1_000, 5_000),
    ]


def test_odoo_by_fields_and_by_labels(tmp_path: Path) -> None:
    _, fields = read_text(
        tmp_path,
        "id,name,default_code,barcode,list_price,standard_price,categ_id,uom_id,qty_available\n"
        "__export__.p_1,Lamp,LMP,4006381333955,24.00,11.00,All / Home,Units,6\n",
    )
    began, labels = read_text(
        tmp_path,
        "External ID,Name,Internal Reference,Barcode,Sales Price,Cost,Product Category,Unit of Measure,"
        "Quantity On Hand,Variant Values\n"
        '__export__.p_1,Lamp,LMP,4006381333955,24.00,11.00,All / Home,Units,6,"Shade: Red, Cord: 2 m"\n',
    )
    assert began.complete
    for row in (*fields, *labels):
        one = row.product
        assert (one.sku, one.price_minor, one.cost_minor, one.unit, row.on_hand) == ("LMP", 2400, 1100, "piece", 6_000)
    assert labels[0].product.axes == {"Shade": "Red", "Cord": "2 m"}


def test_loyverse_variants_and_recipes(tmp_path: Path) -> None:
    began, rows = read_text(
        tmp_path,
        "Handle,SKU,Name,Category,Sold by weight,Option 1 name,Option 1 value,Cost,Barcode,SKU of included item,"
        "Quantity of included item,Track stock,Price [Shop],In stock [Shop]\n"
        "toast,30001,Toast,Food,N,,,0.90,,BREAD,2,N,4.20,\n"
        "toast,,,,,,,,,CHEESE,0.05,,,\n"
        "tea,30002,Tea,Drinks,N,Pot,One,0.20,,,,N,2.80,\n"
        "tea,30003,,,,,Two,0.35,,,,N,4.40,\n",
    )
    assert began.complete
    assert [summed_up(row)[:4] for row in rows] == [
        ("30001", "Toast", 420, None),
        ("30002", "Tea One", 280, None),
        ("30003", "Tea Two", 440, "30002"),
    ]
    parts = rows[0].product.parts
    assert parts and [(part.sku, part.quantity) for part in parts] == [("BREAD", 2_000), ("CHEESE", 50)]


def test_a_menu_is_called_by_its_items(tmp_path: Path) -> None:
    _, rows = read_text(
        tmp_path,
        "Menu Item,Description,Menu Group,PLU,Base Price\nLager,Cold,Beers,1001,6.50\nStout,Dark,Beers,1002,7.00\n",
    )
    assert [summed_up(row)[:3] for row in rows] == [("1001", "Lager", 650), ("1002", "Stout", 700)]


def test_templates_are_not_sold_themselves(tmp_path: Path) -> None:
    _, woo = read_text(
        tmp_path,
        "ID,Type,SKU,Name,Published,Stock,Sale price,Regular price,Categories,Parent,Attribute 1 name,"
        "Attribute 1 value(s)\n"
        '7,variable,MUG,Mug,1,,,,Home,,Glaze,"Blue, Green"\n'
        "8,variation,MUG-B,Mug - Blue,1,3,,14.00,,MUG,Glaze,Blue\n"
        "9,variation,MUG-G,Mug - Green,1,1,,15.00,,id:7,Glaze,Green\n"
        "10,simple,TRAY,Tray,1,2,,22.00,Home,,,\n",
    )
    assert [summed_up(row) for row in woo] == [
        ("MUG-B", "Mug - Blue", 1400, None, {"Glaze": "Blue"}),
        ("MUG-G", "Mug - Green", 1500, "MUG-B", {"Glaze": "Green"}),
        ("TRAY", "Tray", 2200, None, None),
    ]
    assert {row.product.category for row in woo} == {"home"}
    _, erp = read_text(
        tmp_path,
        "Item Code,Item Name,Item Group,Default Unit of Measure,Standard Selling Rate,Valuation Rate,Has Variants,"
        "Variant Of,Disabled\n"
        "CAP,Cap,Hats,Nos,,,1,,0\nCAP-R,Cap Red,Hats,Nos,9.50,4.00,0,CAP,0\n"
        "CAP-B,Cap Blue,Hats,Nos,9.50,4.00,0,CAP,1\n",
    )
    assert [(row.product.sku, row.product.variant_of, row.retired) for row in erp] == [
        ("CAP-R", None, False),
        ("CAP-B", "CAP-R", True),
    ]


def test_money_that_nothing_took_is_asked_about(tmp_path: Path) -> None:
    began, _ = read_text(tmp_path, "SKU,Name,Price,Bar tariff\nA,Ale,6.00,5.50\nB,Cider,6.50,6.00\n")
    assert began.unread_money == ("Bar tariff",) and not began.complete and began.importable


@pytest.mark.parametrize("file", ["sq_items", "shopify_products", "loyverse_items", "lightspeed_r_items"])
def test_real_headers(file: str) -> None:
    path = EXPORTS / f"{file}.csv"
    if not path.exists():
        pytest.skip(f"{path} isn't here")
    began, rows = looked_at(path)
    with path.open(newline="") as text:
        table = list(csv.DictReader(io.StringIO(text.read())))
    assert began.complete and len(rows) == len(table)
    price = next(column for column, field in began.fields.items() if field == "price")
    assert sum(row.product.price_minor or 0 for row in rows) == sum(int(Decimal(row[price]) * 100) for row in table)
    names = [name for row in rows for name in (row.product.names or {}).values()]
    assert len(set(names)) == len(names), "no two products share a name"
