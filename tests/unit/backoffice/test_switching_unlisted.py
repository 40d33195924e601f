"""More systems that nothing here is made for, and totals of days and of Z reports, with rows made up here.

The headings of Open Source POS, SalesVu, Lightspeed C and Dutchie are those that public pages name; the others were
written from general knowledge of the systems and compared with no page.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.backoffice.switching.file_reader import look_at
from edge.backoffice.switching.headings import STOCK, find_columns
from edge.backoffice.switching.kinds import kind_of
from edge.goods.ingest.mapping.headers import guess_fields
from edge.lib.i18n import ENGLISH
from tests.unit.backoffice.test_switching_other_tills import asked

CATALOGUES: tuple[tuple[str, dict[str, str]], ...] = (
    # Open Source POS
    (
        "Barcode|Item Name|Category|Supplier ID|Cost Price|Unit Price|Tax 1 Name|Tax 1 Percent|Reorder Level",
        {"code": "Barcode", "name.en": "Item Name", "price": "Unit Price", "tax_rate": "Tax 1 Percent"},
    ),
    # SalesVu
    (
        "Item Number|Product Name|Status|Category|Product/Component|Price|Tax bracket name|SKU|Barcode|Cost",
        {"sku": "SKU", "name.en": "Product Name", "price": "Price", "cost": "Cost"},
    ),
    # Lightspeed C
    (
        "Product - Product-ID|Product - Title - EN|Variant - Title - EN|Variant - Price|Variant - Old price"
        "|Variant - Price cost|Variant - Unit|Variant - Tax|Variant - Article code|Variant - Barcode (EAN)",
        {"sku": "Variant - Article code", "price": "Variant - Price", "unit": "Variant - Unit"},
    ),
    # Dutchie
    (
        "ProductId|SKU|Product Name|Master Category|Category|Brand Name|Vendor Name|Strain|Cost|Price|Tax Category",
        {"sku": "SKU", "name.en": "Product Name", "price": "Price", "attribute.strain": "Strain"},
    ),
    # Cova
    (
        "Product Name|Catalog SKU|Classification|UPC|Supplier|Regular Price|Cost|Strain|Unit of Measure|Tax Category",
        {"code": "UPC", "name.en": "Product Name", "price": "Regular Price", "unit": "Unit of Measure"},
    ),
    # Treez
    (
        "Product Type|Product Name|Brand|Size|Amount|UOM|Product Barcodes|External ID|Price|Unit Cost",
        {"code": "Product Barcodes", "name.en": "Product Name", "price": "Price", "unit": "UOM"},
    ),
    # KORONA
    (
        "Nummer|Bezeichnung|Warengruppe|Sektor|Sortiment|Verkaufspreis|Einkaufspreis|Lieferant|EAN|Mengeneinheit",
        {"sku": "Nummer", "name.en": "Bezeichnung", "price": "Verkaufspreis", "unit": "Mengeneinheit"},
    ),
    # iiko
    (
        "Артикул|Наименование|Группа|Тип|Ед. изм.|Цена|Себестоимость|Штрихкод|НДС",
        {"sku": "Артикул", "name.en": "Наименование", "price": "Цена", "unit": "Ед. изм.", "tax_rate": "НДС"},
    ),
    # Lightspeed K
    (
        "SKU|Item Name|Default Price|Accounting Group|Tax Rate|Barcode|Unit|Cost Price|Menu",
        {"sku": "SKU", "name.en": "Item Name", "price": "Default Price", "tax_rate": "Tax Rate", "unit": "Unit"},
    ),
    # Priority
    (
        'מק"ט|תאור מוצר|משפחה|יח\' מידה|מחיר ליחידה|מחיר עלות|ברקוד|אחוז מע"מ',
        {"sku": 'מק"ט', "price": "מחיר ליחידה", "cost": "מחיר עלות", "unit": "יח' מידה"},
    ),
    # Comax
    (
        'קוד פריט|תאור פריט|מחלקה|ברקוד|מחיר מכירה|מחיר קניה|ספק|יחידת מידה|מע"מ|יתרת מלאי',
        {"sku": "קוד פריט", "price": "מחיר מכירה", "cost": "מחיר קניה", "on_hand": "יתרת מלאי"},
    ),
    # eHopper
    (
        "Product Name|SKU|UPC|Department|Category|Price|Cost|Tax Group|Quantity On Hand|Sold By Weight",
        {"sku": "SKU", "name.en": "Product Name", "price": "Price", "weighed": "Sold By Weight"},
    ),
)


@pytest.mark.parametrize(("header", "expected"), CATALOGUES)
def test_products_of_a_system_without_a_template_are_understood(header: str, expected: dict[str, str]) -> None:
    columns = tuple(header.split("|"))
    assert kind_of(columns) == "catalogue"
    fields = {field: columns[places[0]] for field, places in guess_fields(columns, ENGLISH).items()}
    assert expected.items() <= fields.items(), fields


def test_stock_by_room_is_stock_though_it_has_costs() -> None:
    header = ("Product Name", "SKU", "Package ID", "Room", "Available", "Allocated Quantity on Hand", "Cost", "Vendor")
    assert kind_of(header) == "stock"
    assert {"sku": 1, "place": 3, "on_hand": 4}.items() <= find_columns(header, STOCK).items()


@pytest.mark.parametrize(
    ("text", "minor"),
    (
        (
            "Учетный день;Номер чека;Блюдо;Код блюда;Количество блюд;Сумма скидки;Сумма со скидкой\n"
            "13.07.2026;101;Борщ;00012;2;0,50;9,50\n14.07.2026;102;Чай;00013;1;0,00;1,20\n",
            1070,
        ),
        (
            "Transaction Date,Order ID,Product Name,SKU,Total Inventory Sold,Gross Sales,Discount Amount,Net Sales\n"
            "07/13/2026,9001,Blue Dream 1g,BD1,2,24.00,4.00,20.00\n07/14/2026,9002,Papers,PAP,1,3.00,0.00,3.00\n",
            2300,
        ),
    ),
)
def test_sold_lines_come_to_the_cent(tmp_path: Path, text: str, minor: int) -> None:
    look = look_at(asked(tmp_path, text))
    assert (look.kind, look.lines, look.counts["receipts"], look.counts["days"]) == ("sales_lines", 2, 2, 2)
    assert [(one.file_minor, one.taken_minor, one.left_minor) for one in look.sums] == [(minor, minor, 0)]
    assert {"day", "sku", "item", "quantity", "amount"} <= look.columns.keys(), look.columns


@pytest.mark.parametrize(
    ("text", "sums"),
    (
        (
            "Date,Net Sales,Tax,Gross Sales,Cash,Card,Number of Receipts\n"
            "2026-07-13,100.00,6.63,106.63,50.00,56.63,12\n2026-07-14,10.10,0.67,10.77,10.77,0.00,1\n",
            {"Net Sales": 11010, "Tax": 730, "Gross Sales": 11740, "Cash": 6077, "Card": 5663},
        ),
        (
            "Z-Nr.;Datum;Umsatz brutto;Umsatz netto;MwSt;Bar;EC-Karte;Anzahl Belege\n"
            "41;13.07.2026;119,00;100,00;19,00;19,00;100,00;7\n42;14.07.2026;11,90;10,00;1,90;11,90;0,00;2\n",
            {"Umsatz brutto": 13090, "Umsatz netto": 11000, "MwSt": 2090, "Bar": 3090, "EC-Karte": 10000},
        ),
    ),
)
def test_totals_of_days_show_every_column_of_money_to_the_cent(tmp_path: Path, text: str, sums: dict[str, int]) -> None:
    look = look_at(asked(tmp_path, text))
    assert (look.kind, look.lines, look.first, look.last) == ("sales_days", 2, "2026-07-13", "2026-07-14")
    assert {one.heading: one.file_minor for one in look.sums} == sums
    assert all(one.left_minor == one.file_minor and not one.taken_minor for one in look.sums)
    (question,) = look.questions
    assert question.id == "turnover" and {*question.choices} < {*sums, "leave"}, "with or without tax?"
