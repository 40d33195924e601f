"""The contract of all engines, in a real worker: it answers, refuses, stops when told to, and recovers."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from models.errors import ModelError
from models.kinds import KINDS, Request
from models.runtime import Runtime, Settings
from models.runtime.pending_reply import PendingReply
from models.runtime.restart_policy import Notice
from models.runtime.worker_host import Plan
from models.worker.process_limits import own_mb
from tests.contract.engine_rigs import TOYS, Rig
from tests.contract.rigs_llm import EMBED, LLM, SERVED, EmbedXllamacppRig, LlmXllamacppRig
from tests.contract.rigs_speech import SPEECH, SttWyomingRig, VadRig, WakeRig, WhisperRig
from tests.contract.rigs_vision import VISION, RapidocrRig
from tests.shop_fixture import run
from tests.sync_doubles import until

pytestmark = pytest.mark.slow

RIGS: tuple[type[Rig], ...] = (*TOYS, *LLM, *SERVED, *EMBED, *SPEECH, *VISION)

LONG_S = 120.0
SHORT_S = 0.05
CHUNK_BYTES = 3_200

LONG_TO_LOAD = (WhisperRig,)
"""Engines that take seconds to load in each of their thirty tests, so they run at night. `test_hearing` covers them by
day.
"""
LONG_AT_WORK = (LlmXllamacppRig, EmbedXllamacppRig, SttWyomingRig, VadRig, WakeRig, RapidocrRig)
"""Engines with slow answers, whose tests of dying, late and yielding workers run at night.

These tests concern the runtime more than the engine, and all other engines run them by day.
"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "rig" not in metafunc.fixturenames:
        return
    by_night = (*LONG_TO_LOAD, *(LONG_AT_WORK if metafunc.function in OF_THE_RUNTIME else ()))
    rigs = [pytest.param(rig, marks=pytest.mark.nightly if rig in by_night else ()) for rig in RIGS]
    metafunc.parametrize("rig", rigs, ids=lambda rig: f"{rig.kind}-{rig.engine}", indirect=True, scope="module")


@pytest.fixture(scope="module")
def rig(request: pytest.FixtureRequest) -> Rig:
    made: Rig = request.param()
    return made


class Desk:
    """A runtime with one model, and its notices."""

    def __init__(self, rig: Rig, plan: Plan) -> None:
        self.notices: list[Notice] = []
        self.runtime = Runtime([plan], [], Settings(memory_mb=100_000), self.notices.append)
        self.check = rig.check
        self._rig = rig

    def ask(self, request: Request[Any, Any] | None = None, within_s: float = LONG_S) -> PendingReply[Any, Any]:
        """Send `request`, or the rig's. Its sound is fed as by a microphone."""
        answer = self.runtime.ask(request or self._rig.request(), within_s)
        if KINDS[self._rig.kind].fed:
            sound = self._rig.sound()
            for start in range(0, len(sound), CHUNK_BYTES):
                answer.feed(sound[start : start + CHUNK_BYTES])
            answer.end()
        return answer

    @property
    def restarts(self) -> int:
        """The number of times its worker ended unexpectedly."""
        return self.runtime.figures()[0].restarts

    async def answered(self) -> None:
        """Check that the rig's request is answered correctly."""
        answer = self.ask()
        partials = [partial async for partial in answer]
        self.check(partials, await answer)

    async def begun(self) -> PendingReply[Any, Any]:
        """Return a request that the worker is processing."""
        answer = self.ask()
        await until(lambda: answer.is_settled or self.runtime.figures()[0].running > 0, "the worker begins", LONG_S)
        return answer


Scenario = Callable[[Desk], Coroutine[Any, Any, None]]
Play = Callable[[Scenario], None]


@asynccontextmanager
async def open_desk(rig: Rig, plan: Plan) -> AsyncIterator[Desk]:
    desk = Desk(rig, plan)
    try:
        yield desk
    finally:
        await desk.runtime.stop()


