"""Declare a hub table once: its SQL with upgrades and comments, what COPY and INSERT write, and what head office's
programs may read.

    CARD = Table(
        "gift_card",
        "Balances of gift cards.",
        *place(),
        Column("card", "text", "Digest of the card's code.", "event.card", key=True),
        Column("balance_minor", "bigint", "Balance in minor units.", "event.balance_minor"),
        Column("closed", "boolean", "Whether the card is blocked.", default="false"),
    )
    CARD.read("gift-cards", Filter("store", "store"))

A new column is a line, with `null` or a `default` for databases in which the table exists.
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
    """The source of a table row: an event with its journal row. `item`: one of the event's items, the `n`-th."""

    key: Key
    row: Row
    event: Any
    item: Any = None
    n: int = 0

    def each(self, items: Iterable[Any], first: int = 0) -> Iterator[Fact]:
        """A Fact for each of these items, counted from `first`."""
        key, row, event = self.key, self.row, self.event
        return (Fact(key, row, event, item, n) for n, item in enumerate(items, first))


Value = Callable[[Fact], Any]


class Column(msgspec.Struct, frozen=True):
    """A column. `text`: its description with unit.

    `value`: the value in a new row, as a path in the `Fact` such as "event.number" or "row.at_us", or a function of it;
    None if it's filled later, or by its `default` (SQL). Dates are ISO texts ("" is NULL), times are in microseconds,
    and a jsonb value is encoded here. `hidden`: not readable by head office's programs.
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
        """The column's type and constraints."""
        null = "" if self.null else " NOT NULL"
        return f"{self.type}{null}" + (f" DEFAULT {self.default}" if self.default else "")

    @property
    def field(self) -> Field:
        """The column as a field for reads."""
        return Field(self.name, _KINDS[self.type], self.text)


class Index(msgspec.Struct, frozen=True):
    """An index; `on`: columns or expressions, as SQL; `include`: additional columns for index-only reads."""

    name: str
    on: str
    using: str = "btree"
    where: str = ""
    include: str = ""


class Table:
    """A hub table; see the module. Its key consists of the columns marked so, in order.

    `by_month`: a date column of the key, by whose months the table is partitioned (`add_day_months`). Other rows, and
    those of months without a partition, are in `<name>_other`. A table whose columns have no values is written by head
    office itself, not from events: an INSERT fills all non-null columns without a default.
    """

    def __init__(
        self, name: str, text: str, *columns: Column, indexes: tuple[Index, ...] = (), by_month: str = ""
    ) -> None:
        self.name = name
        self.text = text
        self.columns = columns
        self.indexes = indexes
        self.by_month = by_month
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
        """Return the SQL that creates the table if it's missing."""
        lines = [f"{column.name} {column.definition}" for column in self.columns]
        lines.append(f"PRIMARY KEY ({', '.join(self.key)})")
        by = f" PARTITION BY RANGE ({self.by_month})" if self.by_month else ""
        return f"CREATE TABLE IF NOT EXISTS {self.name} (\n    " + ",\n    ".join(lines) + f"\n){by};\n"

    def insert(self) -> str:
        """Return the INSERT statement for a `record`."""
        places = ", ".join(f"${at}" for at in range(1, len(self.filled) + 1))
        return f"INSERT INTO {self.name} ({', '.join(self.filled)}) VALUES ({places})"

    def insert_once(self) -> str:
        """Return the INSERT statement for a `record`, which does nothing if its key exists."""
        return f"{self.insert()} ON CONFLICT ({', '.join(self.key)}) DO NOTHING"

    def upsert(self, *changed: str) -> str:
        """Return the INSERT statement for a `record`, which updates these columns (default: all) if its key exists."""
        names = changed or tuple(name for name in self.filled if name not in self.key)
        return f"{self.insert()} ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET " + ", ".join(
            f"{name} = excluded.{name}" for name in names
        )

    def record(self, fact: Fact) -> list[Any]:
        """The values of the `filled` columns for a new row."""
        values = list(self._said(fact))
        for at, value in self._made:
            values[at] = value(fact)
        for at, convert in self._converted:
            values[at] = convert(values[at])
        return values

    async def copy(self, connection: Any, facts: Iterable[Fact]) -> None:
        """Write a new row for each fact by COPY. None of the rows may exist yet."""
        await self.copy_records(connection, [self.record(fact) for fact in facts])

    async def copy_records(self, connection: Any, records: list[list[Any]]) -> None:
        """Write rows made by `record`, by COPY."""
        await connection.copy_records_to_table(self.name, records=records, columns=self.filled)

    def read(self, name: str, *filters: Filter, fields: tuple[str, ...] = (), area: str = "") -> Read:
        """Define `GET /v1/{name}`: the rows ordered by key.

        `fields`: in this order; by default all that aren't hidden. `area`: see `Read`.
        """
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
    """The first columns of every key: by device, so that each device can be projected again separately."""
    return (
        Column("tenant", "text", "Tenant that owns the store.", "key.tenant", key=True, hidden=True),
        Column("store", "text", store, "key.store", key=True),
        Column("device", "text", device, "key.device", key=True),
    )


