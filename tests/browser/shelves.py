"""A small shop's catalogue with everything in it that the pages of products show."""

from __future__ import annotations

from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.goods.catalog.categories.category import Attribute, Category
from edge.goods.catalog.commands import ChangePrice, RetireProducts, SetCategories, SetPrice, SetProducts
from edge.goods.catalog.product import BundlePart, Pack, Product, Size, Source, Supply, Value
from tests.importing import ean
from tests.shop_fixture import SYSTEM

DAY_US = 86_400_000_000
TREE = (
    Category("drinks", {"en": "Drinks", "fr": "Boissons", "he": "משקאות"}),
    Category("cola", {"en": "Cola", "fr": "Colas", "he": "קולה"}, "drinks"),
    Category(
        "flower",
        {"en": "Flower", "fr": "Fleurs", "he": "תפרחת"},
        attributes={
            "THC": Attribute("range", "%", required=True),
            "strain": Attribute("choice", choices=("indica", "sativa", "hybrid")),
        },
    ),
)
PRODUCTS = (
    Product(
        "cola",
        {"en": "Cola 330 ml", "fr": "Cola 33 cl", "he": 'קולה 330 מ"ל'},
        (ean(101),),
        150,
        category="cola",
        brand="Fizz",
        size=Size(330_000, "ml"),
        container="can",
        deposit_minor=25,
        packs=(Pack(ean(102), 24, 3200, "case"),),
        supplies=(Supply("Wholesale", "W-17", 90),),
    ),
    Product(
        "og",
        {"en": "Mountain flower 3.5 g", "fr": "Fleur de montagne 3,5 g", "he": "תפרחת הרים 3.5 גרם"},
        (ean(103),),
        3900,
        min_age=19,
        category="flower",
        brand="Turtle",
        attributes={"THC": Value("15-21%", 15_000, 21_000, "%"), "strain": Value("indica")},
    ),
    Product(
        "gift",
        {"en": "Gift set", "fr": "Coffret", "he": "מארז מתנה"},
        (ean(104),),
        900,
        parts=(BundlePart("cola", 2000),),
    ),
    Product(
        "zero",
        {"en": "Cola Zero 330 ml", "fr": "Cola Zéro 33 cl", "he": 'קולה זירו 330 מ"ל'},
        (ean(106),),
        150,
        category="cola",
        variant_of="cola",
        axes={"sugar": "none"},
    ),
    Product("old", {"en": "Last year's calendar", "fr": "Calendrier passé", "he": "לוח שנה ישן"}, (ean(105),), 500),
)
SUPPLIER = Source("wholesale.csv", "9f8e7d6c5b4a", 40)


async def stock_shelves(shop: CommandBus) -> None:
    """Two sources that disagree, a price of the past, planned ones, a member's, and something given up."""
    now = shop.now_us()
    for command in (
        SetCategories(TREE),
        SetProducts(PRODUCTS, SUPPLIER, (40, 41, 42, 43, 44)),
        ChangePrice("cola", 160, SUPPLIER),
        SetProducts((Product("cola", price_minor=179, brand="Fizz & Co"),), Source("manager")),
        SetPrice("cola", 149, from_us=now + DAY_US, until_us=now + 8 * DAY_US, source=Source("manager")),
        SetPrice("cola", 139, "member", source=Source("manager")),
        RetireProducts(("old",), Source("manager")),
    ):
        done = await shop.do(command, SYSTEM)
        assert isinstance(done, Done), done
