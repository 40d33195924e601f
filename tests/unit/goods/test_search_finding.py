"""Questions as cashiers type them, and the product that must come first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge.core.messages import Done
from edge.core.storage.database import Connection, open_reader
from edge.goods.catalog.categories.category import Attribute, Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.listing.filter import AttributeFilter as Having
from edge.goods.catalog.listing.filter import Filter
from edge.goods.catalog.product import Product, Value
from edge.goods.search.queries import MATCHES_LIMIT, Found, Search
from edge.goods.search.query.terms import wanted_of
from edge.goods.search.ranking import rank
from tests.catch_up import catch_up
from tests.shop_fixture import SYSTEM, open_shop, run

MILK_CODE, WINE_CODE = "4006381333931", "5000213101261"
SEARCH = Search("EUR")


def flower(sku: str, name: str, strain: str, low: int, high: int) -> Product:
    thc = Value(f"{low}-{high}%", low * 1000, high * 1000, "%")
    attributes = {"CBD": Value("1%", 1000, 1000, "%"), "Strain": Value(strain), "THC": thc}
    return Product(sku, {"en": name}, price_minor=3000, category="flower", attributes=attributes)


PRODUCTS = (
    Product("milk", {"en": "Milk 3% 1 l", "fr": "Lait entier 1 l", "he": "חלב תנובה 3% 1 ליטר"}, (MILK_CODE,), 120),
    Product("milk-2l", {"en": "Milk 3% 2 l", "fr": "Lait entier 2 l", "he": "חלב תנובה 3% 2 ליטר"}, price_minor=220),
    Product("soya", {"en": "Soya drink", "fr": "Boisson au soja", "he": "משקה סויה"}, price_minor=300),
    Product("tomato", {"en": "Tomatoes", "fr": "Tomates", "he": "עגבניות"}, price_minor=399, unit="kg"),
    Product("sardines", {"he": "סרדינים בעגבניות 125 גרם", "en": "Sardines in tomato sauce"}, price_minor=450),
    Product("cream", {"fr": "Crème fraîche épaisse 20 cl", "en": "Sour cream"}, price_minor=180),
    Product("bread", {"he": "לחם אחיד פרוס 750 גרם", "en": "Sliced bread", "fr": "Pain tranché"}, price_minor=700),
    Product("chips", {"he": "צ'יפס תפוח אדמה", "en": "Potato chips"}, price_minor=600, brand="Pringles"),
    Product("chocolate", {"he": "שוקולד מריר 100 גרם", "en": "Dark chocolate"}, price_minor=500),
    Product("wine", {"en": "Red wine", "fr": "Vin rouge"}, (WINE_CODE,), 4900, attributes={"Kosher": Value("yes")}),
    Product("shampoo", {"he": "שמפו לשיער יבש", "en": "Shampoo for dry hair"}, price_minor=1500),
    Product("cola", {"en": "Coca-Cola Zero 1.5 l", "he": "קוקה קולה זירו 1.5 ליטר"}, price_minor=800),
    Product("puzzle", {"en": "Puzzle over 1000"}, price_minor=2500),
    Product("2000", {"en": "Butter"}, price_minor=280),
    flower("kush", "Northern Kush", "Indica", 10, 14),
    flower("haze", "Amnesia Haze", "Sativa", 18, 22),
    flower("og", "Old Garden", "Indica", 15, 21),
)
CATEGORIES = (
    Category("cannabis", {"en": "Cannabis", "he": "קנאביס"}),
    Category(
        "flower",
        {"en": "Flower", "fr": "Fleurs"},
        "cannabis",
        {"THC": Attribute("range", "%"), "CBD": Attribute("range", "%", names={"he": "סיבידי"})},
    ),
)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """What a reader sees of a shop with these products."""
    folder = tmp_path_factory.mktemp("shop")

    async def fill() -> Path:
        async with open_shop(folder, stocked=False) as shop:
            for command in (SetCategories(CATEGORIES), SetProducts(PRODUCTS)):
                assert isinstance(await shop.do(command, SYSTEM), Done)
            await catch_up(shop)
        return folder / "data" / "ledger.db"

    reader = open_reader(run(fill()))
    yield reader
    reader.close()


def skus(found: Found) -> list[str]:
    return [product.sku for product in found.products]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        # unfinished, in each language, in any order
        ("mil", "milk"),
        ("lait ent", "milk"),
        ("תנובה חל", "milk"),
        ("cre fra", "cream"),
        ("fraiche", "cream"),
        # other forms
        ("tomato", "tomato"),
        ("tomate", "tomato"),
        ("עגבניה", "tomato"),
        ("עגבנייה סרדין", "sardines"),
        ("שיער", "shampoo"),
        ("ציפס", "chips"),
        # brand, category, attributes
        ("pringles", "chips"),
        ("kosher", "wine"),
        ("sativa", "haze"),
        ("sativa cannabis", "haze"),
        # sizes
        ("חלב 2 ליטר", "milk-2l"),
        ("milk 2000 ml", "milk-2l"),
        ("1.5L coca", "cola"),
        ("creme 200 ml", "cream"),
        # typing errors: each kind, in each language
        ("mikl", "milk"),
        ("chocolte", "chocolate"),
        ("chocolatte", "chocolate"),
        ("shocolate", "chocolate"),
        ("boison", "soya"),
        ("shampo dry har", "shampoo"),
        ("שוקלד", "chocolate"),
        ("שוקולג", "chocolate"),
        ("שקוולד", "chocolate"),
        ("לחמ אחיד", "bread"),
        ("cocacola", "cola"),
        ("potatochips", "chips"),
        # a word too many, and the other keyboard
        ("sliced white bread", "bread"),
        ("jkc", "milk"),
        ("שוקולד tbest", "chocolate"),
        # numbers and codes
        ("wine", "wine"),
        (MILK_CODE, "milk"),
        (MILK_CODE[-4:], "milk"),
        (f"0{WINE_CODE}", "wine"),
    ],
)
def test_the_product_that_was_meant_comes_first(db: Connection, question: str, first: str) -> None:
    assert skus(SEARCH.find(db, question))[:1] == [first]


@pytest.mark.parametrize(
    ("question", "all_of_them"),
    [
        ("indica under 15%", ["kush"]),
        ("indica moins de 22 %", ["kush", "og"]),
        ("thc 10-20", ["kush"]),
        ("thc 15-25", ["haze", "og"]),
        ("cbd < 2 indica", ["kush", "og"]),
        ("סיבידי עד 2", ["haze", "kush", "og"]),
        ("thc over 17%", ["haze"]),
        ("under 1.50", ["milk"]),
        ("wine under 50 €", ["wine"]),
        ("lait entre 2 et 3 €", ["milk-2l"]),
    ],
)
def test_conditions_narrow_it_down(db: Connection, question: str, all_of_them: list[str]) -> None:
    found = SEARCH.find(db, question)
    assert sorted(skus(found)) == all_of_them
    assert found.limits


def test_what_looks_like_a_condition_may_be_a_name(db: Connection) -> None:
    found = SEARCH.find(db, "puzzle over 1000")
    assert (skus(found), found.limits) == (["puzzle"], ())
    assert skus(SEARCH.find(db, "milk under 0.10 €")) == []


@pytest.mark.parametrize(
    ("question", "meant"),
    [("chocolte", "chocolate"), ("לחמ אחיר", "לחם אחיד"), ("jkc", "חלב"), ("milk", ""), ("mil", ""), ("Crème", "")],
)
def test_it_says_what_it_took_the_question_for(db: Connection, question: str, meant: str) -> None:
    assert SEARCH.find(db, question).meant == meant


def test_a_products_number_finds_it_and_nothing_of_that_size(db: Connection) -> None:
    assert skus(SEARCH.find(db, "2000")) == ["2000"]
    assert skus(SEARCH.page(db, "2000", Filter(), 0, 20, None)) == ["2000"]
    assert "milk-2l" in skus(SEARCH.find(db, "2000 ml"))


def test_nonsense_finds_nothing(db: Connection) -> None:
    assert [skus(SEARCH.find(db, text)) for text in ("", "  ", "!?", "xqzwv", "%%%", "99999999")] == [[]] * 6


@pytest.mark.parametrize(
    "text",
    ['"', "milk AND", "NOT milk", "milk*", "terms:milk", "(", "{a b}:c", "NEAR(a b)", "a OR", "^milk", "-", "%retired"],
)
def test_the_language_of_the_index_is_only_words(db: Connection, text: str) -> None:
    SEARCH.find(db, text)


@example(text="Q")
@given(text=st.one_of(st.text(max_size=400), st.text("חלבmilk %<>-0123456789.,'\"*()ךם₪€", max_size=300)))
def test_any_text_is_a_question(db: Connection, text: str) -> None:
    assert len(SEARCH.find(db, text, limit=10**9, retired=True).products) <= MATCHES_LIMIT


def test_a_page_has_what_its_filter_and_its_text_say_and_none_is_cut_short(db: Connection) -> None:
    def page(text: str, after: int = 0, limit: int = 2, **filter: object) -> tuple[list[str], int | None, int | None]:
        found = SEARCH.page(db, text, Filter(**filter), after, limit, None)  # type: ignore[arg-type]
        return [product.sku for product in found.products], found.after, found.count

    first, after, count = page("", category="cannabis")
    assert (first, count) == (["kush", "haze"], 3)
    assert page("", after or 0, category="cannabis") == (["og"], None, None)
    first, after, count = page("milk", limit=1)
    assert (first, after) == (["milk"], 1)
    assert page("milk", 1, limit=count or 0)[:2] == (["milk-2l", "shampoo"][: (count or 0) - 1], None)
    indica = (Having("strain", "indica"),)
    assert page("o", attributes=indica) == (["og"], None, 1)
    assert page("under 15%", attributes=indica) == (["kush"], None, 1)
    assert page("old gardn", category="cannabis") == (["og"], None, 1)
    assert page("cola", category="cannabis")[0] == []
    assert page(MILK_CODE, category="cannabis")[0] == []
    assert page("pringles", brand="PRINGLES") == (["chips"], None, 1)


def test_what_begins_with_the_word_comes_before_what_has_it_somewhere() -> None:
    found = rank("eggs", wanted_of(["eggs"]), {1: "cutter eggs\n", 2: "eggs 12 pc large\n", 3: "toast\neggs"}, {})
    assert [one.id for one in found] == [2, 1, 3]
