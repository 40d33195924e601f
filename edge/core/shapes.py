"""The words every capability is written in: Command, Event, Done, Refused, and their registry.

Pure: no I/O, no clock, nothing of the journal or the door.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, NewType, Protocol, TypeVar

import msgspec

from edge.core.clock import Trust

Surface = Literal["cashier", "kiosk", "voice", "panel", "hub", "job", "system"]
OVER_HTTP: frozenset[Surface] = frozenset({"cashier", "kiosk", "panel"})
"""The surfaces whose requests come over HTTP."""
PEOPLE: tuple[Surface, ...] = ("cashier", "kiosk", "voice", "panel", "hub", "job", "system")
MACHINE: tuple[Surface, ...] = ("hub", "job", "system")
"""Where nobody stands: directives of head office, jobs, the appliance itself."""
Right = str
Number = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""What names a row or counts rows: what an INTEGER of SQLite holds, and not less than 0."""
PersonId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
"""Who is spoken of: says nothing of them, and is never given to somebody else."""
Ciphertext = NewType("Ciphertext", str)
"""What `edge.core.people.sealing` makes of a text; empty for an empty one."""
Sealed = Annotated[Ciphertext, msgspec.Meta(pattern=r"^(1\.[A-Za-z0-9_-]+)?$", extra={"sealed": True})]
"""The type of an event's personal field: nobody can put a plain text there by mistake."""
E = TypeVar("E", bound="Event")


