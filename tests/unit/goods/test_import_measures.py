"""What people type for an attribute or a size, and what it means."""

import pytest

from edge.goods.catalog.product import Size, Value
from edge.goods.ingest.mapping import cell_parsers, measures


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("15-21%", 15000, 21000, "%"),
        ("THC: 15 – 21 %", 15000, 21000, "%"),
        ("15% to 21%", 15000, 21000, "%"),
        ("de 15 à 21", None, None, ""),
        ("15 à 21 %", 15000, 21000, "%"),
        ("0.5mg/g", 500, 500, "mg/g"),
        ("9,9mg", 9900, 9900, "mg"),
        ("1,000 mg", 1_000_000, 1_000_000, "mg"),
        ("1,000.5 mg", 1_000_500, 1_000_500, "mg"),
        ("0,125 g", 125, 125, "g"),
        ("<1%", None, 1000, "%"),
        ("≤ 0.3 %", None, 300, "%"),
        ("up to 5%", None, 5000, "%"),
        ("עד 5%", None, 5000, "%"),
        ("> 20 %", 20000, None, "%"),
        ("20%+", 20000, None, "%"),
        ("min. 3", 3000, None, ""),
        ("~18.5%", 18500, 18500, "%"),
        ("150 mg", 150_000, 150_000, "mg"),
        ('150 מ"ג', 150_000, 150_000, "mg"),
        ("42", 42000, 42000, ""),
        ("0.0004%", 0, 0, "%"),
    ],
)
def test_amounts_as_they_are_typed(text: str, low: int | None, high: int | None, unit: str) -> None:
    assert measures.value(f" {text} ") == Value(text, low, high, unit)


@pytest.mark.parametrize(
    "text",
    [
        "OG Kush",
        "21-15%",
        "15 mg - 2 g",
        "24K Gold",
        "3 x 20 mg",
        "N/A",
        "-5%",
        "< 1-2 %",
        "2026-11-20",
        "1" * 90,
        "9999999999999999999",
    ],
)
def test_an_invalid_amount_stays_a_text(text: str) -> None:
    assert measures.value(text) == Value(text)


@pytest.mark.parametrize(
    ("amount", "measure", "size"),
    [
        ("1.5 L", "", Size(1_500_000, "ml")),
        ("500 גרם", "", Size(500_000, "g")),
        ("75cl", "", Size(750_000, "ml")),
        ('1.5 ק"ג', "", Size(1_500_000, "g")),
        ("100.00", "מיליליטר", Size(100_000, "ml")),
        ("1", "יח'", Size(1000, "piece")),
        ("0.00", "גרם", None),
        ("2,5", "m", Size(2500, "m")),
    ],
)
def test_sizes(amount: str, measure: str, size: Size | None) -> None:
    assert measures.size(amount, measure) == size
    if size:
        assert measures.size(measures.show_size(size)) == size


@pytest.mark.parametrize("text", ["a lot", "6 x 330 ml", "", "-5 g", "99999999999 kg"])
def test_an_invalid_size_says_so(text: str) -> None:
    with pytest.raises(cell_parsers.CellError) as error:
        measures.size(text)
    assert error.value.key == "not_size"


@pytest.mark.parametrize("value", [Value("", 1, 2, "%"), Value("", None, 2, "mg/g"), Value("", -5, None, "")])
def test_what_an_export_says_exactly(value: Value) -> None:
    low, high = ("" if bound is None else str(bound) for bound in (value.low, value.high))
    assert measures.exact(f"{low}|{high}|{value.unit}") == value
    with pytest.raises(cell_parsers.CellError):
        measures.exact("1|2")
