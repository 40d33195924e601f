"""Capability declarations and their registry: commands, queries, events, projectors, jobs.

Pure: no I/O, no clock, and no use of the journal or the command bus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from edge.core.batch import RowBatch
from edge.core.endpoints import HttpAddress
from edge.core.figure import Figure as Figure
from edge.core.gauge import Gauge as Gauge
from edge.core.handling import After, Before, CommandPath, unpack_hooks
from edge.core.handling import Handler as Handler
from edge.core.handling import MethodHandler as MethodHandler
from edge.core.handling import OnlyWhere as OnlyWhere
from edge.core.handling import Requirement as Requirement
from edge.core.handling import Transaction as Transaction
from edge.core.messages import Actor, Command, Event, RecordedEvent, Refused, Right
from edge.core.surfaces import NOWHERE, Surfaces
from edge.lib.grouping import values_by_key
from edge.lib.late_decoder import late_decoder
from edge.lib.late_import import load_function

Severity = Literal["critical", "high", "medium", "low", "info"]


class _Asked(msgspec.Struct, frozen=True):
    """Permissions and surfaces, shared by commands and queries. Subclasses declare the fields."""

    def allows(self, actor: Actor) -> bool:
        return self.right in actor.rights or self.also in actor.rights  # type: ignore[attr-defined]

    def refusal(self, actor: Actor) -> Refused | None:
        """Return the reason why `actor` may not use it (missing right or wrong surface); None if they may."""
        is_command, rights = isinstance(self, CommandSpec), actor.rights
        if self.right in rights or self.also in rights or (is_command and self.own in rights):  # type: ignore[attr-defined]
            code = self.surfaces.denial(actor)  # type: ignore[attr-defined]
        else:
            code = "right_denied"
        if not code:
            return None
        if is_command:
            return Refused(code, {"command": self.name, "right": self.right})  # type: ignore[attr-defined]
        return Refused(code, {"query": self.name, "right": self.right})  # type: ignore[attr-defined]


class CommandSpec(_Asked, frozen=True):
    """A command, its handler and required right. `also` is a narrower right that suffices; `own` suffices for one's own
    records, as one of `requires` checks.

    `local`: changes only local state (an open basket), so it is answered immediately and saved with the next commit;
    programs are answered after it, to read their own writes. `ask_first`: an assistant needs approval before calling
    it. `reauthenticate`: a page asks for the PIN again unless it was entered recently. `surfaces`: where it may be
    called from, and at which register; required. `requires`: names of preconditions (`Requirement`), checked in order.
    `http`: additional addresses.
    """

    command: type[Command]
    handler: Handler
    right: Right
    local: bool = False
    ask_first: bool = False
    also: Right = ""
    own: Right = ""
    reauthenticate: bool = False
    surfaces: Surfaces = NOWHERE
    requires: tuple[str, ...] = ()
    http: tuple[HttpAddress, ...] = ()

    def __post_init__(self) -> None:
        _check_declaration(self.name, self.right, self.surfaces)
        if self.own and not self.requires:
            raise ValueError(f"{self.name} is for owners, but doesn't require anything that gives the owner")

    @property
    def name(self) -> str:
        return self.command.__name__

    @property
    def over_http(self) -> bool:
        """Whether pages and programs may call it."""
        return self.surfaces.over_http


class QuerySpec(_Asked, frozen=True):
    """A read: a function of a connection and keyword arguments of plain types. `also`, `surfaces` and `http` as in
    `CommandSpec`. `rests_on`: names of following projections that must catch up first; `shows`: filters the answer for
    HTTP callers."""

    name: str
    read: Callable[..., Any]
    right: Right
    also: Right = ""
    surfaces: Surfaces = NOWHERE
    http: tuple[HttpAddress, ...] = ()
    rests_on: tuple[str, ...] = ()
    shows: Callable[[Any, Actor], Any] | None = None

    def __post_init__(self) -> None:
        _check_declaration(self.name, self.right, self.surfaces)


class Upcaster(msgspec.Struct, frozen=True):
    """Converts an event's JSON from version `since` to the next.

    Not needed if the next version only adds fields with defaults.
    """

    event: str
    since: int
    change: Callable[[dict[str, Any]], dict[str, Any]]


class Projector(msgspec.Struct, frozen=True):
    """Turns events into rows. `strict` ones run in the command's transaction; the others follow.

    `tables` are all tables it writes, exclusively; `version` changes whenever the same events would give other rows. A
    following projector may only record pending work in its tables and do it in `process_pending(db, turns)`, which runs
    after every few events, does a few milliseconds of work per turn, and returns whether more is left. `verified`
    (following only): `edge verify` compares it too, and tables of another version are rebuilt before the shop opens, as
    for strict ones. `rests_on`: names of following projectors that must apply each row first. `append_only`: those of
    its tables whose rows name the fact that made them (`seq`) and never change; earlier states are read from the live
    table. `batch` (following only): its handlers get such a `RowBatch` in place of the connection. It is flushed after
    the last event of a turn; the tables then equal those of one event at a time. `heavy` (following only): how many
    times their size some events count, because each of their many short rows changes a page of its own.
    """

    name: str
    version: int
    tables: tuple[str, ...]
    on: Mapping[type[Event], Callable[[Any, RecordedEvent, Any], None]]
    strict: bool = True
    process_pending: Callable[[Any, int], bool] | None = None
    verified: bool = False
    rests_on: tuple[str, ...] = ()
    append_only: tuple[str, ...] = ()
    batch: Callable[[Any], RowBatch] | None = None
    heavy: Mapping[type[Event], int] = {}

    def __post_init__(self) -> None:
        if self.batch and self.strict:
            raise ValueError(f"{self.name} is strict, so it writes each event at once and has no batch")

    def begin(self, db: Any) -> Any:
        """Return the first argument for its handlers: a new batch, or the connection."""
        return self.batch(db) if self.batch else db

    def apply(self, db: Any, facts: Iterable[RecordedEvent]) -> None:
        """Apply the events that it handles to its tables, in order."""
        own = [fact for fact in facts if type(fact.event) in self.on]
        if not own:
            return
        target = self.begin(db)
        if isinstance(target, RowBatch):
            target.prepare(own)
        for fact in own:
            self.on[type(fact.event)](target, fact, fact.event)
        if isinstance(target, RowBatch):
            target.flush()

    @property
    def exact(self) -> bool:
        """Whether its tables must equal a rebuild."""
        return self.strict or self.verified


class JobIssue(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An issue of a job's input: line, field, value and reason, as a key of `edge/lib/i18n`, section `reason`.

    With `fault` False it is only a notice.
    """

    line: int
    field: str
    value: str
    reason: str
    values: dict[str, str | int] = {}
    fault: bool = True


