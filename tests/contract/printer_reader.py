"""Collects the data received by a simulated printer."""

from __future__ import annotations

import threading
from collections.abc import Callable

DEADLINE_S = 20.0


class Reader:
    """Collects data from a descriptor, in a separate thread."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.limit = -1
        self.flowing = threading.Event()
        self.flowing.set()
        self._more = threading.Condition()

    def read_all(self, read: Callable[[int], bytes]) -> None:
        """Read until the end or the limit."""
        try:
            while self.limit != 0:
                self.flowing.wait()
                data = read(65_536)
                if not data:
                    return
                if self.limit >= 0:
                    data = data[: self.limit]
                    self.limit -= len(data)
                self.put(data)
        except OSError:
            return  # the line was hung up; data received before counts

    def put(self, data: bytes) -> None:
        with self._more:
            self.data += data
            self._more.notify_all()

    def wait_for(self, count: int) -> bytes:
        with self._more:
            assert self._more.wait_for(lambda: len(self.data) >= count, DEADLINE_S), f"{len(self.data)} of {count}"
            return bytes(self.data)
