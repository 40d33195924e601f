"""Runs a module in its own process for one request. Untrusted files are opened there, with bounded memory and time,
never in the till's process. The module's `main` is `return answer(work, ...)`."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable

from sandbox.environment import bare_environment
from sandbox.landlock import confine

NICENESS = 10
FAILED = 3
"""Exit status of a child that reported why it has no answer. Any status other than this and 0 means that it was killed.
"""


class ChildFailed(Exception):
    """The process gave no answer. `slow`: it ran out of time."""

    def __init__(self, module: str, status: int | None) -> None:
        super().__init__(f"{module}: {'no answer in time' if status is None else f'status {status}'}")
        self.slow = status is None or status in (-signal.SIGXCPU, 128 + signal.SIGXCPU)


def ask(module: str, request: bytes, wait_s: float) -> bytes:
    """Return the response of `python -m module`. Blocks, so call it in a thread. Raises `ChildFailed`."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", module],
            input=request,
            stdout=subprocess.PIPE,
            timeout=wait_s,
            check=False,
            env=bare_environment(),
        )
    except subprocess.TimeoutExpired:
        raise ChildFailed(module, None) from None
    if done.returncode:
        raise ChildFailed(module, done.returncode)
    return done.stdout


def answer(
    work: Callable[[bytes], bytes | None],
    memory_bytes: int,
    cpu_s: int,
    reads: Callable[[bytes], Iterable[str]] = lambda asked: (),
    network: bool = False,
    programs: bool = False,
) -> int:
    """Child side: read the request from standard input, write the response to standard output (None: no response) and
    return the exit status. Limits as in `be_bounded`; opens only the files in `reads`, connects only with `network`,
    starts programs only with `programs`."""
    be_bounded(memory_bytes, cpu_s)
    asked = sys.stdin.buffer.read()
    confine(reads(asked), "connects" if network else "", programs=programs)
    answered = work(asked)
    if answered is None:
        return FAILED
    sys.stdout.buffer.write(answered)
    return 0


def give_way() -> None:
    """Run this process at idle priority and off the first processor: for long background work (sched(7); Linux
    only)."""
    leave_first_processor()
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def leave_first_processor(pid: int = 0) -> None:
    """Keep this process, or a child, off the first processor, which the till needs. Has no effect on a single
    processor."""
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(pid, processors - {min(processors)} or processors)


def be_bounded(memory_bytes: int, cpu_s: int) -> None:
    """Limit this process's address space and CPU seconds, lower its priority, and disable core dumps, which would
    contain its input."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