class Chunk(msgspec.Struct, frozen=True):
    """One step of a job: its commands and the cursor after them.

    `notes` are known in advance; `explain` derives more from the commands' results (None for commands already executed
    before a crash). `total`: the amount of work, if it changed; `counts` are added to the job's statistics. Without
    commands the cursor may stay the same.
    """

    commands: tuple[Command, ...]
    cursor: int
    notes: tuple[JobIssue, ...] = ()
    explain: Callable[[tuple[Any, ...]], tuple[JobIssue, ...]] | None = None
    total: int | None = None
    counts: Mapping[str, int] = {}


class JobKind(msgspec.Struct, frozen=True):
    """A kind of long work in chunks: `chunks(db, params, cursor)` continues from a cursor.

    The iterator runs on another thread, with a read-only `db`. It is closed when the job ends early, and raises
    `EdgeError` for unreadable input. `taken_back`: it can be undone. `logged`: the log line at the end. `own_runner`:
    it doesn't delay other jobs.
    """

    name: str
    chunks: Callable[[Any, Any, int], Iterator[Chunk]]
    taken_back: bool = False
    logged: Callable[[Any, Mapping[str, int]], str] | None = None
    own_runner: bool = False


class Condition(msgspec.Struct, frozen=True):
    """A condition that needs attention. It has a subject (a product, a device; "": the shop), the values for its text,
    its severity if it differs from the kind's, and the journal row that caused it (0: none). `lingers`: too weak to
    raise an alert but enough to keep one open, up to `severity`. `stays`: an open alert of that severity remains."""

    subject: str = ""
    values: Mapping[str, str | int] = {}
    severity: str = ""
    cause_seq: int = 0
    lingers: bool = False
    stays: str = ""


class Pacing(msgspec.Struct, frozen=True):
    """Rate limit for notifications of alert kinds that share it. At most `an_hour` messages are sent per hour, and
    those per channel and subject at least `apart_s` apart. Earlier ones are batched; critical alerts aren't delayed."""

    an_hour: int
    apart_s: int = 0


