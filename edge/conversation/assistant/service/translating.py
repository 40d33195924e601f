"""Job runner for names proposed by a translation model. It's separate because each takes seconds, and files and
directives must not wait."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from edge.conversation.understanding.language_models import AskedModels, answer_of
from edge.core.command_bus import CommandBus
from edge.core.jobs.runner import JobRunner
from edge.core.registry import Chunk, JobKind
from edge.core.storage.database import Connection
from edge.foundation.access.queries import rights_of
from edge.goods.translation.model_job import TRANSLATE_JOB, ModelName, ModelNames

WITHIN_S = 15.0
"""Time limit per name in seconds, on a machine that is also used for selling."""
TOKENS = 160


class LoopModel:
    """Makes an asyncio model callable from other threads (a `translation.model_job.NameModel`)."""

    def __init__(self, models: object, loop: asyncio.AbstractEventLoop) -> None:
        self._models, self._loop = models, loop
        self._asked: concurrent.futures.Future[ModelName | None] | None = None

    def is_there(self) -> bool:
        return isinstance(self._models, AskedModels) and self._models.has("llm")

    def name_of(self, told: str, source: str) -> str:
        question = answer_of(self._models, ModelName, told, source, TOKENS, WITHIN_S)
        self._asked = asyncio.run_coroutine_threadsafe(question, self._loop)
        try:
            said = self._asked.result()
        except concurrent.futures.CancelledError:
            return ""
        return said.name if said is not None else ""

    def stop(self) -> None:
        if self._asked is not None:
            self._asked.cancel()


class TranslatingPart:
    """Runs jobs that translate names. `models`: the model client; without one (None), each job reports that."""

    def __init__(self, shop: CommandBus, models: object) -> None:
        self._shop, self._models = shop, models

    async def run(self, ready: Callable[[], None]) -> None:
        """Run translation jobs until cancelled."""
        kind = JobKind(TRANSLATE_JOB, partial(_chunks, LoopModel(self._models, asyncio.get_running_loop())))
        await JobRunner(self._shop, self._shop.bus, rights_of, own=kind).run(ready)


def _chunks(model: LoopModel, db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
    return ModelNames(model, db, params, cursor)
