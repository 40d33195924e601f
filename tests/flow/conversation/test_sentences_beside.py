"""What a sentence says is read beside the till: its own process looks at no word, and loads them in a thread."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.conversation.assistant import small_talk
from edge.conversation.assistant.turns import chat_turns
from edge.conversation.understanding import lexicon
from edge.conversation.understanding.lexicon import Vocabulary, vocabulary
from edge.conversation.understanding.reading.statement_words import statement_words
from edge.conversation.understanding.sentence import understand
from edge.core.process.reading_process import answer_decoder
from tests.flow.conversation.test_chat_http import say
from tests.flow.conversation.test_reading_process import LONG_S, begun, talked_to
from tests.shop_fixture import run


def test_no_word_of_a_turn_or_a_question_is_looked_at_in_the_tills_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matched: list[str] = []
    match = Vocabulary.match

    def matched_here(known: Vocabulary, table: Any, words: Any, at: int) -> int:
        matched.append(" ".join(words))
        return match(known, table, words, at)

    async def scenario() -> None:
        async with talked_to(tmp_path) as (served, caller, grant):
            beside = served.site.asker.beside
            assert beside is not None
            await begun(beside)
            await chat_turns.expect_turn()
            ask = beside.ask
            monkeypatch.setattr(beside, "ask", lambda question, *_: ask(question, LONG_S))  # however busy the machine
            monkeypatch.setattr(Vocabulary, "match", matched_here)
            for said in (
                "took 3 milks",
                "gone are two milks",
                "how many milks are there?",
                "what sold best this week?",
            ):
                assert (await say(caller, grant, text=said)).status == 200
            query, head = {"query": "how many milks are there?"}, {"Grant": grant, "Surface": "panel"}
            assert (await caller.call("POST", "/api/v1/copilot/query", query, **head)).status == 200
            assert matched == []

    run(scenario())


def test_the_first_turn_loads_the_words_in_a_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded_by: list[int] = []
    decode = msgspec.toml.decode

    def loaded(*text: Any, **type: Any) -> Any:
        loaded_by.append(threading.get_ident())
        return decode(*text, **type)

    async def scenario() -> None:
        async with talked_to(tmp_path) as (_, caller, grant):
            words = (vocabulary, statement_words, small_talk._phrases, lexicon._file, answer_decoder)
            for cached in (*words, chat_turns._load_for_turns):
                cached.cache_clear()
            monkeypatch.setattr(msgspec.toml, "decode", loaded)
            assert (await say(caller, grant, text="took 3 milks")).status == 200
            assert loaded_by and threading.get_ident() not in loaded_by
            assert answer_decoder.cache_info().currsize, "what decodes the first answer"
            loaded_by.clear()
            understand("il en reste combien", "he")
            assert small_talk.small_talk("merci beaucoup", "he") == "thanks"
            assert loaded_by == []

    run(scenario())