def box(store: str = "The store.", device: str = "Its appliance.") -> tuple[Column, ...]:
    """Return the key columns of a box, for a table written by head office itself."""
    return tuple(msgspec.structs.replace(column, value=None) for column in place(store, device))


EPOCH = Column(
    *("epoch", "bigint", "Epoch of the device's journal; a restored box starts a new one.", "row.epoch"),
    key=True,
)
SEQ = Column("seq", "bigint", "Row in the store's journal.", "row.seq", key=True)
BUSINESS_DATE = Column("business_date", "date", "The store's business day.", "row.business_date")
AT = Column("at", "timestamptz", "Time of the event.", "row.at_us")


def always(value: str | int | bool) -> Value:
    """Return a function that gives every new row this value."""
    return lambda _: value


def moment(at_us: int) -> datetime:
    """A journal time as a datetime for Postgres."""
    return datetime.fromtimestamp(at_us / 1e6, tz=UTC)


def script(tables: Iterable[Table], more: str = "") -> str:
    """Return the SQL that creates these tables, or adds missing columns. `more`: SQL for views and the like."""
    made = tuple(tables)
    if not made:
        return more
    parts = [table.create for table in made]
    parts.append(_DO.format(declare=_DECLARE, body=_ADD.format(columns=",\n".join(_addable_columns(made)))))
    parts += [_DO.format(declare=_DECLARE, body=_partition(table)) for table in made if table.by_month]
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


_PARTITION = """    IF (SELECT relkind = 'r' FROM pg_class WHERE oid = '{name}'::regclass) THEN
        ALTER TABLE {name} RENAME TO {name}_other;
        FOR one IN SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid
                   WHERE indrelid = '{name}_other'::regclass
        LOOP
            EXECUTE format('ALTER INDEX %I RENAME TO %I', one.relname, one.relname || '_other');
        END LOOP;
        CREATE TABLE {name} (LIKE {name}_other INCLUDING DEFAULTS, PRIMARY KEY ({key})) PARTITION BY RANGE ({by});
        IF to_regclass('pg_dist_partition') IS NOT NULL THEN
            IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = '{name}_other'::regclass) THEN
                PERFORM create_distributed_table('{name}', 'tenant', colocate_with => '{name}_other');
            END IF;
        END IF;
        ALTER TABLE {name} ATTACH PARTITION {name}_other DEFAULT;
    END IF;
    CREATE TABLE IF NOT EXISTS {name}_other PARTITION OF {name} DEFAULT;
"""
"""Make an unpartitioned table the partition for remaining rows, without copying a row."""


def _partition(table: Table) -> str:
    return _PARTITION.format(name=table.name, key=", ".join(table.key), by=table.by_month)


def _addable_columns(tables: Iterable[Table]) -> list[str]:
    """Return the columns that can be added later. The key can't change."""
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
