"""The appliance's side: asking a model, within a time limit.

Use `reply = await runtime.ask(request, within_s=5)`, or `async for` partial results. It runs in the event loop of the
till's process, so everything is callbacks and plain structs: nothing here blocks.

- A request in a worker that ended gets a clear error; the next one gets a new worker (≤2 s).
- No answer is delivered after its deadline: the caller gets an error, and late results are dropped.
- A worker's private memory (RssAnon + RssShmem) is checked from outside twice a second. RLIMIT_AS is unsuitable:
  weights are mapped files, and engines reserve far more addresses than they use. RLIMIT_DATA backs it up against faster
  growth.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable, Mapping

import msgspec

from models.errors import ModelError
from models.kinds import Partial, Reply, Request, kind_of
from models.limits import DEADLINE_S
from models.runtime.model_service import ModelService
from models.runtime.pending_reply import PendingReply
from models.runtime.priority import Priority
from models.runtime.restart_policy import Notice
from models.runtime.stats import Figures
from models.runtime.worker_host import Plan


class Absent(msgspec.Struct, frozen=True):
    """A known model that isn't present: its missing parts, with advice."""

    name: str
    kind: str
    languages: tuple[str, ...]
    what: str
    advice: str
    keys: dict[str, str] = {}


class Settings(msgspec.Struct, frozen=True):
    """Settings of the models' runtime.

    `memory_mb`: the limit for all workers together. `keep`: models loaded in advance and evicted last. `use`: the
    preferred model by kind ("llm") or kind and language ("tts.fr"). `corner`: the workers' control group (see
    `cgroup`).
    """

    memory_mb: int
    keep: tuple[str, ...] = ()
    use: Mapping[str, str] = {}
    corner: str = ""


class Runtime:
    """Runs the models' workers.

    Create it in a running event loop. `notice` is called once with each message for people.
    """

    def __init__(
        self,
        here: Iterable[Plan],
        absent: Iterable[Absent],
        settings: Settings,
        notice: Callable[[Notice], None],
    ) -> None:
        self._settings = settings
        self._served = {
            plan.name: ModelService(plan, notice, self._room, self._idle, self._is_outranked, settings.corner)
            for plan in here
        }
        self._absent = tuple(absent)
        self._ids = itertools.count(1)
        self._stopped = False
        self._settling = False

    def ask(
        self,
        request: Request[Partial, Reply],
        within_s: float,
        priority: Priority = Priority.NORMAL,
        model: str = "",
    ) -> PendingReply[Partial, Reply]:
        """Send a request to the model for its kind and language, or to the named one.

        There is no answer after `within_s` seconds. Raises ModelError at once if no model can answer.
        """
        if not 0 < within_s <= DEADLINE_S:
            raise ValueError(f"a deadline of {within_s} s; it must be above 0 and at most {DEADLINE_S}")
        kind = kind_of(request)
        served = self._served_by(kind, getattr(request, "language", ""), model)
        answer = PendingReply(next(self._ids), served.plan.name, kind, request, priority)
        served.put(answer, within_s)
        return answer

    def has(self, kind: str, language: str = "") -> bool:
        """Whether there is a model of this kind and language. It may still turn out to be unusable."""
        return bool(self._candidates(kind, language))

    def able(self, kind: str, language: str = "") -> tuple[str, ...]:
        """Return the names of the models of this kind and language, the preferred one first."""
        return tuple(served.plan.name for served in self._candidates(kind, language))

    def warm(self) -> None:
        """Load the models to keep, if memory allows."""
        for name in self._settings.keep:
            if served := self._served.get(name):
                served.kept = True
                served.go_on()

    def give_way(self, on: bool) -> None:
        """Yield to the active till, or stop yielding."""
        for served in self._served.values():
            served.give_way(on)

    def figures(self) -> list[Figures]:
        return [served.figures() for served in self._served.values()]

    async def stop(self) -> None:
        """End all requests and workers within about a second."""
        self._stopped = True
        await asyncio.gather(*(served.stop() for served in self._served.values()))

    # -- who answers

    def _served_by(self, kind: str, language: str, model: str) -> ModelService:
        if self._stopped:
            raise ModelError("stopped", "The appliance is being stopped.")
        candidates = self._candidates(kind, language)
        if model:
            candidates = [served for served in candidates if served.plan.name == model]
        if not candidates:
            raise self._missing(kind, language, model)
        return candidates[0]

    def _candidates(self, kind: str, language: str) -> list[ModelService]:
        """Return the models of this kind and language.

        The preferred one comes first, paused ones last, and others in the manifest's order.
        """
        use = self._settings.use
        first = use.get(f"{kind}.{language}", use.get(kind, ""))
        able = [served for served in self._served.values() if _fits(served.plan, kind, language)]
        return sorted(able, key=lambda served: (served.state == "resting", served.plan.name != first))

    def _missing(self, kind: str, language: str, model: str) -> ModelError:
        named = [one for one in self._absent if (not model or one.name == model) and _fits(one, kind, language)]
        if not named:
            what = f"No model for {kind} {language}".strip()
            return ModelError("missing", f"{what} is known.", "See what there is: edge models list.", model)
        one = named[0]
        return ModelError("missing", one.what, one.advice, one.name, {**one.keys, "language": language})

    # -- what is in memory

    def _room(self, wants: ModelService) -> bool:
        """Whether there is enough memory for the model now.

        If not, idle models are evicted; the model asks again later.
        """
        if wants.plan.memory_mb > self._settings.memory_mb:
            wants.give_up(f"it needs {wants.plan.memory_mb} MB, and all models may have {self._settings.memory_mb}")
            return False
        alive = [served for served in self._served.values() if served.alive]
        lacking = sum(served.plan.memory_mb for served in alive) + wants.plan.memory_mb - self._settings.memory_mb
        if lacking <= 0:
            return True
        idle = [served for served in alive if not served.busy and not (served.kept and not wants.has_waiting)]
        idle.sort(key=lambda served: (served.kept, served.used_ns))
        for served in idle:
            if lacking <= 0:
                break
            served.evict()
            lacking -= served.plan.memory_mb
        return False

    def _is_outranked(self, served: ModelService) -> bool:
        """Whether a more urgent request waits for memory. Among equals the current holder keeps it, as loading takes
        long."""
        least = served.urgency[0]
        return any(other.state == "queued" and other.urgency[0] < least for other in self._served.values())

    def _idle(self) -> None:
        """Offer memory that may be free again to waiting models, the most urgent first."""
        if self._settling or self._stopped:
            return
        self._settling = True
        try:
            for served in sorted(self._served.values(), key=lambda served: served.urgency):
                if served.state == "queued":
                    served.go_on()
        finally:
            self._settling = False


def _fits(one: Plan | Absent, kind: str, language: str) -> bool:
    return one.kind == kind and (not language or not one.languages or language in one.languages)
