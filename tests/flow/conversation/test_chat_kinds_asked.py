"""What people ask of goods in words of their own: which kinds there are, what several cost, whether any is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from tests.catch_up import catch_up
from tests.chat_fixture import KEEPER, Talker
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.flow.conversation.test_chat_questions import basket
from tests.flow.conversation.test_chat_understanding import stocked
from tests.shop_fixture import SYSTEM, done, open_shop, run

CHEESES = (
    Product("gouda", {"en": "Gouda cheese", "fr": "Gouda", "he": "גבינת גאודה"}, category="cheese", price_minor=2000),
    Product("halloumi", {"en": "Halloumi", "fr": "Halloumi", "he": "חלומי"}, category="cheese", price_minor=2500),
)
KINDS = (
    ("en", "what cheeses do you have in"),
    ("en", "do you have cheese?"),
    ("fr", "quels fromages avez-vous ?"),
    ("he", "אילו סוגי גבינות יש לכם?"),
)
SEVERAL = (
    ("en", "how much for three bagels?", "15.00"),
    ("fr", "trois bagels ça ferait combien ?", "15,00"),
    ("he", "כמה יעלו שלושה בייגלים?", "15.00"),
    ("en", "how much is a bagel?", "5.00"),
)


async def _stocked(shop) -> None:  # type: ignore[no-untyped-def]
    await stocked(shop)
    cheese = Category("cheese", {"en": "Cheeses", "fr": "Fromages", "he": "גבינות"})
    await done(shop, SetCategories((cheese,)), SYSTEM)
    await done(shop, SetProducts(CHEESES), SYSTEM)
    for one in CHEESES:
        await done(shop, RecordMovement(one.sku, "in", 0, 5_000), SYSTEM)
    await catch_up(shop)


@pytest.mark.parametrize(("language", "said"), KINDS)
def test_a_category_is_all_of_its_goods_whatever_they_are_called(tmp_path: Path, language: str, said: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await _stocked(shop)
            answer = await Talker(shop, language, CUSTOMER, "shopping").say(said)
            assert all(one.names[language] in answer.text for one in CHEESES), answer.text

    run(scenario())


@pytest.mark.parametrize(("language", "said", "price"), SEVERAL)
def test_what_several_cost_is_said_and_none_is_put_in(tmp_path: Path, language: str, said: str, price: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await _stocked(shop)
            answer = await Talker(shop, language, CUSTOMER, "shopping").say(said)
            assert price in answer.text and basket(shop) == {}, answer.text

    run(scenario())


def test_staff_ask_whether_any_is_left_and_count_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await _stocked(shop)
            answer = await Talker(shop, "en", KEEPER).say("got any gouda left")
            assert "5" in answer.text and not answer.movements and "manager" not in answer.text, answer.text

    run(scenario())


def test_what_is_named_behind_the_question_is_asked_about_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await _stocked(shop)
            answer = await Talker(shop, "en", CUSTOMER, "shopping").say("is there any left, of the gouda?")
            assert "Gouda" in answer.text and "find" not in answer.text, answer.text

    run(scenario())


def test_another_size_than_what_was_put_in_is_no_more_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await _stocked(shop)
            guest = Talker(shop, "en", CUSTOMER, "shopping")
            await guest.say("2 iced teas, the big bottles")
            answer = await guest.say("small ones actually, but four")
            assert basket(shop) == {"tea-big": 2_000}, answer.text

    run(scenario())
