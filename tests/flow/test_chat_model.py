"""A language model is asked for the verb alone, where rules find none: it chooses no goods and no amounts."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from edge.shop.assistant import model_verb
from models.kinds import Completed
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.flow.test_chat_http import filled, say
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


def test_a_models_word_waits_for_a_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_verb, "WITHIN_S", 0.05)

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await caller.set_pin()
            grant = await caller.enter_pin()
            model = Says('{"verb": "out"}')
            served.run_models(model)
            unknown = (await say(caller, grant, text="yoinked 3 milk")).json
            assert unknown["text"].startswith("I did not find"), "every word of a name must be known"
            assert not unknown["movements"]
            proposed = (await say(caller, grant, text="3 milk 3%")).json
            assert proposed["text"] == "-3 pcs Milk 3% 1 l: is that right?" and not proposed["movements"]
            done = (await say(caller, grant, text="yes", session=proposed["session"])).json
            assert done["movement"]["change"] == -3_000
            asked = len(model.asked)
            for known in ("took 2 milks", "cancel", "how many milks?", "milk", "will take 3 milks"):
                await say(caller, grant, text=known)
            assert len(model.asked) == asked, "where rules understand, no model is asked"
            for broken in (
                Says('{"verb": "out"'),
                Says('{"verb": "sell"}'),
                Says('{"verb": "out"}', "length"),
                Says("", late=True),
                Says('{"verb": "out", "product": "beer", "amount": 900}'),
                Says('{"verb": "none"}'),
            ):
                served.run_models(broken)
                answer = (await say(caller, grant, text="3 milk 3%")).json
                assert "Or 3 pcs" in answer["text"] and broken.asked, broken.text
                assert not answer["movements"], "both effects are shown"

    run(scenario())
