"""Which column is what: guessed from headers people really have, or said in a mapping file."""

from pathlib import Path

import pytest

from edge.core.errors import ConfigError
from edge.ingest.mapping import Layout, guess, load

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
    assert fields(header) == {"code": "ברקוד", "name.he": "שם מוצר", "price": "מחיר (₪)", "weighed": "שקיל"}


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


def test_a_header_that_nobody_understands_says_what_is_needed() -> None:
    with pytest.raises(ConfigError) as error:
        guess(("aa", "bb", "Price"), "en", "prices.csv")
    message = str(error.value)
    assert "prices.csv: no column looks like a code or sku or like a name." in message
    assert "'aa', 'bb', 'Price'" in message
    assert '[columns] "aa" = "code"' in message


def test_a_guess_without_prices_is_refused() -> None:
    with pytest.raises(ConfigError, match="no column looks like a price"):
        guess(("ean", "name", "PV"), "en", "prices.csv")


def written(folder: Path, text: str) -> Layout:
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, HEADER, "fr")


def test_a_mapping_says_it_all(tmp_path: Path) -> None:
    layout = written(
        tmp_path,
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
        ('[columns]\nCode = "code"\n"Libellé long" = "nom"', "line 3: 'Libellé long' = 'nom' is not a field"),
        ('[columns]\nCode = "code"\nPV = "pirce"', "line 3: 'PV' = 'pirce' is not a field. Did you mean 'price'?"),
        ('[columns]\nCodes = "code"', "line 2: 'Codes' is not a column of the file. Did you mean 'Code'?"),
        ('[columns]\nx = "code"', "line 2: 'x' is not a column of the file. Allowed: 'Réf', 'Code'"),
        ('[columns]\nPV = "name"\nCode = "name.fr"', "line 3: 'Code' is the second column for 'name.fr'"),
        ("[columns]\nPV = 3", "line 2: 'PV' = 3 is not a field"),
        ('decimal = "coma"\n[columns]\n', "line 1: 'decimal' is wrong: Invalid enum value 'coma'"),
        ('\ndecimals = "comma"', "line 2: 'decimals' is not a key of a mapping. Did you mean 'decimal'?"),
        ('decimal = "comma"', "'columns' is wrong"),
        ('\n[columns]\nPV = "price"', "line 2: 'columns' has no column for a code or sku and none for a name"),
        (
            '[columns]\nCode = "code"\nPV = "name"\nRayon = "price"\n[where]\nRayon = 3',
            "line 6: 'Rayon' takes a text in quotes",
        ),
        ('[columns]\nCode = "code"\nPV = "name"\n[where]\nrayon = "x"', "line 5: 'rayon' is not a column"),
        ("[columns\n", "mapping.toml is not a mapping: .*line 1"),
    ],
)
def test_mistakes_in_a_mapping_name_line_and_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace("[columns]", r"\[columns\]").replace("?", r"\?")):
        written(tmp_path, text)


def test_a_mapping_that_is_not_there_or_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no mapping file"):
        load(tmp_path / "mapping.toml", HEADER, "en")
    (tmp_path / "mapping.toml").write_bytes(b"# caf\xe9")
    with pytest.raises(ConfigError, match="is not a mapping"):
        load(tmp_path / "mapping.toml", HEADER, "en")
    (tmp_path / "mapping.toml").write_bytes(b"#" * 100_000)
    with pytest.raises(ConfigError, match="more than 64 KiB"):
        load(tmp_path / "mapping.toml", HEADER, "en")
