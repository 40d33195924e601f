"""What was counted in boxes and single ones is one count; and which of several is answered by its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.flow.conversation.test_chat_questions import basket, priced
from tests.shop_fixture import run

COUNTED = (
    ("en", "counted 3 boxes and 2 bottles of pale ale"),
    ("en", "counted 3 boxes of pale ale and 2 bottles"),
    ("en", "counted 2 bottles and 3 boxes of pale ale"),
    ("fr", "j'ai compté 3 caisses et 2 bouteilles de bière blonde"),
    ("he", "ספרתי 3 ארגזים ו-2 בקבוקים בירה בהירה"),
)
PLACES = (
    ("en", "took 3 small colas", "the second one", "single", "cola-plastic"),
    ("en", "took 3 small colas", "2", "single", "cola-plastic"),
    ("en", "took 1 small colas", "the last", "single", "cola-glass"),
    ("fr", "pris 3 petits colas", "le premier", "unités", "cola-can"),
    ("he", "לקחתי 3 קולה קטן", "השני", "בודדים", "cola-plastic"),
)


@pytest.mark.parametrize(("language", "said"), COUNTED)
def test_boxes_and_bottles_that_were_counted_are_there_together(tmp_path: Path, language: str, said: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            keeper = Talker(shop, language, BOSS)
            answer = await keeper.say(said)
            assert len(answer.movements) == 1 and keeper.stock("beer") == (3 * 20 + 2) * 1000, answer.text
            assert answer.stock is not None and (answer.stock.boxes, answer.stock.units) == (3, 2_000)

    run(scenario())


def test_two_things_that_were_counted_are_two_counts(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            keeper = Talker(shop, "en", BOSS)
            await keeper.say("counted 3 boxes of pale ale and 2 milks")
            assert (keeper.stock("beer"), keeper.stock("milk")) == (60_000, 2_000)

    run(scenario())


@pytest.mark.parametrize(("language", "said", "place", "unit", "sku"), PLACES)
def test_which_of_them_is_answered_by_its_place(
    tmp_path: Path, language: str, said: str, place: str, unit: str, sku: str
) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            keeper = Talker(shop, language, BOSS)
            asked = await keeper.say(said)
            assert asked.question, asked.text
            await keeper.say(place)
            answer = await keeper.say(unit)
            assert [one.sku for one in answer.movements] == [sku], answer.text

    run(scenario())


def test_a_customer_answers_by_place_or_number_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await priced(shop, all_of_them=True)
            guest = Talker(shop, "en", CUSTOMER, "shopping")
            asked = await guest.say("two small colas")
            await guest.say("9")
            assert basket(shop) == {}, "there is no ninth"
            await guest.say("the second one")
            assert basket(shop) == {asked.options[1].id: 2_000}
            again = await guest.say("two small colas")
            await guest.say("3")
            assert basket(shop)[again.options[2].id] == 2_000

    run(scenario())
