"""Generic reads: a tenant's table or view, its fields, filters and order.

Capability projectors define theirs in `reads` (made by `Table.read`, see `sync.hub.table`). Names and expressions come
only from the program; values are always parameters.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import msgspec

from sync.hub.api import limits

Kind = Literal["text", "integer", "date", "time", "boolean", "object"]


class Field(msgspec.Struct, frozen=True):
    """A value of a row; `text`: its description with unit."""

    name: str
    kind: Kind
    text: str


class Filter(msgspec.Struct, frozen=True):
    """A parameter that filters rows by comparing `field` with it, by `relation`.

    `kind`: the type of a field that isn't part of the rows.
    """

    name: str
    field: str
    relation: Literal["=", ">=", "<="] = "="
    kind: Kind = "text"


class Read(msgspec.Struct, frozen=True):
    """`GET /v1/{name}`: rows of `source`, ordered by `key`, which is unique within a tenant."""

    name: str
    source: str
    summary: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    filters: tuple[Filter, ...] = ()
    area: str = ""
    """Permission to read it: `read:AREA`, and `read` unless it's `audit` (`keys.Key.may_read`)."""
    by_store: bool = True
    """Whether each row belongs to a store; else only readers of all stores get it."""
    summed: bool = False
    """Whether there is one row per key, with sums of all other fields; also by store, without naming it."""
    as_in_shop: bool = False
    """Whether the read works like the shop's own unified reads.

    It then has `skip` and `updated_since`, and pages of `items`, the last with an empty `next`. Its source has
    `changed_at`.
    """
    by_days: bool = False
    """Whether the read covers the days `from_date` to `to_date`, which are {first} and {last} in its source."""

    def kind_of(self, field: str) -> Kind:
        shown = (known.kind for known in self.fields if known.name == field)
        hidden = (filter_.kind for filter_ in self.filters if filter_.field == field)
        return next(iter((*shown, *hidden)), "text")


_NOUNS = {"integer": "a whole number", "date": "a date", "time": "a time", "boolean": "true or false"}


class BadRequest(Exception):
    """An invalid parameter; the message names it and the expected value."""


def statement(
    read: Read, tenant: str, asked: Mapping[str, str], stores: Sequence[str] | None = None
) -> tuple[str, list[Any], int]:
    """The SQL for these parameters, its values, and the page size (it fetches one more). Raises `BadRequest`.

    `stores`: only these (None: all). Row security in Postgres enforces access; the tenant is included so that Citus
    queries a single node.
    """
    values: list[Any] = [tenant]
    conditions = ["tenant = $1"]
    if stores is not None:
        values.append(list(stores))
        conditions.append("store = ANY ($2::text[])")
    rest = dict(asked)
    limit = _limit(rest.pop("limit", ""), read)
    skip = _skip(rest.pop("skip", "")) if read.as_in_shop else 0
    since = rest.pop("updated_since", "") if read.as_in_shop else ""
    source = _of_days(read.source, rest, values) if read.by_days else read.source
    if since and (moment := _since(since)):
        values.append(moment)
        conditions.append(f"changed_at >= ${len(values)}::timestamptz")
    after = rest.pop("after", "")
    if after:
        places = []
        for name, value in zip(read.key, _cursor(read, after), strict=True):
            values.append(value)
            places.append(_placeholder(len(values), read.kind_of(name)))
        conditions.append(f"({', '.join(read.key)}) > ({', '.join(places)})")
    for filter_ in read.filters:
        text = rest.pop(filter_.name, None)
        if text is not None and not (read.as_in_shop and text == ""):
            values.append(_value(filter_.name, text, read.kind_of(filter_.field)))
            place = _placeholder(len(values), read.kind_of(filter_.field))
            conditions.append(f"{filter_.field} {filter_.relation} {place}")
    if rest:
        known = ", ".join([*paging_of(read), *(filter_.name for filter_ in read.filters)])
        raise BadRequest(f"{sorted(rest)[0]!r} isn't a parameter here; available: {known}")
    fields = ", ".join(_select_expression(field, read.summed and field.name not in read.key) for field in read.fields)
    order = ", ".join(read.key)
    found = f"SELECT {fields} FROM {source} WHERE {' AND '.join(conditions)}"
    if read.summed:
        found += f" GROUP BY {order}"
    elif _is_narrow(read, asked):
        found = f"WITH found AS MATERIALIZED ({found}) SELECT * FROM found"
    return f"{found} ORDER BY {order} LIMIT {limit + 1}" + (f" OFFSET {skip}" if skip else ""), values, limit


def paging_of(read: Read) -> tuple[str, ...]:
    """Return the paging parameters, which come in addition to filters."""
    in_shop = ("skip", "updated_since") if read.as_in_shop else ()
    return ("limit", "after", *in_shop, *(("from_date", "to_date") if read.by_days else ()))