class Watch(msgspec.Struct, frozen=True):
    """A kind of alert: `read(db, now_us, business_date)` returns the current conditions and runs every `every_s`.

    New conditions raise an alert once; missing ones resolve it. The texts are `alert.KIND` and `alert.KIND_do`.
    `causes`: kinds that suppress it while open. `pacing`: its rate limit. `at_till`: the severity from which cashiers
    see it ("": never). `rests_on`: following projectors that it reads; it doesn't run until they have read the journal
    once, for example after a restore. `mended_at`: the address of the page where people deal with it, if it isn't the
    capability's (`Capability.mended_at`); `{name}` is one of the condition's values.
    """

    kind: str
    severity: Severity
    read: Callable[[Any, int, str], Iterable[Condition]]
    every_s: int = 60
    causes: tuple[str, ...] = ()
    pacing: Pacing | None = None
    at_till: Severity | Literal[""] = ""
    rests_on: tuple[str, ...] = ()
    mended_at: str = ""


class CheckResult(msgspec.Struct, frozen=True):
    """Result of `edge check` for one part: OK, or the problem and its remedy. `warn`: OK, but worth knowing."""

    part: str
    ok: bool
    what: str
    advice: str = ""
    warn: bool = False


Check = Callable[[Any], Iterable[CheckResult]]
"""Checks a ledger of the current schema, also while the appliance is stopped."""


class PartSpec(msgspec.Struct, frozen=True):
    """A background part: `make(context)` takes a `PartContext` and returns an object with `run(ready)` like a `Part`
    (`edge/core/process/parts.py`). Degradable; stops before the writer."""

    name: str
    make: Callable[[Any], Any]


