"""Which goods staff mean: by a name with a number of its own, by a letter wrong, by a size; and what means none."""

from __future__ import annotations

from pathlib import Path

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.shop_fixture import SYSTEM, done, run

MORE = (
    Product("grains", {"en": "Seven grain loaf", "fr": "Pain aux sept céréales", "he": "לחם 7 דגנים"}),
    Product("keg", {"en": "Porter keg 20 l", "fr": "Fût de porter 20 l", "he": "חבית פורטר 20 ליטר"}),
    Product("cream", {"en": "Cream 38%", "fr": "Crème 38 %", "he": "שמנת 38%"}),
    Product("squash-1", {"en": "Squash 1 l", "fr": "Sirop 1 l", "he": "מיץ פטל 1 ליטר"}, container="glass"),
    Product("squash-3", {"en": "Squash 3 l", "fr": "Sirop 3 l", "he": "מיץ פטל 3 ליטר"}, container="glass"),
)
AT_ONCE = (
    ("en", "seven grain loaf, seven of them, taken", "grains", -7_000),
    ("en", "took 2 milk and 3 of the 38 cream", "cream", -3_000),
    ("he", "לקחתי 7 לחם 7 דגנים", "grains", -7_000),
    ("en", "took 2 bottles of squash, the big one", "squash-3", -2_000),
    ("he", "לקחתי מיץ פטל גדול, 2 בקבוקים", "squash-3", -2_000),
)
"""What is done without a question: a number of a kind says nothing of what is in a pack."""
ASKED = ("took a seven grain", "took seven grain loaf")
"""Where the number may count, or be of the name."""
NEARLY = (
    ("en", "took 3 bsmati", "rice"),
    ("fr", "pris 3 bsmati", "rice"),
    ("he", "לקחתי 3 בסמתי", "rice"),
)
NOTHING = (
    ("en", "received 3 kegs of zorp", "keg"),
    ("fr", "reçu 3 canettes de zorpe", "cola-can"),
    ("en", "took 2 kg of tomatoes / the zorp broke, 3 kg actually", "tomato"),
    ("fr", "pris 2 kg de tomates / le zorp est cassé : 3 kg en vrai", "tomato"),
)
"""What names goods that the shop has not moves none of what was counted in such a thing, or was spoken of before."""


def test_a_number_or_a_size_of_a_name_is_no_question(tmp_path: Path) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts(MORE), SYSTEM)
            for product in MORE:
                await done(shop, RecordMovement(product.sku, "in", 0, 90_000), SYSTEM)
            await catch_up(shop)
            wrong = []
            for language, text, sku, change in AT_ONCE:
                answer = await Talker(shop, language, BOSS).say(text)
                if (sku, change) not in [(one.sku, one.change) for one in answer.movements]:
                    wrong.append((text, answer.text))
            assert not wrong, wrong
            for text in ASKED:
                asked = await Talker(shop, "en", BOSS).say(text)
                assert asked.question and not asked.movements, (text, asked.text)
            for language, text, sku in NOTHING:
                talker = Talker(shop, language, BOSS)
                *before, last = text.split(" / ")
                for said in before:
                    await talker.say(said)
                level = talker.stock(sku)
                await talker.say(last)
                await talker.say({"en": "yes", "fr": "oui"}[language])
                if talker.stock(sku) != level:
                    wrong.append((text, talker.last and talker.last.text))
            assert not wrong, wrong

    run(play())


def test_a_name_with_a_letter_wrong_is_shown_with_its_effect(tmp_path: Path) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            for language, text, sku in NEARLY:
                talker = Talker(shop, language, BOSS)
                shown = await talker.say(text)
                assert (shown.state, bool(shown.movements)) == ("confirming", False), (text, shown.text)
                assert "-3" in shown.text, shown.text
                said = await talker.say({"en": "yes", "fr": "oui", "he": "כן"}[language])
                assert [(one.sku, one.change) for one in said.movements] == [(sku, -3_000)], said.text
                await talker.say({"en": "undo", "fr": "annule", "he": "בטל"}[language])

    run(play())