def _of_days(source: str, rest: dict[str, str], values: list[Any]) -> str:
    """The source for these days; without `to_date`, only the first day."""
    if not (first := rest.pop("from_date", "")):
        raise BadRequest("'from_date' is missing: the first day, as in 2027-01-31")
    begin, end = _value("from_date", first, "date"), _value("to_date", rest.pop("to_date", "") or first, "date")
    if not 0 <= (end - begin).days < limits.DAYS_MAX:
        raise BadRequest(f"'from_date' to 'to_date' are from 1 to {limits.DAYS_MAX} days")
    values += [begin, end]
    return source.format(first=f"${len(values) - 1}::date", last=f"${len(values)}::date")


def _skip(text: str) -> int:
    skip = _value("skip", text, "integer") if text else 0
    if not 0 <= skip <= limits.SKIP_MAX:
        raise BadRequest(f"'skip' is from 0 to {limits.SKIP_MAX}")
    return int(skip)


def _since(text: str) -> datetime | None:
    """A time in microseconds since 1970, UTC, as in the shop's API; 0: any."""
    micros = _value("updated_since", text, "integer")
    if not 0 <= micros <= limits.MOMENT_MAX_US:
        raise BadRequest("'updated_since' is in microseconds since 1970")
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros) if micros else None


def _is_narrow(read: Read, asked: Mapping[str, str]) -> bool:
    """Whether a read covers few days, whose rows are then found first and sorted.

    Otherwise Postgres would scan all years in order, expecting to fill a page soon.
    """
    bounds: dict[str, dict[str, date]] = {}
    for one in read.filters:
        if one.name in asked and read.kind_of(one.field) == "date":
            ends = (">=", "<=") if one.relation == "=" else (one.relation,)
            bounds.setdefault(one.field, {}).update(dict.fromkeys(ends, _value(one.name, asked[one.name], "date")))
    return any(len(one) == 2 and (one["<="] - one[">="]).days < limits.NARROW_DAYS for one in bounds.values())


def cursor(read: Read, row: Mapping[str, Any]) -> str:
    """The `after` parameter that continues after this row."""
    values = [row[name].isoformat() if isinstance(row[name], date) else row[name] for name in read.key]
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def _cursor(read: Read, text: str) -> list[Any]:
    try:
        values = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=list[str | int])
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        values = []
    if len(values) != len(read.key):
        raise BadRequest("'after' must be the value of 'next' from an earlier answer")
    return [_value("after", str(value), read.kind_of(name)) for name, value in zip(read.key, values, strict=True)]


def limits_of(read: Read) -> tuple[int, int]:
    """The default and maximum page size."""
    return limits.PAGES_IN_SHOP if read.as_in_shop else (limits.PAGE_ROWS, limits.PAGE_ROWS_MAX)


def _limit(text: str, read: Read) -> int:
    usual, most = limits_of(read)
    limit = _value("limit", text, "integer") if text else usual
    if not 1 <= limit <= most:
        raise BadRequest(f"'limit' is from 1 to {most}")
    return int(limit)


def text_of(name: str, text: str) -> str:
    """A parameter's text. Raises `BadRequest` if it's invalid."""
    if len(text) > limits.VALUE_CHARS or "\0" in text:
        raise BadRequest(f"{name!r} is too long, or isn't text")
    return text


def _value(name: str, text: str, kind: Kind) -> Any:
    text_of(name, text)
    try:
        if kind == "date":
            return date.fromisoformat(text)
        if kind == "time":
            return _moment(text)
        if kind == "integer":
            return _integer(text)
        if kind == "boolean":
            return {"true": True, "false": False}[text]
    except (ValueError, KeyError, OverflowError):
        raise BadRequest(f"{name!r} isn't {_NOUNS.get(kind, kind)}: {text!r}") from None
    return text


def _moment(text: str) -> datetime:
    """An ISO 8601 time; UTC by default."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _integer(text: str) -> int:
    number = int(text)
    if abs(number) >= 2**63:
        raise ValueError
    return number


def _placeholder(number: int, kind: Kind) -> str:
    types = {"text": "text", "integer": "bigint", "date": "date", "time": "timestamptz", "boolean": "boolean"}
    return f"${number}::{types[kind]}"


def _select_expression(field: Field, summed: bool = False) -> str:
    """The SELECT expression; Postgres sums bigints to numeric, so they're cast back."""
    if summed:
        return f"sum({field.name})::bigint AS {field.name}"
    match field.kind:
        case "integer":
            return f"{field.name}::bigint AS {field.name}"
        case "object":
            return f"{field.name}::text AS {field.name}"
    return field.name
