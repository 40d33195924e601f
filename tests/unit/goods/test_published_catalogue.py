"""A catalogue as the authority publishes it: which rows are understood, and what becomes of their cells."""

from __future__ import annotations

from decimal import Decimal

import pytest

from edge.goods.ingest.mapping.cell_parsers import is_nothing
from edge.goods.ingest.mapping.cleaning import PercentWrong, Weight, percent, product_name, strain_type, weight
from edge.goods.ingest.mapping.row_converter import Converter, ImportSettings, ParsedRow
from edge.goods.ingest.published import LayoutChanged, Published, find_published
from edge.lib.tables import TableRow

HEADER = (
    *("Category", "Sub-Category", "Sub-Sub-Category", "Product Name", "Brand", "Supplier Name", "Size", "Stock Status"),
    *("Product Short Description", "Product Long Description", "Unit Price", "Pack Size", "Plant Type", "GTIN"),
    *("Minimum THC Content (%)", "Maximum THC Content (%)", "Minimum CBD Content (%)", "Maximum CBD Content (%)"),
    *("THC Content Per Unit", "THC Content Per Volume", "CBD Content Per Unit", "CBD Content Per Volume"),
    *("Dried Flower Cannabis Equivalency", "Terpenes", "Number of Items in a Retail Pack", "OCS Item Number"),
    *("OCS Variant Number", "Ontario Grown", "Eaches Per Inner Pack", "Eaches Per Master Case"),
)
ROW = {
    **dict.fromkeys(HEADER, ""),
    **{"Category": "Dried Flower", "Product Name": "NORTH KUSH 3.5G", "Brand": "Leafage", "Size": "3.5g"},
    **{"Unit Price": "18.90", "Pack Size": "12", "Plant Type": "Indica Dominant", "GTIN": "00062000000015"},
    **{"Minimum THC Content (%)": "20.00", "Maximum THC Content (%)": "26.00", "OCS Variant Number": "900001_3.5g___"},
    **{"Minimum CBD Content (%)": "0", "Maximum CBD Content (%)": "1", "Dried Flower Cannabis Equivalency": "3.5"},
}


def layout() -> Published:
    found = find_published(HEADER)
    assert found is not None
    return found


def cleaned(*changes: dict[str, str]) -> list[dict[str, str] | str]:
    """Rows as they are cleaned, by field; or what is wrong with one."""
    rows = (TableRow(at, list({**ROW, **one}.values())) for at, one in enumerate(changes, 2))
    known = {"Dried Flower", "Edibles", "Pre-Rolls"}
    fields = layout().mapping.header
    return [
        row.fault or row.asks or dict(zip(fields, row.cells, strict=True))
        for row in layout().rows(HEADER, rows, known.__contains__)
    ]


def one(**changes: str) -> dict[str, str]:
    (found,) = cleaned({key.replace("_", " "): value for key, value in changes.items()})
    assert isinstance(found, dict), found
    return found


def test_a_row_says_what_the_shop_s_own_columns_would() -> None:
    found = one()
    assert (found["name.en"], found["size"], found["attribute.strain type"]) == ("North Kush", "3.5 g", "indica")
    assert (found["attribute.THC"], found["attribute.CBD"]) == ("20-26%", "0-1%")
    assert (found["cost"], found["box"], found["category"]) == ("18.90", "12", "Dried Flower")
    row = TableRow(2, list(found.values()))
    parsed = Converter(layout().mapping, ImportSettings("CAD", "en", "standard")).convert(row)
    assert isinstance(parsed, ParsedRow) and parsed.notes == ()
    product = parsed.product
    assert (product.cost_minor, product.price_minor, product.box) == (1890, None, 12)
    assert product.attributes is not None and product.size is not None
    assert (product.attributes["THC"].low, product.attributes["THC"].high) == (20_000, 26_000)
    assert (product.size.amount, product.size.measure) == (3_500, "g")


def test_one_gtin_is_one_product_whatever_its_numbers() -> None:
    other = {"OCS Variant Number": "900009_3.5g___", "GTIN": "62000000015"}
    found = cleaned({}, other, {**other, "GTIN": "00062000000022"}, {**other, "GTIN": "", "OCS Variant Number": "X"})
    assert [row["sku"] for row in found if isinstance(row, dict)] == [
        *("900001_3.5g___", "900001_3.5g___", "900009_3.5g___", "X"),
    ]


def test_descriptions_and_how_many_come_in_a_case_are_told_of_it() -> None:
    said = {"Product Short Description": "Pine.", "Product Long Description": "Earth and pine. " * 100}
    (found,) = cleaned({**said, "Eaches Per Inner Pack": "6", "Eaches Per Master Case": "48"})
    assert isinstance(found, dict)
    parsed = Converter(layout().mapping, ImportSettings("CAD", "en", "standard")).convert(
        TableRow(2, list(found.values()))
    )
    assert isinstance(parsed, ParsedRow) and parsed.notes == () and parsed.product.attributes is not None
    texts = {name: value.text for name, value in parsed.product.attributes.items()}
    assert (texts["short description"], texts["eaches per inner pack"]) == ("Pine.", "6")
    assert texts["eaches per master case"] == "48"
    assert (len(texts["long description"]), texts["long description"][-1]) == (1000, "…"), "cut where it is too long"


