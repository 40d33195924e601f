"""JSON decoders that are created at first use: inspecting a large struct takes a millisecond at each start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

import msgspec

T = TypeVar("T")


@overload
def late_decoder(kind: type[T]) -> Callable[[bytes | str], T]: ...
@overload
def late_decoder(kind: Any) -> Callable[[bytes | str], Any]: ...
def late_decoder(kind: Any) -> Callable[[bytes | str], Any]:
    """A function that decodes JSON into this type. It raises as `msgspec.json.decode` does."""
    made: Callable[[bytes | str], Any] | None = None

    def decode(data: bytes | str) -> Any:
        nonlocal made
        if made is None:
            made = msgspec.json.Decoder(kind).decode
        return made(data)

    return decode
