"""JSON decoders that are created at first use, because inspecting a large struct takes a millisecond at each start.

Only one thread creates decoders at a time. msgspec 0.22 stores its information about a struct before that is complete
(`StructInfo_Convert`), and a second thread that uses it meanwhile reads through a null pointer.
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
    """Return a function that decodes JSON into this type. It raises the same errors as `msgspec.json.decode`."""
    made: Callable[[bytes | str], Any] | None = None

    def decode(data: bytes | str) -> Any:
        nonlocal made
        if made is None:
            with INSPECTING:
                made = msgspec.json.Decoder(kind).decode
        return made(data)

    return decode
