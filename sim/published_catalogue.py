"""A wholesale catalogue in the layout that the Ontario Cannabis Store publishes, with invented products."""

from __future__ import annotations

import io

COLUMNS = (
    *("Category", "Sub-Category", "Sub-Sub-Category", "Product Name", "Brand", "Supplier Name"),
    *("Product Short Description", "Product Long Description", "Size", "Stock Status", "Unit Price", "Pack Size"),
    *("Minimum THC Content (%)", "Maximum THC Content (%)", "THC Content Per Unit", "THC Content Per Volume"),
    *("Minimum CBD Content (%)", "Maximum CBD Content (%)", "CBD Content Per Unit", "CBD Content Per Volume"),
    *("Dried Flower Cannabis Equivalency", "Plant Type", "Terpenes", "Number of Items in a Retail Pack", "GTIN"),
    *("OCS Item Number", "OCS Variant Number", "Ontario Grown"),
)
_PLANTS = ("Indica Dominant", "Sativa Dominant", "Hybrid", "Blend", "CBD")
_SIZES = ("3.5g", "7g", "1/8 oz", "5 x 0.5g", "28 g")


def rows_of(count: int) -> list[dict[str, str]]:
    """Return rows for `count` products. Every fifth has a name in capitals that includes its size."""
    return [_row(at) for at in range(count)]


def workbook_of(rows: list[dict[str, str]]) -> bytes:
    """Return rows as an Excel workbook, on the sheet `MasterCatalogue`."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "MasterCatalogue"
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append([row[column] for column in COLUMNS])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _row(at: int) -> dict[str, str]:
    size, name = _SIZES[at % len(_SIZES)], f"Harbour Kush {at}"
    digits = f"0062000{at:06d}"
    low = 15 + at % 10
    said = {
        "Category": "Dried Flower",
        "Sub-Category": "Whole Flower",
        "Product Name": f"{name.upper()} {size}" if at % 5 == 0 else name,
        "Brand": "Leafage",
        "Supplier Name": "Harbour Growers Inc.",
        "Size": size,
        "Stock Status": "In Stock",
        "Unit Price": f"{15 + at % 30}.50",
        "Pack Size": "12",
        "Minimum THC Content (%)": f"{low}.00",
        "Maximum THC Content (%)": f"{low + 6}.00",
        "Minimum CBD Content (%)": "0",
        "Maximum CBD Content (%)": "1.0",
        "Dried Flower Cannabis Equivalency": "3.5",
        "Plant Type": _PLANTS[at % len(_PLANTS)],
        "Number of Items in a Retail Pack": "1",
        "GTIN": digits + str(_check_digit(digits)),
        "OCS Item Number": str(900_000 + at),
        "OCS Variant Number": f"{900_000 + at}_{size}___",
    }
    return dict.fromkeys(COLUMNS, "") | said


def _check_digit(digits: str) -> int:
    """The check digit of a GTIN (GS1 General Specifications 7.9.1)."""
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits)))
    return -total % 10
