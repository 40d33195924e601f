"""What-if calculations in separate processes: one at a time, a few waiting, the last results kept."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from edge.analytics.whatif.comparison import Answered, NotAnswered, RunState, WhatifProgress, WhatifQuestion
from edge.analytics.whatif.scenario import Scenario
from edge.core.messages import Refusal
from edge.core.process.work_process import WorkProcess
from edge.core.services import Service
from edge.lib.errors import NeedsHuman

REPRICER = "edge.analytics.whatif.repricer"
WAITING_MOST = 3
KEPT_MOST = 20
WALL_S = 1_800
"""How long a question is processed, including waits for the till."""


class Runs:
    """The calculations of a site by id. Results are lost with the process and can be requested again."""

    def __init__(self, module: str = REPRICER) -> None:
        self._module = module
        self._lock = threading.Lock()
        self._runs: OrderedDict[str, RunState] = OrderedDict()
        self._work: WorkProcess | None = None
        self._closed = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="whatif")

    def start(self, question: WhatifQuestion) -> str:
        """Start a calculation; returns its id. Raises `Refusal` if too many are waiting."""
        with self._lock:
            if sum(run.state in ("waiting", "running") for run in self._runs.values()) > WAITING_MOST:
                raise Refusal("whatif_busy")
            id = secrets.token_urlsafe(9)
            self._runs[id] = RunState(id, "waiting", question.scenario)
            while len(self._runs) > KEPT_MOST:
                self._runs.popitem(last=False)
        self._thread.submit(self._answer, id, question)
        return id

    def find(self, id: str) -> RunState | None:
        """A calculation's progress; None if the id is unknown (or expired)."""
        return self._runs.get(id)

    def _answer(self, id: str, question: WhatifQuestion) -> None:
        scenario = question.scenario
        self._note(RunState(id, "running", scenario))
        try:
            work = WorkProcess(self._module, question, WhatifProgress | Answered | NotAnswered, died="whatif.died")
        except OSError as error:
            self._note(RunState(id, "failed", scenario, why="unreadable", values={"why": str(error)}))
            return
        with self._lock:
            self._work = work
            if self._closed:
                work.stop()
        stopping = threading.Timer(WALL_S, work.stop)
        stopping.daemon = True
        stopping.start()
        try:
            for answer in work.answers():
                self._note(_state_of(id, scenario, answer))
            if (run := self.find(id)) and run.state == "running":
                self._note(RunState(id, "failed", scenario, why="died"))
        except NeedsHuman:
            self._note(RunState(id, "failed", scenario, why="died"))
        finally:
            stopping.cancel()
            work.close()
            with self._lock:
                self._work = None

    def _note(self, run: RunState) -> None:
        with self._lock:
            if run.id in self._runs:
                self._runs[run.id] = run

    def close(self) -> None:
        """Stop the current calculation, and start no more."""
        with self._lock:
            self._closed = True
            if self._work is not None:
                self._work.stop()
        self._thread.shutdown(wait=False, cancel_futures=True)


def _state_of(id: str, scenario: Scenario, answer: WhatifProgress | Answered | NotAnswered) -> RunState:
    match answer:
        case WhatifProgress(done, papers):
            return RunState(id, "running", scenario, done, papers)
        case Answered(comparison):
            papers = comparison.papers + comparison.voided
            return RunState(id, "done", scenario, papers, papers, comparison=comparison)
        case NotAnswered(why, values):
            return RunState(id, "failed", scenario, why=why, values=values)


RUNS: Service[Runs] = Service("what if", lambda site: Runs())
"""The questions of a site."""
