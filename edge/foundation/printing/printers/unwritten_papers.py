"""In-memory print jobs for a read-only ledger, each printed at least once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from edge.core.services import Service
from edge.foundation.printing.commands import State
from edge.foundation.printing.document import Document
from edge.foundation.printing.queries import PrintJob

LIMIT = 5
"""Documents that may wait at a printer. Further ones are refused."""
OVER: tuple[State, ...] = ("printed", "sent", "unknown", "failed")


class _Paper(msgspec.Struct):
    job: PrintJob
    over: asyncio.Future[State]


class UnwrittenPapers:
    """In-memory print jobs of one printer. Their ids are negative, unlike those of rows."""

    def __init__(self, nudge: Callable[[], None]) -> None:
        """`nudge` wakes the printer's part."""
        self._nudge = nudge
        self._papers: dict[int, _Paper] = {}
        self._newest = 0

    def __bool__(self) -> bool:
        return bool(self._papers)

    def next(self) -> PrintJob | None:
        return next((paper.job for paper in self._papers.values()), None)

    def find(self, id: int) -> PrintJob | None:
        paper = self._papers.get(id)
        return paper.job if paper else None

    def settle(self, id: int, state: State) -> None:
        """Record a result. A job interrupted before its first byte continues to wait."""
        if id in self._papers and state in OVER:
            over = self._papers.pop(id).over
            if not over.done():
                over.set_result(state)

    async def print(self, document: Document, within_s: float) -> State | None:
        """Print a document and return the result; None if it wasn't and won't be printed."""
        if len(self._papers) >= LIMIT:
            return None
        self._newest -= 1
        id = self._newest
        over: asyncio.Future[State] = asyncio.get_running_loop().create_future()
        job = PrintJob(id, "", "", "alert", document, None, 0, "queued", "", "", 0, None, b"")
        self._papers[id] = _Paper(job, over)
        self._nudge()
        try:
            async with asyncio.timeout(within_s):
                return await over
        except TimeoutError:
            return None
        finally:
            self._papers.pop(id, None)


UNWRITTEN: Service[dict[str, UnwrittenPapers]] = Service("unwritten papers", lambda site: {})
"""Waiting documents of running printers, by device name."""
