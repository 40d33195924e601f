"""Master data, declared once: things that a person sets as a whole, and ends, by a key.

    ZONES = Entity(
        DeliveryZone,
        table="delivery_zone",
        set_by=SetZone,
        was_set=ZoneSet,
        end_by=EndZone,
        was_ended=ZoneEnded,
        right=MANAGE,
        limit=CountLimit(100, "too_many_zones"),
        unknown=Unknown("no_such_zone", "zone"),
        checks=(known_fee, prefixes_of_its_own),
    )

From it come the handlers and specs of both commands, the rows of both events, the reads, the addresses
(`edge/web/api/entity_api.py`) and the form (`edge/web/live/entity_form.py`). Commands and events stay classes of their
own that hold the struct in a field (`SetZone {zone}`) or have its fields (`class SetOccasion(Command, Occasion)`), so
that each can be found by its name, and what is asked, what happened and what is read cannot come apart (decisions 0019
and 0027).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Generic, TypeVar

import msgspec

from edge.core.messages import Command, Event, RecordedEvent, Refusal, Right
from edge.core.registry import CommandSpec, Transaction
from edge.core.surfaces import STAFF, Surfaces

T = TypeVar("T", bound=msgspec.Struct)
M = TypeVar("M", bound=Command | Event)
Check = Callable[[Transaction, T, T | None], T]
"""What is to be kept of what was asked, beside what is known now (None: it is new). Raises `Refusal`. What ends for it,
it may append."""
_encode = msgspec.json.Encoder().encode


class CountLimit(msgspec.Struct, frozen=True):
    """How many there may be at once; one more is refused with `code`, which is given `limit`."""

    most: int
    code: str


class Unknown(msgspec.Struct, frozen=True):
    """How a key that nothing has is refused: with `code`, which is given the key under the names `of`."""

    code: str
    of: str

    def values(self, *key: str) -> dict[str, str | int]:
        return {self.of: "/".join(key)[:80]}


class Entity(Generic[T]):
    """See above. Its table has a column for each field of the key, `body` with all of it as JSON, and `seq`, the row of
    the journal.

    `right`, `also`, `surfaces` and `ask_first` are those of both commands (`CommandSpec`). `end_by` has the fields of
    the key in their order, under names of its own; `was_ended` has the same.
    """

    def __init__(
        self,
        struct: type[T],
        *,
        table: str,
        set_by: type[Command],
        was_set: type[Event],
        end_by: type[Command],
        was_ended: type[Event],
        unknown: Unknown,
        right: Right,
        also: Right = "",
        surfaces: Surfaces = STAFF,
        ask_first: bool = False,
        key: tuple[str, ...] = ("id",),
        limit: CountLimit | None = None,
        checks: tuple[Check[T], ...] = (),
    ) -> None:
        self.struct, self.table, self.key = struct, table, key
        self.set_by, self.was_set, self.end_by, self.was_ended = set_by, was_set, end_by, was_ended
        self.unknown, self.right, self.also = unknown, right, also
        self._surfaces, self._ask_first, self._limit = surfaces, ask_first, limit
        self._checks = checks
        self._asked, self._happened = _field_of(set_by, struct), _field_of(was_set, struct)
        self._decode = msgspec.json.Decoder(struct).decode
        of_key = " AND ".join(f"{name} = ?" for name in key)
        names = (*key, "body", "seq")
        places = ", ".join("?" * len(names))
        self._insert = f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ({places})"
        self._delete = f"DELETE FROM {table} WHERE {of_key}"
        self._one = f"SELECT body FROM {table} WHERE {of_key}"
        self._all = f"SELECT body FROM {table} ORDER BY {', '.join(key)}"
        self._count = f"SELECT count(*) FROM {table}"

    # reads

    def read(self, db: Any) -> tuple[T, ...]:
        """All of them, by their key."""
        return tuple(self._decode(body) for (body,) in db.execute(self._all))

    def find(self, db: Any, *key: str) -> T | None:
        """The one with this key; None: there is none."""
        row = db.execute(self._one, key).fetchone()
        return None if row is None else self._decode(row[0])

    def key_of(self, one: T) -> tuple[str, ...]:
        return tuple(getattr(one, name) for name in self.key)

    # commands

    def set_command(self, one: T) -> Command:
        """What asks for it to be so."""
        return _holding(self.set_by, self._asked, one)

    def end_command(self, *key: str) -> Command:
        """What asks for it to end."""
        return self.end_by(*key)

    def commands(self, *checks: Check[T]) -> tuple[CommandSpec, ...]:
        """Both commands for the capability that has it; `checks`: more of them, which need what a store decided."""
        spec = partial(
            CommandSpec, right=self.right, also=self.also, surfaces=self._surfaces, ask_first=self._ask_first
        )
        return spec(self.set_by, partial(self.set, more=checks)), spec(self.end_by, self.end)

    def set(self, tx: Transaction, command: Command, more: tuple[Check[T], ...] = ()) -> None:
        """The handler of `set_by`: looked at by every check in turn, and a fact where something is new."""
        wanted = self._held(command, self._asked)
        known = self.find(tx.db, *self.key_of(wanted))
        for check in (*self._checks, *more):
            wanted = check(tx, wanted, known)
        if wanted == known:
            return
        if known is None and self._limit and tx.db.execute(self._count).fetchone()[0] >= self._limit.most:
            raise Refusal(self._limit.code, {"limit": self._limit.most})
        tx.append(_holding(self.was_set, self._happened, wanted))

    def end(self, tx: Transaction, command: Command) -> None:
        """The handler of `end_by`."""
        key = msgspec.structs.astuple(command)
        if self.find(tx.db, *key) is None:
            raise Refusal(self.unknown.code, self.unknown.values(*key))
        tx.append(self.was_ended(*key))

    # rows, for the projector of the capability

    @property
    def on(self) -> Mapping[type[Event], Callable[[Any, RecordedEvent, Any], None]]:
        """What its events do to its table."""
        return {self.was_set: self._keep, self.was_ended: self._drop}

    def _keep(self, db: Any, fact: RecordedEvent, event: Event) -> None:
        one = self._held(event, self._happened)
        db.execute(self._insert, (*self.key_of(one), _encode(one), fact.seq))

    def _drop(self, db: Any, fact: RecordedEvent, event: Event) -> None:
        db.execute(self._delete, msgspec.structs.astuple(event))

    def _held(self, message: Command | Event, field: str) -> T:
        """The thing that a message holds in a field, or that its own fields are."""
        if not field:
            return self.struct(**msgspec.structs.asdict(message))
        held: T = getattr(message, field)
        return held


def _field_of(message: type[Command] | type[Event], struct: type[msgspec.Struct]) -> str:
    """The field in which it holds the thing; "": its own fields are the thing's. `TypeError`: neither."""
    fields = message.__struct_fields__
    if fields == struct.__struct_fields__:
        return ""
    if len(fields) == 1:
        return fields[0]
    raise TypeError(f"{message.__name__} has one field, which holds a {struct.__name__}, or all fields of one")


def _holding(message: type[M], field: str, one: msgspec.Struct) -> M:
    return message(**({field: one} if field else msgspec.structs.asdict(one)))
