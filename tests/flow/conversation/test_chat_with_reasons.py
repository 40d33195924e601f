"""What people say beside what they want: why, when, and that it is all."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from edge.ordering.orders.queries import cart_at
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, GOODS, Talker, talking_shop
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.flow.conversation.test_chat_understanding import LANGUAGES, PLURAL, stocked
from tests.shop_fixture import SYSTEM, done, run

TOOK = {"en": "took 3", "fr": "pris 3", "he": "לקחתי 3"}
OFF = {
    "en": (
        *("forget it, they were fine", "scrap that. it was already there", "no hang on, cancel that, wrong shop"),
        *("scrap that last one i put in wrong shop", "oops fat fingers undo"),
    ),
    "fr": (
        *("laisse tomber, ils étaient bons", "attends, annule, mauvais magasin", "annule mon dernier truc"),
        "oublie ce que jviens d'écrire c'était pas le bon magasin",
    ),
    "he": ("עזוב, הן היו בסדר", "רגע, תבטל, חנות לא נכונה", "אופס תמחק מה שכתבתי עכשיו זה היה הסניף השני"),
}
NOT_OFF = {
    "en": ("forget it, took 2", "never mind, they broke", "cancel the last order of milk"),
    "fr": ("laisse tomber, on en a cassé 2",),
    "he": ("עזוב, לקחתי 2",),
}
PEARS = Product("pear", {"en": "Pears", "fr": "Poires", "he": "אגסים"}, price_minor=990, unit="kg")
WEIGHED = {
    "en": ("took 2 kg of tomatoes", "no no, pears"),
    "fr": ("pris 2 kg de tomates", "non, des poires"),
    "he": ("לקחתי 2 קילו עגבניות", "לא, אגסים"),
}
ALL = {
    "en": ("two pale ales, that's all", "one milk and that's it"),
    "fr": ("deux bières blondes, c'est tout", "un lait et ce sera tout"),
    "he": ("שתי בירה בהירה, זה הכל", "חלב אחד וזהו"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_taken_back_may_be_said_why(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            for saying, change in [*((one, 0) for one in OFF[language]), *((one, -3_000) for one in NOT_OFF[language])]:
                talker = Talker(shop, language, BOSS)
                before = talker.stock("bagel")
                await talker.say(f"{TOOK[language]} {PLURAL[language]['bagel']}")
                await talker.say(saying)
                assert talker.stock("bagel") - before == change, saying

    run(scenario(), 60)


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_other_goods_that_are_weighed_it_was_as_much(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts((PEARS,)), SYSTEM)
            await done(shop, RecordMovement("pear", "in", units=9_000), SYSTEM)
            await catch_up(shop)
            talker = Talker(shop, language, BOSS)
            tomatoes = talker.stock("tomato")
            for said in WEIGHED[language]:
                await talker.say(said)
            assert (talker.stock("tomato"), talker.stock("pear")) == (tomatoes, 7_000)

    run(scenario())


def test_when_goods_came_in_says_nothing_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for said in ("we got 4 kilos of tomatoes in this morning", "brought 4 kg of tomatoes in today"):
                moved = (await Talker(shop, "en", BOSS).say(said)).movement
                assert moved is not None and moved.change == 4_000, said

    run(scenario())


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_it_is_all_ends_a_wish(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts(tuple(replace(one, price_minor=100) for one in GOODS)), SYSTEM)
            await catch_up(shop)
            guest = Talker(shop, language, CUSTOMER, agent="shopping")
            for said in ALL[language]:
                await guest.say(said)
            cart = cart_at(shop.reader, CUSTOMER.register, shop.now_us())
            assert cart and [(one.sku, one.quantity) for one in cart.lines] == [("beer", 2_000), ("milk", 1_000)]

    run(scenario())
