"""JSON decoders that are created at first use: inspecting a large struct takes a millisecond at each start.

One thread creates them at a time. msgspec 0.22 keeps what it finds out about a struct before that is complete
(`StructInfo_Convert`), and a second thread that meets it meanwhile reads through a null pointer.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Any, TypeVar, overload

import msgspec

T = TypeVar("T")
INSPECTING = RLock()
"""Lock held while a type is inspected for the first time."""


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
            with INSPECTING:
                made = msgspec.json.Decoder(kind).decode
        return made(data)

    return decode
