"""The demo's own catalogue."""

from pathlib import Path

from edge.app.demo_shop import demo_catalog
from edge.core.storage.database import open_scratch
from edge.core.storage.migrate import migrate
from edge.goods.catalog.codes import wrong
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.ingest.import_job import import_chunks
from edge.goods.ingest.mapping.row_converter import ImportSettings

LETTERS = {"en": "abcdefghijklmnopqrstuvwxyz", "fr": "abcdefghijklmnopqrstuvwxyz", "he": "אבגדהוזחטיכלמנסעפצקרשת"}


def test_it_has_something_of_each_kind() -> None:
    products = demo_catalog.products()
    assert len(products) == 200
    assert sum(product.min_age == 18 for product in products) >= 15
    assert sum(product.unit == "kg" for product in products) >= 20
    assert [product.names["en"] for product in products if product.price_minor is None] == ["Bouquet of flowers"]
    assert {product.tax_class for product in products} == {"standard", "exempt"}


def test_every_product_can_be_told_from_the_others_in_each_language() -> None:
    products = demo_catalog.products()
    assert len({product.sku for product in products}) == len({product.codes for product in products}) == 200
    for language, letters in LETTERS.items():
        names = [product.names[language] for product in products]
        assert len(set(names)) == 200
        assert all(any(letter in name.casefold() for letter in letters) for name in names)


def test_codes_are_of_the_shop_itself() -> None:
    codes = [code for product in demo_catalog.products() for code in product.codes]
    assert all(len(code) == 13 and code.startswith("20") and wrong(code) is None for code in codes)


def test_the_file_says_the_same_to_an_import_without_a_mapping(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.csv"
    demo_catalog.write(path)
    first = path.read_bytes()
    demo_catalog.write(path)
    assert path.read_bytes() == first
    db = open_scratch()
    migrate(db)
    chunks = list(import_chunks(ImportSettings("ILS", "en", "other"))(db, {"path": str(path), "mapping": None}, 0))
    assert not [note for chunk in chunks for note in chunk.notes]
    commands = [command for chunk in chunks for command in chunk.commands if isinstance(command, SetProducts)]
    found: list[Product] = [product for command in commands for product in command.products]  # type: ignore[attr-defined]
    assert [(p.names, p.price_minor, p.tax_class, p.unit, p.min_age or 0) for p in found] == [
        (p.names, p.price_minor, p.tax_class, p.unit, p.min_age) for p in demo_catalog.products()
    ]


def test_the_favourites_show_what_a_till_asks() -> None:
    favourites = demo_catalog.favourites()
    assert {"Beer 500 ml", "Tomatoes"} <= {product.names["en"] for product in favourites}
    assert any(product.price_minor is None for product in favourites)
