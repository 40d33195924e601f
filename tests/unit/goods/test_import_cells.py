"""What people write into cells, and what the shop makes of it."""

import pytest

from edge.goods.ingest.mapping import cell_parsers


@pytest.mark.parametrize(
    ("text", "decimal", "minor"),
    [
        ("12.50", None, 1250),
        ("12,50", None, 1250),
        ("7", None, 700),
        ("0.5", None, 50),
        (" 9.9 ", None, 990),
        ("1,234.50", None, 123450),
        ("1.234,50", None, 123450),
        ("1 234,50 €", None, 123450),
        ("1\u202f234,50\u00a0€", None, 123450),
        ("EUR 3.20", None, 320),
        ("1,234,567", None, 123456700),
        ("12.9000", "point", 1290),
        ("12.500", "point", 1250),
        ("1.250", "comma", 125000),
        ("1250", "comma", 125000),
        ("0", None, 0),
    ],
)
def test_prices(text: str, decimal: cell_parsers.Decimal | None, minor: int) -> None:
    assert cell_parsers.price_minor(text, "EUR", decimal) == minor


@pytest.mark.parametrize(
    ("text", "decimal", "why"),
    [
        ("free", None, "isn't an amount of money"),
        ("-3.00", None, "negative"),
        ("−3.00", None, "negative"),
        ("1.250", None, "thousands or decimals"),
        ("1,250", None, "thousands or decimals"),
        ("12.505", "point", "too many decimals for EUR"),
        ("12,50", "point", "isn't an amount of money"),
        ("12.50", "comma", "isn't an amount of money"),
        ("1e3", None, "isn't an amount of money"),
        ("1_000", None, "isn't an amount of money"),
        ("12 50", None, "isn't an amount of money"),
        ("3.20 $", None, "isn't an amount of money"),
        ("9" * 30_000, None, "isn't an amount of money"),
        ("99999999999999", None, "too high for a price"),
        ("٣", None, "isn't an amount of money"),
    ],
)
def test_an_invalid_price_says_why(text: str, decimal: cell_parsers.Decimal | None, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        cell_parsers.price_minor(text, "EUR", decimal)


def test_currencies_with_other_fractions() -> None:
    assert cell_parsers.price_minor("1250", "JPY", None) == 1250
    assert cell_parsers.price_minor("1.250", "KWD", None) == 1250


@pytest.mark.parametrize("text", ["kg", "Kg.", "KILO", "קילוגרם", "1קילוגרם", '1 ק"ג', "ק״ג", "kilogramme"])
def test_kilograms_in_three_languages(text: str) -> None:
    assert cell_parsers.unit(text) == "kg"


@pytest.mark.parametrize("text", ["piece", "each", "יח'", "1 יח'", "יחידה", "pièce", "Unité"])
def test_pieces_in_three_languages(text: str) -> None:
    assert cell_parsers.unit(text) == "piece"


@pytest.mark.parametrize("text", ["lb", "100 גרם", "100 g", "dozen"])
def test_an_invalid_unit_is_not_taken_for_a_piece(text: str) -> None:
    with pytest.raises(ValueError, match="isn't a unit"):
        cell_parsers.unit(text)


def test_codes() -> None:
    assert cell_parsers.code("4006381333931") == "04006381333931"
    assert cell_parsers.code("16000423534") == "00016000423534", "UPC-A that lost its leading zero"
    assert cell_parsers.code("4006381333931.0") == "04006381333931"
    assert cell_parsers.code("A-17") == "A-17"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("4006381333932", "it should end in 1"),
        ("7.29E+12", "shortened by a spreadsheet"),
        ("7,29002E+12", "shortened by a spreadsheet"),
        ("x" * 81, "isn't a valid code"),
        ("12\ufffd4", "isn't a valid code"),
    ],
)
def test_an_invalid_code_says_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        cell_parsers.code(text)


def test_yes_and_no() -> None:
    assert [cell_parsers.flag(text) for text in ("1", "Yes", "כן", "oui", "x")] == [True] * 5
    assert [cell_parsers.flag(text) for text in ("0", "", "no", "לא", "NON")] == [False] * 5
    with pytest.raises(ValueError, match="must be yes"):
        cell_parsers.flag("perhaps")


def test_ages() -> None:
    assert [cell_parsers.min_age(text) for text in ("18", "18+", "0")] == [18, 18, 0]
    for text in ("-1", "adult", "180"):
        with pytest.raises(ValueError, match="age in years"):
            cell_parsers.min_age(text)


def test_names_stay_as_they_are_on_one_line() -> None:
    assert cell_parsers.name(" אשכולית  אדומה ") == "אשכולית  אדומה"
    assert cell_parsers.name("a\r\nb\tc") == "a  b c"
    assert cell_parsers.name("חלב\u200f 3%") == "חלב\u200f 3%", "direction marks belong to the name"
    with pytest.raises(ValueError, match="longer than 300"):
        cell_parsers.name("x" * 301)
    with pytest.raises(ValueError, match="save the file as UTF-8"):
        cell_parsers.name("caf\ufffd")
