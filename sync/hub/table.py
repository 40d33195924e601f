"""A table of the hub, declared once: from it come its SQL with upgrades and comments, what COPY and INSERT write into
it, and what head office's programs may read of it.

    CARD = Table(
        "gift_card",
        "What each store's gift cards hold.",
        *place(),
        Column("card", "text", "A digest of the code on the card.", "event.card", key=True),
        Column("balance_minor", "bigint", "What the store owes on it, in minor units.", "event.balance_minor"),
        Column("closed", "boolean", "Whether nobody pays with it any more.", default="false"),
    )
    CARD.read("gift-cards", Filter("store", "store"))

One more column is one more line, with `null` or a `default` where the table is in databases already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any, Literal, NamedTuple

import msgspec

from sync.hub.api.reads import Field, Filter, Kind, Read
from sync.hub.model import Key
from sync.wire import Row

Type = Literal["text", "int", "bigint", "boolean", "bytea", "date", "timestamptz", "jsonb", "text[]"]


class Fact(NamedTuple):
    """What a row is made of: an event and its row of the journal; with `item` one of the things in it, its `n`-th."""

    key: Key
    row: Row
    event: Any
    item: Any = None
    n: int = 0

    def each(self, items: Iterable[Any], first: int = 0) -> Iterator[Fact]:
        """One of each of these things in it, counted from `first`."""
        key, row, event = self.key, self.row, self.event
        return (Fact(key, row, event, item, n) for n, item in enumerate(items, first))


Value = Callable[[Fact], Any]


class Column(msgspec.Struct, frozen=True):
    """One column; `text` says what it is, with its unit.

    `value` is what a new row has in it: a path in the `Fact`, as "event.number" or "row.at_us", or a function of it;
    None: it is filled later, or by its `default`, which is SQL. Dates are given as ISO texts ("" is NULL), moments in
    microseconds, jsonb as what it shall say. `hidden`: not for the programs of head office.
    """

    name: str
    type: Type
    text: str
    value: str | Value | None = None
    key: bool = False
    null: bool = False
    default: str = ""
    hidden: bool = False

    @property
    def definition(self) -> str:
        """Its type and its constraints."""
        null = "" if self.null else " NOT NULL"
        return f"{self.type}{null}" + (f" DEFAULT {self.default}" if self.default else "")

    @property
    def field(self) -> Field:
        """The same, as it is read."""
        return Field(self.name, _KINDS[self.type], self.text)


class Index(msgspec.Struct, frozen=True):
    """One index; `on` are columns or expressions, as SQL; `include` are columns that are read from it alone."""

    name: str
    on: str
    using: str = "btree"
    where: str = ""
    include: str = ""


class Table:
    """See above. The key is of the columns that say so, in their order.

    One whose columns have no values is written by head office itself, not from events: an INSERT fills all that have
    no default and may not be null.
    """

    def __init__(self, name: str, text: str, *columns: Column, indexes: tuple[Index, ...] = ()) -> None:
        self.name = name
        self.text = text
        self.columns = columns
        self.indexes = indexes
        self.key = tuple(column.name for column in columns if column.key)
        said = [column for column in columns if column.value is not None]
        wanted = said or [column for column in columns if not column.null and not column.default]
        self.filled = tuple(column.name for column in wanted)
        values = [(column.value, _CONVERSIONS.get(column.type)) for column in said]
        self._said = attrgetter(*(value if isinstance(value, str) else "n" for value, _ in values or [(None, None)]))
        self._made = tuple((at, value) for at, (value, _) in enumerate(values) if callable(value))
        self._converted = tuple((at, convert) for at, (_, convert) in enumerate(values) if convert)

    @property
    def create(self) -> str:
        """SQL that makes it, where it is not there yet."""
        lines = [f"{column.name} {column.definition}" for column in self.columns]
        lines.append(f"PRIMARY KEY ({', '.join(self.key)})")
        return f"CREATE TABLE IF NOT EXISTS {self.name} (\n    " + ",\n    ".join(lines) + "\n);\n"

    def insert(self) -> str:
        """INSERT of a `record`."""
        places = ", ".join(f"${at}" for at in range(1, len(self.filled) + 1))
        return f"INSERT INTO {self.name} ({', '.join(self.filled)}) VALUES ({places})"

    def insert_once(self) -> str:
        """INSERT of a `record`, unless one of its key is there."""
        return f"{self.insert()} ON CONFLICT ({', '.join(self.key)}) DO NOTHING"

    def upsert(self, *changed: str) -> str:
        """INSERT of a `record`; where one of its key is there, these columns of it are changed (default: all)."""
        names = changed or tuple(name for name in self.filled if name not in self.key)
        return f"{self.insert()} ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET " + ", ".join(
            f"{name} = excluded.{name}" for name in names
        )

    def record(self, fact: Fact) -> list[Any]:
        """The values of the columns `filled` of a new row."""
        values = list(self._said(fact))
        for at, value in self._made:
            values[at] = value(fact)
        for at, convert in self._converted:
            values[at] = convert(values[at])
        return values

    async def copy(self, connection: Any, facts: Iterable[Fact]) -> None:
        """Write a new row of each, by COPY: none of them may be there."""
        await self.copy_records(connection, [self.record(fact) for fact in facts])

    async def copy_records(self, connection: Any, records: list[list[Any]]) -> None:
        """The same of what `record` made."""
        await connection.copy_records_to_table(self.name, records=records, columns=self.filled)

    def read(self, name: str, *filters: Filter, fields: tuple[str, ...] = (), area: str = "") -> Read:
        """`GET /v1/{name}`: its rows, by its key. `fields` in their order: by default all that are not hidden. `area`:
        see `Read`."""
        shown = {column.name: column for column in self.columns if not column.hidden}
        return Read(
            name=name,
            source=self.name,
            summary=self.text,
            fields=tuple(shown[name].field for name in fields or shown),
            key=tuple(column for column in self.key if column in shown),
            filters=filters,
            area=area,
        )


def place(store: str = "The store.", device: str = "Its appliance.") -> tuple[Column, ...]:
    """How each key begins: by device, so that a device can be projected again by itself."""
    return (
        Column("tenant", "text", "Whose store it is.", "key.tenant", key=True, hidden=True),
        Column("store", "text", store, "key.store", key=True),
        Column("device", "text", device, "key.device", key=True),
    )


def box(store: str = "The store.", device: str = "Its appliance.") -> tuple[Column, ...]:
    """The same of a table that head office itself writes."""
    return tuple(msgspec.structs.replace(column, value=None) for column in place(store, device))


EPOCH = Column(
    *("epoch", "bigint", "The epoch of its journal: a box that was restored begins one, and counts on.", "row.epoch"),
    key=True,
)
SEQ = Column("seq", "bigint", "The row of the store's journal.", "row.seq", key=True)
BUSINESS_DATE = Column("business_date", "date", "The business day, as the store counts it.", "row.business_date")
AT = Column("at", "timestamptz", "When.", "row.at_us")


def always(value: str | int | bool) -> Value:
    """What every new row has."""
    return lambda _: value


def moment(at_us: int) -> datetime:
    """A journal's time, as Postgres takes it."""
    return datetime.fromtimestamp(at_us / 1e6, tz=UTC)


