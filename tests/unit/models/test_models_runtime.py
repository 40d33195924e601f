"""Asking models: deadlines, priorities, limits, memory, the till; each worker a real process."""

from __future__ import annotations

import asyncio
import os
import time

import pytest

from models.errors import ModelError
from models.kinds import Listen, Speak
from models.limits import FEED_BYTES, PARTIALS_WAITING, WAITING
from models.runtime import Runtime, worker_host
from models.runtime.priority import Priority
from models.runtime.restart_policy import Notice
from tests.children import ended
from tests.contract.engine_rigs import text
from tests.models_fixture import ask_now, code_of, play, quietly
from tests.sync_doubles import until
from tests.toy_engines import plan

# ---- deadlines, and taking back


def test_nothing_comes_behind_a_deadline_and_the_worker_goes_on() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        pid = (await runtime.ask(text("PID"), 20)).text
        began = time.monotonic()
        answer = runtime.ask(text("one WAIT two"), 1)
        assert [token.text async for token in quietly(answer)] == ["one"]
        assert await code_of(answer) == "late"
        assert time.monotonic() - began < 10
        assert (await runtime.ask(text("PID"), 20)).text == pid

    play(scenario)


def test_an_answer_that_lay_unread_while_its_deadline_passed_is_late() -> None:
    """Our own loop was held up: the reply is in the socket, the timer has not gone off."""

    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        await runtime.ask(text("warm"), 20)
        answer = runtime.ask(text("quick"), 0.1)
        until_s = time.monotonic() + 0.3
        while time.monotonic() < until_s:
            pass
        assert await code_of(answer) == "late"

    play(scenario)


def test_a_deadline_counts_while_it_waits_for_its_turn() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        first = runtime.ask(text("WAIT"), 1.0)
        assert await code_of(runtime.ask(text("hello"), 0.1)) == "late"
        first.cancel()
        assert (await runtime.ask(text("hello"), 20)).text == "hello"

    play(scenario)


def test_whoever_is_cancelled_or_leaves_takes_it_back() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await runtime.ask(text("WAIT"), 60)
        async with runtime.ask(text("one WAIT"), 60) as answer:
            async for token in answer:
                assert token.text == "one"
                break
        assert (await runtime.ask(text("free again"), 20)).text == "free again"
        assert runtime.figures()[0].ended["cancelled"] == 2

    play(scenario)


# ---- queues


def test_the_urgent_come_first_and_the_queue_has_an_end() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        first = runtime.ask(text("WAIT"), 30)
        await until(lambda: runtime.figures()[0].running == 1, "it works")
        order: list[str] = []

        async def ask(name: str, priority: Priority) -> None:
            order.append((await runtime.ask(text(name), 30, priority)).text)

        async with asyncio.TaskGroup() as group:
            for name, priority in (("c", Priority.BACKGROUND), ("b", Priority.NORMAL), ("a", Priority.LIVE)):
                group.create_task(ask(name, priority))
                await asyncio.sleep(0)
            waiting = [runtime.ask(text("filler"), 30, Priority.BACKGROUND) for _ in range(WAITING - 3)]
            assert await code_of(ask_now(runtime, "one too many")) == "busy"
            for answer in waiting:
                answer.cancel()
            first.cancel()
        assert order == ["a", "b", "c"]

    play(scenario)


def test_two_may_listen_at_a_time_where_the_engine_can() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        one, two, three = (runtime.ask(Listen("en"), 30) for _ in range(3))
        await until(lambda: runtime.figures()[0].running == 2, "two are heard")
        for answer in (one, two, three):
            answer.feed(b"12")
        two.end()
        assert (await two).text == "2 bytes"
        three.feed(b"3456")
        three.end()
        assert (await three).text == "6 bytes"
        one.end()
        assert [heard.text async for heard in one] == ["2"]

    play(scenario, plan("stt"))


