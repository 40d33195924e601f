"""A module of ours as a process of its own, for one request: what somebody brought is opened there, bounded in memory
and time, and never in the till's process. The module's `main` is `return answer(work, ...)`.
"""

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
"""The status of a child that said why by having no answer; any other but 0 is one that was ended."""


class ChildFailed(Exception):
    """No answer came: `slow` says that there was no time left for it."""

    def __init__(self, module: str, status: int | None) -> None:
        super().__init__(f"{module}: {'no answer in time' if status is None else f'status {status}'}")
        self.slow = status is None or status in (-signal.SIGXCPU, 128 + signal.SIGXCPU)


def ask(module: str, request: bytes, wait_s: float) -> bytes:
    """What `python -m module` answers to a request; blocks, so from a thread. `ChildFailed`."""
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
    """The child's side: its status, once the request on standard input is answered on standard output (None: it is
    not). See `be_bounded`; of the shop's files it opens those that `reads` says, by the request, and no other; only
    with `network` does it connect, and with `programs` start one."""
    be_bounded(memory_bytes, cpu_s)
    asked = sys.stdin.buffer.read()
    confine(reads(asked), "connects" if network else "", programs=programs)
    answered = work(asked)
    if answered is None:
        return FAILED
    sys.stdout.buffer.write(answered)
    return 0


def give_way() -> None:
    """From now on this process runs where nobody else wants to, and off the first processor, if there are more: for
    long work that nobody waits for (sched(7); Linux alone)."""
    leave_first_processor()
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def leave_first_processor() -> None:
    """From now on this process runs off the first processor, if there are more: where the till's is never to wait."""
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors - {min(processors)} or processors)


def be_bounded(memory_bytes: int, cpu_s: int) -> None:
    """From now on this process has so much address space and so many seconds, gives way to others, and leaves no core
    file, in which what it read would stand."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
