"""What ends a worker ends one request, is said once, and leaves nothing behind; each worker a real process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kinds import Detect, Picture
from models.limits import MESSAGE_BYTES, SLOT_BYTES
from models.runtime import Runtime, restart_policy
from models.runtime.restart_policy import Notice
from models.tensor import Tensor
from models.worker import wire
from tests.children import starter_killed
from tests.contract.engine_rigs import grey, text
from tests.models_fixture import ask_now, code_of, descriptors, memory_files, play, there, told
from tests.sync_doubles import until
from tests.toy_engines import plan


@pytest.mark.parametrize(
    ("act", "code"),
    [("CRASH", "crashed"), ("EXIT", "crashed"), ("LEAK", "memory"), ("GRAB", "memory"), ("HANG", "late")],
)
def test_what_ends_a_worker_ends_one_request_and_is_said_once(act: str, code: str) -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        first = (await runtime.ask(text("PID"), 20)).text
        assert await code_of(runtime.ask(text(act), 0.3 if act == "HANG" else 20)) == code
        after = runtime.ask(text("PID"), 20)
        assert (await after).text != first
        assert [notice.code for notice in notices] == ["hung" if act == "HANG" else code, "back"]
        assert not there(first)

    play(scenario)


def test_a_library_that_keeps_the_interpreters_lock_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.runtime.health.SILENT_S", 1.0)

    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        assert await code_of(runtime.ask(text("SEIZE"), 60)) == "hung"
        assert "hasn't responded" in notices[0].what
        assert (await runtime.ask(text("better"), 20)).text == "better"

    play(scenario)


def test_a_fault_of_the_engine_ends_its_request_alone() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        first = (await runtime.ask(text("PID"), 20)).text
        assert await code_of(runtime.ask(text("FAULT"), 20)) == "failed"
        assert await code_of(runtime.ask(text("REFUSE"), 20)) == "refused"
        assert (await runtime.ask(text("PID"), 20)).text == first
        assert notices == []

    play(scenario)


def test_an_engine_that_fails_again_and_again_is_restarted() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        first = (await runtime.ask(text("PID"), 20)).text
        for _ in range(3):
            assert await code_of(runtime.ask(text("FAULT"), 20)) == "failed"
        assert (await runtime.ask(text("PID"), 20)).text != first
        assert [notice.code for notice in notices] == ["crashed", "back"]

    play(scenario)


def test_failures_are_requests_and_restarts_are_workers() -> None:
    def counted(runtime: Runtime) -> tuple[int, int]:
        (one,) = runtime.figures()
        return one.failures, one.restarts

    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        pid = int((await runtime.ask(text("PID"), 20)).text)
        assert await code_of(runtime.ask(text("REFUSE"), 20)) == "refused"
        assert counted(runtime) == (0, 0)
        assert await code_of(runtime.ask(text("FAULT"), 20)) == "failed"
        assert counted(runtime) == (1, 0)
        os.kill(pid, signal.SIGKILL)  # nobody had asked it anything
        await until(lambda: bool(notices), "its end is noticed")
        assert counted(runtime) == (1, 1)
        assert await code_of(runtime.ask(text("CRASH"), 20)) == "crashed"
        assert counted(runtime) == (2, 2)

    play(scenario)


def test_an_answer_that_cannot_be_is_none() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        assert await code_of(runtime.ask(Detect((), threshold=1), 20)) == "failed"
        assert (await runtime.ask(Detect(()), 20)).boxes == ()

    play(scenario, plan("detect"))


def test_a_model_that_only_ends_rests_and_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restart_policy, "REST_S", (0.2,))

    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        for _ in range(3):
            assert await code_of(runtime.ask(text("CRASH"), 20)) == "crashed"
        assert [notice.resting for notice in notices if notice.code != "back"] == [False, False, True]
        assert await code_of(ask_now(runtime, "well?")) == "crashed"
        await until(lambda: runtime.figures()[0].state == "resting", "it rests")
        await asyncio.sleep(0.25)
        assert (await runtime.ask(text("well?"), 20)).text == "well?"
        assert notices[-1].code == "back"

    play(scenario)


@pytest.mark.parametrize(
    ("load", "code", "said"),
    [
        ("unusable", "unusable", "damaged"),
        ("fault", "unusable", "temper"),
        ("crash", "crashed", "SIGSEGV"),
        ("library", "missing", "libgomp-that-nobody-has.so.1"),
    ],
)
def test_a_model_that_cannot_be_loaded_says_why(load: str, code: str, said: str) -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        assert await code_of(runtime.ask(text("hello"), 20)) == code
        assert said in notices[-1].what

    play(scenario, plan("llm", options={"load": load}))


def test_loading_for_ever_is_a_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.runtime.health.LOAD_S", 0.5)

    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        assert await code_of(runtime.ask(text("hello"), 20)) == "hung"

    play(scenario, plan("llm", options={"load": "hang"}))


def test_a_library_that_is_not_installed_is_a_state(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        assert await code_of(runtime.ask(text("hello"), 20)) == "missing"
        assert "not installed" in notices[-1].what

    play(scenario, plan("llm", place="tests.toy_engines:ToyWithoutLibrary"))


def test_large_arrays_come_whole_and_leave_nothing() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        random = np.random.default_rng(7)
        for side in (2, 100, 1_000, 2_500):
            pixels = random.integers(0, 256, (side, side, 3), np.uint8)
            (box,), (other,) = (await runtime.ask(Detect((Picture(Tensor.of(pixels)), grey(3, 3, 255))), 30)).boxes
            assert box.score == round(float(pixels.mean()) / 255, 3)
            assert other.score == 1
        too_large = grey(4_096, SLOT_BYTES // 4_096)
        assert await code_of(runtime.ask(Detect((too_large,)), 30)) == "refused"
        assert (await runtime.ask(Detect((grey(480, 640),)), 30)).boxes[0][0].score == 0.2

    before = memory_files()
    play(scenario, plan("detect"))
    assert memory_files() == before


def test_a_killed_worker_leaves_no_descriptor_and_no_memory_behind() -> None:
    counts = []

    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        for _ in range(3):
            assert await code_of(runtime.ask(text("CRASH"), 20)) == "crashed"
            assert (await runtime.ask(text("PID"), 20)).text.isdigit()
            counts.append((descriptors(), memory_files()))

    play(scenario)
    assert len(set(counts)) == 1


def test_the_kernel_takes_workers_first_and_they_write_no_core() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        worker = (await runtime.ask(text("PID"), 20)).text
        assert int(told(worker, "oom_score_adj")) == 900
        limits = told(worker, "limits").splitlines()
        assert any(line.startswith("Max core file size") and " 0 " in line for line in limits)

    play(scenario)


def test_a_worker_whose_parent_was_killed_ends_even_if_it_can_do_nothing() -> None:
    assert starter_killed("from tests.models_fixture import SeizedWorker as Server")


@given(st.binary(max_size=200), st.lists(st.integers(1, 50), max_size=20))
def test_messages_are_cut_from_the_stream_however_it_comes(noise: bytes, cuts: list[int]) -> None:
    messages = [wire.Ask(1, 2, noise), wire.Cancel(3), wire.Feed(4, noise, True)]
    stream = b"".join(map(wire.pack_message, messages))
    frames, got, at = wire.Frames(), [], 0
    for cut in [*cuts, len(stream)]:
        got += [wire.to_worker.decode(body) for body in frames.feed(stream[at : at + cut])]
        at += cut
    assert got == messages


@given(st.binary(max_size=500))
def test_an_invalid_message_is_an_error_and_nothing_else(noise: bytes) -> None:
    with contextlib.suppress(ValueError, msgspec.MsgspecError):
        for body in wire.Frames().feed(noise):
            wire.from_worker.decode(body)


def test_a_message_that_is_too_large_is_an_error() -> None:
    with pytest.raises(ValueError, match="limit"):
        wire.pack_message(wire.Feed(1, bytes(MESSAGE_BYTES), False))
    with pytest.raises(ValueError, match="limit"):
        list(wire.Frames().feed(b"\xff\xff\xff\xff"))
