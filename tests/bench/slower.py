"""Which benches got slower than they were: `python -m tests.bench.slower`, within five minutes.

Each figure of `recorded.toml` has a line, so that no one takes silence for a good answer: `slower: NAME FIGURE WAS NOW`
where it is worse by a fifth, twice one after the other, `as recorded: ...` where it is not, `not measured: ...` where
its bench failed or no time was left for it. It is named and nothing else: how a busy machine measures decides about no
change. By night `--gate` fails where a figure is `far worse`, less than half as good: each is a ratio of two things in
one run, so no busy machine explains that. The large benches (assistant, siege, twin) are for whoever measures: one of
them takes longer than all of this.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[2]
RECORDED = Path(__file__).with_name("recorded.toml")
FIFTH, FAR = 1.2, 2.0
LIMIT_S = 120.0
"""Of one run."""
ALL_S = 300.0

Figures = dict[str, float]


class Recorded(msgspec.Struct, frozen=True):
    """What a bench, run with these words, was last seen to come to. `more` of it is better, or worse."""

    run: str
    figure: str
    recorded: float
    more: bool

    def worse(self, now: float, times: float = FIFTH) -> bool:
        """Whether it is worse than it was by so many times."""
        return now * times < self.recorded if self.more else now > self.recorded * times


def recorded(text: str) -> list[Recorded]:
    return msgspec.convert(tomllib.loads(text)["bench"], list[Recorded])


def slower(known: Iterable[Recorded], measure: Callable[[str], Figures]) -> Iterator[str]:
    """A line for each: whether it is worse, in two runs, or could not be measured."""
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
        said = "far worse" if one.worse(now, FAR) else "slower" if one.worse(now) else "as recorded"
        yield f"{said}: {name} {one.figure} {one.recorded:g} {now:g}"


def measured(words: str, until_s: float) -> Figures:
    """The last line of a bench, by a moment of the monotonic clock. Raises `SubprocessError` and `ValueError`."""
    command = [sys.executable, "-m", "tests.bench", *words.split()]
    limit_s = min(LIMIT_S, until_s - time.monotonic())
    if limit_s <= 0:
        raise subprocess.TimeoutExpired(command, ALL_S)
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=limit_s, check=True)
    return msgspec.convert(json.loads(ran.stdout.splitlines()[-1]), dict[str, float], strict=False)


def main(known: Iterable[Recorded], measure: Callable[[str], Figures], gate: bool) -> int:
    """Print each line; 1 where `gate` is and a figure is far worse."""
    failed = 0
    for line in slower(known, measure):
        print(line, flush=True)
        failed |= line.startswith("far worse")
    return int(gate and failed)


if __name__ == "__main__":
    in_time = partial(measured, until_s=time.monotonic() + ALL_S)
    sys.exit(main(recorded(RECORDED.read_text()), in_time, "--gate" in sys.argv[1:]))
