"""Which column is what: guessed from headers people really have, or said in a mapping file."""

import pytest

from edge.goods.ingest.mapping.mapping import ColumnMapping, check_currency, guess, load, names_language, write
from edge.lib.errors import ConfigError

HEADER = ("Réf", "Code", "Libellé long", "PV", "Rayon")


def fields(header: str, language: str = "en") -> dict[str, str]:
    """What each field is guessed to be, by the columns' names."""
    columns = tuple(header.split("|"))
    places = guess(columns, language, "prices.csv").places
    return {field: ", ".join(columns[place] for place in at) for field, at in places.items()}


def test_the_five_chains_file_is_understood() -> None:
    header = (
        "רשת|מזהה רשת|מזהה חנות|ברקוד|שם מוצר|יצרן|ארץ ייצור|כמות|יחידת מידה|יחידת כמות|מחיר (₪)|מחיר ליחידה (₪)|שקיל"
    )
    assert fields(header) == {
        "code": "ברקוד",
        "name.he": "שם מוצר",
        "price": "מחיר (₪)",
        "weighed": "שקיל",
        "brand": "יצרן",
        "amount": "כמות",
        "measure": "יחידת כמות",
        "attribute.origin": "ארץ ייצור",
    }


def test_english_french_and_hebrew_headers() -> None:
    assert fields("SKU|Barcode|EAN-13|Product name|Price (EUR)|Unit|Min. age|Tax class") == {
        "sku": "SKU",
        "code": "Barcode, EAN-13",
        "name.en": "Product name",
        "price": "Price (EUR)",
        "unit": "Unit",
        "min_age": "Min. age",
        "tax_class": "Tax class",
    }
    assert fields("Référence|Code-barres|Désignation|Prix TTC|Unité") == {
        "sku": "Référence",
        "code": "Code-barres",
        "name.fr": "Désignation",
        "price": "Prix TTC",
        "unit": "Unité",
    }
    assert fields('מק"ט|ברקוד|תיאור|מחיר|יחידה') == {
        "sku": 'מק"ט',
        "code": "ברקוד",
        "name.he": "תיאור",
        "price": "מחיר",
        "unit": "יחידה",
    }


def test_names_in_several_languages() -> None:
    found = fields("ean|name|name_fr|name (he)|price", "en")
    assert found == {"code": "ean", "name.en": "name", "name.fr": "name_fr", "name.he": "name (he)", "price": "price"}
    assert fields("ean|name|price", "he")["name.he"] == "name", "a name without a language is in the store's"
    assert fields("ean|description|name|price")["name.en"] == "name", "of two, the likelier one"


def test_a_header_that_no_one_understands_says_what_is_needed() -> None:
    with pytest.raises(ConfigError) as error:
        guess(("aa", "bb", "Price"), "en", "prices.csv")
    message = str(error.value)
    assert "prices.csv: no column looks like a code or sku or like a name." in message
    assert "'aa', 'bb', 'Price'" in message
    assert '[columns] "aa" = "code"' in message


def test_a_guess_without_prices_is_refused() -> None:
    with pytest.raises(ConfigError, match="no column looks like a price"):
        guess(("ean", "name", "PX"), "en", "prices.csv")


def written(text: str) -> ColumnMapping:
    return load(text, "mapping.toml", HEADER, "fr")


def test_a_list_of_products_without_prices_is_understood_by_what_it_says_of_them() -> None:
    found = fields("id|name|slug|brand|category|strain|thc|cbd|lab_test")
    assert found == {
        **{"sku": "id", "name.en": "name", "brand": "brand", "category": "category"},
        **{"attribute.THC": "thc", "attribute.CBD": "cbd", "attribute.strain": "strain"},
    }
    with pytest.raises(ConfigError, match="no column looks like a price"):
        guess(("id", "name", "slug", "location", "category", "instagram"), "en", "brands.csv")


