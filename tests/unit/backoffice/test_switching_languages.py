"""Headings in the languages that tills write them in, with money and abbreviations: what each column is.

Headers are those of the systems' public help pages, import templates and sample files, shortened. The first half was
there when the vocabulary was written, the second only read with it.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from edge.backoffice.switching.headings import PERSON, SALE_LINE, find_columns
from edge.backoffice.switching.kinds import kind_of
from edge.backoffice.switching.moved import FileKind
from edge.goods.ingest.mapping.headers import guess_fields
from edge.goods.ingest.mapping.heading_currency import currency_of
from edge.goods.ingest.mapping.heading_words import in_english
from edge.lib.i18n import ENGLISH

FIRST_HALF: Mapping[str, tuple[FileKind, str, str]] = {
    "Aronium": (
        "catalogue",
        "Name|Product group|SKU|Barcode|Measurement Unit|Cost|Price|Tax|Tax Inclusive Price|Quantity|Reorder point",
        "name=Name sku=SKU code=Barcode price=Price cost=Cost unit=Measurement Unit tax_rate=Tax",
    ),
    "DESS": (
        "catalogue",
        "Nombre del Producto|Costo|Código de Proveedor|Código de barras|Precio 1|Precio 2|Familia|Proveedor|Existencia",
        "name=Nombre del Producto code=Código de barras price=Precio 1 cost=Costo category=Familia on_hand=Existencia",
    ),
    "JTL": (
        "catalogue",
        "Interner Schlüssel|Artikelnummer|Artikelname|HAN|EAN|Netto-EK|Std. VK Brutto|Lieferant|Lagerbestand Gesamt",
        "name=Artikelname sku=Artikelnummer code=EAN price=Std. VK Brutto cost=Netto-EK on_hand=Lagerbestand Gesamt",
    ),
    "Libregestión": (
        "catalogue",
        "Tipo de producto|Valor venta|Tipo impuesto|Codigo barras|Valor compra|Nombre del producto|No Producto",
        "name=Nombre del producto code=Codigo barras price=Valor venta cost=Valor compra sku=No Producto",
    ),
    "Ordernicer": (
        "catalogue",
        "Plu|Bezeichnung|Preis|MwSt|Gruppe|Drucker|GTIN",
        "name=Bezeichnung sku=Plu code=GTIN price=Preis category=Gruppe tax_rate=MwSt",
    ),
    "POSitive": (
        "catalogue",
        "Stockcode|Barcode Number|Supplier Name|Description|Output Tax|Cost Excl|Sell Excl|Sell Incl|Price 2 Excl",
        "name=Description sku=Stockcode code=Barcode Number price=Sell Incl cost=Cost Excl tax_rate=Output Tax",
    ),
    "1C": (
        "catalogue",
        "Артикул|Наименование|Цена|Остаток|Ед.изм.|НДС",
        "name=Наименование sku=Артикул price=Цена on_hand=Остаток unit=Ед.изм. tax_rate=НДС",
    ),
    "iiko": (
        "catalogue",
        "Артикул|Наименование|Группа|Единица измерения|Цена продажи, руб.|Себестоимость|Штрихкод",
        "name=Наименование sku=Артикул price=Цена продажи, руб. cost=Себестоимость unit=Единица измерения",
    ),
    "Poster": ("catalogue", "Name|Category|Price, ₴|Barcode", "name=Name price=Price, ₴ code=Barcode"),
    "Korona": (
        "catalogue",
        "Number|Name|Product Codes|Price|Sector",
        "sku=Number code=Product Codes name=Name price=Price",
    ),
    "Hebrew": (
        "catalogue",
        "תיאור פריט|פריט|ברקוד|מחיר לצרכן|מחיר קניה",
        "name=תיאור פריט sku=פריט code=ברקוד price=מחיר לצרכן cost=מחיר קניה",
    ),
    "French": (
        "catalogue",
        "Réf.|Désignation|Famille|Stock|P.A. HT|P.V. HT|P.V. TTC|TVA%",
        "sku=Réf. name=Désignation cost=P.A. HT price=P.V. TTC on_hand=Stock category=Famille",
    ),
    "French receipts": (
        "sales_lines",
        "N° de ticket|Date|Désignation|Qté|Total HT|Total TTC",
        "receipt=N° de ticket day=Date item=Désignation quantity=Qté amount=Total TTC",
    ),
    "SalesCaptor": (
        "customers",
        "Nombre|Apellidos|Email|Teléfono|Dirección|Código Postal|Cumpleaños",
        "name=Nombre last=Apellidos email=Email phone=Teléfono line1=Dirección postal=Código Postal born=Cumpleaños",
    ),
    "Indica Online": (
        "sales_lines",
        "Transaction ID|Receipt Date|Customer DOB|Product Name|Product Price per Unit|Quantity|Transaction Total",
        "receipt=Transaction ID day=Receipt Date item=Product Name quantity=Quantity price=Product Price per Unit",
    ),
}
SECOND_HALF: Mapping[str, tuple[FileKind, str, str]] = {
    "Cashalot": (
        "catalogue",
        "Артикул|Найменування|Ціна продажу|Одиниця виміру|Група|Код УКТЗЕД|Штрихкод|Тип",
        "name=Найменування sku=Артикул code=Штрихкод price=Ціна продажу unit=Одиниця виміру category=Група",
    ),
    "Heeros": (
        "catalogue",
        "Product_code|Product_name|Unit|Price|VAT_code|VAT_percent|VAT_name",
        "name=Product_name sku=Product_code price=Price unit=Unit tax_rate=VAT_percent",
    ),
    "Lexware": (
        "catalogue",
        "Artikelnummer|Bezeichnung|Warengruppe|Einheit|Gewicht|Preis pro Anzahl|Preis 1|Preis 2",
        "name=Bezeichnung sku=Artikelnummer price=Preis 1 category=Warengruppe unit=Einheit",
    ),
    "lexoffice": (
        "catalogue",
        "Artikelnummer|Artikelname|Beschreibung|Verkaufspreis|MwSt-Satz|Einheit",
        "name=Artikelname sku=Artikelnummer price=Verkaufspreis tax_rate=MwSt-Satz unit=Einheit",
    ),
    "Open Source Point of Sale": (
        "catalogue",
        "Barcode|Item Name|Category|Cost Price|Unit Price|Tax 1 Name|Tax 1 Percent|Reorder Level",
        "name=Item Name code=Barcode price=Unit Price cost=Cost Price tax_rate=Tax 1 Percent minimum=Reorder Level",
    ),
    "Polish": (
        "catalogue",
        "Nazwa produktu|Kod kreskowy|Stawka VAT|Cena zakupu|Cena sprzedaży brutto|Jednostka miary|Indeks",
        "name=Nazwa produktu code=Kod kreskowy price=Cena sprzedaży brutto cost=Cena zakupu tax_rate=Stawka VAT",
    ),
    "ready2order": (
        "catalogue",
        "ready2order ID|Artikelnummer|Barcode|Produktname|Produktgruppe|Preis (brutto)|USt.-Satz",
        "name=Produktname sku=Artikelnummer code=Barcode price=Preis (brutto) tax_rate=USt.-Satz",
    ),
    "Sage": ("catalogue", "Sku|Name|SalePrice|TaxCode|UnitOfSale|GroupName", "sku=Sku price=SalePrice unit=UnitOfSale"),
    "Lightspeed C": (
        "catalogue",
        "Internal_ID|Brand|Supplier|EN_Title_Short|Price|Price_Cost|Tax|Stock_Level|Article_Code|EAN|SKU",
        "sku=SKU code=EAN price=Price cost=Price_Cost on_hand=Stock_Level brand=Brand tax_rate=Tax",
    ),
    "German customers": (
        "customers",
        "Name|Firma|E-Mail|Telefon|Straße|PLZ|Ort",
        "name=Name company=Firma email=E-Mail phone=Telefon line1=Straße postal=PLZ city=Ort",
    ),
    "Amicron": (
        "sales_lines",
        "Rechnungsnummer|Datum|Kundennummer|Artikelnummer|Bezeichnung|Menge|Einzelpreis|Gesamtpreis",
        "receipt=Rechnungsnummer day=Datum sku=Artikelnummer item=Bezeichnung quantity=Menge amount=Gesamtpreis",
    ),
}


@pytest.mark.parametrize(
    ("kind", "header", "meant"), [*FIRST_HALF.values(), *SECOND_HALF.values()], ids=[*FIRST_HALF, *SECOND_HALF]
)
def test_a_column_is_known_in_its_language(kind: FileKind, header: str, meant: str) -> None:
    columns = tuple(header.split("|"))
    assert kind_of(columns) == kind
    found = _columns_of(kind, columns)
    for field, heading in _pairs(meant):
        assert found.get(field) == heading, (field, found)


@pytest.mark.parametrize(
    "heading", ("Price list", "Preis pro Liter", "Цена за литр", "Prix conseillé HT", "Price 2", "Netto")
)
def test_a_heading_with_a_word_that_may_change_its_meaning_is_left_alone(heading: str) -> None:
    fields = guess_fields(("sku", "name", heading), ENGLISH)
    assert "price" not in fields and "cost" not in fields, fields


def _columns_of(kind: FileKind, columns: tuple[str, ...]) -> dict[str, str]:
    if kind == "catalogue":
        fields = {field: columns[places[0]] for field, places in guess_fields(columns, ENGLISH).items()}
        names = [heading for field, heading in fields.items() if field.startswith("name.")]
        return {**fields, "name": names[0]} if names else fields
    words = PERSON if kind == "customers" else SALE_LINE
    return {field: columns[place] for field, place in find_columns(columns, words).items()}


def _pairs(meant: str) -> list[tuple[str, str]]:
    """Fields with their headings, which may have blanks."""
    found: list[tuple[str, str]] = []
    for word in meant.split(" "):
        field, is_pair, heading = word.partition("=")
        if is_pair:
            found.append((field, heading))
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {word}")
    return found


def test_only_codes_that_are_no_words_count_as_currencies() -> None:
    for heading, meaning in (
        ("Price USD", "selling price"),
        ("price_eur", "selling price"),
        ("Cost ILS", "cost price"),
    ):
        assert in_english(heading) == meaning
    for heading in ("Top price", "TOP PRICE", "All prices", "Try price"):
        assert in_english(heading) == "", heading
        assert currency_of(heading) == ()
    assert currency_of("Net sales (CAD)") == currency_of("net_sales_cad") == ("CAD",)


def test_a_heading_of_any_length_is_read_at_once() -> None:
    assert in_english("preis" * 5_000) == ""
    assert in_english("Einkaufspreis") == "cost price"
