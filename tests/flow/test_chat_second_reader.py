"""The second reader beside the grammar: alone it proposes and never acts; where both agree nothing holds up the act."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edge.core.command_bus import CommandBus
from models.kinds import Tagged
from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.shop_fixture import run

STRANGE = "fellow upstairs zorped swiftly blimey 3 milk"
NAMED = "took quietly 3 milk"


class ScriptedTagger:
    """Tags by word; what is not named is a filler, as sure as `sure` says."""

    def __init__(self, tags: dict[str, str], sure: float = 0.99, intent: str = "told") -> None:
        self._tags, self._sure, self._intent = tags, sure, intent

    def tagged(self, words: tuple[str, ...], marks: tuple[str, ...], language: str) -> Tagged:
        tags = tuple(f"B-{self._tags[one]}" if one in self._tags else "O" for one in words)
        return Tagged(tags, (self._sure,) * len(words), self._intent, self._sure)


TAGS = {"zorped": "act_out", "3": "amount", "milk": "product"}


@contextmanager
def reading(tags: dict[str, str], **more: Any) -> Iterator[None]:
    Talker.tagger = ScriptedTagger(tags, **more)
    try:
        yield
    finally:
        Talker.tagger = None


def test_alone_it_proposes_and_a_yes_does_it(tmp_path: Path) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            before = await Talker(shop, "en", BOSS).say(STRANGE)
            assert before.state == "idle"
            with reading(TAGS):
                talker = Talker(shop, "en", BOSS)
                shown = await talker.say(STRANGE)
                assert shown.state == "confirming"
                assert "-3" in shown.text
                assert not shown.movements
                assert talker.stock("milk") == 30_000
                done = await talker.say("yes")
                assert [(one.type, one.sku, one.units) for one in done.movements] == [("out", "milk", -3_000)]
            await _proposes_nothing(shop)

    run(play())


async def _proposes_nothing(shop: CommandBus) -> None:
    """Where it is unsure, denies, has no source for a slot, or a number has no owner."""
    cases: list[tuple[dict[str, str], str, dict[str, Any]]] = [
        (TAGS, STRANGE, {"sure": 0.7}),
        (TAGS, STRANGE, {"intent": "no"}),
        (TAGS | {"upstairs": "negation"}, STRANGE, {}),
        ({"zorped": "act_out", "3": "amount"}, STRANGE, {}),
        ({"zorped": "act_out", "milk": "product"}, STRANGE, {}),
        (TAGS, STRANGE + " 12", {}),
        (TAGS | {"fellow": "product"}, STRANGE, {}),
        (TAGS, "fellow upstairs would have zorped 3 milk", {}),
        (TAGS, "took 3 mirinda", {}),
        ({"took": "act_in", "3": "amount", "milk": "product"}, "took upstairs swiftly blimey loudly 3 milk", {}),
    ]
    for tags, text, more in cases:
        with reading(tags, **more):
            talker = Talker(shop, "en", BOSS)
            answer = await talker.say(text)
            assert not answer.movements, text
            assert "milk" not in answer.text.casefold() or "+" not in answer.text, text
            assert talker.stock("milk") == 27_000, text


def test_it_answers_no_question(tmp_path: Path) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            with reading(TAGS):
                talker = Talker(shop, "en", BOSS)
                asked = await talker.say("took 3 cola can")
                assert asked.state == "choosing_unit"
                again = await talker.say(STRANGE)
                assert again.state == "choosing_unit"
                assert not again.movements

    run(play())


def test_a_word_that_both_know_to_say_nothing_holds_up_no_act(tmp_path: Path) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            alone = await Talker(shop, "en", BOSS).say(NAMED)
            assert (alone.state, bool(alone.movements)) == ("confirming", False)
            took = {"took": "act_out", "3": "amount", "milk": "product"}
            for less in ({"sure": 0.9}, {"intent": "other"}):
                with reading(took, **less):
                    shown = await Talker(shop, "en", BOSS).say(NAMED)
                    assert (shown.state, bool(shown.movements)) == ("confirming", False)
            with reading(took):
                done = await Talker(shop, "en", BOSS).say(NAMED)
                assert [(one.sku, one.units) for one in done.movements] == [("milk", -3_000)]

    run(play())