def test_a_mapping_says_it_all() -> None:
    layout = written(
        """
        decimal = "comma"
        [columns]
        "Réf" = "sku"
        Code = "code"
        "Libellé long" = "name"
        PV = "price"
        [where]
        Rayon = ["Frais", "Épicerie"]
        """,
    )
    assert layout.places == {"sku": (0,), "code": (1,), "name.fr": (2,), "price": (3,)}
    assert layout.where == ((4, frozenset({"Frais", "Épicerie"})),)
    assert layout.decimal == "comma"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[columns]\nCode = "code"\n"Libellé long" = "nom"', "line 3: 'Libellé long' = 'nom' isn't a field"),
        ('[columns]\nCode = "code"\nPV = "pirce"', "line 3: 'PV' = 'pirce' isn't a field. Did you mean 'price'?"),
        ('[columns]\nCodes = "code"', "line 2: 'Codes' isn't a column of the file. Did you mean 'Code'?"),
        ('[columns]\nx = "code"', "line 2: 'x' isn't a column of the file. Allowed: 'Réf', 'Code'"),
        ('[columns]\nPV = "name"\nCode = "name.fr"', "line 3: 'Code' is the second column for 'name.fr'"),
        ("[columns]\nPV = 3", "line 2: 'PV' = 3 isn't a field"),
        ('decimal = "coma"\n[columns]\n', "line 1: 'decimal' is wrong: Invalid enum value 'coma'"),
        ('\ndecimals = "comma"', "line 2: 'decimals' isn't a key of a mapping. Did you mean 'decimal'?"),
        ('decimal = "comma"', "'columns' is wrong"),
        ('\n[columns]\nPV = "price"', "line 2: 'columns' has no column for a code or sku and none for a name"),
        (
            '[columns]\nCode = "code"\nPV = "name"\nRayon = "price"\n[where]\nRayon = 3',
            "line 6: 'Rayon' must be text in quotes",
        ),
        ('[columns]\nCode = "code"\nPV = "name"\n[where]\nrayon = "x"', "line 5: 'rayon' isn't a column"),
        ("[columns\n", "mapping.toml isn't a mapping: .*line 1"),
    ],
)
def test_mistakes_in_a_mapping_name_line_and_key(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace("[columns]", r"\[columns\]").replace("?", r"\?")):
        written(text)


def test_a_text_that_is_no_mapping() -> None:
    with pytest.raises(ConfigError, match="larger than 64 KiB"):
        written("#" * 100_000)


def test_a_guess_is_a_mapping_that_says_the_same() -> None:
    header = ('מק"ט', "ברקוד", "EAN", "name (fr)", "מחיר (₪)", "THC", "other # \\")
    guessed = guess(header, "he", "prices.csv")
    text = write(guessed, [["1", "2", "3", 'a\tb"', "5", "15-21%", "x\ny"]])
    assert load(text, "mapping.toml", header, "he") == guessed
    assert '"THC" = "attribute.THC"  # 15-21%' in text


@pytest.mark.parametrize(
    ("header", "currency", "good"),
    [
        ("Price (₪)", "EUR", False),
        ("Price (₪)", "ILS", True),
        ("Price EUR", "EUR", True),
        ("Price USD", "EUR", False),
        ("Price $", "CAD", True),
        ("Price ABC", "EUR", True),
    ],
)
def test_prices_of_another_currency_are_noticed(header: str, currency: str, good: bool) -> None:
    layout = ColumnMapping(("ean", "name", header), {"code": (0,), "name.en": (1,), "price": (2,)})
    if good:
        check_currency(layout, currency, "prices.csv")
        return
    with pytest.raises(ConfigError, match=f"prices are in {currency}") as error:
        check_currency(layout, currency, "prices.csv")
    assert error.value.key == "ingest.currency"


@pytest.mark.parametrize(
    ("rows", "store", "language"),
    [
        ([["1", "Milk", "חלב"], ["2", "Bread", "לחם"]], "en", "en"),
        ([["1", "חלב תנובה"], ["2", "Coca-Cola"]], "en", "en"),
        ([["1", "חלב"], ["2", "לחם"], ["3", "Nutella"]], "fr", "he"),
        ([["1", "Milk"], ["2", "Bread"]], "he", "en"),
        ([["1", "Milk"], ["2", "לחם"]], "he", "he"),
        ([["1", "2"]], "he", "he"),
        ([], "fr", "fr"),
    ],
)
def test_names_are_in_the_stores_language_unless_their_letters_are_not(
    rows: list[list[str]], store: str, language: str
) -> None:
    assert names_language(("sku", "name", "name (Hebrew)"), rows, store) == language
    if all(len(row) < 3 for row in rows):
        assert names_language(("A", "B"), rows, store) == language, "the header says nothing"
