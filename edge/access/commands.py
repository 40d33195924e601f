"""What can be asked about access."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.shapes import Command

UserId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")]
UserName = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f]*$")]
"""Not blank, and one line."""
Role = Literal["cashier", "manager"]
"""A manager's PIN gives the rights that the set-up PIN gives."""
By = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
"""Whose word it is, in a name: `manager`, or `head office`."""


class SetPin(Command, frozen=True):
    """Set the PIN that guards overrides. The surface hashes it (`access.pin.hash_pin`): a PIN never travels."""

    pin_hash: str


class NotePinsWrong(Command, frozen=True):
    """Write down that PINs are being guessed, when they are no longer taken for a while. Only the surface that compares
    them does."""

    tries: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    wait_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)]


class SetUser(Command, frozen=True):
    """Add a user, or change one: what is left out of the PIN stays as it is. The surface hashes the PIN.

    Name and hash stay in this shop, and are forgotten when the user is retired; the journal has the `id` alone, so
    that should not be a name.
    """

    id: UserId
    name: UserName
    role: Role
    pin_hash: Annotated[str, msgspec.Meta(max_length=300)] = ""
    by: By = "manager"


class RetireUser(Command, frozen=True):
    """Let a user sign in no more, and forget name and PIN."""

    id: UserId
    by: By = "manager"
