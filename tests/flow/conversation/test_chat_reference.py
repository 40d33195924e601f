"""The stock conversation of the requirements, in three languages and by each of its ways: typed, tapped, and through
`POST /api/v1/chat/message`; and what a cashier says at the till."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.core.messages import Actor
from edge.foundation.access.rights import BASKET, SELL, STOCK
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.chat_fixture import Talker, talking_shop
from tests.flow.conversation.test_chat_http import filled, say
from tests.shop_fixture import run

SPOKEN = {
    "he": ("לקחתי 3 קולה קטן", "פחית", "3 בקבוקים", "איזה סוג? פחית / פלסטיק / זכוכית", "עדכנתי: -3 פחיות קולה קטן"),
    "en": (
        "took 3 small colas",
        "can",
        "3 bottles",
        "Which kind? can / plastic / glass",
        "Updated: -3 cans Cola Small",
    ),
    "fr": (
        *("j'ai pris 3 petits colas", "canette", "3 bouteilles", "Lequel ? canette / plastique / verre"),
        "C'est noté : -3 canettes Petit cola",
    ),
}
"""What is said, which kind, how many, and what is asked first and answered last."""
CASHIER = Actor("eli", "chat", "1", frozenset({BASKET, SELL}))
AT_THE_TILL = {
    "en": ("how many milks are there?", "took 3 milks", "what is running low?", "help", "delete everything"),
    "fr": ("combien de lait y a-t-il ?", "j'ai pris 3 laits", "qu'est-ce qui va manquer ?", "aide", "supprime tout"),
    "he": ("כמה חלב יש?", "לקחתי 3 חלב", "מה עומד להיגמר?", "עזרה", "תמחק הכל"),
}


@pytest.mark.parametrize("language", sorted(SPOKEN))
@pytest.mark.parametrize("way", ["typed", "tapped"])
def test_typed_and_tapped(tmp_path: Path, language: str, way: str) -> None:
    async def scenario() -> None:
        said, kind, count, asked, told = SPOKEN[language]
        async with talking_shop(tmp_path) as shop:
            dana = Talker(shop, language)
            first = await dana.say(said)
            assert first.text == asked
            await (dana.tap("cola-can") if way == "tapped" else dana.say(kind))
            last = await (dana.tap("unit") if way == "tapped" else dana.say(count))
            assert last.text == told and dana.stock("cola-can") == 129_000

    run(scenario())


@pytest.mark.parametrize("language", sorted(SPOKEN))
@pytest.mark.parametrize("way", ["typed", "tapped"])
def test_through_the_api(tmp_path: Path, language: str, way: str) -> None:
    async def scenario() -> None:
        said, kind, count, asked, told = SPOKEN[language]
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await caller.set_pin()
            grant = await caller.enter_pin()

            async def turn(**body: Any) -> Any:
                answer = await say(caller, grant, language=language, **body)
                assert answer.status == 200, answer
                return answer.json

            first = await turn(text=said)
            session = {"session": first["session"]}
            assert first["text"] == asked
            tapped = {"option": "cola-can", "question": first["question"]}
            second = await turn(**session, **(tapped if way == "tapped" else {"text": kind}))
            tapped = {"option": "unit", "question": second["question"]}
            last = await turn(**session, **(tapped if way == "tapped" else {"text": count}))
            assert last["text"] == told and last["movement"]["units"] == -3_000

    run(scenario())


@pytest.mark.parametrize("language", sorted(AT_THE_TILL))
def test_a_cashier_is_answered_in_words_and_moves_nothing(tmp_path: Path, language: str) -> None:
    """Who may only sell is told so in their language; with the right to stock the same sentences do what they say."""

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            how_many, took, low, help, wipe = AT_THE_TILL[language]
            eli = Talker(shop, language, CASHIER)
            answers = [await eli.say(one) for one in (how_many, took, low, help, wipe)]
            assert eli.stock("milk") == 30_000 and not any(one.movements for one in answers)
            assert all(one.text and one.language == language and one.stock is None for one in answers)
            assert "30" not in answers[0].text, "whether there is any, and not how many"
            dana = Talker(shop, language, Actor("dana", "chat", "1", frozenset({BASKET, SELL, STOCK})))
            assert "30" in (await dana.say(how_many)).text
            assert (await dana.say(took)).movements[0].units == -3_000

    run(scenario())
