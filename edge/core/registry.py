"""What a capability declares, and the registry of all of them: commands, queries, events, projectors, jobs.

Pure: no I/O, no clock, nothing of the journal or the command bus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from edge.core.endpoints import HttpAddress
from edge.core.gauge import Gauge as Gauge
from edge.core.handling import After, Before, CommandPath, ring_of
from edge.core.handling import Handler as Handler
from edge.core.handling import MethodHandler as MethodHandler
from edge.core.handling import OnlyWhere as OnlyWhere
from edge.core.handling import Requirement as Requirement
from edge.core.handling import Transaction as Transaction
from edge.core.messages import Actor, Command, Event, RecordedEvent, Refused, Right
from edge.core.surfaces import NOWHERE, Surfaces
from edge.lib.grouping import values_by_key

Severity = Literal["critical", "high", "medium", "low", "info"]


class _Asked(msgspec.Struct, frozen=True):
    """What commands and queries have in common: who may ask, and from where. Subclasses have the fields."""

    def allows(self, actor: Actor) -> bool:
        return self.right in actor.rights or self.also in actor.rights  # type: ignore[attr-defined]

    def refusal(self, actor: Actor) -> Refused | None:
        """Why `actor` may not ask it: for want of the right, or from where they are."""
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
    """A command, who does it, and which right it needs; `also` is a finer one that is enough for it, and `own` one that
    is enough for what is one's own: whose that is, one of `requires` says.

    `local`: it changes only local state (an open basket), so it is answered at once and saved in the next commit; a
    program is answered behind that, so that it reads what it wrote. `ask_first`: an assistant needs a yes before it
    calls it. `reauthenticate`: a page asks for the PIN once more, unless it was entered lately. `surfaces`: from
    where it may be asked, and at which register; one that says nothing of that cannot be made. `requires`: names of
    what must be so first (`Requirement`), in the order in which it is looked at. `http`: more addresses than its name.
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
        """Whether people's pages and programs may ask it."""
        return self.surfaces.over_http


class QuerySpec(_Asked, frozen=True):
    """A read: a function of a connection and keyword arguments of plain types. `also`, `surfaces`, `http`: as of a
    `CommandSpec`; `rests_on`: names of following projections that it reads, which catch up first; `shows`: what of its
    answer whoever asks over HTTP may see."""

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
    """How the JSON of an event of version `since` becomes that of the next version.

    Where the next version only has more fields, each with a default, there is none: that is how it is read anyway.
    """

    event: str
    since: int
    change: Callable[[dict[str, Any]], dict[str, Any]]


class Projector(msgspec.Struct, frozen=True):
    """Facts to rows. `strict` ones take part in the command's transaction; the others follow.

    `tables` are all tables it writes, and nobody else does; `version` changes when the
    same facts give other rows. A following one may only note in its tables what is to be
    done, and do it in `process_pending(db, turns)`, which is called behind every few facts, does a few
    milliseconds' worth a turn, and says whether more is left. `verified`: of one that follows: `edge verify` compares
    it too, as far as it has read, and what another version made is made anew before the shop opens, as of strict ones.
    `rests_on`: names of following ones whose tables it reads, which have each row before it has.
    """

    name: str
    version: int
    tables: tuple[str, ...]
    on: Mapping[type[Event], Callable[[Any, RecordedEvent, Any], None]]
    strict: bool = True
    process_pending: Callable[[Any, int], bool] | None = None
    verified: bool = False
    rests_on: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether its tables have to be what a rebuild gives."""
        return self.strict or self.verified


class JobIssue(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a job could not take: line, field, value, and why, as a key of `edge/lib/i18n`, section `reason`.

    One that is no `fault` tells of something else that is to be read.
    """

    line: int
    field: str
    value: str
    reason: str
    values: dict[str, str | int] = {}
    fault: bool = True


class Chunk(msgspec.Struct, frozen=True):
    """One step of a job: the commands to do, and where the job stands once they are done.

    `notes` are known before; `explain` makes those that only the commands' results tell
    (None for a command that was done before a crash: results are not repeated). `total`: how much there is to do, where
    that is news; `counts` add up to what the job has to say of itself. Without commands the cursor may stand still.
    """

    commands: tuple[Command, ...]
    cursor: int
    notes: tuple[JobIssue, ...] = ()
    explain: Callable[[tuple[Any, ...]], tuple[JobIssue, ...]] | None = None
    total: int | None = None
    counts: Mapping[str, int] = {}


class JobKind(msgspec.Struct, frozen=True):
    """Long work, cut into chunks: `chunks(db, params, cursor)` goes on from a cursor.

    A plain iteration beside the loop; `db` reads. Closed when the job ends early; `EdgeError`: its input is unreadable.
    `taken_back`: it can be put back. `logged`: the log's line once it is done. `own_runner`: nothing waits behind it.
    """

    name: str
    chunks: Callable[[Any, Any, int], Iterator[Chunk]]
    taken_back: bool = False
    logged: Callable[[Any, Mapping[str, int]], str] | None = None
    own_runner: bool = False


class Condition(msgspec.Struct, frozen=True):
    """Something that is so now and wants a person: of what (a product, a device; "" is the shop), the gaps of its
    sentence, how grave where that is not its kind's, and the row of the journal that it comes from (0: none).
    `lingers`: too little to be raised, and enough for what is open to stay so, no graver than `severity` where that is
    said. `stays`: an alert of it that is as grave as that already stays so."""

    subject: str = ""
    values: Mapping[str, str | int] = {}
    severity: str = ""
    cause_seq: int = 0
    lingers: bool = False
    stays: str = ""