def script(tables: Iterable[Table], more: str = "") -> str:
    """SQL that makes these tables, or brings older ones to them: columns that they lack are added. `more`: views, and
    what else cannot be said of a column."""
    made = tuple(tables)
    if not made:
        return more
    parts = [table.create for table in made]
    parts.append(_DO.format(declare=_DECLARE, body=_ADD.format(columns=",\n".join(_addable_columns(made)))))
    parts += [_index(table, index) for table in made for index in table.indexes]
    parts.append(more)
    parts.append(_DO.format(declare="", body="".join(_comments(made))))
    return "\n".join(parts)


_KINDS: Mapping[Type, Kind] = {
    **{
        "text": "text",
        "int": "integer",
        "bigint": "integer",
        "boolean": "boolean",
        "date": "date",
        "timestamptz": "time",
    },
    "jsonb": "object",
}
_DO = "DO $$\n{declare}BEGIN\n{body}END $$;\n"
_DECLARE = "DECLARE\n    one record;\n"
_ADD = """    FOR one IN
        SELECT * FROM (VALUES
{columns}
        ) AS said (relation, name, definition)
        WHERE NOT EXISTS (
            SELECT FROM pg_attribute
            WHERE attrelid = to_regclass(relation) AND attname = name AND NOT attisdropped
        )
    LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN %I %s', one.relation, one.name, one.definition);
    END LOOP;
"""


def _addable_columns(tables: Iterable[Table]) -> list[str]:
    """Those that can be added: a key that grew is more than a column."""
    return [
        f"            ({_sql_text(table.name)}, {_sql_text(column.name)}, {_sql_text(column.definition)})"
        for table in tables
        for column in table.columns
        if not column.key
    ]


def _comments(tables: Iterable[Table]) -> Iterable[str]:
    for table in tables:
        yield f"    COMMENT ON TABLE {table.name} IS {_sql_text(table.text)};\n"
        for column in table.columns:
            yield f"    COMMENT ON COLUMN {table.name}.{column.name} IS {_sql_text(column.text)};\n"


def _index(table: Table, index: Index) -> str:
    include = f" INCLUDE ({index.include})" if index.include else ""
    where = f" WHERE {index.where}" if index.where else ""
    return f"CREATE INDEX IF NOT EXISTS {index.name} ON {table.name} USING {index.using} ({index.on}){include}{where};"


def _sql_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _date(value: str | date | None) -> date | None:
    if isinstance(value, str):
        return date.fromisoformat(value) if value else None
    return value


def _moment(at_us: int | None) -> datetime | None:
    return None if at_us is None else moment(at_us)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


_CONVERSIONS: Mapping[Type, Callable[[Any], Any]] = {"date": _date, "timestamptz": _moment, "jsonb": _json}
