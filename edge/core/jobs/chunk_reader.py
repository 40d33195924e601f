"""A job's chunks, made on other threads than the loop's."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from typing import Protocol, runtime_checkable

from edge.core.registry import Chunk


@runtime_checkable
class Stoppable(Protocol):
    """Chunks whose making waits for something that can be cut short, from another thread."""

    def stop(self) -> None: ...


class ChunkReader:
    """A job's chunks, made on other threads. It can be closed while one is being made."""

    def __init__(self, chunks: Iterator[Chunk]) -> None:
        self._chunks = chunks
        self._making = threading.Lock()
        self._closed = False

    def take(self, count: int) -> list[Chunk]:
        """The next few chunks; one of them alone where it only tells of progress."""
        group: list[Chunk] = []
        with self._making:
            while len(group) < count and not self._closed and (chunk := next(self._chunks, None)) is not None:
                group.append(chunk)
                if not chunk.commands:
                    break
        return group

    def close(self) -> None:
        """Take no more; what can `stop` is told to, rather than waited for."""
        self._closed = True
        if isinstance(self._chunks, Stoppable):
            self._chunks.stop()
        with self._making:
            if isinstance(self._chunks, Generator):
                self._chunks.close()
