"""Grammar reads a sentence once a turn, and a word that no product has costs no search."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.conversation.understanding import shopping, whereabouts
from edge.conversation.understanding.sentence import Sentence, understand
from edge.goods.search import index
from edge.goods.search.queries import Search
from tests.chat_fixture import Talker, talking_shop
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.shop_fixture import run

SAID = ("took 3 pale ales", "what does the pale ale cost?", "2 pale ales for table 4", "good morning to you all")


def test_a_sentence_is_read_once_a_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counting(text: str, language: str) -> Sentence:
        read.append(text)
        return understand(text, language)

    for module in (shopping, whereabouts):
        monkeypatch.setattr(module, "understand", counting)

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for said in SAID:
                for actor, agent in ((None, "stock"), (CUSTOMER, "shopping")):
                    read.clear()
                    talker = Talker(shop, "en", actor, agent) if actor else Talker(shop)
                    await talker.say(said)
                    assert read == [said], agent

    run(scenario())


def test_a_word_of_no_product_is_not_searched_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []
    matching = index._matching
    monkeypatch.setattr(
        index, "_matching", lambda db, match, *rest: searched.append(match) or matching(db, match, *rest)
    )

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            search = Search("EUR")
            assert search.with_word(shop.reader, "yesterday") == [] and not searched
            assert [one.sku for one in search.with_word(shop.reader, "ales")] == ["beer"] and searched

    run(scenario())