class Capability(msgspec.Struct, frozen=True):
    """A capability of the shop: all that the registry needs.

    `on_restore` runs in the commit that begins a new epoch: local state about the outside world (queued prints) may be
    wrong after a restore. `requirements`: preconditions for commands, its own and others'. `before` and `after`: steps
    around earlier capabilities' commands, in their commit (`handling.py`). `personal_data_of`: personal data kept
    outside events, for subject access requests. `checks` are for `edge check`, `gauges` for Prometheus. `parts` run in
    the background. `figures`: those of its pages that open. `mended_at`: the address of the page where people deal with
    its alerts.
    """

    name: str
    commands: tuple[CommandSpec, ...] = ()
    events: tuple[type[Event], ...] = ()
    upcasters: tuple[Upcaster, ...] = ()
    projectors: tuple[Projector, ...] = ()
    queries: tuple[QuerySpec, ...] = ()
    jobs: tuple[JobKind, ...] = ()
    on_restore: Callable[[Any], None] | None = None
    watches: tuple[Watch, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    before: Mapping[type[Command], Before | OnlyWhere] = {}
    after: Mapping[type[Command], After | OnlyWhere] = {}
    personal_data_of: Callable[[Any, str], Mapping[str, Any]] | None = None
    checks: tuple[Check, ...] = ()
    gauges: tuple[Gauge, ...] = ()
    parts: tuple[PartSpec, ...] = ()
    figures: tuple[Figure, ...] = ()
    mended_at: str = ""


class Registry:
    """All capabilities, ordered so that each uses only earlier ones."""

    def __init__(self, capabilities: Iterable[Capability]) -> None:
        self.capabilities = tuple(capabilities)
        self.commands: dict[type[Command], CommandSpec] = {}
        self.by_name: dict[str, CommandSpec] = {}
        self.queries: dict[str, QuerySpec] = {}
        self.jobs: dict[str, JobKind] = {}
        self.events: dict[str, type[Event]] = {}
        self._upcasters: dict[tuple[str, int], Upcaster] = {}
        self._decoders: dict[str, Callable[[bytes], Any]] = {}
        self.projectors: list[Projector] = []
        self.watches: dict[str, Watch] = {}
        self.mended_at: dict[str, str] = {}
        self.parts: dict[str, PartSpec] = {}
        self.figures: dict[str, Figure] = {}
        self.on_restore = [capability.on_restore for capability in self.capabilities if capability.on_restore]
        self._projector_names: dict[str, Projector] = {}
        self._tables: dict[str, Projector] = {}
        self._requirements: dict[str, Requirement] = {}
        for capability in self.capabilities:
            self._add(capability)
        for projector in self.projectors:
            self._rests_on_following(projector.name, projector.rests_on)
        for watch in self.watches.values():
            self._rests_on_following(watch.kind, watch.rests_on)
        for query in self.queries.values():
            self._rests_on_following(query.name, query.rests_on)
        for figure in self.figures.values():
            self._rests_on_following(figure.name, figure.rests_on)
        self.paths = self._command_paths()
        strict = tuple(p for p in self.projectors if p.strict)
        projected = values_by_key((event, project) for p in strict for event, project in p.on.items())
        self._strict = {event: projected.get(event, ()) for event in self.events.values()}
        touched = values_by_key((event, table) for p in strict for event in p.on for table in p.tables)
        self.touched = {event: frozenset(touched.get(event, ())) for event in self.events.values()}
        self.strict_tables = frozenset(table for table, p in self._tables.items() if p.strict)

    def _add(self, capability: Capability) -> None:
        for spec in capability.commands:
            _once(self.by_name, spec.name, spec, f"command of {capability.name}")
            self.commands[spec.command] = spec
        for event in capability.events:
            _once(self.events, event.__name__, event, f"event of {capability.name}")
        for query in capability.queries:
            _once(self.queries, query.name, query, f"query of {capability.name}")
        for job in capability.jobs:
            _once(self.jobs, job.name, job, f"job of {capability.name}")
        for watch in capability.watches:
            _once(self.watches, watch.kind, watch, f"watch of {capability.name}")
            self.mended_at[watch.kind] = watch.mended_at or capability.mended_at
        for part in capability.parts:
            _once(self.parts, part.name, part, f"part of {capability.name}")
        for figure in capability.figures:
            _once(self.figures, figure.name, figure, f"figure of {capability.name}")
        for requirement in capability.requirements:
            _once(self._requirements, requirement.name, requirement, f"requirement of {capability.name}")
        for command in (*capability.before, *capability.after):
            if command not in self.commands:
                raise ValueError(
                    f"{capability.name} listens to {command.__name__}, which no earlier capability declares"
                )
        for upcaster in capability.upcasters:
            _once(self._upcasters, (upcaster.event, upcaster.since), upcaster, f"upcaster of {capability.name}")
        for projector in capability.projectors:
            _once(self._projector_names, projector.name, projector, f"projector of {capability.name}")
            for table in projector.tables:
                _once(self._tables, table, projector, f"table of {projector.name}")
            self.projectors.append(projector)

    def _rests_on_following(self, reader: str, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._projector_names or self._projector_names[name].strict:
                raise ValueError(f"{reader} depends on {name}, which isn't an asynchronous projection")

    def following(self, name: str) -> Projector:
        """Return the following projector of this name. Raises `KeyError`."""
        return self._projector_names[name]

    def _command_paths(self) -> dict[type[Command], CommandPath]:
        """Steps per command: before-steps (last capability first), requirements, handler, and after-steps (first
        capability first)."""
        before = values_by_key(
            (command, unpack_hooks(do)) for one in self.capabilities for command, do in one.before.items()
        )
        after = values_by_key(
            (command, unpack_hooks(do)) for one in self.capabilities for command, do in one.after.items()
        )
        return {
            spec.command: CommandPath(
                before.get(spec.command, ())[::-1],
                tuple(self._check_of(spec, name) for name in spec.requires),
                spec.handler,
                after.get(spec.command, ()),
            )
            for spec in self.by_name.values()
        }

    def _check_of(self, spec: CommandSpec, name: str) -> Callable[[Transaction, Any], None]:
        if name not in self._requirements:
            raise ValueError(f"{spec.name} requires {name}, which no capability declares")
        return self._requirements[name].check

    def strict_for(self, event: type[Event]) -> tuple[Callable[[Any, RecordedEvent, Any], None], ...]:
        """Functions that apply an event to the strict projections, in declared order."""
        return self._strict[event]

    def load_late(self) -> None:
        """Import the handlers that commands declare by name. Called in a thread after the start."""
        for spec in self.by_name.values():
            load_function(spec.handler)

    def decode(self, type: str, version: int, body: bytes) -> Event:
        """Decode a stored body as the current event. Raises `LookupError` for an unknown event."""
        event = self.events.get(type)
        if event is None:
            raise LookupError(f"{type} isn't an event of this version")
        if version > event.version:
            raise LookupError(f"{type} version {version} is newer than this software's {event.version}")
        found = (self._upcasters.get((type, since)) for since in range(version, event.version))
        steps = [upcaster for upcaster in found if upcaster]
        if not steps:
            if type not in self._decoders:  # on first use: building all decoders adds 50 ms to a start
                self._decoders[type] = late_decoder(event)
            return self._decoders[type](body)  # type: ignore[no-any-return]
        fields = msgspec.json.decode(body)
        for step in steps:
            fields = step.change(fields)
        return msgspec.convert(fields, event)


def _check_declaration(name: str, right: Right, surfaces: Surfaces) -> None:
    if not right:
        raise ValueError(f"{name} has no permission: set one")
    if not surfaces.names:
        raise ValueError(f"{name} has no surface: set one of edge/core/surfaces.py")


def _once(names: dict[Any, Any], name: object, value: object, kind: str) -> None:
    if name in names:
        raise ValueError(f"{name} is declared twice (the second time as a {kind})")
    names[name] = value
