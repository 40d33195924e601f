"""Composition root of head office: a hub worker with each capability's projections."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import asyncpg
import msgspec
import sdnotify
import structlog

from edge import __version__
from edge.analytics.notify.hub import answer as letters_answer
from edge.app.head_office.hub_door import HubDoor
from edge.app.head_office.hub_expiry import expire
from edge.app.head_office.hub_letters import LetterRelay, OfficeMailServer
from edge.app.head_office.hub_office_mail import OfficeLetterWriter, link_letter, page_words
from edge.app.head_office.hub_price_files import read_prices
from edge.app.head_office.hub_questions import answer_question
from edge.app.head_office.hub_relay import relay
from edge.app.head_office.hub_texts import EXCHANGE
from edge.app.head_office.office_settings import setting_words
from edge.backoffice.directives.kinds import KINDS
from edge.core.people import forgetting
from edge.core.process.gc_tuning import freeze_gc
from edge.core.registry import Capability, Registry
from edge.lib.errors import ConfigError, NeedsHuman
from edge.lib.floors import capability_files, capability_module
from edge.lib.i18n import ENGLISH
from edge.lib.regions.places import list_countries
from edge.lib.units.card_numbers import field_with_card_number
from sync.directive_signing import Signer
from sync.hub import store
from sync.hub.api import serving
from sync.hub.api.app import ApiParts
from sync.hub.api.reads import Read
from sync.hub.api.till_webhooks import NO_HOOKS, Hooks
from sync.hub.box_enrolment import BrokerPlace
from sync.hub.device_queue import Answer
from sync.hub.migrate import MigrationError
from sync.hub.primary import Connection, connect_to_any
from sync.hub.store import Store
from sync.hub.table import Table, script
from sync.hub.table_projector import TableProjector
from sync.hub.worker import Worker
from sync.limits import DATABASE_S
from sync.mqtt import BrokerConfig

_log = structlog.get_logger(__name__)


class HubCapability(NamedTuple):
    """A capability's tables at head office. Without a projector, it has only tables that no event fills. `tables`: the
    projector's tables, and those that head office writes itself; `views`: SQL that follows its tables; `answer`:
    replies to boxes' questions."""

    name: str
    events: ModuleType | None
    projector: type[TableProjector] | None
    tables: tuple[Table, ...]
    views: str
    answer: Answer | None = None


def _hub_capability(path: Path) -> HubCapability:
    """Load `edge/FLOOR/NAME/hub.py`: its projector, if any, and the `hub.sql` next to it."""
    name = path.parent.name
    module = capability_module(path)
    found = [
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, TableProjector) and one.__module__ == module.__name__
    ]
    (projector,) = found or (None,)
    views = path.with_suffix(".sql")
    has_events = module if hasattr(module, "EVENTS") else None
    events = (has_events or capability_module(path.with_name("events.py"))) if projector else None
    sql = views.read_text() if views.exists() else ""
    projected = projector.tables if projector else ()
    own = [one for one in vars(module).values() if isinstance(one, Table) and one not in projected]
    return HubCapability(name, events, projector, (*projected, *own), sql, getattr(module, "answer", None))


CAPABILITIES = tuple(_hub_capability(path) for path in capability_files("hub.py"))
"""Capabilities found in their folders, so that no list needs editing."""
GUARDED = frozenset(kind.name for kind in KINDS.values() if kind.guarded)
"""Directive types that a key with only `publish` may not publish."""
SEALED = frozenset(kind.name for kind in KINDS.values() if kind.sealed)
"""Directive types that only the boxes of a store can read."""
STAGED = frozenset(kind.name for kind in KINDS.values() if kind.staged)
"""Directive types that can only be sent by a publication."""
INTERNAL = frozenset(kind.name for kind in KINDS.values() if kind.internal)
"""Kinds of directives that only head office's own processes write."""
HEARTBEAT_S = 2.0
CHECK = "Check --database or $EDGE_HUB_DATABASE."
UNREACHABLE = (
    OSError,
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.TargetServerAttributeNotMatched,
)
NOT_LET_IN = (
    asyncpg.InvalidAuthorizationSpecificationError,  # unknown user or wrong password
    asyncpg.InvalidCatalogNameError,
    asyncpg.exceptions.ClientConfigurationError,
)


