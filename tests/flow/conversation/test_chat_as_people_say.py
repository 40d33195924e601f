"""What people say, as they say it: with asides, wrong letters, two things of one kind, and what they take back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.goods.stock.queries import read_item
from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.shop_fixture import run

MOVED = [
    ("en", "took 3 milks, not the rice", {"milk": -3_000}),
    ("en", "brought back 3 milks, the guests never opened them", {"milk": 3_000}),
    ("fr", "rapporté 3 laits, les clients n'en voulaient pas", {"milk": 3_000}),
    ("he", "החזרתי 3 חלב, האורחים לא פתחו אותם", {"milk": 3_000}),
    ("en", "received 20 milks and binned 4 old ones", {"milk": 16_000}),
    ("fr", "reçu 20 laits et jeté 4 vieux", {"milk": 16_000}),
    ("he", "קיבלתי 20 חלב וזרקתי 4 ישנים", {"milk": 16_000}),
    ("en", "quarter of a kilo of tomatoes used", {"tomato": -250}),
    ("en", "two point five kilos of tomatoes used", {"tomato": -2_500}),
    ("fr", "utilisé deux virgule cinq kilos de tomates", {"tomato": -2_500}),
    ("he", "קבלתי 3 חלב", {"milk": 3_000}),
    ("he", "קניתי 4 קילו עגבניות ב 12 שקל לקילו", {"tomato": 4_000}),
    ("en", "took 3 milks with a regular", {"milk": -3_000}),
]
"""With a confirmation, where one is asked for."""
YES = {"en": "yeah go ahead", "fr": "ouaip c'est bon", "he": "כן כן, תרשום"}
STILL = [
    ("en", "took 3 milks, no I didn't"),
    ("en", "took 3 milks, we didn't take them"),
    ("fr", "pris 3 laits, c'est pas vrai"),
    ("he", "לקחתי 3 חלב, סתם לא נכון"),
    ("en", "took 3 mirinda for table 6"),
]


@pytest.mark.parametrize(("language", "said", "wanted"), MOVED)
def test_what_is_said_beside_it_changes_nothing(
    tmp_path: Path, language: str, said: str, wanted: dict[str, int]
) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            before = await _stock(shop, wanted)
            talker = Talker(shop, language, BOSS)
            answer = await talker.say(said)
            if answer.state == "confirming":
                answer = await talker.say(YES[language])
            after = await _stock(shop, wanted)
            assert {sku: after[sku] - before[sku] for sku in wanted} == wanted, answer.text

    run(play())


@pytest.mark.parametrize(("language", "said"), STILL)
def test_what_is_taken_back_in_its_own_sentence_moves_nothing(tmp_path: Path, language: str, said: str) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            before = await _stock(shop, ("milk", "rice"))
            await Talker(shop, language, BOSS).say(said)
            assert await _stock(shop, ("milk", "rice")) == before

    run(play())


@pytest.mark.parametrize(
    ("language", "turns", "left"),
    [
        ("en", ("took 3 milks", "took 2 rice", "forget the milk one"), -2_000),
        ("en", ("took 2 rice", "and another"), -3_000),
        ("fr", ("pris 2 riz", "mets-en un de plus"), -3_000),
        ("he", ("לקחתי 2 אורז", "תעשה מזה שלוש"), -3_000),
        ("he", ("לקחתי 2 אורז", "ואחת נוספת לסלט של שולחן 2"), -3_000),
    ],
)
def test_the_newest_is_changed_in_few_words(tmp_path: Path, language: str, turns: tuple[str, ...], left: int) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            before = await _stock(shop, ("milk", "rice"))
            talker = Talker(shop, language, BOSS)
            told = [(await talker.say(one)).text for one in turns]
            after = await _stock(shop, ("milk", "rice"))
            assert after["rice"] - before["rice"] == left, told
            assert after["milk"] == before["milk"], told

    run(play())


def test_how_many_come_in_a_box_is_told(tmp_path: Path) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            for language, said in (
                ("en", "how many bottles come in a case of beer"),
                ("fr", "il y a combien de bouteilles dans une caisse de bière"),
                ("he", "כמה בקבוקים יש בארגז בירה"),
            ):
                assert "20" in (await Talker(shop, language, BOSS).say(said)).text, said

    run(play())


def test_a_basket_loses_what_is_taken_out_again(tmp_path: Path) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            for language, turns in (
                ("en", ("3 milks", "hmm take the milk out again")),
                ("en", ("3 milks", "don't want the milk anymore")),
            ):
                talker = Talker(shop, language, agent="shopping")
                told = [(await talker.say(one)).text for one in turns]
                assert talker.last is not None and "3" not in told[-1], told

    run(play())


async def _stock(shop: CommandBus, skus: Iterable[str]) -> dict[str, int]:
    return {sku: item.on_hand if (item := read_item(shop.reader, sku)) else 0 for sku in skus}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "counted 2 boxes and 5 bottles of pale ale"),
        ("en", "counted 5 bottles and 2 boxes of pale ale"),
        ("fr", "compté 5 bouteilles et 2 caisses de bière"),
    ],
)
def test_boxes_and_single_ones_are_one_count_in_either_order(tmp_path: Path, language: str, said: str) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            talker = Talker(shop, language, BOSS)
            answer = await talker.say(said)
            if answer.state == "confirming":
                answer = await talker.say(YES[language])
            beer = read_item(shop.reader, "beer")
            assert beer is not None and (beer.boxes, beer.units) == (2, 5_000), answer.text

    run(play())
