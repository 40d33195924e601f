"""Cached states of conversation prefixes, so that they needn't be evaluated again: the least recently used is
evicted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

MOST = 16


class Beginning(NamedTuple):
    """A cached prefix.

    `data` is llama.cpp's state after these tokens, of which the first `alike` match the requested ones.
    """

    tokens: tuple[int, ...]
    data: Any
    alike: int


class Beginnings:
    """A cache of evaluated prefixes: at most MOST, and at most `room` bytes in total."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._kept: dict[tuple[int, ...], Any] = {}

    def has_room(self, size: int) -> bool:
        """Whether a state of this many bytes fits in the cache."""
        return size <= self._room

    def best(self, tokens: Sequence[int]) -> Beginning | None:
        """Return the cached prefix that shares the most leading tokens with `tokens`."""
        found = max(self._kept, key=lambda kept: alike(kept, tokens), default=None)
        if found is None:
            return None
        self._kept[found] = self._kept.pop(found)
        return Beginning(found, self._kept[found], alike(found, tokens))

    def keep(self, tokens: Sequence[int], data: Any) -> None:
        self._kept.pop(tuple(tokens), None)
        self._kept[tuple(tokens)] = data
        while len(self._kept) > MOST or sum(map(len, self._kept.values())) > self._room:
            self._kept.pop(next(iter(self._kept)))


def alike(some: Sequence[int], others: Sequence[int]) -> int:
    """The length of the common prefix."""
    count = 0
    for one, other in zip(some, others, strict=False):
        if one != other:
            break
        count += 1
    return count
