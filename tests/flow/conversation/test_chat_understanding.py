"""Every word has an owner: families of sayings, made from words and the goods of a shop, and what they may mean."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from edge.conversation.understanding.reading.model import Owners, Reading, SaidBy
from edge.conversation.understanding.reading.options import choose_options
from edge.conversation.understanding.reading.statement import hear_statement
from edge.core.command_bus import CommandBus
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.search.queries import Search
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.moving.movements import list_movements
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.shop_fixture import SYSTEM, done, run

LANGUAGES = ("en", "fr", "he")
MORE = (
    Product("bagel", {"en": "Bagel", "fr": "Bagel", "he": "בייגל"}, price_minor=500),
    Product("challah", {"en": "Challah", "fr": "Hallah", "he": "חלה"}, price_minor=900),
    Product("lettuce", {"en": "Lettuce", "fr": "Laitue", "he": "חסה"}, price_minor=600),
    Product(
        "cream-38", {"en": "Cream 38% 250 ml", "fr": "Crème 38 % 250 ml", "he": 'שמנת 38% 250 מ"ל'}, price_minor=680
    ),
    Product(
        "cream-15", {"en": "Cream 15% 250 ml", "fr": "Crème 15 % 250 ml", "he": 'שמנת 15% 250 מ"ל'}, price_minor=590
    ),
    Product(
        "oil", {"en": "Sesame oil 250 ml", "fr": "Huile de sésame 250 ml", "he": 'שמן שומשום 250 מ"ל'}, price_minor=2100
    ),
    Product("tea-small", {"en": "Iced tea 0.5 L", "fr": "Thé glacé 0,5 L", "he": "תה קר 0.5 ליטר"}, price_minor=260),
    Product("tea-big", {"en": "Iced tea 2 L", "fr": "Thé glacé 2 L", "he": "תה קר 2 ליטר"}, price_minor=470),
)
PLURAL = {
    "en": {"bagel": "bagels", "challah": "challahs", "lettuce": "lettuces"},
    "fr": {"bagel": "bagels", "challah": "hallahs", "lettuce": "laitues"},
    "he": {"bagel": "בייגלים", "challah": "חלות", "lettuce": "חסות"},
}
TOOK = {"en": ("took", "I used", "we removed"), "fr": ("pris", "j'ai sorti", "on a utilisé"), "he": ("לקחתי", "הוצאנו")}
NUMBERS = {
    "en": {"3": 3, "five": 5, "a dozen": 12, "twenty-two": 22},
    "fr": {"3": 3, "cinq": 5, "une douzaine de": 12, "vingt-deux": 22},
    "he": {"3": 3, "חמש": 5, "תריסר": 12, "עשרים ושתיים": 22},
}
CONTEXTS = {
    "en": (
        "for table 6",
        "for room 214",
        "to the kitchen",
        "for the guests of the terrace",
        "for Marco",
        "for 20 guests",
    ),
    "fr": ("pour la table 6", "pour la chambre 214", "pour la cuisine", "pour Marco", "pour 20 couverts", "pour la 7"),
    "he": ("לשולחן 6", "לחדר 214", "למטבח", "עבור מרקו", "לאורחים", "לקייטרינג"),
}
NOTHING = {
    "en": (
        "we need",
        "should I have taken",
        "tomorrow we take",
        "if we took",
        "we did not take",
        "he says he took",
        "let's take",
    ),
    "fr": ("il nous faut", "on va prendre", "demain on sort", "si on a pris", "on n'a pas pris", "il dit qu'il a pris"),
    "he": ("אנחנו צריכים", "מחר ניקח", "אם לקחנו", "לא לקחתי", "הוא אמר שלקח", "אולי נוציא", "הזמנו"),
}
SAID_OF = {
    "tea-big": (
        "the two litre",
        "2 l",
        "the big one",
        "the 2 litre one",
        "le deux litres",
        "la grande",
        "הגדול",
        "של 2 ליטר",
        "the second",
    ),
    "tea-small": (
        "half litre",
        "0.5",
        "the small one",
        "le petit",
        "הקטן",
        "חצי ליטר",
        "the cheaper",
        "the first",
        "le moins cher",
    ),
    "cream-38": ("38", "38 %", "38 percent", "the 38", "la 38", "38 אחוז", "של 38", "trente-huit pour cent"),
    "cream-15": ("15", "15%", "fifteen percent", "the 15 one", "celle à 15 %", "של 15", "the cheaper one", "הזולה"),
    "cola-can": ("can", "the cans", "la canette", "הפחית", "פחיות"),
    "cola-glass": ("glass", "the glass one", "en verre", "זכוכית", "la dernière", "the third one"),
}
ASKED = {
    "tea": ("tea-small", "tea-big"),
    "cream": ("cream-15", "cream-38"),
    "cola": ("cola-can", "cola-plastic", "cola-glass"),
}


async def stocked(shop: CommandBus) -> None:
    await done(shop, SetProducts(MORE), SYSTEM)
    for one in MORE:
        await done(shop, RecordMovement(one.sku, "in", 0, 500_000), SYSTEM)
    await catch_up(shop)


def read(shop: CommandBus, text: str, language: str) -> Reading | None:
    return hear_statement(shop.reader, Search("EUR"), text, language).reading


def known(shop: CommandBus, skus: tuple[str, ...]) -> list[CatalogProduct]:
    return [one for sku in skus if (one := find_by_sku(shop.reader, sku))]


def test_a_word_has_one_owner_and_a_value_its_words() -> None:
    owners = Owners(3)
    owners.take(0, 2, "amount")
    with pytest.raises(ValueError, match="two owners"):
        owners.take(1, 3, "product")
    assert owners.free == [2]
    with pytest.raises(ValueError, match="wasn't said"):
        SaidBy(2, 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whom_it_was_for_is_kept_and_counts_nothing(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            said = list(
                itertools.product(
                    TOOK[language], NUMBERS[language].items(), PLURAL[language].items(), CONTEXTS[language]
                )
            )
            assert len(said) > 30
            for took, (number, amount), (sku, name), context in said[::2]:
                text = f"{took} {number} {name} {context}"
                reading = read(shop, text, language)
                assert reading is not None, text
                (only,) = reading.clauses
                assert (only.verb, only.amount, reading.links[only.text]) == ("out", amount * 1000, (sku,)), text
                assert reading.context and not reading.unowned and "" not in reading.owners, (text, reading)

    run(scenario(), 60)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_did_not_happen_is_no_statement(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            for start, number, name in itertools.product(
                NOTHING[language], NUMBERS[language], PLURAL[language].values()
            ):
                assert read(shop, f"{start} {number} {name}", language) is None, (start, number, name)

    run(scenario(), 60)


def test_an_answer_picks_its_own_option_or_none(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            for skus in ASKED.values():
                products = known(shop, skus)
                for sku in skus:
                    for text in SAID_OF.get(sku, ()):
                        meant = [one.sku for one in choose_options(products, skus, text).products]
                        assert meant == [sku], (text, meant)
                for other in set(SAID_OF) - set(skus):
                    meant = [
                        one.sku for text in SAID_OF[other][:2] for one in choose_options(products, skus, text).products
                    ]
                    assert len(meant) != 1 or meant[0] in skus
                for text in ("mirinda", "the blue one", "banane", "משהו אחר לגמרי", "3 boxes"):
                    assert len(choose_options(products, skus, text).products) != 1, text

    run(scenario(), 60)


def test_word_forms_are_made_of_names(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            creams = read(shop, "לקחתי 4 שמנות", "he")
            assert creams is not None
            assert set(creams.links[creams.clauses[0].text]) == {"cream-38", "cream-15"}, "creams are no oil"
            mixed = read(shop, "took 2 חלות", "en")
            assert mixed is not None and mixed.links[mixed.clauses[0].text] == ("challah",)

    run(scenario())


def test_an_effect_is_shown_where_a_word_has_no_owner(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            asked = await Talker(shop, "en", BOSS).say("Wolfgang nabbed 3 bagels")
            assert "-3 pcs Bagel" in asked.text and "wolfgang" in asked.text and not asked.movements
            talker = Talker(shop, "en", BOSS)
            await talker.say("slung 3 challahs at the punch")
            assert talker.stock("challah") == 500_000
            assert (await talker.say("yes")).movement.change == -3_000  # type: ignore[union-attr]
            assert not (await Talker(shop, "en", BOSS).say("3 bagels and 2 mirinda")).movements

    run(scenario())


def test_which_way_goods_went_is_asked_with_both_effects(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            for answer, change in (
                ("yes", -3_000),
                ("took", -3_000),
                ("received", 3_000),
                ("no", None),
                ("reçu", 3_000),
                ("לקחתי", -3_000),
            ):
                talker = Talker(shop, "en", BOSS)
                asked = await talker.say("3 bagels")
                assert [one.id for one in asked.options] == ["yes", "in", "no"] and not asked.movements
                moved = (await talker.say(answer)).movement
                assert (moved.change if moved else None) == change, answer
            given = (await Talker(shop, "en", BOSS).say("they gave us 3 bagels")).options
            assert [one.id for one in given] == ["out", "in", "no"], "what is given to us may have come in"
            unknown = (await Talker(shop, "en", BOSS).say("grommeted 3 bagels")).options
            assert [one.id for one in unknown] == ["out", "in", "no"], "a word that nobody knows may say what happened"

    run(scenario())


def test_a_word_for_a_kind_of_goods_means_all_of_them(tmp_path: Path) -> None:
    """Both are cafés in French, and so is their category; what has another container is told apart by it."""
    hot = Category("hot", {"en": "Coffee and tea", "fr": "Cafés et thés", "he": "קפה ותה"})
    coffees = (
        Product(
            "ground", {"en": "Ground coffee", "fr": "Café moulu", "he": "קפה טחון"}, category="hot", container="bag"
        ),
        Product("beans", {"en": "Espresso beans", "fr": "Café en grains", "he": "פולי אספרסו"}, category="hot"),
        Product("leaves", {"en": "Green tea", "fr": "Thé vert", "he": "תה ירוק"}, category="hot", container="bag"),
    )

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetCategories((hot,)), SYSTEM)
            await done(shop, SetProducts(coffees), SYSTEM)
            await catch_up(shop)
            for said in ("took 2 coffees", "took 2 bags of coffee", "2 bags of coffee for the machine"):
                asked = await Talker(shop, "en", BOSS).say(said)
                assert {one.id for one in asked.options} == {"ground", "beans"}, (said, asked.text)
            assert read(shop, "took 2 teas", "en").links == {"teas": ("leaves",)}  # type: ignore[union-attr]
            assert read(shop, "took 2 ground coffee", "en").links == {"ground coffee": ("ground",)}  # type: ignore[union-attr]

    run(scenario())


def test_a_suggestion_is_no_product(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            talker = Talker(shop, "en", BOSS)
            await talker.say("took 2 colas and 3 bagelinos")
            await talker.say("can")
            assert (await talker.say("single")).movement is not None
            assert talker.stock("bagel") == 500_000, "what stood near in a name was never chosen"

    run(scenario())


def test_the_context_is_the_movements_note(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            assert (await Talker(shop, "en", BOSS).say("took 3 bagels for table 6")).movement is not None
            await catch_up(shop)
            newest = list_movements(shop.reader, sku="bagel", limit=1)[0]
            assert "table 6" in newest.note

    run(scenario())
