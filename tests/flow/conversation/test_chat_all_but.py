"""All but something, part of something, one thing out and another in: nothing moves that was not said."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from tests.chat_fixture import KEEPER, Talker
from tests.flow.conversation.test_chat_basket_changes import BAGUETTE, CROISSANT
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.flow.conversation.test_chat_staff_sayings import stocked
from tests.flow.conversation.test_chat_wishes import basket
from tests.shop_fixture import open_shop, run

BOTH = {"en": "3 croissants and 2 baguettes", "fr": "3 croissants et 2 baguettes", "he": "3 קרואסונים ו-2 באגטים"}
"""What a customer put in before."""
SAYINGS = (
    ("en", "remove everything except the baguettes", (0, 2)),
    ("en", "empty the basket except for the croissants", (3, 0)),
    ("en", "empty the basket, but not the baguettes", (0, 2)),
    ("en", "I'll take everything but the baguettes", (3, 0)),
    ("fr", "enlevez tout sauf les croissants", (3, 0)),
    ("fr", "videz le panier, sauf les baguettes", (0, 2)),
    ("he", "תוריד הכל חוץ מהבאגטים", (0, 2)),
    ("he", "תרוקן את הסל חוץ מהקרואסונים", (3, 0)),
)
"""And what is left of croissants and baguettes."""
OF_ONE = (
    ("en", "5 croissants / that's too many, two is plenty", (2, 0)),
    ("en", "4 croissants / take them off and give me 3 baguettes", (0, 3)),
    ("fr", "5 croissants / c'est trop, deux suffisent", (2, 0)),
    ("fr", "4 croissants / supprimez-les et mettez 3 baguettes", (0, 3)),
    ("he", "5 קרואסונים / זה יותר מדי, שניים יספיקו", (2, 0)),
    ("he", "4 קרואסונים / תוריד את זה ותשים 3 באגטים", (0, 3)),
)


async def _left(shop: CommandBus, language: str, *turns: str) -> dict[str, int]:
    talker = Talker(shop, language, CUSTOMER, "shopping")
    for one in turns:
        await talker.say(one)
    return await basket(shop)


def _many(kept: tuple[int, int]) -> dict[str, int]:
    return {sku: much * 1_000 for sku, much in zip((CROISSANT, BAGUETTE), kept, strict=True) if much}


@pytest.mark.parametrize(("language", "text", "kept"), SAYINGS)
def test_what_is_excepted_stays_where_all_goes_and_goes_where_all_is_wanted(
    tmp_path: Path, language: str, text: str, kept: tuple[int, int]
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            assert await _left(shop, language, BOTH[language], text) == _many(kept)

    run(scenario())


@pytest.mark.parametrize(("language", "turns", "kept"), OF_ONE)
def test_so_many_are_enough_and_what_is_dropped_goes_for_another(
    tmp_path: Path, language: str, turns: str, kept: tuple[int, int]
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            assert await _left(shop, language, *turns.split(" / ")) == _many(kept)

    run(scenario())


def test_nothing_goes_before_a_confirmation_where_what_stays_is_no_product(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            for text in ("empty the basket except the unicorns", "remove everything except the unicorns"):
                assert await _left(shop, "en", BOTH["en"], text) == _many((3, 2)), text

    run(scenario())


def test_half_of_it_and_a_number_beside_one_more_change_nothing_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            left = await _left(shop, "en", "4 croissants", "swap half of them for baguettes")
            assert left in (_many((4, 0)), _many((2, 2)))
            await Talker(shop, "en", CUSTOMER, "shopping").say("empty the basket")
            left = await _left(shop, "en", "5 croissants", "there are six of them, so one more")
            assert left[CROISSANT] <= 6_000

    run(scenario())


def test_all_that_is_counted_comes_in(tmp_path: Path) -> None:
    """Five things are at most a customer says at once."""

    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            said = "2 lettuces, 3 croissants, a baguette, a kilo of potatoes and 2 jars of honey"
            assert len(await _left(shop, "en", said)) == 5

    run(scenario())


def test_the_same_of_another_thing_is_as_many_boxes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            talker = Talker(shop, "en", KEEPER)
            answers = [await talker.say(one) for one in ("received 2 boxes of dish soap", "and the same of gin")]
            assert "2 boxes Gin" in answers[-1].text

    run(scenario())


def test_a_number_that_points_at_goods_is_asked_about(tmp_path: Path) -> None:
    """ "The 15" may be the cream of 15 %, and no fifteen of what was taken."""

    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            talker = Talker(shop, "en", KEEPER)
            before = talker.stock(CROISSANT)
            await talker.say("5 croissants out")
            answer = await talker.say("should've been the 15")
            assert answer.state == "confirming", answer.text
            assert talker.stock(CROISSANT) == before - 5_000

    run(scenario())


def test_staff_corrected_what_an_earlier_sentence_moved(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            talker = Talker(shop, "en", KEEPER)
            croissants, baguettes = talker.stock(CROISSANT), talker.stock(BAGUETTE)
            for text in ("8 croissants out", "one baguette out", "make the croissants seven"):
                await talker.say(text)
            assert talker.stock(CROISSANT) == croissants - 7_000
            assert talker.stock(BAGUETTE) == baguettes - 1_000

    run(scenario())
