"""Reads a job's chunks on threads other than the loop's."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from typing import Protocol, runtime_checkable

from edge.core.registry import Chunk


@runtime_checkable
class Stoppable(Protocol):
    """Chunks whose production blocks on something that another thread can cancel."""

    def stop(self) -> None: ...


class ChunkReader:
    """A job's chunks, produced on other threads. It can be closed while one is being produced."""

    def __init__(self, chunks: Iterator[Chunk]) -> None:
        self._chunks = chunks
        self._making = threading.Lock()
        self._closed = False

    def take(self, count: int) -> list[Chunk]:
        """Return the next few chunks; a chunk that only reports progress is returned alone."""
        group: list[Chunk] = []
        with self._making:
            while len(group) < count and not self._closed and (chunk := next(self._chunks, None)) is not None:
                group.append(chunk)
                if not chunk.commands:
                    break
        return group

    def close(self) -> None:
        """Stop reading; call the source's `stop`, if it has one, instead of waiting."""
        self._closed = True
        if isinstance(self._chunks, Stoppable):
            self._chunks.stop()
        with self._making:
            if isinstance(self._chunks, Generator):
                self._chunks.close()
