"""A value of a struct with every field filled, made from its types alone: the same one every time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import msgspec.inspect as types

TEXTS = (
    *("a1", "1.a1", "a1a1a1a1", "A1", "2026-11-21", "09:30", "123456", "c1"),
    *("+15550100123", "a1@a1.a1", "", "USD", "0a1b2c3d4e5f0a1b2c3d4e5f"),
    *("$argon2id$a1", 8 * "0a1b2c3d", "A1B2", "a1/a1", "2026-11-21T09:30:00", "123456789"),
    *("https://a1.a1/a1", 4 * "0a1b2c3d", 16 * "0a1b2c3d", "/manager/a1", "1.2.0", "03:00-05:00", "product/1000"),
)
"""One of them fits each pattern."""


def example(type: types.Type) -> Any:
    """A value of a type. `TypeError`: a type that this does not know yet."""
    match type:
        case types.Metadata(type=inner):
            return example(inner)
        case types.StructType(cls=cls, fields=fields):
            return cls(**{field.name: example(field.type) for field in fields})
        case types.UnionType(types=some):
            return example(next(one for one in some if not isinstance(one, types.NoneType)))
        case types.LiteralType(values=values):
            return values[0]
        case types.StrType(pattern=pattern):
            return next(text for text in TEXTS if pattern is None or re.search(pattern, text))
        case types.IntType(ge=least, le=most):
            return min(max(7, least or 0), 7 if most is None else most)
        case types.FloatType():
            return 0.5
        case types.BytesType(min_length=length):
            return b"\x07" * (length or 1)
        case types.VarTupleType(item_type=item, min_length=length):
            return (example(item),) * max(1, length or 1)
        case types.TupleType(item_types=items):
            return tuple(example(item) for item in items)
        case types.DictType(key_type=key, value_type=value):
            return {example(key): example(value)}
        case types.BoolType():
            return True
        case types.DateType():
            return date(2026, 11, 21)
        case types.DateTimeType():
            return datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
        case types.AnyType():
            return "a1"
    raise TypeError(f"tests/golden/example.py does not know what a {type} may be")
