"""What every engine promises, in a real worker: it answers, refuses, stops when it is told, and comes back."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from models.answer import Answer
from models.errors import ModelError
from models.hosting import Plan
from models.kinds import KINDS, Request
from models.manners import own_mb
from models.recovery import Notice
from models.registry import ENGINES, load_class
from models.runtime import Runtime, Settings
from tests.contract.engine_rigs import TOYS, Rig
from tests.contract.rigs_llm import EMBED, LLM
from tests.contract.rigs_speech import SPEECH
from tests.contract.rigs_vision import VISION
from tests.house import run
from tests.toy_engines import ENGINES as TOY_ENGINES
from tests.wires import until

RIGS: tuple[type[Rig], ...] = (*TOYS, *LLM, *EMBED, *SPEECH, *VISION)

LONG_S = 120.0
CHUNK_BYTES = 3_200
SLOW_LIBRARIES = {"cv2", "llama_cpp", "numpy", "onnxruntime", "piper", "pocketsphinx", "rapidocr", "vosk", "xllamacpp"}


@pytest.fixture(params=RIGS, ids=lambda rig: f"{rig.kind}-{rig.engine}")
def rig(request: pytest.FixtureRequest) -> Rig:
    made: Rig = request.param()
    return made


class Desk:
    """A runtime with one model, and what it had to say."""

    def __init__(self, rig: Rig, plan: Plan) -> None:
        self.notices: list[Notice] = []
        self.runtime = Runtime([plan], [], Settings(memory_mb=100_000), self.notices.append)
        self.check = rig.check
        self._rig = rig

    def ask(self, request: Request[Any, Any] | None = None, within_s: float = LONG_S) -> Answer[Any, Any]:
        """The rig's request, or another; its sound is fed as a microphone would."""
        answer = self.runtime.ask(request or self._rig.request(), within_s)
        if KINDS[self._rig.kind].fed:
            sound = self._rig.sound()
            for start in range(0, len(sound), CHUNK_BYTES):
                answer.feed(sound[start : start + CHUNK_BYTES])
            answer.end()
        return answer

    async def answered(self) -> None:
        """The rig's request is answered as it should be."""
        answer = self.ask()
        partials = [partial async for partial in answer]
        self.check(partials, await answer)

    async def begun(self) -> Answer[Any, Any]:
        """A request that the worker is at."""
        answer = self.ask()
        await until(lambda: answer.settled or self.runtime.figures()[0].running > 0, "the worker begins", LONG_S)
        return answer


@asynccontextmanager
async def open_desk(rig: Rig, plan: Plan) -> AsyncIterator[Desk]:
    desk = Desk(rig, plan)
    try:
        yield desk
    finally:
        await desk.runtime.stop()


@pytest.fixture
def desk(rig: Rig, tmp_path: Path) -> Callable[[Callable[[Desk], Coroutine[Any, Any, None]]], None]:
    """Runs a scenario with the rig's model."""

    def play(scenario: Callable[[Desk], Coroutine[Any, Any, None]]) -> None:
        async def main() -> None:
            async with open_desk(rig, rig.plan(tmp_path)) as opened:
                await scenario(opened)

        run(main(), 2 * LONG_S)

    return play


Play = Callable[[Callable[[Desk], Coroutine[Any, Any, None]]], None]


def test_it_answers_again_and_again(desk: Play) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.answered()
        await desk.answered()
        assert desk.runtime.figures()[0].restarts == 0

    desk(scenario)


def test_it_answers_while_the_till_is_active(desk: Play) -> None:
    async def scenario(desk: Desk) -> None:
        desk.runtime.give_way(True)
        await desk.answered()

    desk(scenario)


def test_it_stops_when_its_request_is_taken_back(desk: Play) -> None:
    async def scenario(desk: Desk) -> None:
        answer = await desk.begun()
        answer.cancel()
        await until(lambda: desk.runtime.figures()[0].running == 0, "the worker stops", LONG_S)
        await desk.answered()
        assert desk.runtime.figures()[0].restarts == 0

    desk(scenario)


def test_a_worker_that_is_killed_at_work_comes_back(desk: Play) -> None:
    async def scenario(desk: Desk) -> None:
        answer = await desk.begun()
        os.kill(worker_of(desk), signal.SIGKILL)
        try:
            await answer  # it was ready before
        except ModelError as error:
            assert error.code == "memory"  # who else ends processes like that
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
        with pytest.raises(ModelError) as caught:
            await desk.ask(request)
        assert caught.value.code == "refused"
        assert caught.value.what.endswith(".")
        await desk.answered()
        assert desk.runtime.figures()[0].restarts == 0

    desk(scenario)


def test_borders_and_nonsense_do_not_end_it(desk: Play, rig: Rig) -> None:
    async def scenario(desk: Desk) -> None:
        for request in rig.odd():
            try:
                await desk.ask(request)
            except ModelError as error:
                assert error.code == "refused", (request, error)
        await desk.answered()
        assert desk.runtime.figures()[0].restarts == 0

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
        for _ in range(3):
            await desk.answered()
        assert desk.runtime.figures()[0].memory_mb > 0
        assert own_mb(worker_of(desk)) < limit_mb

    desk(scenario)


def test_its_module_loads_nothing_slow_and_its_options_explain_themselves(rig: Rig) -> None:
    place = {**TOY_ENGINES, **ENGINES}[rig.kind, rig.engine]
    module = place.partition(":")[0]
    program = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert not SLOW_LIBRARIES & set(done.stdout.split())
    config = load_class(place).Config
    assert config()
    assert config.__struct_config__.forbid_unknown_fields
    _, parts = msgspec.json.schema_components([config])
    for name, schema in parts[config.__name__].get("properties", {}).items():
        assert schema.get("description"), name


def test_every_engine_of_the_registry_has_a_rig() -> None:
    rigged = {(rig.kind, rig.engine) for rig in RIGS}
    assert set(ENGINES) <= rigged
    for place in ENGINES.values():
        assert importlib.import_module(place.partition(":")[0])


def worker_of(desk: Desk) -> int:
    """The process behind a desk's model: the only one that this process has started as a worker."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    workers = [pid for pid in children if b"models.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert len(workers) == 1
    return int(workers[0])
