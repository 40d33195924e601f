"""Head office beside a shop that is measured: in life another machine, here on a processor of its own.

A process has the processors and the control group of whoever starts it (sched_setaffinity(2), cgroups(7)). What the
kernel does for the shop may run on any processor: a scanner's bytes are handed to its reader by a thread of the kernel,
which waited up to 4 ms there until Postgres had had its turn. So head office is in a group that counts as idle
(`cpu.idle` in the kernel's cgroup-v2.rst), where this user may make one: root may.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from sim.postgres import Postgres
from tests.stack import Cloud, cloud

_ALL = os.sched_getaffinity(0)
_LAST = {max(_ALL)}
_CONTROLLERS = Path("/sys/fs/cgroup")


def _groups() -> tuple[Path, Path]:
    """This process's control group, and the one for head office: cgroups(7), version 1 if the processors are there."""
    lines = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    names, path = next(
        (names, path) for _, names, path in sorted(lines, reverse=True) if "cpu" in names.split(",") or not names
    )
    root = _CONTROLLERS / names
    return root / path.strip("/"), root / f"edge-bench-{os.getpid()}"


_MINE, _IDLE = _groups()


@asynccontextmanager
async def head_office(database: str, folder: Path) -> AsyncIterator[Cloud]:
    """A cloud on the last processor; this process, and what it starts from here on, has the other ones, if any."""
    with _idle_group():
        async with AsyncExitStack() as running:
            with there():
                postgres = running.enter_context(Postgres(durable=False))
                office = await running.enter_async_context(cloud(postgres, database, folder))
            yield office


@contextmanager
def there() -> Iterator[None]:
    """What is started meanwhile runs where head office does."""
    os.sched_setaffinity(0, _LAST)
    _enter(_IDLE)
    try:
        yield
    finally:
        _enter(_MINE)
        os.sched_setaffinity(0, _ALL - _LAST or _ALL)


@contextmanager
def _idle_group() -> Iterator[None]:
    """A group for head office. Where it can't be made the shop is measured as slower than it is, which is said."""
    try:
        _IDLE.mkdir()
        (_IDLE / "cpu.idle").write_text("1")
    except OSError as error:
        print(f"Head office is in the shop's way: it has no control group of its own ({error}).")
    try:
        yield
    finally:
        if _IDLE.is_dir():
            _IDLE.rmdir()


def _enter(group: Path) -> None:
    if _IDLE.is_dir():
        (group / "cgroup.procs").write_text(str(os.getpid()))
