"""The second reader beside the grammar: alone it proposes and never acts; where both agree nothing holds up the act."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from edge.core.command_bus import CommandBus
from edge.shop.catalog.commands import SetProducts
from models.kinds import Tagged
from tests.chat_fixture import BOSS, GOODS, Talker, talking_shop
from tests.flow.test_chat_kiosk import CUSTOMER
from tests.shop_fixture import SYSTEM, done, run

STRANGE = "fellow upstairs zorped swiftly blimey 3 milk"
NAMED = "took quietly 3 milk"


class ScriptedTagger:
    """Tags by word; what is not named is a filler, as sure as `sure` says."""

    def __init__(self, tags: dict[str, str], sure: float = 0.99, intent: str = "told") -> None:
        self._tags, self._sure, self._intent = tags, sure, intent

    def tagged(self, words: tuple[str, ...], marks: tuple[str, ...], language: str, speaker: str) -> Tagged:
        tags = tuple(f"B-{self._tags[one]}" if one in self._tags else "O" for one in words)
        return Tagged(tags, (self._sure,) * len(words), self._intent, self._sure)


TAGS = {"3": "n", "milk": "out"}


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
                said = await talker.say("yes")
                assert [(one.type, one.sku, one.units) for one in said.movements] == [("out", "milk", -3_000)]
            await _proposes_nothing(shop)

    run(play())


async def _proposes_nothing(shop: CommandBus) -> None:
    """Where it is unsure, denies, has no source for a slot, or a number has no owner."""
    cases: list[tuple[dict[str, str], str, dict[str, Any]]] = [
        (TAGS, STRANGE, {"sure": 0.3}),
        (TAGS, STRANGE, {"intent": "no"}),
        (TAGS, STRANGE, {"intent": "ask"}),
        (TAGS, STRANGE + "?", {}),
        (TAGS | {"upstairs": "n"}, STRANGE, {}),
        ({"3": "n"}, STRANGE, {}),
        (TAGS | {"fellow": "out"}, STRANGE, {}),
        (TAGS | {"12": "n"}, STRANGE + " 12", {}),
        ({"3": "n", "mirinda": "out"}, "zorped 3 mirinda", {}),
        ({"3": "n", "milk": "in"}, "took upstairs swiftly blimey loudly 3 milk", {}),
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
            for less in ({"sure": 0.3}, {"intent": "other"}):
                with reading(TAGS, **less):
                    shown = await Talker(shop, "en", BOSS).say(NAMED)
                    assert (shown.state, bool(shown.movements)) == ("confirming", False)
            with reading(TAGS):
                said = await Talker(shop, "en", BOSS).say(NAMED)
                assert [(one.sku, one.units) for one in said.movements] == [("milk", -3_000)]

    run(play())


def test_a_basket_in_words_that_no_phrase_has(tmp_path: Path) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts(tuple(msgspec.structs.replace(one, price_minor=100) for one in GOODS)), SYSTEM)
            talker = Talker(shop, "en", CUSTOMER, "shopping")
            with reading({"2": "n", "milk": "add", "3": "n", "rice": "add"}):
                both = await talker.say("zorp us 2 milk blimey and 3 rice love")
                assert "2 pcs Milk" in both.text and "3 pcs Basmati rice" in both.text
            with reading({"2": "n", "milk": "add", "3": "n", "quinces": "add"}):
                known = await talker.say("zorp us 2 milk blimey and 3 quinces love")
                assert "2 pcs Milk" in known.text and 'I did not find "quinces"' in known.text
                assert "love" not in known.text
                await talker.say("undo")
            with reading({"rice": "rem"}):
                out = await talker.say("blimey zorp that rice")
                assert "Taken out: Basmati rice" in out.text
            with reading({"milk": "old", "rice": "new"}, intent="swap"):
                other = await talker.say("blimey zorp that milk, rice")
                assert "Taken out: Milk" in other.text and "2 pcs Basmati rice" in other.text
            with reading({}, intent="clear"):
                assert "empty" in (await talker.say("blimey zorp it all")).text

    run(play())


def test_who_only_weighs_it_gets_nothing(tmp_path: Path) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts(tuple(msgspec.structs.replace(one, price_minor=100) for one in GOODS)), SYSTEM)
            talker = Talker(shop, "en", CUSTOMER, "shopping")
            with reading({"2": "n", "milk": "g"}, intent="no"):
                answer = await talker.say("add 2 milk")
                assert "Added" not in answer.text
            with reading({"milk": "add", "3": "n", "rice": "add"}):
                unsure = await talker.say("blimey zorp milk zounds 3 rice")
                assert "Added: 1" not in unsure.text

    run(play())


def test_what_was_done_just_now_is_changed_in_any_words(tmp_path: Path) -> None:
    async def play() -> None:
        async with talking_shop(tmp_path) as shop:
            talker = Talker(shop, "en", BOSS)
            for intent, units in (("double", -8_000), ("half", -2_000), ("flip", 4_000)):
                await talker.say("took 4 milk 3%")
                with reading({}, intent=intent):
                    shown = await talker.say("blimey zorp that")
                    assert shown.state == "confirming", intent
                said = await talker.say("yes")
                assert [one.units for one in said.movements][-1:] == [units], intent
                await talker.say("undo")
            await talker.say("took 2 milk 3%")
            await talker.say("took 1 rice")
            before = talker.stock("milk"), talker.stock("rice")
            with reading({"both": "ref"}, intent="undo_all"):
                assert (await talker.say("blimey zorp both")).state == "confirming"
            await talker.say("yes")
            assert (talker.stock("milk"), talker.stock("rice")) == (before[0] + 2_000, before[1] + 1_000)

    run(play())
