"""In which order files of tests run, of which of them coverage is measured, and which of them may fail.

A file goes to one worker as a whole: what takes longest begins first, so that workers end together.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent
LONGEST = HERE / "longest_first.txt"
"""Seconds and path, of files that take more than ten."""
CHILDREN = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
"""By these a process that a test starts measures itself (coverage's `patch = subprocess`)."""


class Quarantined(msgspec.Struct, frozen=True):
    """A test that fails by chance, why, and since when that is known."""

    name: str
    cause: str
    since: date


def one_by_day(values: Iterable[Any]) -> list[Any]:
    """Parameters of a test of which every push tries the last, and a night all."""
    *others, last = values
    return [*(pytest.param(one, marks=pytest.mark.nightly) for one in others), last]


def each_by_day(first: Sequence[Any], second: Sequence[Any]) -> list[Any]:
    """All pairs: each of `first` and of `second` in one that every push tries, and in the others a night does."""
    count = max(len(first), len(second))
    by_day = {(first[at % len(first)], second[at % len(second)]) for at in range(count)}
    pairs = product(first, second)
    return [pytest.param(*pair, marks=() if pair in by_day else (pytest.mark.nightly,)) for pair in pairs]


def quarantined(text: str) -> list[Quarantined]:
    return msgspec.convert(tomllib.loads(text).get("test", []), list[Quarantined])


def seconds(text: str) -> dict[str, float]:
    """By path, what is recorded."""
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {path: float(took) for took, path in rows}


def longest_first(items: list[pytest.Item], recorded: dict[str, float]) -> None:
    """Files with tests that are marked slow, then what is recorded as long, then the others; each file stays whole."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    took = {path: recorded.get(path.relative_to(ROOT).as_posix(), 0.0) for path in {item.path for item in items}}
    items.sort(key=lambda item: (item.path not in slow, -took[item.path]))


@contextmanager
def measured(item: pytest.Item, folders: list[str]) -> Iterator[None]:
    """Coverage, where it is measured at all, of everyday tests in these folders alone (none: of all tests)."""
    coverage = sys.modules["coverage"].Coverage.current() if "coverage" in sys.modules else None
    wanted = any(item.path.is_relative_to(ROOT / folder) for folder in folders) and not item.get_closest_marker("slow")
    if coverage is None or not folders or wanted:
        yield
        return
    kept = {name: os.environ.pop(name) for name in CHILDREN if name in os.environ}
    coverage.stop()
    try:
        yield
    finally:
        coverage.start()
        os.environ.update(kept)