class Command(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What can be asked of the shop. Its name in the API and in the audit is the class's name.

    `personal`: fields in plain text that say something of a person. They are left out of the hash by which the journal
    knows the command again: a phone number could be guessed from it for ever.
    """

    personal: ClassVar[tuple[str, ...]] = ()


class Event(msgspec.Struct, frozen=True, gc=False):
    """What has happened. Stored as JSON under the class's name and `version`, never rewritten.

    A changed event gets the next `version` and an `Upcaster` from the one before. `personal` names the fields that say
    something of a person: each is `Sealed` under the key of the one whose id is in the field `person_in`.
    """

    version: ClassVar[int] = 1
    personal: ClassVar[tuple[str, ...]] = ()
    person_in: ClassVar[str] = ""


class Actor(msgspec.Struct, frozen=True):
    """Who asks, from which surface, at which register, and what they may do.

    `asker` is who stands there where somebody else approves it, and then `name` is who does; `limits` are the most
    that a right allows, in minor units, where it has one. `anonymous`: nobody showed who they are; `network` is then
    where they ask from, as far as that is known.
    """

    name: str
    surface: Surface
    register: str
    rights: frozenset[Right]
    asker: str = ""
    limits: tuple[tuple[Right, int], ...] = ()
    anonymous: bool = False
    network: str = ""

    def may(self, right: Right) -> bool:
        return right in self.rights

    def with_rights(self, *rights: Right) -> Actor:
        """The same actor, allowed more: what a PIN entered for one command gives."""
        return msgspec.structs.replace(self, rights=self.rights | set(rights))

    def most_minor(self, right: Right) -> int | None:
        """The largest amount that a right allows this actor; None: any."""
        return dict(self.limits).get(right)


class Done(msgspec.Struct, frozen=True):
    """It happened and is durable: `events` as they stand in the journal from `epoch, first_seq` on.

    A repeat of the same command id gives the same events and `repeated=True`; `result`
    is what the handler shows of the state it left, and is not repeated.
    """

    command_id: bytes
    events: tuple[Event, ...] = ()
    epoch: int = 0
    first_seq: int = 0
    result: Any = None
    repeated: bool = False


class Refused(msgspec.Struct, frozen=True):
    """It did not happen. `code` names a sentence in `edge/words`, `values` fill its gaps."""

    code: str
    values: dict[str, str | int] = {}


class Unknown(msgspec.Struct, frozen=True):
    """A commit failed half-way: look the command up by its id, or send it again under the same id."""

    command_id: bytes
    why: str


Outcome = Done | Refused | Unknown


class Fact(msgspec.Struct, frozen=True, gc=False):
    """An event with where and when it stands in the journal: what projectors read. `clock`: whether `at_us` is to be
    believed."""

    epoch: int
    seq: int
    command_id: bytes
    register: str
    actor: str
    surface: str
    business_date: str
    at_us: int
    event: Event
    clock: Trust = "ok"


class Transaction(Protocol):
    """What a handler works with: the writer's connection, the moment, and the way to append."""

    @property
    def db(self) -> Any: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def command_id(self) -> bytes: ...
    @property
    def at_us(self) -> int: ...
    @property
    def mono_us(self) -> int: ...
    @property
    def boot_id(self) -> bytes: ...
    @property
    def business_date(self) -> str: ...

    @property
    def is_child(self) -> bool:
        """Whether another command does this one: nobody asked for it by itself."""

    def append(self, event: Event) -> Fact:
        """Put `event` into the journal and into the strict projections."""

    def read(self, seq: int) -> Fact:
        """The fact at a row of the journal. `LookupError`: there is no such row."""

    def do(self, command: Command) -> Done | Refused:
        """Do a command of an earlier capability, in the same savepoint."""


Handler = Callable[[Transaction, Any], Any]
"""Gives a `Refused` (everything it did is undone), or anything else: the `Done`'s result."""


class CommandSpec(msgspec.Struct, frozen=True):
    """A command, who does it, and which right it needs; `also` is a finer one that is enough for it.

    `local`: it changes only local state (an open basket), so it is answered at once and
    saved in the next commit. `ask_first`: an assistant needs a yes before it calls it.
    `reauthenticate`: a page asks for the PIN once more, unless it was entered lately. `surfaces`: from where it may
    be asked; what only head office, jobs and the appliance itself may ask has no address.
    """

    command: type[Command]
    handler: Handler
    right: Right
    local: bool = False
    ask_first: bool = False
    also: Right = ""
    reauthenticate: bool = False
    surfaces: tuple[Surface, ...] = PEOPLE

    @property
    def name(self) -> str:
        return self.command.__name__

    def allows(self, actor: Actor) -> bool:
        return actor.may(self.right) or actor.may(self.also)

    @property
    def over_http(self) -> bool:
        """Whether people's pages and programs may ask it."""
        return not OVER_HTTP.isdisjoint(self.surfaces)


class QuerySpec(msgspec.Struct, frozen=True):
    """A read: a function of a connection and keyword arguments of plain types. `also`: as of a `CommandSpec`."""

    name: str
    read: Callable[..., Any]
    right: Right
    also: Right = ""

    def allows(self, actor: Actor) -> bool:
        return actor.may(self.right) or actor.may(self.also)


class Upcaster(msgspec.Struct, frozen=True):
    """How the JSON of an event of version `since` becomes that of the next version."""

    event: str
    since: int
    change: Callable[[dict[str, Any]], dict[str, Any]]


class Projector(msgspec.Struct, frozen=True):
    """Facts to rows. `strict` ones take part in the command's transaction; the others follow.

    `tables` are all tables it writes, and nobody else does; `version` changes when the
    same facts give other rows. A following one may only note in its tables what is to be
    done, and do it in `settle(db, turns)`, which is called behind every few facts, does a few
    milliseconds' worth a turn, and says whether more is left.
    """

    name: str
    version: int
    tables: tuple[str, ...]
    on: Mapping[type[Event], Callable[[Any, Fact, Any], None]]
    strict: bool = True
    settle: Callable[[Any, int], bool] | None = None


class Note(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a job could not take: line, field, value, and why, as a key of `edge/words`, section `reason`.

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
    notes: tuple[Note, ...] = ()
    explain: Callable[[tuple[Any, ...]], tuple[Note, ...]] | None = None
    total: int | None = None
    counts: Mapping[str, int] = {}


class JobKind(msgspec.Struct, frozen=True):
    """Long work, cut into chunks: `chunks(db, params, cursor)` goes on from a cursor.

    A plain iteration, beside the loop, over the input that the job's parameters name; `db` reads the ledger. It is
    closed when the job ends early, and raises `EdgeError` when its input cannot be read.
    """

    name: str
    chunks: Callable[[Any, Any, int], Iterator[Chunk]]


class Capability(msgspec.Struct, frozen=True):
    """A room of the house: everything the registry must know about it.

    `set_back` runs in the commit that begins a new epoch: the ledger may be a backup, and local state in it that
    speaks of the world outside (paper that waits) may no longer be true.
    """

    name: str
    commands: tuple[CommandSpec, ...] = ()
    events: tuple[type[Event], ...] = ()
    upcasters: tuple[Upcaster, ...] = ()
    projectors: tuple[Projector, ...] = ()
    queries: tuple[QuerySpec, ...] = ()
    jobs: tuple[JobKind, ...] = ()
    set_back: Callable[[Any], None] | None = None


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
        self.set_back = [capability.set_back for capability in self.capabilities if capability.set_back]
        self._projector_names: dict[str, Projector] = {}
        self._tables: dict[str, Projector] = {}
        for capability in self.capabilities:
            self._add(capability)
        self._strict: dict[type[Event], tuple[Callable[[Any, Fact, Any], None], ...]] = {
            event: tuple(p.on[event] for p in self.projectors if p.strict and event in p.on)
            for event in self.events.values()
        }

    def _add(self, capability: Capability) -> None:
        for spec in capability.commands:
            _once(self.by_name, spec.name, spec, f"command of {capability.name}")
            self.commands[spec.command] = spec
        for event in capability.events:
            _once(self.events, event.__name__, event, f"event of {capability.name}")
            self._decoders[event.__name__] = msgspec.json.Decoder(event)
        for query in capability.queries:
            _once(self.queries, query.name, query, f"query of {capability.name}")
        for job in capability.jobs:
            _once(self.jobs, job.name, job, f"job of {capability.name}")
        for upcaster in capability.upcasters:
            _once(self._upcasters, (upcaster.event, upcaster.since), upcaster, f"upcaster of {capability.name}")
        for projector in capability.projectors:
            _once(self._projector_names, projector.name, projector, f"projector of {capability.name}")
            for table in projector.tables:
                _once(self._tables, table, projector, f"table of {projector.name}")
            self.projectors.append(projector)

    def strict_for(self, event: type[Event]) -> tuple[Callable[[Any, Fact, Any], None], ...]:
        """The functions that put an event into the strict projections, in declared order."""
        return self._strict[event]

    def decode(self, type: str, version: int, body: bytes) -> Event:
        """A stored body as today's event. `LookupError`: an event that this version does not know."""
        event = self.events.get(type)
        if event is None:
            raise LookupError(f"{type} is not an event of this version")
        if version == event.version:
            return self._decoders[type].decode(body)  # type: ignore[no-any-return]
        if version > event.version:
            raise LookupError(f"{type} version {version} is newer than this software's {event.version}")
        fields = msgspec.json.decode(body)
        for since in range(version, event.version):
            upcaster = self._upcasters.get((type, since))
            if upcaster is None:
                raise LookupError(f"nothing says how {type} version {since} becomes {since + 1}")
            fields = upcaster.change(fields)
        return msgspec.convert(fields, event)


def _once(names: dict[Any, Any], name: object, value: object, kind: str) -> None:
    if name in names:
        raise ValueError(f"{name} is declared twice (the second time as a {kind})")
    names[name] = value
