"""Workers and the till on one box: who has the processors when both want them."""

from __future__ import annotations

import os

import pytest

from models.runtime import Runtime
from models.runtime.priority import Priority
from models.runtime.restart_policy import Notice
from models.worker import cpu_priority
from models.worker.cpu_priority import can_return
from tests.contract.engine_rigs import text
from tests.models_fixture import play, threads_of
from tests.sync_doubles import until
from tests.toy_engines import plan


@pytest.mark.skipif(not can_return(), reason="missing: the right to come back from the lowest priority")
def test_the_till_comes_first() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        assert (await runtime.ask(text("RESTS"), 20)).text == "went on"
        runtime.give_way(True)
        assert (await runtime.ask(text("POLICY"), 20)).text == "idle"
        assert (await runtime.ask(text("THREADS"), 20)).text == "2"
        assert (await runtime.ask(text("RESTS"), 20)).text == "rested"
        later = runtime.ask(text("later"), 20, Priority.BACKGROUND)
        assert (await runtime.ask(text("now"), 20)).text == "now"
        assert not later.is_settled
        runtime.give_way(False)
        assert (await later).text == "later"
        assert (await runtime.ask(text("POLICY"), 20)).text == "batch"
        assert (await runtime.ask(text("THREADS"), 20)).text == "4"

    play(scenario, plan("llm", threads=4))


def test_while_the_till_is_active_all_of_a_worker_is_off_the_tills_processor_and_at_the_lowest_priority() -> None:
    every = os.sched_getaffinity(0)

    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        worker = (await runtime.ask(text("PID"), 20)).text
        helpers = (await runtime.ask(text("HELPED"), 20)).text
        of_it = [*threads_of(worker), *map(int, helpers.split())]
        assert len(of_it) >= 4
        runtime.give_way(True)
        assert {os.sched_getscheduler(one) for one in of_it} == {os.SCHED_IDLE}
        assert all(os.sched_getaffinity(one) == (every - {min(every)} or every) for one in of_it)
        runtime.give_way(False)
        assert all(os.sched_getaffinity(one) == every for one in of_it)

    play(scenario)


def test_a_box_with_one_processor_has_none_to_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {3})
    assert cpu_priority.worker_cpus() == {3}


def test_a_worker_is_weighed_against_the_till_itself_and_hears_no_ctrl_c_of_its_terminal() -> None:
    """Sessions are weighed against each other first, where the kernel groups them (sched(7)): the lowest priority
    within one of its own would be no less than the till's."""

    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        worker = int((await runtime.ask(text("PID"), 20)).text)
        assert os.getsid(worker) == os.getsid(0)
        assert os.getpgid(worker) == worker

    play(scenario)


def test_what_no_one_waits_for_is_not_begun_while_the_till_is_active() -> None:
    async def scenario(runtime: Runtime, notices: list[Notice]) -> None:
        runtime.give_way(True)
        runtime.warm()
        later = runtime.ask(text("later"), 20, Priority.BACKGROUND, model="b")
        assert (await runtime.ask(text("now"), 20, model="c")).text == "now"
        assert [one.state for one in runtime.figures()] == ["cold", "cold", "ready"]
        runtime.give_way(False)
        assert (await later).text == "later"
        await until(lambda: runtime.figures()[0].state == "ready", "the kept one is loaded")

    play(scenario, plan("llm", "a"), plan("llm", "b"), plan("llm", "c"), keep=("a",))
