"""Master data, declared once: keyed records that users create, replace and end.

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

This provides the handlers and specs of both commands, the rows of both events, the reads, the API endpoints
(`edge/web/api/entity_api.py`), the form (`edge/web/live/entity_form.py`), table import and export
(`edge/foundation/master_data/table.py`) and the rows at head office (`edge/foundation/master_data/hub.py`). Commands
and events remain separate classes, so that each can be found by its name. They hold the struct in a field (`SetZone
{zone}`) or inherit its fields (`class SetOccasion(Command, Occasion)`), so that command, event and record always match
(decisions 0019 and 0027).

**Columns that SQL reads** are generated from `body` in `tables.sql`: `kind TEXT AS (body ->> '$.kind')`. Other fields
have no column.

**Personal data**: if the event declares `personal` and `person_in`, these fields are encrypted with the key of a person
id that the entity generates; the struct doesn't have it. Reads decrypt them ("" once the person is forgotten).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any, Generic, TypeVar

import msgspec

from edge.core.endpoints import HttpAddress
from edge.core.messages import Ciphertext, Command, Event, RecordedEvent, Refusal, Right
from edge.core.people.sealing import Keyring, is_forgotten
from edge.core.registry import CommandSpec, Transaction
from edge.core.surfaces import STAFF, Surfaces

T = TypeVar("T", bound=msgspec.Struct)
M = TypeVar("M", bound=Command | Event)
Check = Callable[[Transaction, T, T | None], T]
"""Returns the entity to store, given the requested one and the stored one (None if new). Raises `Refusal`. May append
events."""
EndCheck = Callable[[Transaction, Any], None]
"""Raises the `Refusal` that prevents ending an entity."""
_encode = msgspec.json.Encoder().encode


class CountLimit(msgspec.Struct, frozen=True):
    """The maximum number of records at once. One more is refused with `code`, which receives `limit`."""

    most: int
    code: str


class Unknown(msgspec.Struct, frozen=True):
    """Refusal of an unknown key: `code` receives the key as the value named `of`. `ended` is the code for a key whose
    record has ended ("": the same code)."""

    code: str
    of: str
    ended: str = ""

    def values(self, *key: str) -> dict[str, str | int]:
        return {self.of: "/".join(key)[:80]}


_NEVER = Unknown("", "")


class Entity(Generic[T]):
    """A kind of master data; see the module.

    Its table has a column per key field, `body` with the record as JSON, and `seq`, the journal row.

    `end_by` and `was_ended` begin with the key fields, under their own names. Without both, setting a record to nothing
    (`is_nothing`) ends it. `keeps_ended`: ended records stay in the table for references to them, with 1 in the column
    `retired`; setting one again revives it. `right`, `also`, `surfaces`, `ask_first` and `reauthenticate` apply to both
    commands (`CommandSpec`); `end_right` and `asks_to_end` override them for the one that ends. `order`: the sort order
    of reads (default: by key). `unknown`: required if records can be ended or have addresses. `is_a_table`: whether
    many can be imported as a table. `is_at_hub`: False if the capability declares its own table at head office.
    """

    def __init__(
        self,
        struct: type[T],
        *,
        table: str,
        set_by: type[Command],
        was_set: type[Event],
        end_by: type[Command] | None = None,
        was_ended: type[Event] | None = None,
        is_nothing: Callable[[T], bool] = lambda one: False,
        right: Right,
        unknown: Unknown = _NEVER,
        also: Right = "",
        surfaces: Surfaces = STAFF,
        ask_first: bool = False,
        reauthenticate: bool = False,
        end_right: Right = "",
        asks_to_end: bool = False,
        key: tuple[str, ...] = ("id",),
        order: tuple[str, ...] = (),
        limit: CountLimit | None = None,
        keeps_ended: bool = False,
        is_at_hub: bool = True,
        checks: tuple[Check[T], ...] = (),
        end_checks: tuple[EndCheck, ...] = (),
    ) -> None:
        self.struct, self.table, self.key = struct, table, key
        self.set_by, self.was_set, self.end_by, self.was_ended = set_by, was_set, end_by, was_ended
        self.unknown, self.right, self.also = unknown, right, also
        self.end_right, self.keeps_ended = end_right or right, keeps_ended
        self.is_at_hub = is_at_hub
        self.is_a_table = surfaces == STAFF and not reauthenticate
        spec = partial(CommandSpec, also=also, surfaces=surfaces, reauthenticate=reauthenticate)
        self._set_spec = partial(spec, right=right, ask_first=ask_first)
        self._end_spec = partial(spec, right=self.end_right, ask_first=ask_first or asks_to_end)
        self._limit, self._is_nothing, self._checks, self._end_checks = limit, is_nothing, checks, end_checks
        self._asked, self._happened = _field_of(set_by, struct), _field_of(was_set, struct)
        self._write_sql(order or key)

    def _write_sql(self, order: tuple[str, ...]) -> None:
        of_key = " AND ".join(f"{name} = ?" for name in self.key)
        names = (*self.key, "body", "seq")
        table, by, there = self.table, ", ".join(order), "NOT retired" if self.keeps_ended else "1"
        self._insert = f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        self._delete = f"UPDATE {table} SET retired = 1" if self.keeps_ended else f"DELETE FROM {table}"
        self._delete += f" WHERE {of_key}"
        self._one = f"SELECT body, {there} FROM {table} WHERE {of_key}"
        self._all = f"SELECT body FROM {table} WHERE {there} ORDER BY {by}"
        self._ended = f"SELECT body FROM {table} WHERE NOT {there} ORDER BY {by}"
        self._count = f"SELECT count(*) FROM {table} WHERE {there}"

    # reads

    @cached_property
    def _decode(self) -> Callable[[bytes], Any]:  # on first use: building every entity's decoder adds 7 ms to a start
        return msgspec.json.Decoder(self.was_set if self.was_set.personal else self.struct).decode

    def read(self, db: Any) -> tuple[T, ...]:
        """Return all current records, in their order."""
        return tuple(self._read(db, self._all))

    def read_ended(self, db: Any) -> tuple[T, ...]:
        """Return the records that have ended and are kept."""
        return tuple(self._read(db, self._ended))

    def find(self, db: Any, *key: str, ended: bool = False) -> T | None:
        """Return the record with this key; None if there is none, or it has ended and `ended` is False."""
        row = db.execute(self._one, key).fetchone()
        if row is None or not (row[1] or ended):
            return None
        return self._decrypt_record(Keyring(db) if self.was_set.personal else None, self._decode(row[0]))

    def require(self, db: Any, *key: str) -> T:
        """Return the record with this key. Raises `Refusal` if it is unknown or has ended."""
        found = self.find(db, *key)
        if found is None:
            ended = bool(self.unknown.ended) and db.execute(self._one, key).fetchone() is not None
            raise Refusal(self.unknown.ended if ended else self.unknown.code, self.unknown.values(*key))
        return found

    def key_of(self, one: T) -> tuple[str, ...]:
        return tuple(getattr(one, name) for name in self.key)

    def _read(self, db: Any, query: str) -> Iterator[T]:
        ring = Keyring(db) if self.was_set.personal else None
        return (self._decrypt_record(ring, self._decode(body)) for (body,) in db.execute(query))

    # commands

    def set_command(self, one: T) -> Command:
        """Return the command that sets a record to `one`."""
        return _holding(self.set_by, self._asked, one)

    def end_command(self, *key: str) -> Command:
        """Return the command that ends a record."""
        assert self.end_by is not None, f"nothing ends {self.table}"
        return self.end_by(*key)

    def commands(self, *checks: Check[T], http: tuple[HttpAddress, ...] = ()) -> tuple[CommandSpec, ...]:
        """Return its command specs for its capability. `checks`: additional checks that depend on the store's settings;
        `http`: the address of the command that sets a record."""
        found = (self._set_spec(self.set_by, partial(self.set, more=checks), http=http),)
        return (*found, self._end_spec(self.end_by, self.end)) if self.end_by else found

    def set(self, tx: Transaction, command: Command, more: tuple[Check[T], ...] = ()) -> None:
        """Handle `set_by`: run every check in turn, and append an event if something changed."""
        wanted = self._extract_record(command, self._asked)
        key = self.key_of(wanted)
        known = self.find(tx.db, *key)
        for check in (*self._checks, *more):
            wanted = check(tx, wanted, known)
        if self.key_of(wanted) != key:  # a check may change the key: a product identified by its case barcode
            known = self.find(tx.db, *self.key_of(wanted))
        if wanted == known or (known is None and self._is_nothing(wanted)):
            return
        if known is None and self._limit and tx.db.execute(self._count).fetchone()[0] >= self._limit.most:
            raise Refusal(self._limit.code, {"limit": self._limit.most})
        tx.append(self._seal_event(tx, wanted) if self.was_set.personal else self.fact(wanted))

    def end(self, tx: Transaction, command: Command) -> None:
        """Handle `end_by`."""
        assert self.was_ended is not None
        for check in self._end_checks:
            check(tx, command)
        said = msgspec.structs.astuple(command)
        self.require(tx.db, *said[: len(self.key)])
        tx.append(self.was_ended(*said))

    def fact(self, one: T) -> Event:
        """Return the event that records `one`, without sealing anything."""
        return _holding(self.was_set, self._happened, one)

    # rows, for the capability's projector

    @property
    def on(self) -> Mapping[type[Event], Callable[[Any, RecordedEvent, Any], None]]:
        """Return the functions that apply its events to its table."""
        return {self.was_set: self.keep} | ({self.was_ended: self.drop} if self.was_ended else {})

    def keep(self, db: Any, fact: RecordedEvent, event: Event) -> None:
        """Insert or replace the row of a record."""
        one: Any = event if self.was_set.personal else self._extract_record(event, self._happened)
        if not self.was_set.personal and self._is_nothing(one):
            db.execute(self._delete, self.key_of(one))
        else:
            db.execute(self._insert, (*self.key_of(one), _encode(one).decode(), fact.seq))

    def drop(self, db: Any, fact: RecordedEvent, event: Event) -> None:
        """Delete the row of an ended record, or mark it as ended."""
        db.execute(self._delete, msgspec.structs.astuple(event)[: len(self.key)])

    def body_of(self, event: Event) -> dict[str, Any]:
        """Return the record's fields as JSON values, without personal data and the person's id."""
        one = event if self.was_set.personal else self._extract_record(event, self._happened)
        without = (*self.was_set.personal, self.was_set.person_in)
        return {name: value for name, value in msgspec.to_builtins(one).items() if name not in without}

    def ends(self, event: Event) -> bool:
        """Whether this event ends the record."""
        if isinstance(event, self.was_set):
            return not event.personal and self._is_nothing(self._extract_record(event, self._happened))
        return True

    def id_of(self, event: Event) -> str:
        """Return the key of the event's record; several fields are joined with "/"."""
        if isinstance(event, self.was_set):
            return "/".join(self.key_of(event if event.personal else self._extract_record(event, self._happened)))  # type: ignore[arg-type]
        return "/".join(msgspec.structs.astuple(event)[: len(self.key)])

    # personal data

    def _seal_event(self, tx: Transaction, wanted: T) -> Event:
        """Return the event with its personal fields sealed; unchanged fields keep their ciphertext."""
        event = self.was_set
        row = tx.db.execute(self._one, self.key_of(wanted)).fetchone()
        known = self._decode(row[0]) if row else None
        said: dict[str, str] = {name: getattr(wanted, name) for name in event.personal}
        if not any(said.values()):
            return event(**msgspec.structs.asdict(wanted) | dict.fromkeys(said, Ciphertext("")))
        person = getattr(known, event.person_in) if known else ""
        if not person or is_forgotten(tx.db, person):
            person, known = f"{event.person_in}-{tx.command_id.hex()}", None
        ring, sealed = Keyring(tx.db), dict[str, str]()
        for name, text in said.items():
            was = getattr(known, name) if known else ""
            same = bool(was) and ring.open(person, event, name, was) == text
            sealed[name] = was if same else ring.seal(person, event, name, text)
        return event(**msgspec.structs.asdict(wanted) | sealed | {event.person_in: person})

    def _decrypt_record(self, ring: Keyring | None, kept: Any) -> T:
        """Decrypt the personal fields of a stored record."""
        if ring is None:
            return kept  # type: ignore[no-any-return]
        event = self.was_set
        person = getattr(kept, event.person_in)
        said = {name: ring.open(person, event, name, getattr(kept, name)) or "" for name in event.personal}
        fields = {name: getattr(kept, name) for name in self.struct.__struct_fields__}
        return self.struct(**fields | said)

    def _extract_record(self, message: Command | Event, field: str) -> T:
        """Extract the record from a message: from one of its fields, or from its own fields."""
        if not field:
            return self.struct(**msgspec.structs.asdict(message))
        held: T = getattr(message, field)
        return held


def _field_of(message: type[Command] | type[Event], struct: type[msgspec.Struct]) -> str:
    """Name of the field that holds the record; "" if the message has the record's fields itself (plus the person's id).
    Raises `TypeError` for anything else.
    """
    fields = message.__struct_fields__
    if set(fields) - {getattr(message, "person_in", "")} == set(struct.__struct_fields__):
        return ""
    if len(fields) == 1:
        return fields[0]
    raise TypeError(f"{message.__name__} has one field, which holds a {struct.__name__}, or all fields of one")


def _holding(message: type[M], field: str, one: msgspec.Struct) -> M:
    return message(**({field: one} if field else msgspec.structs.asdict(one)))
