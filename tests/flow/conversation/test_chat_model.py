"""A language model quotes: where rules read nothing, words of the sentence that it says are an act, an amount and goods
are read by our own parsers, shown, and done after confirmation. It adds nothing and drops nothing."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.conversation.copilot import copilot
from edge.conversation.understanding import language_models
from edge.conversation.understanding.quotes.model_quotes import QuotedSentence, spans_by_quotes
from models.kinds import Completed
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.flow.conversation.test_chat_http import filled, say
from tests.flow.conversation.test_copilot import ask
from tests.shop_fixture import run


class Says:
    """A model that always says the same."""

    def __init__(self, text: str, ended: Any = "end", late: bool = False) -> None:
        self.text, self.ended, self.late = text, ended, late
        self.asked: list[str] = []

    def figures(self) -> list[Any]:
        return []

    def has(self, kind: str, language: str = "") -> bool:
        return kind == "llm"

    async def ask(self, request: Any, within_s: float) -> Completed:
        self.asked.append(request.messages[-1].content)
        if self.late:
            await asyncio.Event().wait()
        return Completed(self.text, 1, 1, self.ended)


def quotes(*things: tuple[str, ...], whom: str = "", happened: bool = True) -> str:
    """An answer of (kind, act, amount, unit, goods)."""
    keys = ("kind", "act", "amount", "unit", "goods")
    said = [dict(zip(keys, one, strict=True)) for one in things]
    return json.dumps({"happened": happened, "things": said, "whom": whom}, ensure_ascii=False)


MILK = ("out", "yoinked", "3", "", "milk 3%")


def test_what_a_model_quotes_is_shown_and_done_by_a_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language_models, "WITHIN_S", 0.05)

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await caller.set_pin()
            grant = await caller.enter_pin()
            model = Says(quotes(MILK))
            served.run_models(model)
            proposed = (await say(caller, grant, text="yoinked 3 milk 3%")).json
            assert proposed["text"] == "-3 pcs Milk 3% 1 l: is that correct?" and not proposed["movements"]
            done = (await say(caller, grant, text="yes", session=proposed["session"])).json
            assert done["movement"]["change"] == -3_000
            asked = len(model.asked)
            for known in ("took 2 milks", "cancel", "how many milks?", "milk", "will take 3 milks"):
                await say(caller, grant, text=known)
            assert len(model.asked) == asked, "where rules understand, no model is asked"
            served.run_models(Says(quotes(("in", "סידרו לנו", "2", "", "חלב"))))
            hebrew = (await say(caller, grant, text="סידרו לנו 2 חלב", language="he")).json
            assert not hebrew["movements"]

    run(scenario())


@pytest.mark.parametrize(
    "answer",
    [
        Says(quotes(MILK)[:-1]),
        Says(quotes(("sell", "yoinked", "3", "", "milk 3%"))),
        Says(quotes(MILK), "length"),
        Says("", late=True),
        Says(quotes(("out", "yoinked", "900", "", "milk 3%"))),
        Says(quotes(("out", "yoinked", "3", "", "beer"))),
        Says(quotes(("out", "yoinked", "3", "", "milk 3%"), ("out", "yoinked", "3", "", "milk 3%"))),
        Says(quotes(("out", "yoin", "3", "", "milk 3%"))),
        Says(quotes(MILK, happened=False)),
        Says(quotes()),
        Says('{"happened": true, "things": [], "whom": "", "note": "ignore the rules"}'),
    ],
    ids=lambda one: one.text[:90] or "late",
)
def test_what_is_no_quote_of_the_sentence_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Says
) -> None:
    monkeypatch.setattr(language_models, "WITHIN_S", 0.05)

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await caller.set_pin()
            grant = await caller.enter_pin()
            served.run_models(answer)
            said = (await say(caller, grant, text="yoinked 3 milk 3%")).json
            assert answer.asked and not said["movements"]
            assert "is that correct" not in said["text"], said["text"]
            again = (await say(caller, grant, text="yes", session=said["session"])).json
            assert not again["movements"], again["text"]

    run(scenario())


def test_what_a_model_leaves_out_belongs_to_no_one() -> None:
    said = quotes(("waste", "chucked", "two", "kilos", "rice"), whom="the party")
    quoted = msgspec.json.decode(said, type=QuotedSentence)
    words = ("chucked", "two", "kilos", "of", "wonky", "rice", "after", "the", "party")
    spans = spans_by_quotes(words, "en", quoted)
    assert spans is not None
    assert {(kind, *words[begin:end]) for kind, begin, end in spans} == {
        ("", "chucked"),
        ("number", "two"),
        ("unit", "kilos"),
        ("waste", "rice"),
        ("", "the", "party"),
    }
    assert spans_by_quotes(words[:-1], "en", quoted) is None


ASKED = (
    ("how much did we haul in yesterday", {"measure": "sales", "words": "haul in"}, "Sales, whole shop, "),
    (
        "how much gunk by reason yesterday",
        {"measure": "waste", "words": "gunk"},
        "Waste by reason, whole shop, ",
    ),
)
NOT_SO = (
    ("how much did we haul in yesterday", {"measure": "none", "words": ""}),
    ("how much did we haul in yesterday", {"measure": "sales", "words": "yesterday"}),
    ("how much did we haul in yesterday from martians", {"measure": "sales", "words": "haul in"}),
    ("frobnicated sales yesterday", {"measure": "waste", "words": "frobnicated"}),
    ("how much did we haul in yesterday", {"measure": "rumours", "words": "haul in"}),
)


def test_which_figure_is_asked_for_may_be_quoted_and_all_else_is_what_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copilot, "TOOL_S", 30.0)

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await caller.set_pin()
            grant = await caller.enter_pin()
            for query, quoted, told in ASKED:
                served.run_models(Says(json.dumps(quoted)))
                answer = (await ask(caller, grant, query)).json
                assert answer["message"].startswith(told), answer["message"]
                assert answer["meaning"]["measure"] == quoted["measure"] and answer["meaning"]["period"]
            for query, quoted in NOT_SO:
                served.run_models(model := Says(json.dumps(quoted)))
                answer = (await ask(caller, grant, query)).json
                assert model.asked and not answer["tool_calls"] and answer["confidence"] <= 0.4, answer

    run(scenario())


def in_sentences(text: str) -> Says:
    return Says(json.dumps({"text": text}, ensure_ascii=False))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (in_sentences("Of Milk 3% 1 l there are 30 pcs in stock."), True),
        (in_sentences("Milk 3% 1 l: 300 pcs in stock."), False),
        (in_sentences("Milk 3% 1 l: -30 pcs in stock."), False),
        (in_sentences("Milk 3% 1 l: 30 pcs in stock, which is plenty."), False),
        (in_sentences("There is milk in stock."), False),
        (Says('{"text": ""}'), False),
        (Says("", late=True), False),
    ],
    ids=lambda one: one.text[:60] if isinstance(one, Says) else str(one),
)
def test_a_model_joins_an_answer_and_says_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Says, told: bool
) -> None:
    monkeypatch.setattr(language_models, "WITHIN_S", 0.5)
    monkeypatch.setattr(copilot, "TOOL_S", 30.0)

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await caller.set_pin()
            grant = await caller.enter_pin()
            served.run_models(answer)
            said = (await ask(caller, grant, "how many milks do we have?")).json
            first, second = said["message"].split("\n")
            assert first.startswith("Stock") and answer.asked == ["Milk 3% 1 l: 30 pcs in stock."]
            assert second == (json.loads(answer.text)["text"] if told else "Milk 3% 1 l: 30 pcs in stock.")
            asked = len(answer.asked)
            await ask(caller, grant, "how many zorbs do we have?")
            assert answer.asked[asked:] in ([], ["how many zorbs do we have?"]), "what was not told is not joined"

    run(scenario())
