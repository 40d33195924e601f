"""What headers of suppliers' lists and of lists of amounts mean: money and units are not guessed wrong."""

import pytest

from edge.goods.ingest.mapping.headers import guess_fields, unit_of
from edge.goods.ingest.mapping.mapping import guess
from edge.goods.ingest.mapping.row_converter import Converter, ImportSettings, ParsedRow
from edge.lib.tables import TableRow

SETTINGS = ImportSettings("EUR", "en", "standard")


def fields(header: str) -> dict[str, str]:
    columns = tuple(header.split("|"))
    return {field: columns[at[0]] for field, at in guess_fields(columns, "en").items()}


def said(header: str, *cells: str) -> ParsedRow:
    found = Converter(guess(tuple(header.split("|")), "en", "a.csv"), SETTINGS).convert(TableRow(2, list(cells)))
    assert isinstance(found, ParsedRow), found
    return found


@pytest.mark.parametrize("beside", ["Pack Size", "Supplier Name", "Supplier", "Case Pack", "MOQ", "Units per case"])
def test_a_unit_price_on_a_suppliers_list_is_what_the_shop_pays(beside: str) -> None:
    found = fields(f"GTIN|Description|{beside}|Unit Price")
    assert found["cost"] == "Unit Price" and "price" not in found
    product = said(f"GTIN|Description|{beside}|Unit Price", "4006381333931", "Milk", "", "0.85").product
    assert (product.price_minor, product.cost_minor) == (None, 85), "the till asks for a price, rather than lose"


def test_a_unit_price_is_the_selling_price_where_nothing_says_otherwise() -> None:
    assert fields("GTIN|Description|Unit Price")["price"] == "Unit Price"
    assert fields("GTIN|Description|Supplier Name|Cost|Unit Price")["price"] == "Unit Price"
    both = fields("GTIN|Description|Pack Size|Unit Price|RRP")
    assert (both["cost"], both["price"]) == ("Unit Price", "RRP")
    assert fields("EAN|Libellé|Fournisseur|Prix unitaire|Prix TTC")["cost"] == "Prix unitaire"


def test_a_unit_beside_a_quantity_is_of_what_is_in_a_pack() -> None:
    product = said("code|name|price|quantity|unit", "4006381333931", "Flour", "1.20", "500", "g").product
    assert product.unit is None
    assert product.size is not None and (product.size.amount, product.size.measure) == (500_000, "g")
    assert said("code|name|price|unit", "4006381333931", "Apples", "1.20", "kg").product.unit == "kg"


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        *(
            ("THC %", "%"),
            ("THC (%)", "%"),
            ("% THC", "%"),
            ("thc[%]", "%"),
            ("CBD mg/g", "mg/g"),
            ("CBD (mg/g)", "mg/g"),
        ),
        *(("THC", ""), ("Total THC", ""), ("THC (lab)", ""), ("Kosher", "")),
    ],
)
def test_a_header_of_an_attribute_says_its_unit(header: str, unit: str) -> None:
    assert unit_of(header) == unit


@pytest.mark.parametrize("header", ["THC %", "THC (%)", "% THC", "Total THC %"])
def test_a_number_below_such_a_header_is_in_its_unit(header: str) -> None:
    columns = f"code|name|price|{header}"
    assert fields(columns)["attribute.THC"] == header
    attributes = said(columns, "4006381333931", "Blue Dream", "9.90", "18-22").product.attributes
    assert attributes is not None
    value = attributes["THC"]
    assert (value.text, value.low, value.high, value.unit) == ("18-22", 18_000, 22_000, "%")
    own = said(columns, "4006381333931", "Blue Dream", "9.90", "5 mg").product.attributes
    assert own is not None and own["THC"].unit == "mg", "what a cell says itself comes first"
