"""What-if calculations in separate processes: one at a time, a few waiting, and the last results stored."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from edge.analytics.whatif.comparison import Answer, Answered, NotAnswered, RunState, WhatifProgress, WhatifQuestion
from edge.analytics.whatif.stock_scenario import (
    StockAnswer,
    StockAnswered,
    StockNotAnswered,
    StockProgress,
    StockQuestion,
    StockRunState,
)
from edge.core.messages import Refusal
from edge.core.process.work_process import WorkProcess
from edge.core.services import Service
from edge.lib.errors import NeedsHuman

WAITING_MOST = 3
KEPT_MOST = 20
WALL_S = 1_800
"""Time limit for a calculation in seconds, including waits for the till."""


class _State(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def state(self) -> str: ...


Asked = TypeVar("Asked")
State = TypeVar("State", bound=_State)


class RunKind(NamedTuple, Generic[Asked, State]):
    """A kind of calculation: the process that answers (`module`), the types of its `answers`, and `state_of`, which
    converts an answer to a state (None: waiting).
    """

    module: str
    answers: Any
    failed: Callable[[str, dict[str, str]], Any]
    began: Any
    state_of: Callable[[str, Asked, Any], State]


class Runs(Generic[Asked, State]):
    """The calculations of a site by id. Results are lost when the process ends and can be requested again."""

    def __init__(self, kind: RunKind[Asked, State]) -> None:
        self._kind = kind
        self._lock = threading.Lock()
        self._runs: OrderedDict[str, State] = OrderedDict()
        self._work: WorkProcess | None = None
        self._closed = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="whatif")

    def start(self, question: Asked) -> str:
        """Start a calculation; returns its id. Raises `Refusal` if too many are waiting."""
        with self._lock:
            if sum(run.state in ("waiting", "running") for run in self._runs.values()) > WAITING_MOST:
                raise Refusal("whatif_busy")
            id = secrets.token_urlsafe(9)
            self._runs[id] = self._kind.state_of(id, question, None)
            while len(self._runs) > KEPT_MOST:
                self._runs.popitem(last=False)
        self._thread.submit(self._answer, id, question)
        return id

    def find(self, id: str) -> State | None:
        """A calculation's progress; None if the id is unknown or expired."""
        return self._runs.get(id)

    def _answer(self, id: str, question: Asked) -> None:
        kind = self._kind
        self._note(id, question, kind.began)
        try:
            work = WorkProcess(kind.module, question, kind.answers, died="whatif.died")
        except OSError as error:
            self._note(id, question, kind.failed("unreadable", {"why": str(error)}))
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
                self._note(id, question, answer)
            if (run := self.find(id)) and run.state == "running":
                self._note(id, question, kind.failed("died", {}))
        except NeedsHuman:
            self._note(id, question, kind.failed("died", {}))
        finally:
            stopping.cancel()
            work.close()
            with self._lock:
                self._work = None

    def _note(self, id: str, question: Asked, answer: Any) -> None:
        run = self._kind.state_of(id, question, answer)
        with self._lock:
            if id in self._runs:
                self._runs[id] = run

    def close(self) -> None:
        """Stop the current calculation and don't start another."""
        with self._lock:
            self._closed = True
            if self._work is not None:
                self._work.stop()
        self._thread.shutdown(wait=False, cancel_futures=True)


def _state_of(id: str, question: WhatifQuestion, answer: Answer | None) -> RunState:
    scenario = question.scenario
    match answer:
        case WhatifProgress(done, papers):
            return RunState(id, "running", scenario, done, papers)
        case Answered(comparison):
            papers = comparison.papers + comparison.voided
            return RunState(id, "done", scenario, papers, papers, comparison=comparison)
        case NotAnswered(why, values):
            return RunState(id, "failed", scenario, why=why, values=values)
        case None:
            return RunState(id, "waiting", scenario)


def _stock_state_of(id: str, question: StockQuestion, answer: StockAnswer | None) -> StockRunState:
    scenario = question.scenario
    match answer:
        case StockProgress(done, products):
            return StockRunState(id, "running", scenario, done, products)
        case StockAnswered(comparison):
            counted = comparison.counted
            return StockRunState(id, "done", scenario, counted, counted, comparison=comparison)
        case StockNotAnswered(why, values):
            return StockRunState(id, "failed", scenario, why=why, values=values)
        case None:
            return StockRunState(id, "waiting", scenario)


REPRICING = RunKind[WhatifQuestion, RunState](
    "edge.analytics.whatif.repricer",
    Answer,
    NotAnswered,
    WhatifProgress(0, 0),
    _state_of,
)
SIMULATING = RunKind[StockQuestion, StockRunState](
    "edge.analytics.whatif.stock_simulator",
    StockAnswer,
    StockNotAnswered,
    StockProgress(0, 0),
    _stock_state_of,
)
RUNS: Service[Runs[WhatifQuestion, RunState]] = Service("what if", lambda site: Runs(REPRICING))
"""A site's what-if calculations."""
STOCK_RUNS: Service[Runs[StockQuestion, StockRunState]] = Service("what if: stock", lambda site: Runs(SIMULATING))
"""A site's stock simulations."""