class Pacing(msgspec.Struct, frozen=True):
    """How often a person is told of alerts whose kinds share it: by at most `an_hour` messages in any hour, and on one
    channel of one subject not again within `apart_s`. What comes sooner waits and goes with the next; alerts that are
    critical wait for nothing."""

    an_hour: int
    apart_s: int = 0


class Watch(msgspec.Struct, frozen=True):
    """A kind of alert: `read(db, now_us, business_date)` says what is so now, and is asked again every `every_s`.

    What appears in its answer is raised, once; what is no longer in it has ended. Its sentences are `alert.KIND` and
    `alert.KIND_do`. `causes`: kinds that hold it back while they last. `pacing`: how often people are told of it.
    `at_till`: as grave as this it stands on the cashier's page as well; "": never. `rests_on`: following projectors
    whose tables it reads; until they have read the journal once, as after a restore, nothing is asked.
    """

    kind: str
    severity: Severity
    read: Callable[[Any, int, str], Iterable[Condition]]
    every_s: int = 60
    causes: tuple[str, ...] = ()
    pacing: Pacing | None = None
    at_till: Severity | Literal[""] = ""
    rests_on: tuple[str, ...] = ()


class CheckResult(msgspec.Struct, frozen=True):
    """What `edge check` says of one part: well, or what is wrong and what to do. `warn`: nothing is wrong, and yet
    somebody should know."""

    part: str
    ok: bool
    what: str
    advice: str = ""
    warn: bool = False


Check = Callable[[Any], Iterable[CheckResult]]
"""Reads a ledger of this software's schema, also while nothing runs."""


class PartSpec(msgspec.Struct, frozen=True):
    """Work that goes on beside the selling: `make(context)` gives something with `run(ready)`, as a `Part` has it
    (`edge/core/process/parts.py`), of a `PartContext`. It is degradable, and stops before the writer does."""

    name: str
    make: Callable[[Any], Any]


class Capability(msgspec.Struct, frozen=True):
    """A capability of the shop: everything the registry must know about it.

    `on_restore` runs in the commit that begins a new epoch: the ledger may be a backup, and local state in it that
    speaks of the world outside (paper that waits) may no longer be true. `requirements`: what its and others' commands
    may require. `before` and `after`: what it does before and behind commands of earlier capabilities, which know
    nothing of it, in their commit (`handling.py`). `kept_of`: what it keeps of a person beside facts, in the clear, for
    whoever asks what is kept of them. `checks` are `edge check`'s, `gauges` Prometheus'. `parts` run in the appliance,
    beside the selling.
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
    kept_of: Callable[[Any, str], Mapping[str, Any]] | None = None
    checks: tuple[Check, ...] = ()
    gauges: tuple[Gauge, ...] = ()
    parts: tuple[PartSpec, ...] = ()


class Registry:
    """All capabilities, in an order in which each may use only the ones before it."""

    def __init__(self, capabilities: Iterable[Capability]) -> None:
        self.capabilities = tuple(capabilities)
        self.commands: dict[type[Command], CommandSpec] = {}
        self.by_name: dict[str, CommandSpec] = {}
        self.queries: dict[str, QuerySpec] = {}
        self.jobs: dict[str, JobKind] = {}
        self.events: dict[str, type[Event]] = {}
        self._upcasters: dict[tuple[str, int], Upcaster] = {}
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {}
        self.projectors: list[Projector] = []
        self.watches: dict[str, Watch] = {}
        self.parts: dict[str, PartSpec] = {}
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
        for part in capability.parts:
            _once(self.parts, part.name, part, f"part of {capability.name}")
        for requirement in capability.requirements:
            _once(self._requirements, requirement.name, requirement, f"requirement of {capability.name}")
        for command in (*capability.before, *capability.after):
            if command not in self.commands:
                raise ValueError(f"{capability.name} is told of {command.__name__}, which no earlier capability has")
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
                raise ValueError(f"{reader} rests on {name}, which is no following projection")

    def following(self, name: str) -> Projector:
        """The following projection of this name. `KeyError`: there is none."""
        return self._projector_names[name]

    def _command_paths(self) -> dict[type[Command], CommandPath]:
        """By command: what is done before it, the last capability first; what must be so; its handler; and what is done
        behind it, the first capability first: as rings."""
        before = values_by_key(
            (command, ring_of(do)) for one in self.capabilities for command, do in one.before.items()
        )
        after = values_by_key((command, ring_of(do)) for one in self.capabilities for command, do in one.after.items())
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
        """The functions that put an event into the strict projections, in declared order."""
        return self._strict[event]

    def decode(self, type: str, version: int, body: bytes) -> Event:
        """A stored body as today's event. `LookupError`: an event that this version does not know."""
        event = self.events.get(type)
        if event is None:
            raise LookupError(f"{type} is not an event of this version")
        if version > event.version:
            raise LookupError(f"{type} version {version} is newer than this software's {event.version}")
        found = (self._upcasters.get((type, since)) for since in range(version, event.version))
        steps = [upcaster for upcaster in found if upcaster]
        if not steps:
            if type not in self._decoders:  # made for what is read: all of them take a start 50 ms
                self._decoders[type] = msgspec.json.Decoder(event)
            return self._decoders[type].decode(body)  # type: ignore[no-any-return]
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
