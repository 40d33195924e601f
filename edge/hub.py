"""The cloud's composition root: a hub worker with what head office wants of each room's events."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from importlib.resources import files
from types import ModuleType
from typing import NamedTuple

import asyncpg
import sdnotify
import structlog

from edge.catalog import events as catalog_events
from edge.catalog import hub as catalog_hub
from edge.catalog.hub import Products
from edge.core.errors import ConfigError
from edge.core.process.memory import keep_what_is_here
from edge.core.shapes import Capability, Registry
from edge.directives import events as directives_events
from edge.directives import hub as directives_hub
from edge.directives.hub import Outcomes
from edge.directives.kinds import KINDS
from edge.promotions import events as promotions_events
from edge.promotions import hub as promotions_hub
from edge.promotions.hub import Promotions
from edge.shifts import events as shift_events
from edge.shifts import hub as shifts_hub
from edge.shifts.hub import Shifts
from edge.stock import events as stock_events
from edge.stock import hub as stock_hub
from edge.stock.hub import Stock
from edge.till import events as till_events
from edge.till import hub as till_hub
from edge.till.hub import Sales
from sync.hub import store
from sync.hub.api import serving
from sync.hub.api.reads import Read
from sync.hub.migrate import MigrationError
from sync.hub.room import RoomProjector
from sync.hub.shell import Worker
from sync.hub.store import Store
from sync.mqtt import BrokerConfig

_log = structlog.get_logger(__name__)


class Room(NamedTuple):
    """A room whose events head office reads as tables; its hub.sql makes them."""

    name: str
    events: ModuleType
    projector: type[RoomProjector]
    reads: tuple[Read, ...]


ROOMS = (
    Room("catalog", catalog_events, Products, catalog_hub.READS),
    Room("till", till_events, Sales, till_hub.READS),
    Room("stock", stock_events, Stock, stock_hub.READS),
    Room("promotions", promotions_events, Promotions, promotions_hub.READS),
    Room("shifts", shift_events, Shifts, shifts_hub.READS),
    Room("directives", directives_events, Outcomes, directives_hub.READS),
)
GUARDED = frozenset(kind.name for kind in KINDS.values() if kind.guarded)
"""Kinds of directives that a key of `publish` alone may not publish."""
HEARTBEAT_S = 2.0
CHECK = "Check --database or $EDGE_HUB_DATABASE."
UNREACHABLE = (
    OSError,
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.TargetServerAttributeNotMatched,
)
NOT_LET_IN = (
    asyncpg.InvalidAuthorizationSpecificationError,  # nobody of that name, or not with that password
    asyncpg.InvalidCatalogNameError,
    asyncpg.exceptions.ClientConfigurationError,
)


def projectors() -> tuple[RoomProjector, ...]:
    """What turns events into tables, one a room."""
    registry = Registry(
        tuple(Capability(room.name, events=room.events.EVENTS, upcasters=room.events.UPCASTERS) for room in ROOMS)
    )
    return tuple(room.projector(registry) for room in ROOMS)


def reads() -> tuple[Read, ...]:
    """What head office's programs may read of the rooms' tables."""
    return tuple(read for room in ROOMS for read in room.reads)


def fault_of(kind: str, body: bytes) -> str | None:
    """What is wrong with a directive before it is published, as the rest of a sentence; None: nothing to be seen."""
    known = KINDS.get(kind)
    if known is None:
        return f"is of no kind of directive that there is: not {kind!r}, but {', '.join(KINDS)}"
    fault = known.fault(body)
    return f"is not a directive of {kind}: {fault}" if fault else None


def tables() -> dict[str, str]:
    """The SQL that makes each room's tables, by its name."""
    return {room.name: files(f"edge.{room.name}").joinpath("hub.sql").read_text() for room in ROOMS}


def release() -> int:
    """This release as a number that grows: 1.2.3 is 1002003."""
    major, minor, patch = (int(number) for number in re.findall(r"\d+", version("edge-store"))[:3])
    return major * 1_000_000 + minor * 1_000 + patch


@asynccontextmanager
async def open_hub(dsn: str) -> AsyncIterator[Store]:
    """The hub's database with all its tables. `ConfigError`: it cannot be reached, or is not what it should be."""
    await bring_up_to_date(dsn)
    async with store.open_store(dsn) as opened:
        yield opened


async def bring_up_to_date(dsn: str) -> None:
    """Give the hub's database the newest schema, its own and the rooms'. `ConfigError` as `open_hub`."""
    try:
        await store.bring_up_to_date(dsn, tables())
    except MigrationError as error:
        raise ConfigError(str(error)) from error
    except UNREACHABLE as error:
        raise ConfigError(f"Postgres cannot be reached: {error}.", CHECK) from error
    except NOT_LET_IN as error:
        raise ConfigError(f"Postgres does not let the hub in: {error}.", CHECK) from error


async def run_api(dsn: str, broker: BrokerConfig, host: str, port: int) -> None:
    """Run the API until SIGTERM or SIGINT."""
    stop = _told_to_stop()
    notifier = sdnotify.SystemdNotifier()
    await bring_up_to_date(dsn)
    async with (
        serving.serve(dsn, broker, reads(), fault_of, GUARDED, host, port) as bound,
        asyncio.TaskGroup() as group,
    ):
        alive = group.create_task(_alive(notifier))
        notifier.notify("READY=1")
        _log.info("the hub's API listens", host=host, port=bound)
        await stop.wait()
        notifier.notify("STOPPING=1")
        alive.cancel()


def _told_to_stop() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def run(dsn: str, broker: BrokerConfig) -> None:
    """Run a hub worker until SIGTERM or SIGINT."""
    stop = _told_to_stop()
    notifier = sdnotify.SystemdNotifier()
    keep_what_is_here()
    async with open_hub(dsn) as opened:
        worker = Worker(opened, broker, projectors(), release())
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(worker.run())
            alive = tasks.create_task(_alive(notifier))
            months = tasks.create_task(opened.keep_months())
            notifier.notify("READY=1")
            _log.info("the hub runs", broker=f"{broker.host}:{broker.port}")
            await stop.wait()
            notifier.notify("STOPPING=1")
            running.cancel()
            alive.cancel()
            months.cancel()


async def _alive(notifier: sdnotify.SystemdNotifier) -> None:
    """Feed systemd's watchdog from the event loop: one that hangs is started again."""
    while True:
        notifier.notify("WATCHDOG=1")
        await asyncio.sleep(HEARTBEAT_S)