def test_sizes_of_one_item_are_variants_of_the_first() -> None:
    found = cleaned(
        {"OCS Item Number": "900001"},
        {"OCS Item Number": "900001", "OCS Variant Number": "900001_7g___", "GTIN": "00062000000022"},
        {"OCS Item Number": "900002", "OCS Variant Number": "900002_7g___", "GTIN": "00062000000039"},
        {"OCS Item Number": "", "OCS Variant Number": "X", "GTIN": ""},
        {"OCS Item Number": "900001", "OCS Variant Number": "900001_28g___"},
    )
    assert [(row["sku"], row["variant_of"]) for row in found if isinstance(row, dict)] == [
        ("900001_3.5g___", ""),
        ("900001_7g___", "900001_3.5g___"),
        ("900002_7g___", ""),
        ("X", ""),
        ("900001_3.5g___", ""),  # the same GTIN: it is the first one
    ]


def test_the_gate_asks_about_what_cannot_be() -> None:
    assert cleaned(
        {"Product Name": " "},
        {"Unit Price": "0"},
        {"Unit Price": "-3.00"},
        {"Minimum THC Content (%)": "101"},
        {"Minimum THC Content (%)": "26", "Maximum THC Content (%)": "20"},
        {"Maximum CBD Content (%)": "-1"},
        {"Size": "0 g"},
        {"Size": "3 g (5 x 0.5g)"},
    ) == [
        *("published_name", "published_price", "published_price", *["published_thc"] * 3),
        "weight_range",
        "weight_differs",
    ]
    assert one(Unit_Price="-")["cost"] == "-", "nothing is said, which is no price that cannot be"
    assert is_nothing("-")


def test_milligrams_stay_milligrams_and_pieces_are_counted() -> None:
    none = {"Minimum THC Content (%)": "", "Maximum THC Content (%)": ""}
    (edible,) = cleaned({**none, "Category": "Edibles", "THC Content Per Unit": "10", "Size": "10g"})
    (oil,) = cleaned({**none, "THC Content Per Volume": "25.5", "Size": "30ml"})
    assert isinstance(edible, dict) and isinstance(oil, dict)
    assert (edible["attribute.THC"], oil["attribute.THC"], oil["size"]) == ("10 mg", "25.5 mg/ml", "30ml")
    rolls = one(Size="5 x 0.5g", Product_Name="Haze 5x0.5g", Category="Dried Flower")
    assert (rolls["name.en"], rolls["size"], rolls["attribute.pieces"]) == ("Haze", "2.5 g", "5")


def test_the_narrowest_category_that_the_shop_knows_is_taken() -> None:
    (found,) = cleaned({"Category": "Dried Flower", "Sub-Category": "Pre-Rolls", "Sub-Sub-Category": "Infused"})
    assert isinstance(found, dict) and found["category"] == "Pre-Rolls"


def test_a_changed_layout_names_what_it_lacks() -> None:
    with pytest.raises(LayoutChanged, match="Plant Type"):
        find_published(tuple(column for column in HEADER if column != "Plant Type"))
    assert find_published(("sku", "name", "price")) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 oz", Weight(Decimal("28.00"))),
        ("2 oz", Weight(Decimal("56.70"))),
        ("1 lb", Weight(Decimal("453.59"))),
        ("350 mg", Weight(Decimal("0.35"))),
        ("3 x 0.33 g", Weight(Decimal("0.99"), 3)),
        ("0g", None),
        ("1,000,000 g", None),
        ("10 pack", None),
    ],
)
def test_weights(text: str, expected: Weight | None) -> None:
    assert weight(text) == expected


def test_percentages_that_no_product_has_are_refused() -> None:
    for low, high in (("25", "20"), ("-1", "5"), ("10", "100.1"), ("a lot", "")):
        with pytest.raises(PercentWrong):
            percent(low, high)
    assert percent("20%", "") == percent("THC: 20", "20.000") == "20%"


def test_names_and_kinds() -> None:
    assert product_name("Leafage - NORTH KUSH - Indica 3.5 g", ["3.5g", "Leafage", "Indica"]) == "North Kush"
    assert product_name("3.5g", ["3.5g"]) == "3.5g", "nothing would be left"
    assert product_name("Kush Mints", ["Mint"]) == "Kush Mints", "no part of a word goes"
    assert strain_type("", "Un hybride doux") == "hybrid"
    assert strain_type("Sativa Dominant Hybrid") == "hybrid"
    assert strain_type("", "", "Nothing said") == ""


def test_which_side_dominates_and_names_as_they_are_sent() -> None:
    assert (one()["attribute.strain type"], one()["attribute.dominance"]) == ("indica", "indica")
    hybrid = one(Plant_Type="Hybrid", Product_Long_Description="A sativa-dominant cross.")
    assert (hybrid["attribute.strain type"], hybrid["attribute.dominance"]) == ("hybrid", "sativa")
    assert one(Plant_Type="Indica")["attribute.dominance"] == ""
    (row,) = layout().rows(HEADER, [TableRow(2, list(ROW.values()))], lambda word: True, clean_names=False)
    assert row.cells[layout().mapping.header.index("name.en")] == "NORTH KUSH 3.5G"
