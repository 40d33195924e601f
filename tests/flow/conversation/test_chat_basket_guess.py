"""What a customer may mean by words that no reader owns all of: shown, and done by a confirmation alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.ordering.orders.queries import cart_at
from tests.chat_fixture import Talker
from tests.flow.conversation.test_chat_basket_changes import CROISSANT
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.flow.conversation.test_chat_last_look import YES
from tests.flow.conversation.test_chat_staff_sayings import stocked
from tests.flow.conversation.test_chat_wishes import basket
from tests.shop_fixture import open_shop, run

SODA_CAN, SODA_GLASS, SMALL_WATER, BIG_WATER = "D04", "D05", "D02", "D03"
POTATOES, LEMONS, LETTUCE = "D28", "D30", "D32"
MEANT = (
    ("en", "2 orange soda cans", "sorry the glass", {SODA_CAN: 2_000}, {SODA_GLASS: 2_000}),
    ("en", "2 orange soda glass", "the can's lighter, give me those instead", {SODA_GLASS: 2_000}, {SODA_CAN: 2_000}),
    ("fr", "2 canettes de soda orange", "finalement en bouteille", {SODA_CAN: 2_000}, {SODA_GLASS: 2_000}),
    ("he", "2 סודה תפוז פחית", "רציתי זכוכית לא פחיות", {SODA_CAN: 2_000}, {SODA_GLASS: 2_000}),
    ("en", "2 sparkling water 0.5 l", "the big ones actually, but three", {SMALL_WATER: 2_000}, {BIG_WATER: 3_000}),
    ("fr", "2 eaux gazeuses 0,5 l", "les grandes finalement", {SMALL_WATER: 2_000}, {BIG_WATER: 2_000}),
    ("he", "2 מים מוגזים 0.5 ליטר", "הגדולים בעצם", {SMALL_WATER: 2_000}, {BIG_WATER: 2_000}),
    ("en", "3 croissants", "blimey, four then guv", {CROISSANT: 3_000}, {CROISSANT: 4_000}),
    ("fr", "2 croissants", "j'en ai déjà à la maison, qu'un alors", {CROISSANT: 2_000}, {CROISSANT: 1_000}),
    ("he", "2 קרואסונים", "וואלה ארבע, אני אופה לכל הבניין", {CROISSANT: 2_000}, {CROISSANT: 4_000}),
    ("he", "6 קרואסונים", "3 במקום 6", {CROISSANT: 6_000}, {CROISSANT: 3_000}),
)
"""What was put in, what is said next, and the basket before and behind a confirmation."""


def _lines(shop: CommandBus) -> dict[str, int]:
    """What lies in the basket, which is left there."""
    cart = cart_at(shop.reader, CUSTOMER.register, shop.now_us())
    return {one.sku: one.quantity for one in cart.lines} if cart else {}


@pytest.mark.parametrize(("language", "wish", "said", "before", "behind"), MEANT)
def test_what_may_be_meant_is_shown_and_confirmation_does_it(
    tmp_path: Path, language: str, wish: str, said: str, before: dict[str, int], behind: dict[str, int]
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            talker = Talker(shop, language, CUSTOMER, "shopping")
            await talker.say(wish)
            answer = await talker.say(said)
            assert answer.state == "confirming", answer.text
            assert _lines(shop) == before
            await talker.say(YES[language])
            assert await basket(shop) == behind

    run(scenario())


OWNED = (
    ("en", "6 croissants / round it down to five", {CROISSANT: 5_000}),
    ("en", "3 croissants / there's four of us, call it 4", {CROISSANT: 4_000}),
    ("fr", "5 croissants / arrondissez à six", {CROISSANT: 6_000}),
    ("he", "5 קרואסונים / תעגל לשישה", {CROISSANT: 6_000}),
    ("he", "קילו תפוחי אדמה / תעשה קילו וחצי", {POTATOES: 1_500}),
    ("en", "2 croissants and a lettuce / and the same again for my neighbour", {CROISSANT: 4_000, LETTUCE: 2_000}),
    ("fr", "2 croissants et une laitue / encore une fois la même chose", {CROISSANT: 4_000, LETTUCE: 2_000}),
    ("he", "2 קרואסונים וחסה / עוד פעם אותו דבר", {CROISSANT: 4_000, LETTUCE: 2_000}),
    ("en", "a kilo of potatoes, a kilo of lemons / 500 g of each is enough", {POTATOES: 500, LEMONS: 500}),
    ("fr", "un kilo de pommes de terre, un kilo de citrons / 500 g de chaque suffira", {POTATOES: 500, LEMONS: 500}),
    ("he", "קילו תפוחי אדמה, קילו לימונים / 500 גרם מכל אחד", {POTATOES: 500, LEMONS: 500}),
    ("en", "3 croissants and 2 orange soda cans / nah remove the first thing", {SODA_CAN: 2_000}),
)


@pytest.mark.parametrize(("language", "turns", "kept"), OWNED)
def test_words_that_say_it_are_done_at_once(tmp_path: Path, language: str, turns: str, kept: dict[str, int]) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            talker = Talker(shop, language, CUSTOMER, "shopping")
            for text in turns.split(" / "):
                await talker.say(text)
            assert await basket(shop) == kept, talker.last

    run(scenario())


ASIDES = (
    ("en", "my phone is 0644 55 82"),
    ("en", "back at 7"),
    ("en", "we sit at table 6"),
    ("en", "lovely weather, isn't it"),
    ("fr", "je suis à la table 6"),
    ("fr", "mon numéro, c'est le 06 44 55"),
    ("he", "אני בשולחן 6"),
    ("he", "אחזור בשעה 7"),
)


@pytest.mark.parametrize(("language", "said"), ASIDES)
def test_a_number_that_counts_nothing_is_shown_as_none(tmp_path: Path, language: str, said: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            talker = Talker(shop, language, CUSTOMER, "shopping")
            await talker.say("2 croissants" if language != "he" else "2 קרואסונים")
            answer = await talker.say(said)
            assert answer.state != "confirming", answer.text
            assert await basket(shop) == {CROISSANT: 2_000}

    run(scenario())
