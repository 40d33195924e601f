"""Askers of every kind at once, on workers that crash, hang, leak and dawdle, while the till comes and goes."""

from __future__ import annotations

import asyncio
import random
import time

import pytest

from models.errors import ModelError
from models.kinds import Detect, Listen
from models.runtime import Runtime, restart_policy
from models.runtime.pending_reply import PendingReply
from models.runtime.priority import Priority
from models.runtime.restart_policy import Notice
from tests.contract.engine_rigs import grey, text
from tests.models_fixture import descriptors, memory_files, play
from tests.sync_doubles import until
from tests.toy_engines import plan

pytestmark = pytest.mark.slow

ACTS = ("one two three", "SLOW", "CRASH", "EXIT", "FAULT", "REFUSE", "WAIT", "HANG", "", "FLOOD")
LATE_S = 20.0
"""How much later than its deadline an asker may hear of it, on a machine that has other work."""
ASKED = 80


@pytest.mark.parametrize("seed", [1, 2])
def test_every_asker_gets_one_answer_in_time_and_nothing_is_left(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restart_policy, "REST_S", (0.1,))
    monkeypatch.setattr("models.runtime.health.OVERDUE_S", 0.1)
    dice = random.Random(seed)

    async def one(runtime: Runtime) -> None:
        await asyncio.sleep(dice.uniform(0, 3))
        within_s = dice.choice((0.02, 0.2, 1.0, 3.0))
        began = time.monotonic()
        try:
            answer = asked(runtime, within_s)
            if dice.random() < 0.15:
                await asyncio.sleep(dice.uniform(0, within_s))
                answer.cancel()
            if dice.random() < 0.5:
                async for _ in answer:
                    pass
            await answer
            assert time.monotonic() - began < within_s + LATE_S
        except ModelError as error:
            assert error.code in ("busy", *CODES), error
        assert time.monotonic() - began < within_s + LATE_S

    def asked(runtime: Runtime, within_s: float) -> PendingReply[object, object]:
        priority = dice.choice(list(Priority))
        kind = dice.random()
        if kind < 0.6:
            return runtime.ask(text(dice.choice(ACTS)), within_s, priority)  # type: ignore[return-value]
        if kind < 0.8:
            pictures = tuple(grey(dice.randint(1, 700), dice.randint(1, 700)) for _ in range(dice.randint(1, 3)))
            return runtime.ask(Detect(pictures), within_s, priority)  # type: ignore[return-value]
        answer = runtime.ask(Listen("en"), within_s, priority)
        for _ in range(dice.randint(0, 20)):
            answer.feed(bytes(2 * dice.randint(0, 8_000)))
        if dice.random() < 0.8:
            answer.end()
        return answer  # type: ignore[return-value]

    async def till(runtime: Runtime) -> None:
        for number in range(8):
            await asyncio.sleep(0.4)
            runtime.give_way(number % 2 == 0)

    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        runtime.warm()
        async with asyncio.TaskGroup() as group:
            group.create_task(till(runtime))
            for _ in range(ASKED):
                group.create_task(one(runtime))
        await until(lambda: all(not figures.running for figures in runtime.figures()), "the workers are through")
        assert all(not figures.waiting for figures in runtime.figures())
        await asyncio.sleep(0.2)
        for request in (text("after all"), Detect((grey(3, 3),))):
            await runtime.ask(request, 20)

    before = descriptors(), memory_files()
    play(scenario, plan("llm"), plan("detect"), plan("stt"), memory_mb=140, keep=("toy-stt",), limit_s=60)
    assert (descriptors(), memory_files()) == before


CODES = ("late", "cancelled", "refused", "failed", "crashed", "hung", "memory", "behind")
