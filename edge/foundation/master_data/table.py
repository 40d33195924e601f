"""Converts records to table rows and back. Pure.

A column is a field (`fee_minor`); maps such as names by language have a column per key (`names.fr`). Lists are
separated by semicolons; nested values are JSON. Personal data is imported if present but never exported, because it
can't be erased from files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec
from msgspec.inspect import (
    BoolType,
    DictType,
    IntType,
    LiteralType,
    Metadata,
    NoneType,
    StrType,
    StructType,
    Type,
    UnionType,
    VarTupleType,
    type_info,
)

from edge.core.entity import Entity
from edge.lib.i18n import LANGUAGES
from edge.lib.tables.table import TableRow

TRUE, FALSE = "yes", "no"
_TICKS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_SEVERAL = ";"
_AT = re.compile(r" - at `\$\.?(?P<field>[^`]*)`$")
_NAMED = re.compile(r"field `(?P<field>[^`]+)`")
Known = Callable[[tuple[str, ...]], Any]
"""Looks up the current record with a key. Returns None if there is none."""


class Fault(msgspec.Struct, frozen=True):
    """A row's fault: line, field ("": the whole row), and the text `master_data.wrong_CODE` with `values`."""

    line: int
    field: str
    code: str
    values: Mapping[str, str | int] = {}


class EntityTable:
    """Columns of one entity."""

    def __init__(self, entity: Entity[Any]) -> None:
        self._entity = entity

    @cached_property
    def _types(self) -> dict[str, Type]:
        info = type_info(self._entity.struct)
        assert isinstance(info, StructType)
        return {field.name: _plain(field.type) for field in info.fields}

    # Export

    def write_rows(self, things: Sequence[Any]) -> tuple[tuple[str, ...], list[list[str]]]:
        """Convert records to a header and rows of cells."""
        rows = [msgspec.to_builtins(one) for one in things]
        header = [column for name in self._types for column in self._columns(name, rows)]
        return tuple(header), [[self._cell(row, column) for column in header] for row in rows]

    def _columns(self, name: str, rows: Iterable[Mapping[str, Any]]) -> list[str]:
        if name in self._entity.was_set.personal:
            return []
        type_ = self._types[name]
        if not isinstance(type_, DictType):
            return [name]
        there = dict.fromkeys(key for row in rows for key in row.get(name) or ())
        usual = LANGUAGES if isinstance(_plain(type_.value_type), StrType) else ()
        return [f"{name}.{key}" for key in dict.fromkeys((*usual, *there))]

    def _cell(self, row: Mapping[str, Any], column: str) -> str:
        name, _, key = column.partition(".")
        value = row.get(name)  # absent if its struct omits default values
        if key:
            value = (value or {}).get(key, "")
        match value:
            case None:
                return ""
            case bool():
                return TRUE if value else FALSE
            case str() | int():
                return str(value)
            case list() | tuple() if _is_several(self._types[name]):
                return f"{_SEVERAL} ".join(map(str, value))
        return msgspec.json.encode(value).decode()

    # Import

    def parse_rows(
        self, header: Sequence[str], rows: Iterable[TableRow], known: Known
    ) -> tuple[list[tuple[int, dict[str, Any]]], list[Fault]]:
        """Parse rows to complete records by line, and faults. Apply the records only if there are no faults. Missing
        columns keep current or default values."""
        faults = [Fault(1, name, "column") for name in header if name.partition(".")[0] not in self._types]
        faults += [Fault(1, name, "no_column") for name in self._entity.key if name not in header]
        taken = list[tuple[int, dict[str, Any]]]()
        if faults:
            return taken, faults
        lines = dict[tuple[str, ...], int]()
        for row in rows:
            found = self._row(header, row, known)
            if isinstance(found, Fault):
                faults.append(found)
                continue
            key = tuple(found[name] for name in self._entity.key)
            if key in lines:
                faults.append(Fault(row.line, self._entity.key[0], "twice", {"other": lines[key]}))
            lines.setdefault(key, row.line)
            taken.append((row.line, found))
        return taken, faults

    def _row(self, header: Sequence[str], row: TableRow, known: Known) -> dict[str, Any] | Fault:
        if row.fault or len(row.cells) > len(header):
            return Fault(row.line, "", "unreadable")
        said, keyed = dict[str, Any](), dict[str, dict[str, Any]]()
        for column, cell in zip(header, row.cells, strict=False):
            name, _, key = column.partition(".")
            type_ = self._types[name]
            try:
                if key and isinstance(type_, DictType):
                    keyed.setdefault(name, {})[key] = _read(type_.value_type, cell.strip()) if cell.strip() else None
                elif (value := _read(type_, cell.strip())) is not None:
                    said[name] = value
            except ValueError:
                return Fault(row.line, column, "value", {"value": cell[:80]})
        there = known(tuple(str(said.get(name, "")) for name in self._entity.key))
        fields = (msgspec.to_builtins(there) if there is not None else {}) | said
        for name, keys in keyed.items():
            fields[name] = {
                key: value for key, value in ({**fields.get(name, {}), **keys}).items() if value is not None
            }
        try:
            return dict(msgspec.to_builtins(msgspec.convert(fields, self._entity.struct)))
        except msgspec.ValidationError as error:
            return _fault_of(row.line, str(error))


def _fault_of(line: int, said: str) -> Fault:
    """Convert a msgspec error to a fault with its field."""
    at, named = _AT.search(said), _NAMED.search(said)
    field = at["field"] if at else ""
    if not field and named:
        return Fault(line, named["field"], "missing")
    return Fault(line, field.removesuffix("[...]"), "bounds", {"why": _AT.sub("", said)})


def _read(type_: Type, cell: str) -> Any:
    """Parse a cell by its type.

    An empty cell gives "" for text, [] for a list, and None otherwise. Raises `ValueError`.
    """
    type_ = _plain(type_)
    if isinstance(type_, StrType):
        return cell
    if not cell:
        return [] if _is_several(type_) else None
    if isinstance(type_, BoolType):
        if cell.lower() not in _TICKS:
            raise ValueError(cell)
        return _TICKS[cell.lower()]
    if isinstance(type_, IntType):
        return int(cell)
    if isinstance(type_, LiteralType):
        return cell
    if _is_several(type_):
        return [_read(type_.item_type, one.strip()) for one in cell.split(_SEVERAL) if one.strip()]  # type: ignore[attr-defined]
    return msgspec.json.decode(cell)  # raises a ValueError if invalid


def _plain(type_: Type) -> Type:
    """Return a type without metadata and optionality."""
    while isinstance(type_, Metadata):
        type_ = type_.type
    if isinstance(type_, UnionType):
        others = [one for one in type_.types if not isinstance(one, NoneType)]
        return _plain(others[0]) if len(others) == 1 else type_
    return type_


def _is_several(type_: Type) -> bool:
    return isinstance(type_, VarTupleType) and isinstance(_plain(type_.item_type), StrType | IntType | LiteralType)
