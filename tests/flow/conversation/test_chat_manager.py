"""A manager's question in the chat of the stock: answered as its own page answers it, under the asker's rights."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.conversation.assistant.turns.chat_turns import ChatMessage, take
from edge.conversation.assistant.turns.dialogue import ChatAnswer
from edge.conversation.copilot import copilot
from edge.core.messages import Actor
from edge.foundation.access.rights import BASKET, MANAGE, SELL, STOCK
from edge.goods.stock.commands import RecordMovement
from edge.lib.units.written_money import written_money
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.flow.conversation.test_chat_http import filled, say
from tests.flow.conversation.test_copilot import ask
from tests.shop_fixture import SYSTEM, run

ASKED = {
    "en": (
        "what sold best last week?",
        "sales yesterday by hour",
        "average basket",
        "what did we throw away this month",
    ),
    "fr": ("qu'est-ce qui s'est le mieux vendu la semaine dernière ?", "panier moyen", "les pertes de ce mois"),
    "he": ("מה נמכר הכי טוב בשבוע שעבר?", "המכירות אתמול לפי שעה", "מה זרקנו החודש"),
}
LATER = {"en": "and yesterday?", "fr": "et hier ?", "he": "ואתמול?"}
FIRST = {"en": "Waste, whole shop, ", "fr": "Pertes, tout le magasin, ", "he": "פחת, כל החנות, "}
STRANGE = {
    "en": "what did we sell of unobtainium last week?",
    "fr": "combien a-t-on vendu d'unobtainium la semaine dernière ?",
    "he": "כמה מכרנו אונובטניום בשבוע שעבר?",
}


@pytest.fixture(autouse=True)
def tools_have_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an answer rests on is looked at here, not how long a busy machine takes for it."""
    monkeypatch.setattr(copilot, "TOOL_S", 30.0)


@pytest.mark.parametrize("language", ASKED)
def test_a_managers_question_is_answered_where_the_stock_is_talked_about(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await served.shop.do(RecordMovement("milk", "waste", 0, 7_000), SYSTEM)
            await catch_up(served.shop)
            await caller.set_pin()
            grant = await caller.enter_pin()
            for text in ASKED[language]:
                here = (await say(caller, grant, text=text, language=language)).json
                there = (await ask(caller, grant, text)).json
                assert here["text"] == there["message"], text
                assert not here["movements"] and not here["question"], text
            assert here["text"].startswith(FIRST[language]) and here["text"].endswith(
                f"{written_money(0, 'EUR', language)}."
            ), here
            session = here["session"]
            then = (await say(caller, grant, text=LATER[language], language=language, session=session)).json
            assert then["text"].startswith(FIRST[language]) and written_money(0, "EUR", language) not in then["text"], (
                then
            )
            strange = (await say(caller, grant, text=STRANGE[language], language=language)).json
            assert any(word in strange["text"] for word in ("unobtainium", "אונובטניומ", "אונובטניום")), strange
            assert not any(letter.isdigit() for letter in strange["text"]), strange

    run(scenario())


def test_figures_are_for_whoever_may_see_them(tmp_path: Path) -> None:
    """Who keeps the stock is told what it holds and loses, and not what the shop took; who only sells, neither."""

    async def scenario() -> None:
        async with serve(tmp_path) as served:
            await filled(served)
            await served.shop.do(RecordMovement("milk", "waste", 0, 7_000), SYSTEM)
            await catch_up(served.shop)

            async def told(rights: set[str], text: str) -> str:
                actor = Actor("dana", "chat", "1", frozenset({BASKET, *rights}))
                outcome = await take(served.site, actor, ChatMessage(text, language="en"))
                assert isinstance(outcome, ChatAnswer) and not outcome.movements
                return outcome.text

            for text in ("what was our revenue yesterday?", "what did we throw away this month"):
                seller = await told({SELL}, text)
                assert seller == "Only shop managers can do that. Nothing was done.", seller
            keeper = await told({STOCK}, "what was our revenue yesterday?")
            assert "Only shop managers can do that" in keeper or "don't have permission" in keeper, keeper
            boss = await told({STOCK, MANAGE}, "what did we throw away this month")
            assert boss.startswith("Waste, whole shop, ") and boss.endswith("€0.00."), boss

    run(scenario())
