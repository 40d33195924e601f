"""Words for a size say which of goods that differ by nothing else are meant, wherever they stand; of others they say
nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chat_fixture import KEEPER, Talker
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.flow.conversation.test_chat_questions import basket
from tests.flow.conversation.test_chat_understanding import stocked
from tests.shop_fixture import open_shop, run

TAKEN = (
    ("en", "took 2 big bottles of iced tea", "tea-big"),
    ("en", "took 3 small iced teas", "tea-small"),
    ("fr", "pris 2 grandes bouteilles de thé glacé", "tea-big"),
    ("fr", "j'ai pris 3 petits thés glacés", "tea-small"),
    ("he", "לקחתי תה קר גדול, 2 בקבוקים", "tea-big"),
    ("he", "לקחתי 3 תה קר קטן", "tea-small"),
)
WISHED = (
    ("en", "a large iced tea please", {"tea-big": 1_000}),
    ("en", "2 iced teas, the little bottles", {"tea-small": 2_000}),
    ("fr", "deux thés glacés, les grands", {"tea-big": 2_000}),
    ("he", "תה קר קטן, 2 בקבוקים", {"tea-small": 2_000}),
    ("he", "2 תה קר של החצי ליטר", {"tea-small": 2_000}),
)


@pytest.mark.parametrize(("language", "said", "sku"), TAKEN)
def test_staff_say_which_by_its_size(tmp_path: Path, language: str, said: str, sku: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await stocked(shop)
            answer = await Talker(shop, language, KEEPER).say(said)
            assert [one.sku for one in answer.movements] == [sku], answer.text

    run(scenario())


@pytest.mark.parametrize(("language", "said", "kept"), WISHED)
def test_a_customer_says_which_by_its_size(tmp_path: Path, language: str, said: str, kept: dict[str, int]) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await stocked(shop)
            guest = Talker(shop, language, CUSTOMER, "shopping")
            answer = await guest.say(said)
            assert basket(shop) == kept, answer.text

    run(scenario())


def test_a_big_box_is_of_either_size_and_a_big_cream_of_either_kind(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await stocked(shop)
            keeper = Talker(shop, "en", KEEPER)
            for said in ("took 2 big boxes of iced tea", "took 2 big creams"):
                answer = await keeper.say(said)
                assert not answer.movements and answer.state == "choosing_product", answer.text

    run(scenario())