@pytest.fixture(scope="module")
def desk(rig: Rig, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """Yield a function that runs scenarios with the rig's model, one after another.

    The model is loaded once, and again after its worker has ended.
    """
    plan = rig.plan(tmp_path_factory.mktemp("model"))
    with asyncio.Runner() as runner:
        opened = open_desk(rig, plan)
        shared = runner.run(opened.__aenter__())

        def play(scenario: Scenario) -> None:
            runner.run(asyncio.wait_for(scenario(shared), 2 * LONG_S))

        yield play
        runner.run(opened.__aexit__(None, None, None))


def test_it_answers_again_and_again(desk: Play) -> None:
    async def scenario(desk: Desk) -> None:
        before = desk.restarts
        await desk.answered()
        await desk.answered()
        assert desk.restarts == before

    desk(scenario)


def test_it_answers_while_the_till_is_active(desk: Play) -> None:
    async def scenario(desk: Desk) -> None:
        desk.runtime.give_way(True)
        try:
            await desk.answered()
        finally:
            desk.runtime.give_way(False)

    desk(scenario)


def test_it_stops_when_its_request_is_taken_back(desk: Play) -> None:
    async def scenario(desk: Desk) -> None:
        before = desk.restarts
        answer = await desk.begun()
        answer.cancel()
        await until(lambda: desk.runtime.figures()[0].running == 0, "the worker stops", LONG_S)
        await desk.answered()
        assert desk.restarts == before

    desk(scenario)


def test_its_asker_is_told_at_the_deadline_whatever_it_is_at(desk: Play) -> None:
    """An engine that can't be stopped within a step is killed and restarted."""

    async def scenario(desk: Desk) -> None:
        await desk.answered()
        began_s = time.monotonic()
        try:
            await desk.ask(within_s=SHORT_S)  # some requests are finished by then
        except ModelError as error:
            assert error.code == "late"
        assert time.monotonic() - began_s < SHORT_S + 5
        await desk.answered()

    desk(scenario)


def test_a_worker_that_is_killed_at_work_comes_back(desk: Play) -> None:
    async def scenario(desk: Desk) -> None:
        answer = await desk.begun()
        os.kill(worker_of(desk), signal.SIGKILL)
        try:
            await answer  # it was finished before
        except ModelError as error:
            assert error.code == "memory"  # usually, only the kernel kills processes like this
        await desk.answered()

    desk(scenario)


def test_a_request_that_a_dead_worker_never_saw_is_answered_by_the_next_one(desk: Play) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.answered()
        worker = worker_of(desk)
        os.kill(worker, signal.SIGSTOP)
        answer = await desk.begun()
        os.kill(worker, signal.SIGKILL)
        partials = [partial async for partial in answer]
        desk.check(partials, await answer)
        assert worker_of(desk) != worker

    desk(scenario)


def test_what_it_cannot_do_it_refuses_in_a_sentence(desk: Play, rig: Rig) -> None:
    async def scenario(desk: Desk) -> None:
        request = rig.refused()
        if request is None:
            pytest.skip("it does whatever it is asked")
        before = desk.restarts
        with pytest.raises(ModelError) as caught:
            await desk.ask(request)
        assert caught.value.code == "refused"
        assert caught.value.what.endswith(".")
        await desk.answered()
        assert desk.restarts == before

    desk(scenario)


def test_borders_and_nonsense_do_not_end_it(desk: Play, rig: Rig) -> None:
    async def scenario(desk: Desk) -> None:
        before = desk.restarts
        for request in rig.odd():
            try:
                await desk.ask(request)
            except ModelError as error:
                assert error.code == "refused", (request, error)
        await desk.answered()
        assert desk.restarts == before

    desk(scenario)


def test_without_its_files_it_says_so(rig: Rig, tmp_path: Path) -> None:
    plan = rig.plan(tmp_path)
    if plan.folder is None and not plan.files:
        pytest.skip("its library brings what it needs")
    nowhere = tmp_path / "nowhere"
    files = tuple(str(nowhere / Path(file).name) for file in plan.files)
    moved = msgspec.structs.replace(plan, folder=str(nowhere), files=files)

    async def main() -> None:
        async with open_desk(rig, moved) as desk:
            with pytest.raises(ModelError) as caught:
                await desk.ask()
            assert caught.value.code in ("missing", "unusable")
            assert [notice.code for notice in desk.notices] == [caught.value.code]

    run(main(), LONG_S)


def test_it_stays_within_its_memory(desk: Play, rig: Rig, tmp_path: Path) -> None:
    limit_mb = rig.plan(tmp_path).limit_mb

    async def scenario(desk: Desk) -> None:
        await desk.answered()
        assert desk.runtime.figures()[0].memory_mb > 0
        assert own_mb(worker_of(desk)) < limit_mb

    desk(scenario)


OF_THE_RUNTIME = (
    test_it_answers_while_the_till_is_active,
    test_its_asker_is_told_at_the_deadline_whatever_it_is_at,
    test_a_worker_that_is_killed_at_work_comes_back,
    test_a_request_that_a_dead_worker_never_saw_is_answered_by_the_next_one,
)


def worker_of(desk: Desk) -> int:
    """Return the process of a desk's model. It is the only worker that this process has started."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    workers = [pid for pid in children if b"models.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert len(workers) == 1
    return int(workers[0])
