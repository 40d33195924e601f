"""Talking about the stock, through the door: the reference conversation, its twins, and what must not happen."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.shop.stock.commands import RecordMovement
from edge.shop.stock.events import StockMoved
from tests.chatting import BOSS, STOCKED, Talker, talking_shop
from tests.shop_fixture import SYSTEM, FakeClock, done, run


def test_the_hebrew_conversation_word_by_word(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            dana = Talker(shop, "he")
            kinds = await dana.say("לקחתי 3 קולה קטן")
            assert (kinds.state, kinds.text) == ("choosing_product", "איזה סוג? פחית / פלסטיק / זכוכית")
            assert [one.icon for one in kinds.options] == ["🥫", "🧴", "🍾"]
            unit = await dana.say("פחית")
            assert (unit.state, unit.text) == ("choosing_unit", "3 ארגזים או 3 בודדים?")
            assert unit.stock and (unit.stock.boxes, unit.stock.units) == (5, 12_000)
            updated = await dana.say("3 בקבוקים")
            assert (updated.state, updated.text) == ("done", "עדכנתי: -3 פחיות קולה קטן")
            assert dana.stock("cola-can") == (5 * 24 + 12 - 3) * 1000
            assert (await dana.say("לקחתי קולה קטן זכוכית")).text == "כמה ארגזים או בקבוקים?"
            short = await dana.say("3 בקבוקים")
            assert (short.state, short.text) == ("confirming_short", "יש רק 2 במלאי. לעדכן ל-0?")
            assert (await dana.say("כן")).text.startswith("עדכנתי: -2")
            assert dana.stock("cola-glass") == 0
            assert (await dana.say("בטל")).text.startswith("ביטלתי")
            assert dana.stock("cola-glass") == 2_000
    run(scenario())
