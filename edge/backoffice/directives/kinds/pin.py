"""`pin`: {"pins": ["$argon2id$..."]}: the hash of a new override PIN; the PIN itself is never sent."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.core.registry import Transaction
from edge.foundation.access.commands import SetPin

Hash = Annotated[str, msgspec.Meta(pattern=r"^\$argon2id\$[!-~]+$(?!\n)", max_length=300)]


class Pins(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `pin` directive: exactly one hash."""

    pins: Annotated[tuple[Hash, ...], msgspec.Meta(min_length=1, max_length=1)]


def _apply(tx: Transaction, _number: int, pins: tuple[Hash, ...]) -> Applied:
    return Applied(sum(attempt(tx, SetPin(pin)) is not None for pin in pins))


PIN = Kind("pin", Pins, _apply, guarded=True, sealed=True)