def test_who_speaks_faster_than_can_be_heard_is_told() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        answer = runtime.ask(Listen("en", phrases=("slowly",)), 30)
        for _ in range(FEED_BYTES // 32_000 + 3):
            answer.feed(bytes(32_000))
        assert await code_of(answer) == "behind"
        again = runtime.ask(Listen("en"), 30)
        again.end()
        assert (await again).text == "0 bytes"

    play(scenario, plan("stt"))


def test_partial_results_that_no_one_reads_have_an_end() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        answer = runtime.ask(text("FLOOD"), 30)
        await anext(aiter(answer))
        await until(lambda: answer.is_settled, "it has had enough")
        assert await code_of(answer) == "behind"
        assert len([token async for token in quietly(answer)]) <= PARTIALS_WAITING + 1
        assert (await runtime.ask(text("FLOOD"), 20)).text == "flooded", "who never reads them does without"

    play(scenario)


# ---- memory


def test_the_model_that_was_used_longest_ago_makes_room() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        for name in ("a", "b", "a", "c"):
            await runtime.ask(text("hello"), 20, model=name)
        assert {one.model: one.state for one in runtime.figures()} == {"a": "ready", "b": "cold", "c": "ready"}
        assert notices == []

    play(scenario, plan("llm", "a"), plan("llm", "b"), plan("llm", "c"), memory_mb=128)


def test_a_kept_model_is_loaded_unasked_and_comes_back_when_there_is_room() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        states = lambda: {one.model: one.state for one in runtime.figures()}  # noqa: E731
        runtime.warm()
        await until(lambda: states()["a"] == "ready", "a is loaded")
        await runtime.ask(text("hello"), 20, model="b")
        await runtime.ask(text("hello"), 20, model="c")
        assert states() == {"a": "ready", "b": "cold", "c": "ready"}

    plans = plan("llm", "a"), plan("llm", "b"), plan("llm", "c")
    play(scenario, *plans, memory_mb=128, keep=("a",))


def test_a_model_waits_for_the_memory_of_a_busy_one() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        busy = runtime.ask(text("WAIT"), 30, model="a")
        await until(lambda: runtime.figures()[0].running == 1, "a works")
        other = runtime.ask(text("hello"), 30, model="b")
        assert runtime.figures()[1].state == "queued"
        busy.cancel()
        assert (await other).text == "hello"

    play(scenario, plan("llm", "a"), plan("llm", "b"), memory_mb=100)


def test_a_model_that_never_rests_makes_room_for_a_more_urgent_one() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        at_work = True

        async def frames() -> None:
            while at_work:
                await runtime.ask(text("SLOW"), 60, model="a")

        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(frames())
            await until(lambda: runtime.figures()[0].running == 1, "a works")
            equal = runtime.ask(text("hello"), 60, model="b")
            urgent = runtime.ask(text("hello"), 60, Priority.LIVE, model="c")
            assert (await urgent).text == "hello"
            at_work = False
        assert (await equal).text == "hello"
        assert notices == []

    play(scenario, plan("llm", "a"), plan("llm", "b"), plan("llm", "c"), memory_mb=100)


def test_a_model_that_is_too_large_for_all_of_the_memory_says_so() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        assert await code_of(runtime.ask(text("hello"), 20)) == "unusable"
        assert "64 MB" in notices[0].what

    play(scenario, memory_mb=63)


# ---- who answers, and the till


def test_the_model_for_the_language_and_the_preferred_one_answers() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        assert runtime.ask(Listen("fr"), 20).model == "french"
        assert runtime.ask(Listen("en"), 20).model == "large"
        assert runtime.ask(Listen("en"), 20, model="small").model == "small"
        with pytest.raises(ModelError) as caught:
            runtime.ask(Listen("he"), 20)
        assert caught.value.code == "missing"
        assert runtime.has("stt", "fr")
        assert not runtime.has("stt", "he")

    plans = [
        plan("stt", name, languages=(code,)) for name, code in (("small", "en"), ("large", "en"), ("french", "fr"))
    ]
    play(scenario, *plans, use={"stt.en": "large"})


def test_what_is_missing_is_said_with_what_to_do() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        with pytest.raises(ModelError) as caught:
            runtime.ask(Speak("Bonjour", "fr"), 20)
        assert (caught.value.code, str(caught.value)) == ("missing", "voice is not here. Copy it there.")

    play(scenario)


def test_stopping_ends_every_request_and_every_worker() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        pid = int((await runtime.ask(text("PID"), 20)).text)
        worker = os.pidfd_open(pid)
        at_work, waiting = runtime.ask(text("HANG"), 60), runtime.ask(text("hello"), 60)
        await until(lambda: runtime.figures()[0].running == 1, "it works")
        await runtime.stop()
        assert ended(worker, 0)
        os.close(worker)
        assert await code_of(at_work) == await code_of(waiting) == "stopped"
        assert await code_of(ask_now(runtime, "more")) == "stopped"

    play(scenario)


def test_the_limits_of_a_worker_are_where_the_plan_says() -> None:
    assert plan("llm", memory_mb=200).limit_mb == 428
    assert worker_host.Plan("a", "llm", "", 100).limit_mb == 278


def test_sound_is_whole_samples_and_never_too_much_at_once() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        answer = runtime.ask(Listen("en"), 20)
        with pytest.raises(ValueError, match="half a sample"):
            answer.feed(b"123")
        answer.feed(bytes(FEED_BYTES + 2))
        assert await code_of(answer) == "behind"

    play(scenario, plan("stt"))
