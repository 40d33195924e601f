"""The desk that answers head office's questions: each as it comes, and what is over leaves no answer behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

from edge.core.bus import Bus
from edge.core.process.parts import Supervisor
from edge.services.secrets import secrets_of
from edge.services.support_desk import FOLDER, SupportDesk
from edge.shop.support.commands import AskSupport, DeclineSupport
from tests.http_client import when
from tests.shop_fixture import SYSTEM, FakeClock, config, done, open_shop, run

CASE = "c" * 32
HOUR_US = 3600 * 1_000_000


def test_a_question_is_answered_as_it_comes_and_its_answer_goes_with_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            settings = config(tmp_path)
            desk = SupportDesk(shop, settings, Supervisor(Bus()), secrets_of(settings.folder), None, shop.now_us)
            at_work = asyncio.create_task(desk.run(lambda: None))
            asked = AskSupport(CASE, "queue", "Why is it slow?", "person-3", shop.now_us() + HOUR_US, "0" * 64)
            await done(shop, asked, SYSTEM)

            async def answer() -> str:
                return desk.answer_to(CASE)

            async def left() -> list[Path]:
                return list((settings.folder / FOLDER).glob("*.json"))

            assert '"question": "queue"' in await when(answer, bool, "it is answered")
            await done(shop, DeclineSupport(CASE), SYSTEM)
            await when(left, lambda seen: not seen, "the answer is gone")
            at_work.cancel()

    run(scenario())
