"""`privacy`: {"asks": [{"id": "r1", "kind": "erasure", "email": "dana@example.com"}]}, or with `phone` ("+97250..."): a
privacy request made to head office.

A shop with an exact match adds it to its own requests, with the deadline, and answers it. Others report that they have
no match. The body is encrypted, and overwritten when done.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.core.registry import Transaction
from edge.people.customers.commands import NoteRequestOf
from sync.wire import Name


class PrivacyAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request with the person's phone, email or both. `id` is head office's and has no meaning here."""

    id: Name
    kind: Literal["access", "correction", "erasure"]
    phone: Annotated[str, msgspec.Meta(pattern=r"^(\+[0-9]{6,15})?$(?!\n)")] = ""
    email: Annotated[str, msgspec.Meta(max_length=200)] = ""

    def __post_init__(self) -> None:
        if not self.phone and not self.email:
            raise ValueError("it needs a phone number or an email address")


class PrivacyAsks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `privacy` directive."""

    asks: tuple[PrivacyAsk, ...]


def _apply(tx: Transaction, _number: int, asks: tuple[PrivacyAsk, ...]) -> Applied:
    changed, unknown = 0, []
    for ask in asks:
        done = attempt(tx, NoteRequestOf(ask.kind, ask.phone, ask.email))
        if done and done.result:
            changed += bool(done.events)
        else:
            unknown.append(ask.id)
    return Applied(changed, tuple(unknown))


PRIVACY = Kind("privacy", PrivacyAsks, _apply, guarded=True, personal=True, sealed=True)
