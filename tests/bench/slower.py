"""Which benches got slower than they were: `python -m tests.bench.slower`, within two minutes.

A figure of `recorded.toml` that is worse by a fifth, twice one after the other, is named in a line of its own:
`slower: NAME FIGURE WAS NOW`. It is named and nothing else: how a busy machine measures decides about no change.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[2]
RECORDED = Path(__file__).with_name("recorded.toml")
FIFTH = 1.2
LIMIT_S = 120.0

Figures = dict[str, float]


class Recorded(msgspec.Struct, frozen=True):
    """What a bench, run with these words, was last seen to come to. `more` of it is better, or worse."""

    run: str
    figure: str
    recorded: float
    more: bool

    def worse(self, now: float) -> bool:
        """Whether it is worse than it was by a fifth."""
        return now * FIFTH < self.recorded if self.more else now > self.recorded * FIFTH


def recorded(text: str) -> list[Recorded]:
    return msgspec.convert(tomllib.loads(text)["bench"], list[Recorded])


def slower(known: Iterable[Recorded], measure: Callable[[str], Figures]) -> Iterator[str]:
    """A line for each that is worse in two runs, and for each that could not be measured."""
    once = cache(measure)
    for one in known:
        name = one.run.partition(" ")[0]
        try:
            now = once(one.run)[one.figure]
            if one.worse(now):
                again = measure(one.run)[one.figure]
                now = max(now, again) if one.more else min(now, again)
        except (subprocess.SubprocessError, LookupError, ValueError) as error:
            yield f"not measured: {name} {one.figure}: {error}"
            continue
        if one.worse(now):
            yield f"slower: {name} {one.figure} {one.recorded:g} {now:g}"


def measured(words: str) -> Figures:
    """The last line of a bench. Raises `SubprocessError` and `ValueError`."""
    command = [sys.executable, "-m", "tests.bench", *words.split()]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S, check=True)
    return msgspec.convert(json.loads(ran.stdout.splitlines()[-1]), dict[str, float], strict=False)


if __name__ == "__main__":
    for line in slower(recorded(RECORDED.read_text()), measured):
        print(line, flush=True)
