"""What staff say of the stock in their own words, over a catalogue of its own (`tests/sayings`).

The floors are of the half that no one looked at while rules were changed. Whoever is asked says yes to what is shown;
what was done without a question must be right. `python -m tests.flow.conversation.test_chat_staff_sayings` counts both
halves.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.goods.catalog.commands import SetProducts
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_item
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, Talker
from tests.sayings import LANGUAGES, Saying, goods, sayings
from tests.shop_fixture import SYSTEM, done, open_shop, run

RIGHT = {"en": 0.82, "fr": 0.85, "he": 0.88}
"""The least share of the held half that is right."""
KINDS = {
    "choosing_product": ("product",),
    "choosing_unit": ("unit", "quantity"),
    "asking_quantity": ("quantity", "unit"),
}
YES = {"en": "yes", "fr": "oui", "he": "כן"}
TURNS = 8
THERE = 500_000


async def stocked(shop: CommandBus) -> None:
    await done(shop, SetProducts(goods()), SYSTEM)
    for product in goods():
        await done(shop, RecordMovement(product.sku, "in", 0, THERE), SYSTEM)
    await catch_up(shop)


def levels(shop: CommandBus) -> dict[str, int]:
    found = {one.sku: read_item(shop.reader, one.sku) for one in goods()}
    return {sku: item.on_hand for sku, item in found.items() if item}


async def _result(shop: CommandBus, language: str, saying: Saying) -> str:
    """Right; asked: nothing was done; part: some of it; else wrong, `at_once` where no one was asked before."""
    talker, before, asked = Talker(shop, language, BOSS), levels(shop), False
    for turn in saying.turns:
        answer = await talker.say(turn)
        for _ in range(TURNS):
            kinds = KINDS.get(answer.state, ("confirm",) if answer.state.startswith("confirming") else ())
            reply = next((saying.answers[one] for one in kinds if one in saying.answers), "")
            if not reply and kinds == ("confirm",) and saying.changes:
                reply = YES[language]
            if not reply:
                break
            asked = True
            answer = await talker.say(reply)
    now = levels(shop)
    for sku, level in now.items():
        if level != THERE:
            await done(shop, RecordMovement(sku, "adjust", 0, THERE), SYSTEM)
    moved = {sku: level for sku, level in now.items() if level != before[sku]}
    wanted = {sku: amount if there else before[sku] + amount for sku, (there, amount) in saying.changes.items()}
    if moved == {sku: level for sku, level in wanted.items() if level != before[sku]}:
        return "right"
    if all(level == wanted.get(sku) for sku, level in moved.items()):
        return "part" if moved else "asked"
    return "wrong" if asked else "at_once"


async def _counted(language: str, held: bool, folder: Path) -> Counter[str]:
    async with open_shop(folder, None, stocked=False) as shop:
        await stocked(shop)
        return Counter([await _result(shop, language, one) for one in sayings(language) if one.held == held])


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_of_what_staff_say_is_right(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        found = await _counted(language, True, tmp_path)
        assert found["right"] >= RIGHT[language] * found.total(), found
        assert not found["at_once"], "what nobody was asked about was done wrong"

    run(scenario(), 60)


def test_what_breaks_off_behind_a_correction_changes_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            for language, begun in (("en", "hang on, no"), ("fr", "attends, non"), ("he", "רגע, לא")):
                assert not (await Talker(shop, language, BOSS).say(begun)).movements, begun
            several = Talker(shop, "en", BOSS)
            shown = await several.say("2 lettuces, 3 avocados and a baguette")
            assert [one.id for one in shown.options] == ["yes", "no"] and "-3 pcs Avocado" in shown.text
            assert len((await several.say("yes")).movements) == 3, "one yes is for all that was shown"
            again = Talker(shop, "en", BOSS)
            await again.say("2 lettuces, 3 avocados and a baguette")
            refused = await again.say("no")
            assert not refused.movements and not refused.question, "and so is a no"

    run(scenario())


if __name__ == "__main__":
    for at in LANGUAGES:
        for half in (False, True):
            with tempfile.TemporaryDirectory() as name:
                print(at, "held" if half else "looked at", dict(asyncio.run(_counted(at, half, Path(name)))))
