"""Job: train a price model in a separate process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from edge.analytics.pricing.handlers import HeldCategories
from edge.analytics.pricing.train_protocol import PriceAnswer, PriceRequest, PricesFailed
from edge.core.process.work_process import WorkProcess
from edge.core.registry import Chunk
from edge.core.storage.database import Connection
from edge.lib.errors import NeedsHuman

TRAINER = "edge.analytics.pricing.trainer"


def prices_chunks(held: HeldCategories) -> Callable[[Connection, Any, int], Iterator[Chunk]]:
    """The job `prices`: a single step, as there are no partial results."""

    def chunks(db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
        ledger = db.execute("PRAGMA database_list").fetchone()[2]
        request = PriceRequest(ledger, str(params["today"]), int(params["at_us"]), tuple(held(db)))
        work = WorkProcess(TRAINER, request, PriceAnswer, died="pricing.died")
        try:
            for answer in work.answers():
                if isinstance(answer, PricesFailed):
                    raise NeedsHuman(f"No model was trained: {answer.why}.", "", f"pricing.{answer.why}", answer.values)
                made = answer.command
                yield Chunk((made,), cursor + 1, counts={"rows": made.trained.rows, "prices": len(made.prices)})
        finally:
            work.close()

    return chunks
