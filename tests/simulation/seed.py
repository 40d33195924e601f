"""Runs one seed: replaces parts of the product with simulations, and reports how the run ended."""

from __future__ import annotations

import shutil
import tempfile
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import msgspec

from edge.counter.till.closing import z_signature
from sync import limits
from tests.simulation.log_capture import listening
from tests.simulation.loop import Stuck, VirtualLoop
from tests.simulation.process import current
from tests.simulation.trace import Trace
from tests.simulation.truth import Broken
from tests.simulation.world import World

SMALL = {
    "BLOCK_ROWS": 4,
    "WINDOW_ROWS": 50,
    "CREDIT_ROWS": 25,
    "CREDIT_LEAST_ROWS": 8,
    "LINKS": 7,
    "PROJECT_ROWS": 6,
}
"""Limits of sync that are so low that they are reached all the time."""


class Result(msgspec.Struct, frozen=True):
    """How a run ended. `invariant`: the broken one ("": none). `lines`: the last lines of the trace.

    `deaths`: how often processes died at each point. `points`: all points passed. `facts`: the number of commands
    answered as done.
    """

    seed: int
    digest: str
    invariant: str
    what: str
    lines: tuple[str, ...]
    deaths: dict[str, int]
    points: tuple[str, ...]
    facts: int


def run_seed(seed: int, echo: Callable[[str], None] | None = None, only: tuple[str, ...] = ()) -> Result:
    """Run a seed with `only` these troubles (none: those of its plan).

    The same seed gives the same trace on any machine with the same code.
    """
    root = Path(tempfile.mkdtemp(prefix="edge-simulation-", dir=_memory()))
    trace = Trace(echo)
    loop = VirtualLoop()
    trace.now = loop.time
    try:
        world = World(seed, root, trace, only)
        with ExitStack() as stack:
            for patched in _replaced(world):
                stack.enter_context(patched)
            try:
                broken = loop.run_until_complete(_outcome(world))
            except Stuck as stuck:
                broken = "somebody goes on", str(stuck)
            if loop.surprises:
                broken = "no surprise", loop.surprises[0]
            facts = len(world.truth.all)
            lines, points = tuple(trace.tail()), tuple(trace.points)
            result = Result(seed, trace.digest, *broken, lines, dict(trace.deaths), points, facts)
            world.bury()
        return result
    finally:
        loop.close()
        shutil.rmtree(root, ignore_errors=True)


async def _outcome(world: World) -> tuple[str, str]:
    """Run the world; returns the broken invariant and what was found ("", "": all hold)."""
    try:
        await world.run()
    except BaseExceptionGroup as group:
        broken = group.subgroup(Broken)
        if broken is None:
            return "no surprise", "".join(traceback.format_exception(group))
        error: BaseException = broken
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        assert isinstance(error, Broken)
        return error.invariant, error.what
    except Broken as error:
        return error.invariant, error.what
    except Exception:  # noqa: BLE001 - one seed's surprise must not end the run of all others
        return "no surprise", traceback.format_exc()
    return "", ""


def _replaced(world: World) -> list[Any]:
    """Return patches of the simulated parts: the connection to the broker, the writer's file, randomness, and printed
    data.
    """
    return [
        *(patch.object(limits, name, most) for name, most in SMALL.items() if world.plan.small),
        listening(world.trace, world.faults),
        # a seed has no secrets of its own, so it signs nothing
        patch.object(z_signature.ZSigner, "sign", lambda _self, _db, _register, report: report),
        patch("sync.mqtt.connect", world.broker.connect),
        patch("edge.operations.ledger.open_writer", lambda path, _gate: world.disk.open_writer(path, current())),
        patch("edge.foundation.printing.printers.part.render", lambda *_: b""),
        patch("edge.foundation.printing.printers.part.warm_up", lambda *_: None, create=True),
        # keys and nonces with which a reason on a receipt is encrypted
        patch("edge.core.people.sealing.os", SimpleNamespace(urandom=world.chance("sealing").randbytes)),
        patch("sync.store_link.random", world.links),
        patch("sync.hub.worker.random", world.links),
    ]


def _memory() -> str | None:
    """Return a file system in memory, if there is one. `disk.py` simulates what a disk loses."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
