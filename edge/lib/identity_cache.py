"""Caches the results of a function for a few objects that it was called with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")


class IdentityCache(Generic[K, T]):
    """Caches the results of `work_out` by the identity of its object. After `most` objects, all are forgotten. For
    values that several projections derive from the same event."""

    __slots__ = ("_known", "_most", "_work_out")

    def __init__(self, work_out: Callable[[K], T], most: int) -> None:
        self._work_out = work_out
        self._most = most
        self._known: dict[int, tuple[K, T]] = {}

    def of(self, one: K) -> T:
        """The value computed from this object."""
        known = self._known.get(id(one))
        if known is not None and known[0] is one:
            return known[1]
        found = self._work_out(one)
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[id(one)] = (one, found)
        return found
