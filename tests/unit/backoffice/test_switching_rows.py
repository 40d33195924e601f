"""Rows as tills without a template write them: variants told apart by a size, states, taxes and units in other words.

The headings are those of the systems' public files and help pages (SumUp, BigCommerce, Zoho, Ecwid, Squarespace, Wix),
or of a shop's own table; every row is made up.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from edge.backoffice.switching.card_file import CardFile
from edge.backoffice.switching.customer_file import CustomerFile
from edge.backoffice.switching.file_reader import answers, look_at
from edge.backoffice.switching.protocol import ArchivePart, FileQuestion
from edge.backoffice.switching.stock_file import StockFile
from edge.goods.ingest.ipc import Began, Entries, ReadRequest, read_frames
from edge.goods.ingest.mapping.headers import guess_fields
from edge.goods.ingest.mapping.row_converter import ImportSettings, ParsedRow
from edge.goods.ingest.reader_process import read
from edge.lib.tables import open_table
from tests.unit.backoffice.test_switching_other_tills import asked

RATES = {"standard": 20_000, "reduced": 5_500, "zero": 0}


def products(folder: Path, text: str, encoding: str = "utf-8") -> tuple[Began, dict[str, ParsedRow]]:
    """The products of a file by number, as the move reads them."""
    path = folder / "export.csv"
    path.write_bytes(text.encode(encoding))
    settings = ImportSettings("EUR", "en", "standard", tuple(RATES), tax_rates=RATES)
    with (folder / "spool").open("w+b") as spool:
        messages = list(read(ReadRequest(str(path), None, settings, asks=True), spool))
    (began,) = (one for one in messages if isinstance(one, Began))
    frames = read_frames(io.BytesIO(b"".join(one for one in messages if isinstance(one, bytes))))
    entries = [entry for frame in frames if isinstance(frame, Entries) for entry in frame.entries]
    return began, {entry.said.product.sku: entry.said for entry in entries if entry.said}


def test_sizes_and_colours_of_one_name_are_variants_even_with_one_number(tmp_path: Path) -> None:
    text = """\
Ref;Name;Taille;Couleur;Prix TTC;Stock
100;Linen shirt;S;White;49,00;3
100;Linen shirt;M;White;49,00;-1
100;Linen shirt;M;Blue;52,00;2
200;Scarf;;;19,00;5
"""
    _, found = products(tmp_path, text)
    assert [*found] == ["100", "100-M-White", "100-M-Blue", "200"]
    blue = found["100-M-Blue"]
    assert (blue.product.names, blue.product.price_minor) == ({"en": "Linen shirt M Blue"}, 5200)
    assert (blue.product.variant_of, blue.product.axes) == ("100", {"Taille": "M", "Couleur": "Blue"})
    assert not found["200"].product.axes
    assert [one.reason for one in found["100-M-White"].notes] == ["stock_below_zero"]


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        (
            "Code,Name,Estate,Price\nW1,Margaux,Giscours,49.00\nW2,Margaux,Palmer,290.00\nW3,Chablis,Raveneau,90.00\n",
            "Estate",
        ),
        ("Code,Name,Size,Price\nO1,Olive oil,500 ml,9.00\nO2,Olive oil,1 l,16.00\n", ""),  # what is in a bottle
        ("Code,Name,Colour,Price\nT1,Tea,#aa0000,4.00\nT2,Tea,#00aa00,5.00\n", ""),  # the colour of a button
    ],
)
def test_a_column_that_may_tell_names_apart_is_asked_about(tmp_path: Path, text: str, apart: str) -> None:
    began, found = products(tmp_path, text)
    assert (began.apart, began.apart_rows) == (apart, 2 if apart else 0)
    assert all(one.product.axes is None for one in found.values())


@pytest.mark.parametrize(
    ("text", "sku", "name", "price", "more"),
    [
        (
            "Item,ID,Name,SKU,Options,Current Stock,Price,Cost Price\n"
            "Product,93,Journal,,,0,25.00,10.00\n"
            "Variant,71,,SJ-12,Type=Rectangles|Name=Issue|Value=Twelve,15,25.00,10.00\n"
            "Variant,72,,SJ-13,Type=Rectangles|Name=Issue|Value=Thirteen,2,27.50,11.00\n",
            *("SJ-13", "Journal Thirteen", 2750, {"Issue": "Thirteen"}),
        ),
        (
            "type,product_internal_id,product_sku,product_name,product_price,product_variation_sku,product_variation_price"
            ",product_variation_option_Size\n"
            "product,501,TEE,Tee,20,,,\nproduct_variation,501,TEE,,,TEE-S,,S\nproduct_variation,501,TEE,,,TEE-L,22,L\n"
            "product,502,MUG,Mug,12.5,,,\n",
            *("TEE-L", "Tee L", 2200, {"Size": "L"}),
        ),
        (
            "id;parent_id;product_number;name;price_gross;options\nf1;;SW-100;Hoodie;49,00;\n"
            "f2;f1;SW-100.1;;;Size: M;\nf3;f1;SW-100.2;;54,00;Size: L;\n",
            *("SW-100.2", "Hoodie L", 5400, {"Size": "L"}),
        ),
        (
            "Name,SKU,Retail Price,Attribute Name,Attribute Value\n"
            "Scarf,SC-R,25.00,Colour,Red\nScarf,SC-B,26.00,Colour,Blue\n",
            *("SC-B", "Scarf Blue", 2600, {"Colour": "Blue"}),
        ),
    ],
)
def test_a_variant_has_its_own_name_price_and_option(
    tmp_path: Path, text: str, sku: str, name: str, price: int, more: dict[str, str]
) -> None:
    _, found = products(tmp_path, text)
    one = found[sku].product
    assert (one.names, one.price_minor, one.axes) == ({"en": name}, price, more)
    assert "MUG" in found or "product_sku" not in text
    assert "SW-100" not in found, "what is only sold in sizes isn't sold itself"


def test_rates_are_prices_and_units_may_have_their_group_before_them(tmp_path: Path) -> None:
    text = """\
