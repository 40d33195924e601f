"""Answers to a question as people give them: which one and how many at once, the goods named once more, a confirmation
with another number."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from tests.catch_up import catch_up
from tests.chat_fixture import KEEPER, Talker
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.flow.conversation.test_chat_questions import basket
from tests.flow.conversation.test_chat_understanding import stocked
from tests.shop_fixture import SYSTEM, done, open_shop, run

SPRAY = Product("spray", {"en": "Midge spray", "fr": "Spray moustiques", "he": "ספריי יתושים"}, box=6, price_minor=900)
CARTON = Product(
    "egg-carton", {"en": "Eggs carton of 12", "fr": "Boîte de 12 œufs", "he": "קרטון 12 ביצים"}, price_minor=1500
)
WHICH = (
    ("en", "two iced teas", "the small ones, but four", {"tea-small": 4_000}),
    ("en", "two iced teas", "the big one, but just one", {"tea-big": 1_000}),
    ("en", "two iced teas", "the big one", {"tea-big": 2_000}),
    ("en", "two iced teas", "the second", {"tea-small": 2_000}),
    ("fr", "deux thés glacés", "le petit, mais quatre", {"tea-small": 4_000}),
    ("fr", "deux thés glacés", "le grand, un seul", {"tea-big": 1_000}),
    ("he", "שני תה קר", "הקטן, אבל ארבעה", {"tea-small": 4_000}),
    ("he", "שני תה קר", "החצי ליטר", {"tea-small": 2_000}),
)
SINGLE = (
    ("en", "took 3 midge sprays", "3 sprays", -3_000),
    ("en", "took 3 midge sprays", "2 boxes of spray", -12_000),
    ("fr", "pris 3 sprays moustiques", "deux sprays", -2_000),
)
SHOWN = (
    ("en", "6 midge sprays single ones for the wedding off they go", "yes but 3", -3),
    ("en", "6 midge sprays single ones for the wedding off they go", "yes, 2", -2),
    ("en", "6 midge sprays single ones for the wedding off they go", "took 4", -4),
)


async def _stocked(shop) -> None:  # type: ignore[no-untyped-def]
    await stocked(shop)
    await done(shop, SetProducts((SPRAY, CARTON)), SYSTEM)
    await done(shop, RecordMovement("spray", "in", 0, 40_000), SYSTEM)
    await catch_up(shop)


@pytest.mark.parametrize(("language", "said", "which", "kept"), WHICH)
def test_which_one_and_how_many_are_answered_at_once(
    tmp_path: Path, language: str, said: str, which: str, kept: dict[str, int]
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await _stocked(shop)
            guest = Talker(shop, language, CUSTOMER, "shopping")
            assert (await guest.say(said)).state == "choosing_product"
            answer = await guest.say(which)
            assert basket(shop) == kept, answer.text

    run(scenario())


@pytest.mark.parametrize(("language", "said", "answered", "change"), SINGLE)
def test_goods_named_once_more_are_single_ones(
    tmp_path: Path, language: str, said: str, answered: str, change: int
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await _stocked(shop)
            keeper = Talker(shop, language, KEEPER)
            assert (await keeper.say(said)).state == "choosing_unit"
            answer = await keeper.say(answered)
            assert [(one.sku, one.change) for one in answer.movements] == [("spray", change)], answer.text

    run(scenario())


@pytest.mark.parametrize(("said", "kept"), [("a carton of twelve", {"egg-carton": 1_000}), ("12 eggs", {})])
def test_a_carton_of_twelve_is_one_and_twelve_eggs_are_no_twelve_cartons(
    tmp_path: Path, said: str, kept: dict[str, int]
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await _stocked(shop)
            guest = Talker(shop, "en", CUSTOMER, "shopping")
            assert (await guest.say("twelve eggs please")).state == "asking_quantity"
            answer = await guest.say(said)
            assert basket(shop) == kept, answer.text

    run(scenario())


@pytest.mark.parametrize(("language", "said", "answered", "number"), SHOWN)
def test_another_number_than_what_was_shown_is_shown_again(
    tmp_path: Path, language: str, said: str, answered: str, number: int
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await _stocked(shop)
            keeper = Talker(shop, language, KEEPER)
            assert (await keeper.say(said)).state == "confirming"
            answer = await keeper.say(answered)
            assert answer.state == "confirming" and str(number) in answer.text and not answer.movements, answer.text
            assert [one.change for one in (await keeper.say("yes")).movements] == [number * 1_000]

    run(scenario())


def test_what_there_is_may_be_taken_instead_of_what_was_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await _stocked(shop)
            keeper = Talker(shop, "en", KEEPER)
            assert (await keeper.say("took 50 single midge sprays")).state == "confirming_short"
            answer = await keeper.say("just took the 40 then")
            assert [one.change for one in answer.movements] == [-40_000], answer.text

    run(scenario())
