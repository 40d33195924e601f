"""A background job that trains product pairs in a separate process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from edge.core.process.work_process import WorkProcess
from edge.core.registry import Chunk
from edge.core.storage.database import Connection
from edge.lib.errors import NeedsHuman
from edge.ordering.recommend.handlers import Settings
from edge.ordering.recommend.learning.train_protocol import PairsAnswer, PairsFailed, PairsRequest
from edge.ordering.recommend.private_goods import private_categories

TRAINER = "edge.ordering.recommend.learning.trainer"


def recommend_chunks(settings: Settings) -> Callable[[Connection, Any, int], Iterator[Chunk]]:
    """The job `recommend`, in a single step: all or nothing."""

    def chunks(db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
        now = settings.at(db)
        ledger = db.execute("PRAGMA database_list").fetchone()[2]
        place = (now.place.country, now.place.province)
        request = PairsRequest(ledger, str(params["today"]), int(params["at_us"]), private_categories(db, now), *place)
        work = WorkProcess(TRAINER, request, PairsAnswer, died="recommend.died")
        try:
            for answer in work.answers():
                if isinstance(answer, PairsFailed):
                    why = f"recommend.{answer.why}"
                    raise NeedsHuman(f"Products bought together weren't counted: {answer.why}.", "", why, answer.values)
                made = answer.command
                yield Chunk((made,), cursor + 1, counts={"baskets": made.trained.baskets})
        finally:
            work.close()

    return chunks
