"""Limits connected pages of other machines. This machine's pages are always accepted. Pure."""

from __future__ import annotations

from collections import Counter

from edge.web.limits import PAGES_OF_ONE, PAGES_OF_OTHERS


class Seats:
    """Taken seats by network."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def take(self, network: str) -> bool:
        """Take a seat; return False if none is left. Release it with `leave`."""
        if self._taken[network] >= PAGES_OF_ONE or self._taken.total() >= PAGES_OF_OTHERS:
            return False
        self._taken[network] += 1
        return True

    def leave(self, network: str) -> None:
        self._taken[network] -= 1
        if not self._taken[network]:
            del self._taken[network]
