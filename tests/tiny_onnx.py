"""ONNX files made by hand, for engines that need a model where none is to be had: small, and what they answer is known.

The fields are numbered as in onnx.proto (ONNX IR 10, opset 17); protobuf's wire format as in its own manual.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

_TYPES = {"float32": 1, "uint8": 2, "int64": 7, "float16": 10}
Shape = tuple[int | str, ...]


def model(
    nodes: Iterable[bytes],
    inputs: Mapping[str, Shape],
    outputs: Mapping[str, Shape],
    constants: Mapping[str, np.ndarray[Any, Any]] | None = None,
    dtype: str = "float32",
    types: Mapping[str, str] | None = None,
) -> bytes:
    """A model as a file holds it. A side of a shape that is a word may be of any length.

    Inputs are of `dtype`, unless `types` has another for them by name.
    """
    kinds = {name: (types or {}).get(name, dtype) for name in inputs}
    graph = b"".join(_field(1, node) for node in nodes) + _field(2, b"tiny")
    graph += b"".join(_field(5, _tensor(name, value)) for name, value in (constants or {}).items())
    graph += b"".join(_field(11, _value(name, shape, kinds[name])) for name, shape in inputs.items())
    graph += b"".join(_field(12, _value(name, shape, "float32")) for name, shape in outputs.items())
    return _number(1, 10) + _field(7, graph) + _field(8, _number(2, 17))


def node(kind: str, inputs: Iterable[str], outputs: Iterable[str], **attributes: int | list[int]) -> bytes:
    """One step of a model: its kind of operation, and the names of what goes in and comes out."""
    parts = b"".join(_field(1, name.encode()) for name in inputs)
    parts += b"".join(_field(2, name.encode()) for name in outputs) + _field(4, kind.encode())
    for name, value in attributes.items():
        number = isinstance(value, int)
        content = _number(3, value) if isinstance(value, int) else b"".join(_number(8, one) for one in value)
        parts += _field(5, _field(1, name.encode()) + content + _number(20, 2 if number else 7))
    return parts


def _tensor(name: str, value: np.ndarray[Any, Any]) -> bytes:
    dims = b"".join(_number(1, side) for side in value.shape)
    return dims + _number(2, _TYPES[value.dtype.name]) + _field(8, name.encode()) + _field(9, value.tobytes())


def _value(name: str, shape: Shape, dtype: str) -> bytes:
    sides = [_field(2, side.encode()) if isinstance(side, str) else _number(1, side) for side in shape]
    tensor = _number(1, _TYPES[dtype]) + _field(2, b"".join(_field(1, side) for side in sides))
    return _field(1, name.encode()) + _field(2, _field(1, tensor))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value & (1 << 64) - 1)


def _field(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    more = value >> 7
    return bytes([value & 0x7F | 0x80]) + _varint(more) if more else bytes([value])