def projectors() -> tuple[TableProjector, ...]:
    """Projectors that turn events into tables, one per capability."""
    said = [one.events for one in CAPABILITIES if one.events]
    events = {event.__name__: event for module in said for event in module.EVENTS}  # some have two readers
    upcasters = tuple(upcaster for module in said for upcaster in getattr(module, "UPCASTERS", ()))
    every = Capability("hub", events=tuple(events.values()), upcasters=upcasters)
    registry = Registry((forgetting.capability(), every))
    return tuple(capability.projector(registry) for capability in CAPABILITIES if capability.projector)


def reads() -> tuple[Read, ...]:
    """Tables that head office's API may read."""
    return tuple(read for capability in CAPABILITIES if capability.projector for read in capability.projector.reads)


def page_parts() -> dict[str, bytes]:
    """Return the files that head office's page shares with the shop's. They are styles, fonts, menu, table cards, date
    and file fields, fields with a list, amount parsing, settings names, and countries with currency and time zones.
    Also returns the page's texts, including those of languages in separate folders."""
    static = files("edge.web") / "static"
    letters = (f"vendor/heebo-{script}-wght-normal.woff2" for script in ("latin", "hebrew"))
    cards = ("narrow.css", "narrow.js")
    fields = ("date_fields.css", "date_fields.js", "dates.js", "calendar.js", "file_fields.css", "file_fields.js")
    places = {one.code: (one.currency, *one.zones) for one in list_countries(ENGLISH)}
    own = ("tokens.css", "base.css", "frame.css", "menu.js", "read_amount.js", "picker.css", "picker.js")
    shared = (*own, *cards, *fields, *letters)
    return {name: (static / name).read_bytes() for name in shared} | {
        "settings.json": setting_words(),
        "places.json": json.dumps(places).encode(),
        "words.json": json.dumps(page_words(), ensure_ascii=False).encode(),
    }


def answers(mail: OfficeMailServer | None = None) -> dict[str, Answer]:
    """Replies of capabilities to boxes' questions, by name. `mail`: head office's mail server, if any."""
    found = {capability.name: capability.answer for capability in CAPABILITIES if capability.answer}
    return found | {"notify": partial(letters_answer, sends=mail is not None)}


def validate_directive(kind: str, body: bytes) -> str | None:
    """Validate a directive before publication. Return the problem as the rest of a sentence, or None."""
    known = KINDS.get(kind)
    if known is None:
        return f"isn't a known directive type: {kind!r}; available: {', '.join(KINDS)}"
    if fault := known.fault(body):
        return f"isn't a valid {kind} directive: {fault}"
    if field := field_with_card_number(body, msgspec.json.decode(body, type=known.body)):
        return f"contains a payment card number in {field!r} and isn't stored"  # stores don't check what the hub sends
    return None


def tables() -> dict[str, str]:
    """SQL of each capability's tables, by name."""
    made = {capability.name: script(capability.tables, capability.views) for capability in CAPABILITIES}
    return {name: sql for name, sql in made.items() if sql.strip()}


def release() -> int:
    """Return this release as an increasing number: 1.2.3 is 1002003."""
    major, minor, patch = (int(number) for number in re.findall(r"\d+", __version__)[:3])
    return major * 1_000_000 + minor * 1_000 + patch


@asynccontextmanager
async def open_hub(dsn: str, signer: Signer | None = None) -> AsyncIterator[Store]:
    """Open the hub's database with all tables; `signer` signs publications.

    Raises `ConfigError` if it is unreachable or invalid.
    """
    await bring_up_to_date(dsn)
    async with store.open_store(dsn, signer=signer, sealed=SEALED) as opened:
        yield opened


async def bring_up_to_date(dsn: str) -> None:
    """Migrate the hub's database to the newest schema. Raises `ConfigError` like `open_hub`."""
    try:
        await store.bring_up_to_date(dsn, tables())
    except MigrationError as error:
        raise ConfigError(str(error)) from error
    except UNREACHABLE as error:
        raise ConfigError(f"Postgres can't be reached: {error}.", CHECK) from error
    except NOT_LET_IN as error:
        raise ConfigError(f"Postgres rejected the hub's login: {error}.", CHECK) from error


