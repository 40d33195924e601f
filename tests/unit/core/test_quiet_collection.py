"""Cyclic garbage is collected between a till's commands, and older objects only when no till is active."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from edge.core.limits import COLLECT_ALL_S, COLLECT_OBJECTS, COLLECT_OLD_QUIET_S, TILL_QUIET_S
from edge.core.process.quiet_collection import QuietCollection
from edge.core.till_first import TillFirst


class Cycle:
    """Garbage that only the collector frees, once nothing else refers to it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def nothing_else_collects() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Shop:
    """A clock that is set by hand, a till, and the part."""

    def __init__(self) -> None:
        self.now = 100.0
        self.till = TillFirst(lambda: self.now)
        self.part = QuietCollection(self.till, lambda: self.now)
        self.made: list[list[int]] = []

    def look(self) -> None:
        asyncio.run(self.part.look())

    def make_objects(self) -> None:
        self.made += [[] for _ in range(COLLECT_OBJECTS + 500)]


def test_new_garbage_is_freed_once_there_is_enough_even_while_a_till_is_active() -> None:
    shop = Shop()
    shop.till.touch()
    dead = weakref.ref(Cycle())
    shop.look()
    assert dead() is not None
    shop.make_objects()
    shop.look()
    assert dead() is None


def test_older_objects_wait_until_no_till_has_been_active_for_a_while() -> None:
    shop = Shop()
    older = Cycle()
    gc.collect()
    dead = weakref.ref(older)
    del older
    for _ in range(3):
        shop.till.touch()
        shop.make_objects()
        shop.look()
        assert dead() is not None
    shop.now += TILL_QUIET_S
    shop.look()
    shop.now += COLLECT_OLD_QUIET_S - TILL_QUIET_S - 1
    shop.look()
    assert dead() is not None
    shop.now += 2
    shop.look()
    assert dead() is None


def test_frozen_objects_are_examined_once_a_day_when_no_till_is_active(monkeypatch: pytest.MonkeyPatch) -> None:
    examined = list[str]()
    monkeypatch.setattr(gc, "unfreeze", lambda: examined.append("all"))
    shop = Shop()
    shop.now += COLLECT_ALL_S
    shop.till.touch()
    shop.look()
    assert not examined
    shop.now += COLLECT_ALL_S / 2
    shop.look()
    shop.look()
    assert examined == ["all"]
