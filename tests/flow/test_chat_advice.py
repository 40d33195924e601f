"""A customer asks for advice: what goes with goods, what is without something, what is for whom, in three languages.

Nothing is put into a basket by it, nothing with a least age is shown, and nothing is said of goods of which nothing is
stated.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.shop.catalog.categories.category import Category
from edge.shop.catalog.commands import SetCategories, SetProducts
from edge.shop.catalog.product import Product, Value
from edge.shop.orders.queries import cart_at
from edge.shop.stock.commands import RecordMovement
from tests.catch_up import catch_up
from tests.chat_fixture import Talker
from tests.flow.test_chat_kiosk import CUSTOMER
from tests.shop_fixture import SYSTEM, done, open_shop, run


def _product(
    sku: str, en: str, fr: str, he: str, category: str, minor: int, age: int = 0, **attributes: str
) -> Product:
    values = {name: Value(text) for name, text in attributes.items()}
    names = {"en": en, "fr": fr, "he": he}
    return Product(sku, names, (), minor, "reduced", min_age=age, category=category, attributes=values)


CATEGORIES = (
    Category("bread", {"en": "Bread", "fr": "Pain", "he": "לחם"}),
    Category("spreads", {"en": "Spreads", "fr": "Tartinades", "he": "ממרחים"}),
    Category("sweets", {"en": "Sweets", "fr": "Bonbons", "he": "ממתקים"}),
    Category("drinks", {"en": "Drinks", "fr": "Boissons", "he": "משקאות"}),
    Category("beer", {"en": "Beers", "fr": "Bières", "he": "בירות"}, parent="drinks", regulated="alcohol"),
)
GOODS = (
    _product("hummus", "Hummus", "Houmous", "חומוס", "spreads", 450, allergens="sesame"),
    _product("pita", "Pita bread", "Pain pita", "פיתה", "bread", 200, allergens="wheat"),
    _product("corn", "Corn bread", "Pain de maïs", "לחם תירס", "bread", 320, allergens="milk, egg"),
    _product("free", "Gluten-free bread", "Pain sans gluten", "לחם ללא גלוטן", "bread", 590),
    _product("rye", "Country loaf", "Miche de campagne", "לחם כפרי", "bread", 410),
    _product("granola", "Granola", "Granola", "גרנולה", "sweets", 520, allergens="hazelnuts, oats"),
    _product("bar", "Chocolate bar", "Tablette de chocolat", "שוקולד", "sweets", 300, ingredients="cocoa, sugar, milk"),
    _product("dark", "Dark chocolate no sugar", "Chocolat noir sans sucre", "שוקולד מריר ללא סוכר", "sweets", 410),
    _product("rumballs", "Rum truffles", "Truffes au rhum", "טראפלס רום", "sweets", 900),
    _product("cola", "Cola", "Cola", "קולה", "drinks", 180),
    _product("juice", "Orange juice", "Jus d'orange", "מיץ תפוזים", "drinks", 260),
    _product("ale", "Pale ale beer", "Bière blonde", "בירה בהירה", "beer", 350, 18),
)
EMPTY = _product("tea", "Mint tea chocolate", "Chocolat au thé", "שוקולד תה", "sweets", 310)


async def shop_with_advice(shop: CommandBus) -> None:
    await done(shop, SetCategories(CATEGORIES), SYSTEM)
    await done(shop, SetProducts((*GOODS, EMPTY)), SYSTEM)
    for product in GOODS:
        await done(shop, RecordMovement(product.sku, "in", 0, 50_000), SYSTEM)
    await done(shop, RecordMovement("tea", "in", 0, 1_000), SYSTEM)
    await done(shop, RecordMovement("tea", "out", 0, 1_000), SYSTEM)
    await catch_up(shop)


def name(sku: str, language: str) -> str:
    names = next(one.names for one in (*GOODS, EMPTY) if one.sku == sku)
    assert names is not None
    return names[language]


def told(text: str, language: str) -> set[str]:
    """The goods whose whole name stands at the beginning of a line of an answer."""
    known = {name(one.sku, language): one.sku for one in (*GOODS, EMPTY)}
    return {known[named] for line in text.splitlines() if (named := line.split(":")[0].strip()) in known}


Asked = tuple[str, str, set[str], set[str]]
ASKED: tuple[Asked, ...] = (
    ("en", "something without gluten", {"free", "hummus"}, {"pita", "rye", "granola"}),
    ("fr", "quelque chose sans gluten", {"free", "hummus"}, {"pita", "rye", "granola"}),
    ("he", "משהו בלי גלוטן", {"free", "hummus"}, {"pita", "rye", "granola"}),
)


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_a_question_for_advice(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await shop_with_advice(shop)
            for of, said, there, never in ASKED:
                if of != language:
                    continue
                answer = await Talker(shop, language, CUSTOMER, "shopping").say(said)
                shown = told(answer.text, language)
                assert there <= shown and not shown & {*never, "ale", "tea"}, (said, answer.text)
                assert cart_at(shop.reader, CUSTOMER.register, shop.now_us()) is None, said

    run(scenario(), 60)
