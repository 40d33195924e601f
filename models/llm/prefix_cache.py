"""The beginnings of conversations that were read, so that they need not be read again: the least used goes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

MOST = 16


class Beginning(NamedTuple):
    """`data`: llama.cpp's state behind these tokens, of which the first `alike` are those that are looked for."""

    tokens: tuple[int, ...]
    data: Any
    alike: int


class Beginnings:
    """At most MOST, and together no more than `room` bytes."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._kept: dict[tuple[int, ...], Any] = {}

    def has_room(self, size: int) -> bool:
        """Whether one of so many bytes could be kept at all."""
        return size <= self._room

    def best(self, tokens: Sequence[int]) -> Beginning | None:
        """The one that begins most like these."""
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
    """How many tokens both begin with."""
    count = 0
    for one, other in zip(some, others, strict=False):
        if one != other:
            break
        count += 1
    return count