@asynccontextmanager
async def open_as_owner(dsn: str) -> AsyncIterator[Connection]:
    """Connection with the logged-in role's rights, to a migrated database. Raises `NeedsHuman` if an action needs the
    tables' owner."""
    await bring_up_to_date(dsn)
    try:
        connection = await connect_to_any(dsn, timeout=DATABASE_S)
    except UNREACHABLE as error:
        raise ConfigError(f"Postgres can't be reached: {error}.", CHECK) from error
    try:
        yield connection
    except asyncpg.InsufficientPrivilegeError as error:
        raise NeedsHuman(f"Only the owner of the hub's tables can do this: {error}.") from error
    finally:
        await connection.close()


def api_parts() -> ApiParts:
    """Return the parts of this program's API, without those that its location adds."""
    return ApiParts(
        reads=reads(),
        check=validate_directive,
        guarded=GUARDED,
        sealed=SEALED,
        staged=STAGED,
        internal=INTERNAL,
        page_parts=page_parts(),
        texts=EXCHANGE,
        prices=read_prices,
        answer=answer_question,
    )


async def run_api(
    dsn: str,
    broker: BrokerConfig,
    door: HubDoor,
    signer: Signer | None,
    unsigned: bool = False,
    mail: OfficeMailServer | None = None,
    verify_token: str = "",
    webhooks: Hooks = NO_HOOKS,
    boxes: BrokerPlace | None = None,
) -> None:
    """Run the API behind `door` until SIGTERM or SIGINT. `signer`, `unsigned` and `mail` as in `run`; `verify_token`:
    Meta's webhook token; `webhooks`: permitted webhook sources; `boxes`: the broker whose files this process may write,
    for enrolment from the page."""
    stop = _stop_requested()
    notifier = sdnotify.SystemdNotifier()
    await bring_up_to_date(dsn)
    parts = msgspec.structs.replace(
        api_parts(),
        verify_token=verify_token,
        webhooks=webhooks,
        letter=partial(link_letter, mail.pages) if mail and mail.pages else None,
        boxes=boxes,
    )
    async with (
        serving.serve(dsn, broker, parts, door.open, signer) as bound,
        store.open_store(dsn, signer=signer, sealed=SEALED) as opened,
        asyncio.TaskGroup() as group,
    ):
        relaying = group.create_task(_beside(opened, broker, unsigned, mail))
        alive = group.create_task(_alive(notifier))
        notifier.notify("READY=1")
        _log.info("the hub's API listens", host=door.host, port=bound, tls=door.tls)
        await stop.wait()
        notifier.notify("STOPPING=1")
        alive.cancel()
        relaying.cancel()


def _stop_requested() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _beside(opened: store.Store, broker: BrokerConfig, unsigned: bool, mail: OfficeMailServer | None) -> None:
    """Run the tasks that all head office processes take turns at."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(relay(opened, broker, unsigned))
        tasks.create_task(expire(opened.pool))
        if mail:
            tasks.create_task(LetterRelay(opened, mail).run())
            tasks.create_task(OfficeLetterWriter(opened.pool).run())


async def run(
    dsn: str,
    broker: BrokerConfig,
    signer: Signer | None = None,
    unsigned: bool = False,
    mail: OfficeMailServer | None = None,
) -> None:
    """Run a hub worker until SIGTERM or SIGINT. `signer` signs automatic publications. `unsigned`: publish them without
    a signer, if no box knows a key. `mail`: relay for boxes without a mail server; None: mail is refused."""
    stop = _stop_requested()
    notifier = sdnotify.SystemdNotifier()
    freeze_gc()
    async with open_hub(dsn, signer) as opened:
        worker = Worker(opened, broker, projectors(), release(), answers(mail))
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(worker.run())
            alive = tasks.create_task(_alive(notifier))
            months = tasks.create_task(opened.keep_months())
            relaying = tasks.create_task(_beside(opened, broker, unsigned, mail))
            notifier.notify("READY=1")
            _log.info("the hub runs", broker=", ".join(one.place for one in broker.each))
            await stop.wait()
            notifier.notify("STOPPING=1")
            running.cancel()
            alive.cancel()
            months.cancel()
            relaying.cancel()


async def _alive(notifier: sdnotify.SystemdNotifier) -> None:
    """Notify systemd's watchdog from the event loop, so that a process that hangs is restarted."""
    while True:
        notifier.notify("WATCHDOG=1")
        await asyncio.sleep(HEARTBEAT_S)