Item Name,SKU,Rate,Purchase Rate,Tax Name,Tax Percentage,Usage unit,Stock On Hand,Status
Syrup,MS,EUR 24.99,EUR 12.10,VAT,20,each.each,14.00,Active
Cheese,CH,EUR 21.90,EUR 11.00,VAT,5.5,weight.kilogram,-3.00,Inactive
"""
    began, found = products(tmp_path, text)
    assert began.fields["Rate"] == "price"
    syrup, cheese = found["MS"], found["CH"]
    assert (syrup.product.price_minor, syrup.product.cost_minor, syrup.on_hand) == (2499, 1210, 14_000)
    assert (cheese.product.unit, cheese.product.tax_class, cheese.retired) == ("kg", "reduced", True)


def test_a_wrong_barcode_costs_the_code_and_not_the_product(tmp_path: Path) -> None:
    _, found = products(tmp_path, "SKU,Name,Barcode,Price\nA,Milk,4006381333932,1.00\n")
    assert (found["A"].product.codes, [one.reason for one in found["A"].notes]) == (None, ["check_digit"])


def test_cyrillic_of_windows_is_read(tmp_path: Path) -> None:
    text = "Название;Категория;Артикул;Себестоимость;Цена;Единица\nКапучино;Кофе;CAP;0,45;1,80;порц.\n"
    _, found = products(tmp_path, text, "cp1251")
    assert (found["CAP"].product.names, found["CAP"].product.price_minor) == ({"en": "Капучино"}, 180)


def test_each_sheet_of_a_workbook_is_a_file(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    items, taxes, notes = book.active, book.create_sheet("Tax Rates"), book.create_sheet("About")
    for sheet, rows in (
        (items, [["Name", "Price", "SKU", "Quantity"], ["Cold brew", 4.5, "CB", -2]]),
        (taxes, [["Name", "Default", "Tax Rate"], ["Sales Tax", "Yes", 0.08]]),
        (notes, [["Exported by Clover"]]),
    ):
        for row in rows:
            sheet.append(row)
    path = tmp_path / "book.xlsx"
    book.save(path)
    ask = FileQuestion(str(path), "look_inside", "EUR", "Europe/Paris", "en", "FR", "FR", "2026-11-29")
    parts = [one for one in answers(ask) if isinstance(one, ArchivePart)]
    assert [one.name for one in parts] == ["book - Sheet.csv", "book - Tax Rates.csv"]


def test_a_card_is_blocked_by_any_of_its_states(tmp_path: Path) -> None:
    text = "Code,Active,Status,Balance\n00XJ2KQ9,Yes,Available,25.00\n00XJ2KQ7,No,Available,5.00\n"
    cards = CardFile(ask := asked(tmp_path, text), lambda: open_table(Path(ask.path), "en"))
    assert ([one.minor for one in cards.cards], [one.why for one in cards.left.rows]) == ([2500], ["card_off"])


def test_a_voided_card_stays_and_a_column_of_words_is_no_stock(tmp_path: Path) -> None:
    cards = "Voucher Code,Remaining,Voided\nNB-448812,12.50,\nNB-448813,20.00,Yes\n"
    look = look_at(asked(tmp_path, cards))
    assert (look.kind, look.sums[0].taken_minor, [one.why for one in look.left]) == ("gift_cards", 1250, ["card_off"])
    ask = asked(tmp_path, "Artikelnr.;Lager;Bestand\n100;Laden;12\n100;Keller;24\n", place="Laden")
    stock = StockFile(ask, lambda: open_table(Path(ask.path), "en"))
    assert [(one.sku, one.thousandths) for one in stock.rows()] == [("100", 12_000)]


def test_a_description_is_no_name_beside_one(tmp_path: Path) -> None:
    assert guess_fields(("Réf.", "Libellé", "Description", "Prix"), "fr")["name.fr"] == (1,)
    assert guess_fields(("Code", "Description", "Item", "Price"), "en")["name.en"] == (1,)


def test_an_address_may_have_a_number(tmp_path: Path) -> None:
    heading = "First Name,Email 1,Address 1 - Street,Address 1 - City,Address 1 - Zip"
    text = f"{heading}\nAda,a@example.org,1 rue du Port,Nantes,44000\n"
    (ada,) = CustomerFile(ask := asked(tmp_path, text), lambda: open_table(Path(ask.path), "en")).people
    assert ada.address is not None and (ada.address.lines, ada.address.city) == (("1 rue du Port",), "Nantes")


def test_of_two_totals_the_one_after_the_discount_was_paid(tmp_path: Path) -> None:
    text = """\
Date;Article;Quantité;Montant brut TTC;Remise TTC;Montant net TTC;Type
14/10/2026;Steak;2;39,00;0,00;39,00;Vente
14/10/2026;Limonade;3;12,00;1,20;10,80;Vente
15/10/2026;Limonade;1;4,00;0,00;4,00;Avoir
"""
    look = look_at(asked(tmp_path, text))
    assert (look.columns["amount"], look.sums[0].taken_minor) == ("Montant net TTC", 3900 + 1080 - 400)
