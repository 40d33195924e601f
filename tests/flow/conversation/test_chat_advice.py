"""A customer asks for advice: what goes with goods, what is without something, what is for whom, in three languages.

Nothing is put into a basket by it, nothing with a least age is shown, and nothing is said of goods of which nothing is
stated.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from edge.core.command_bus import CommandBus
from edge.counter.till.commands import LineSold, SellBasket, TenderGiven
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product, Value
from edge.goods.stock.commands import RecordMovement
from edge.lib.i18n import translate
from edge.ordering.orders.commands import AddToCart, LeaveCart, OpenCart
from edge.ordering.orders.queries import cart_at
from edge.ordering.recommend.commands import FinishRecommendations
from edge.ordering.recommend.events import RecommendationsTrained
from edge.ordering.recommend.learning import model_file
from edge.ordering.recommend.learning.pairs import count_pairs
from edge.people.customers.commands import GiveConsent, SetCustomer, WithdrawConsent
from edge.people.customers.customer import Preferences
from tests.catch_up import catch_up
from tests.chat_fixture import Talker
from tests.customers import known, seen
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.flow.conversation.test_chat_wishes import basket
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


NUTS = {"granola"}
NOT_FOR_ALL = {"ale", "tea"}
"""What is sold from 18 on, and what there is none of."""
ASKED: tuple[tuple[str, str, set[str], set[str]], ...] = (
    ("en", "something without gluten", {"free", "corn", "hummus"}, {"pita", "rye", "granola"}),
    ("en", "my daughter can't have nuts, what have you got without nuts?", {"pita"}, {"granola", "rye", "free"}),
    ("en", "which of your breads has no wheat in it?", {"free", "corn"}, {"pita", "rye"}),
    ("en", "is the pita gluten free?", {"pita"}, {"free"}),
    ("en", "are there nuts in the granola", {"granola"}, set()),
    ("en", "does the country loaf contain sesame?", {"rye"}, set()),
    ("en", "got any chocolate with no sugar in it", {"dark"}, {"bar"}),
    ("en", "I don't drink, is there anything to drink without alcohol?", {"cola", "juice"}, set()),
    ("en", "could you find me a sugar free snack please", {"dark"}, {"bar", "cola"}),
    ("en", "I'm looking for a little present for my dad", {"bar", "dark"}, {"pita"}),
    ("en", "what would you suggest for an 8 year old girl?", {"bar"}, {"rumballs"}),
    ("en", "a present for someone who doesn't drink", {"bar"}, {"rumballs"}),
    ("en", "a birthday gift for my boss for under 4 euros", {"bar"}, {"dark", "rumballs"}),
    ("en", "what can I bring my hosts tonight, as a gift?", {"bar"}, set()),
    ("en", "no lactose please", {"pita", "granola"}, {"corn", "bar"}),
    ("fr", "quelque chose sans gluten", {"free", "corn", "hummus"}, {"pita", "rye", "granola"}),
    ("fr", "mon fils ne supporte pas les noix, qu'avez-vous sans noix ?", {"pita"}, {"granola", "rye"}),
    ("fr", "vous auriez un pain sans gluten ?", {"free"}, {"pita", "rye"}),
    ("fr", "est-ce qu'il y a du sésame dans le houmous ?", {"hummus"}, set()),
    ("fr", "le granola contient des noisettes ?", {"granola"}, set()),
    ("fr", "la miche de campagne est-elle sans gluten ?", {"rye"}, {"free"}),
    ("fr", "auriez-vous du chocolat sans sucre ?", {"dark"}, {"bar"}),
    ("fr", "une boisson sans alcool s'il vous plaît", {"cola", "juice"}, set()),
    ("fr", "je cherche un petit cadeau pour ma belle-mère", {"bar"}, {"pita"}),
    ("fr", "qu'est-ce que vous conseillez pour un enfant de sept ans ?", {"bar"}, {"rumballs"}),
    ("fr", "un cadeau pour quelqu'un qui ne boit pas d'alcool", {"bar"}, {"rumballs"}),
    ("fr", "une idée pour offrir à mon patron, à moins de 4 euros", {"bar"}, {"dark"}),
    ("fr", "sans lactose", {"pita", "granola"}, {"corn", "bar"}),
    ("fr", "avez-vous quelque chose à boire pour un enfant ?", {"juice"}, set()),
    ("fr", "un houmous sans sésame", {"hummus"}, set()),
    ("he", "משהו בלי גלוטן", {"free", "corn", "hummus"}, {"pita", "rye", "granola"}),
    ("he", "יש לכם משהו טעים בלי אגוזים?", {"pita"}, {"granola", "rye"}),
    ("he", "איזה לחם יש לכם ללא גלוטן?", {"free", "corn"}, {"pita", "rye"}),
    ("he", "יש שומשום בחומוס?", {"hummus"}, set()),
    ("he", "הגרנולה בלי אגוזים?", {"granola"}, set()),
    ("he", "הלחם הכפרי ללא גלוטן?", {"rye"}, set()),
    ("he", "אני מחפשת שוקולד בלי סוכר", {"dark"}, {"bar"}),
    ("he", "משקה בלי אלכוהול בבקשה", {"cola", "juice"}, set()),
    ("he", "אני צריך מתנה קטנה לאמא שלי", {"bar"}, {"pita"}),
    ("he", "מה אתם ממליצים לילדה בת 7?", {"bar"}, {"rumballs"}),
    ("he", "מתנה למישהו שלא שותה אלכוהול", {"bar"}, {"rumballs"}),
    ("he", "רעיון למתנה לבוס שלי עד 4 יורו", {"bar"}, {"dark"}),
    ("he", "בלי לקטוז", {"pita", "granola"}, {"corn", "bar"}),
    ("he", "משהו לשתות לילדים", {"juice"}, set()),
    ("he", "חומוס בלי שומשום", {"hummus"}, set()),
)
UNMOVED: tuple[tuple[str, str], ...] = (
    ("en", "two hummus without nuts"),
    ("en", "is there a bread without hummus"),
    ("en", "what goes with the quinoa?"),
    ("en", "a beer for my father, as a present"),
    ("en", "I want bread without gluten"),
    ("en", "I don't want anything with nuts"),
    ("en", "two hummus and a pita without nuts"),
    ("en", "add the dark chocolate without sugar"),
    ("en", "a coffee without sugar and a bread without gluten"),
    ("en", "I want a gift card for my father"),
    ("en", "what is the cheapest bread without gluten"),
    ("fr", "je ne veux rien avec des noix"),
    ("fr", "je suis végétarienne, que me conseillez-vous ?"),
    ("fr", "vous avez des cartes cadeaux ?"),
    ("fr", "combien coûte le pain sans gluten"),
    ("he", "אני לא רוצה כלום עם אגוזים"),
    ("he", "אני טבעונית, מה אפשר לקנות?"),
    ("he", "יש לכם כרטיס מתנה?"),
    ("he", "כמה עולה הלחם ללא גלוטן"),
    ("fr", "deux houmous sans noix"),
    ("fr", "qu'est-ce qui va avec le quinoa ?"),
    ("fr", "une bière à offrir à mon père"),
    ("fr", "je prends un pain sans gluten"),
    ("he", "שני חומוס בלי אגוזים"),
    ("he", "מה הולך עם קינואה?"),
    ("he", "בירה לאבא שלי במתנה"),
    ("he", "אני רוצה לחם בלי גלוטן"),
)
"""What puts nothing into a basket with a hummus, and takes nothing out of it."""


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_a_question_for_advice_shows_what_is_stated_and_moves_nothing(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await shop_with_advice(shop)
            wrong = []
            for of, said, there, never in ASKED:
                if of == language:
                    answer = await Talker(shop, language, CUSTOMER, "shopping").say(said)
                    shown = told(answer.text, language)
                    if not there <= shown or shown & (never | NOT_FOR_ALL):
                        wrong.append((said, answer.text))
            assert not wrong, wrong
            assert cart_at(shop.reader, CUSTOMER.register, shop.now_us()) is None

    run(scenario(), 60)


def test_no_advice_moves_anything(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await shop_with_advice(shop)
            await Talker(shop, "en", CUSTOMER, "shopping").say("add a hummus")
            for language, said in UNMOVED:
                answer = await Talker(shop, language, CUSTOMER, "shopping").say(said)
                cart = cart_at(shop.reader, CUSTOMER.register, shop.now_us())
                kept = {line.sku: line.quantity for line in cart.lines} if cart else {}
                assert kept == {"hummus": 1_000}, (said, answer.text)
                assert not told(answer.text, language) & NOT_FOR_ALL, (said, answer.text)

    run(scenario(), 60)


def test_what_is_called_so_is_bought_and_bread_is_no_pain(tmp_path: Path) -> None:
    """Names with such words are names: what is wished for by name is put in. "Pain" is bread where French is spoken."""

    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await shop_with_advice(shop)
            for language, said, bought in (
                ("en", "I'd like a gluten free bread", {"free": 1_000}),
                ("fr", "un pain sans gluten et un cola", {"free": 1_000, "cola": 1_000}),
                ("fr", "un cola pour mon père", {"cola": 1_000}),
                ("he", "קולה לאבא שלי", {"cola": 1_000}),
            ):
                answer = await Talker(shop, language, CUSTOMER, "shopping").say(said)
                assert await basket(shop) == bought, (said, answer.text)
            answer = await Talker(shop, "fr", CUSTOMER, "shopping").say("I have a pain in my back, what should I take?")
            assert "I can't give health advice" in answer.text or "santé" in answer.text, answer.text

    run(scenario(), 60)


async def learnt(shop: CommandBus) -> None:
    """With a hummus people bought pita most, then ale, then tea, and juice; with the pita cola."""
    skus = [one.sku for one in (*GOODS, EMPTY)]
    row = {sku: place for place, sku in enumerate(skus)}
    bought = [("hummus", "pita")] * 9 + [("hummus", "ale")] * 8 + [("hummus", "tea")] * 7 + [("hummus", "juice")] * 6
    baskets = [np.array(sorted(row[sku] for sku in one)) for one in (*bought, *[("cola", "pita")] * 6)]
    body = model_file.pack_model(skus, count_pairs(baskets, len(skus), np.zeros(len(skus), dtype=np.int64)))
    model_file.keep(model_file.folder_beside(shop.reader), "pairs-1", body)
    made = RecommendationsTrained("pairs-1", "2027-01-10", "deployed", 600, serves=True)
    made = msgspec.structs.replace(made, checksum=model_file.checksum_of(body))
    await done(shop, FinishRecommendations(made), SYSTEM)


LIKE: tuple[tuple[str, str, set[str], set[str]], ...] = (
    ("en", "something like the corn bread", {"pita", "free", "rye"}, {"corn", "cola"}),
    ("en", "do you have something like cola", {"juice"}, {"cola", "pita"}),
    ("en", "what could I take instead of the chocolate bar", {"dark"}, {"bar"}),
    ("en", "Is there anything similar to country loaf without milk?", {"pita"}, {"corn", "rye"}),
    ("en", "how much is the pita / and something similar to it?", {"rye"}, {"pita"}),
    ("en", "an alternative to orange juice under 2 euros please", {"cola"}, {"juice"}),
    ("fr", "quelque chose comme le pain de maïs", {"pita", "rye"}, {"corn", "cola"}),
    ("fr", "vous avez quelque chose de semblable au cola ?", {"juice"}, {"cola"}),
    ("fr", "que prendre à la place de la tablette de chocolat ?", {"dark"}, {"bar"}),
    ("he", "יש לכם משהו כמו לחם תירס?", {"pita", "rye"}, {"corn", "cola"}),
    ("he", "יש תחליף לטבלת שוקולד?", set(), {"bar"}),
    ("he", "משהו דומה לקולה", {"juice"}, {"cola"}),
    ("he", "מה אפשר לקחת במקום מיץ תפוזים?", {"cola"}, {"juice"}),
)
NOT_LIKE: tuple[tuple[str, str], ...] = (
    ("en", "something like the quinoa"),
    ("en", "instead of the hummus"),
    ("en", "is there anything like beer"),
    ("fr", "quelque chose comme le quinoa"),
    ("he", "משהו כמו קינואה"),
)


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_what_is_like_goods_is_shown_and_nothing_is_moved(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await shop_with_advice(shop)
            wrong = []
            for of, turns, there, never in LIKE:
                if of == language:
                    guest = Talker(shop, language, CUSTOMER, "shopping")
                    for said in turns.split(" / "):
                        answer = await guest.say(said)
                    shown = told(answer.text, language)
                    if not there <= shown or shown & (never | NOT_FOR_ALL):
                        wrong.append((turns, answer.text))
            assert not wrong, wrong
            assert cart_at(shop.reader, CUSTOMER.register, shop.now_us()) is None
            await Talker(shop, language, CUSTOMER, "shopping").say(name("hummus", language))
            held = await basket(shop)
            for of, said in NOT_LIKE:
                if of == language:
                    answer = await Talker(shop, language, CUSTOMER, "shopping").say(said)
                    assert not told(answer.text, language) & NOT_FOR_ALL, (said, answer.text)
                    assert await basket(shop) == held, (said, answer.text)

    run(scenario(), 60)


MILKS = (
    _product("milk", "Whole milk", "Lait entier", "חלב מלא", "drinks", 690),
    _product("goat", "Goat's milk", "Lait de chèvre", "חלב עיזים", "drinks", 1490),
    _product("brown", "Milk chocolate", "Chocolat au lait", "שוקולד חלב", "sweets", 390),
)


@pytest.mark.parametrize(
    ("language", "said", "there"),
    [
        ("en", "something like the milk", "Goat's milk"),
        ("en", "what could I take instead of the milk chocolate", "Chocolate bar"),
        ("fr", "quelque chose comme le lait", "Lait de chèvre"),
        ("he", "משהו דומה לחלב מלא", "חלב עיזים"),
        ("he", "משהו כמו חלב", "חלב"),
    ],
)
def test_a_product_called_by_what_others_contain_is_compared_with(
    tmp_path: Path, language: str, said: str, there: str
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await shop_with_advice(shop)
            await done(shop, SetProducts(MILKS), SYSTEM)
            for product in MILKS:
                await done(shop, RecordMovement(product.sku, "in", 0, 50_000), SYSTEM)
            await catch_up(shop)
            answer = await Talker(shop, language, CUSTOMER, "shopping").say(said)
            first, *shown = answer.text.splitlines()
            assert any(there in line for line in shown), answer.text
            assert not any(line.split(":")[0].strip() in first for line in shown), "it is not like itself"

    run(scenario())


def test_who_signed_in_is_told_what_they_buy_and_nothing_that_they_avoid(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await shop_with_advice(shop)
            dana = await known(shop, name="Dana", new_code=True)
            for purpose in ("profile", "recommendations"):
                await done(shop, GiveConsent(dana, purpose, "en"), SYSTEM)
            for _ in range(2):
                lines = (LineSold(sku="pita"), LineSold(sku="corn"))
                await done(shop, SellBasket(lines, (TenderGiven("card"),), customer=dana), SYSTEM)
            await catch_up(shop)

            async def recommended() -> set[str]:
                cart = (await done(shop, OpenCart(channel="kiosk"), CUSTOMER)).result
                await done(shop, AddToCart(cart.id, code=f"M/{seen(shop, dana).member_code}"), CUSTOMER)
                answer = await Talker(shop, "en", CUSTOMER, "shopping").say("what do you recommend for me?")
                await done(shop, LeaveCart(cart.id), SYSTEM)
                assert ("You often buy:" in answer.text) == bool(told(answer.text, "en")), answer.text
                return told(answer.text, "en")

            assert await recommended() == {"pita", "corn"}
            await done(shop, SetCustomer(id=dana, preferences=Preferences(allergens=("milk",))), SYSTEM)
            assert await recommended() == {"pita"}
            await done(shop, WithdrawConsent(dana, "recommendations"), SYSTEM)
            answer = await Talker(shop, "en", CUSTOMER, "shopping").say("what do you recommend for me?")
            assert "You often buy:" not in answer.text

    run(scenario(), 60)


WITH: tuple[tuple[str, str], ...] = (
    ("en", "what goes with the hummus?"),
    ("en", "the hummus, what would go well with it"),
    ("en", "what can I serve with hummus tonight"),
    ("en", "add a hummus / what goes well with that?"),
    ("en", "I've got people coming, recommend something to eat with the hummus"),
    ("fr", "qu'est-ce qui va bien avec le houmous ?"),
    ("fr", "que boire avec le houmous ?"),
    ("fr", "pour accompagner le houmous vous conseillez quoi"),
    ("fr", "ajoute un houmous / et qu'est-ce qui irait avec ça ?"),
    ("he", "מה הולך עם החומוס?"),
    ("he", "מה מתאים לחומוס"),
    ("he", "עם מה אוכלים חומוס?"),
    ("he", "תוסיף חומוס / מה הולך טוב עם זה?"),
)


def test_what_goes_with_goods_is_what_was_learnt_and_may_be_suggested(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await shop_with_advice(shop)
            await learnt(shop)
            for language, turns in WITH:
                guest = Talker(shop, language, CUSTOMER, "shopping")
                for said in turns.split(" / "):
                    answer = await guest.say(said)
                assert told(answer.text, language) == {"pita", "juice"}, (turns, answer.text)
            answer = await guest.say("מה הולך עם הבירה?")
            assert "pita" not in told(answer.text, "he"), answer.text

    run(scenario(), 60)


def test_what_may_answer_our_question_is_no_question_of_theirs(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await shop_with_advice(shop)
            guest = Talker(shop, "en", CUSTOMER, "shopping")
            answer = await guest.say("add two chocolate")
            assert answer.question and len(answer.options) > 1, answer
            answer = await guest.say("the one with no sugar")
            cart = cart_at(shop.reader, CUSTOMER.register, shop.now_us())
            assert cart is None or {line.sku for line in cart.lines} == {"dark"}, answer.text

    run(scenario(), 60)


WITHOUT_GLUTEN = {"en": "without gluten", "he": "ללא גלוטן"}
BESIDE = {
    "en": "a bread without gluten and an orange juice",
    "he": "לחם בלי גלוטן ומיץ תפוזים",
}


@pytest.mark.parametrize("language", ("en", "he"))
def test_goods_beside_what_is_without_something_are_asked_one_by_one(tmp_path: Path, language: str) -> None:
    """Neither the juice nor a bread is put in, and no name is said not to be there that is."""

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await shop_with_advice(shop)
            answer = await Talker(shop, language, CUSTOMER, "shopping").say(BESIDE[language])
            assert answer.text == translate(language, "chat.shop_one_at_a_time", what=WITHOUT_GLUTEN[language])
            assert await basket(shop) == {}

    run(scenario())
