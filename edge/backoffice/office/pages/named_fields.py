"""The content of events with the names of all fields. The journal stores some structs as arrays (`array_like`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from edge.core.messages import Event
from sync.wire import Row

_NESTED = (inspect.StructType, inspect.VarTupleType, inspect.ListType, inspect.DictType)


def content_of(events: Mapping[str, type[Event]], row: Row) -> dict[str, Any]:
    """The content of a row. Structs stored as arrays become objects, without fields that have their default."""
    content: dict[str, Any] = msgspec.json.decode(row.body)
    event = events.get(row.type)
    named: dict[str, Any] = _name_fields(content, _info(event)) if event else content
    return named


@cache
def _info(event: type[Event]) -> inspect.Type:
    return inspect.type_info(event)


def _name_fields(value: Any, kind: inspect.Type) -> Any:
    if isinstance(kind, inspect.UnionType):
        nested = [one for one in kind.types if isinstance(one, _NESTED)]
        return _name_fields(value, nested[0]) if len(nested) == 1 else value
    match kind, value:
        case inspect.StructType(array_like=True, tag=None), list():
            fields = zip(kind.fields, value, strict=False)
            return {one.encode_name: _name_fields(said, one.type) for one, said in fields if said != one.default}
        case inspect.StructType(), dict():
            types = {one.encode_name: one.type for one in kind.fields}
            return {name: _name_fields(said, types[name]) if name in types else said for name, said in value.items()}
        case ((inspect.VarTupleType() | inspect.ListType()), list()):
            return [_name_fields(one, kind.item_type) for one in value]
        case inspect.DictType(), dict():
            return {name: _name_fields(said, kind.value_type) for name, said in value.items()}
    return value
