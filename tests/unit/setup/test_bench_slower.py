"""A bench that got slower than its last figure by a fifth is named."""

from __future__ import annotations

import subprocess
import time
from functools import partial

import pytest

from tests.bench.slower import ALL_S, RECORDED, ROOT, Recorded, main, measured, recorded, slower

RATE = Recorded("ledger --sales 1", "ratio", 0.9, more=True)
TIME = Recorded("page --turns 1", "ratio", 1.1, more=False)


@pytest.mark.parametrize(
    ("known", "now", "named"),
    [
        (RATE, 0.76, "as recorded: ledger ratio 0.9 0.76"),
        (RATE, 0.74, "slower: ledger ratio 0.9 0.74"),
        (TIME, 1.31, "as recorded: page ratio 1.1 1.31"),
        (TIME, 1.33, "slower: page ratio 1.1 1.33"),
        (TIME, 0.2, "as recorded: page ratio 1.1 0.2"),
    ],
)
def test_a_fifth_is_named(known: Recorded, now: float, named: str) -> None:
    assert list(slower([known], lambda words: {"ratio": now})) == [named]


def test_one_that_was_slow_once_is_not_named() -> None:
    figures = iter([2.0, 1.1])
    assert list(slower([TIME], lambda words: {"ratio": next(figures)})) == ["as recorded: page ratio 1.1 1.1"]


def test_one_that_breaks_is_named_and_the_next_is_measured() -> None:
    def measure(words: str) -> dict[str, float]:
        if words == RATE.run:
            raise subprocess.TimeoutExpired("ledger", 1.0)
        return {"ratio": 9.0}

    first, second = slower([RATE, TIME], measure)
    assert first.startswith("not measured: ledger ratio: ") and second == "far worse: page ratio 1.1 9"


@pytest.mark.parametrize(("now", "gate", "code"), [(2.1, True, 0), (2.3, True, 1), (2.3, False, 0)])
def test_one_that_is_far_worse_fails_by_night(now: float, gate: bool, code: int) -> None:
    assert main([TIME], lambda words: {"ratio": now}, gate) == code


def test_what_there_is_no_time_for_is_said_at_once() -> None:
    (line,) = slower([RATE], partial(measured, until_s=time.monotonic()))
    assert line.startswith("not measured: ledger ratio: ") and f"{ALL_S} seconds" in line


def test_what_is_recorded_is_in_the_readme() -> None:
    rows = (ROOT / "tests" / "bench" / "README.md").read_text().partition("## Measured")[2].splitlines()
    for one in recorded(RECORDED.read_text()):
        bench = f"| `{one.run.partition(' ')[0]}` |"
        start = next(place for place, row in enumerate(rows) if row.startswith(bench))
        own = [rows[start], *(row for row in rows[start + 1 : start + 4] if row.startswith("| |"))]
        assert any(f"`{one.figure}`" in row and f"{one.recorded:g}" in row for row in own), one
