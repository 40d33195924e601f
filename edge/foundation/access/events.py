"""What can have happened to access."""

from __future__ import annotations

from typing import ClassVar

from edge.core.messages import Ciphertext, Event, Sealed


class PinChanged(Event, frozen=True):
    """The set-up PIN was set or changed (to what, nobody writes down)."""

    first: bool


class UserSet(Event, frozen=True):
    """A user may sign in in a role, by this one's word; `new_pin`: with another PIN than before, or the first."""

    personal: ClassVar[tuple[str, ...]] = ("name", "email", "phone", "employee_number")
    person_in: ClassVar[str] = "id"

    id: str
    role: str
    new_pin: bool
    by: str
    name: Sealed = Ciphertext("")
    email: Sealed = Ciphertext("")
    phone: Sealed = Ciphertext("")
    employee_number: Sealed = Ciphertext("")


class UserRetired(Event, frozen=True):
    """A user signs in no more."""

    id: str
    by: str


class UserSuspended(Event, frozen=True):
    """A user signs in nowhere until they have another PIN."""

    id: str


class PinsWrong(Event, frozen=True):
    """So many PINs were wrong at one place, the last at this register, and nobody there may try one for `wait_s`. Whose
    they were meant to be, nobody knows."""

    tries: int
    wait_s: int


class PasswordSet(Event, frozen=True):
    """A user has a password for devices of their own, or another one."""

    id: str


class SetupCodeGiven(Event, frozen=True):
    """A user was given a code on paper, by which they set a PIN and a password themselves."""

    id: str


class RoleSet(Event, frozen=True):
    """The shop has a role of its own, with these rights, some up to an amount in minor units."""

    id: str
    name: str
    rights: tuple[str, ...]
    limits: dict[str, int]


class RoleRetired(Event, frozen=True):
    """The shop has that role no more."""

    id: str


class BrowserPaired(Event, frozen=True):
    """A browser was let in: of a `kind` (till, manager, kiosk, phone), at a register if it is tied to one. What it is
    called, the shop alone knows."""

    pairing: str
    kind: str
    of_register: str


class PairingEnded(Event, frozen=True):
    """A browser is let in no more. `why`: `ended` by somebody, or `copied`: somebody else came with its cookie."""

    pairing: str
    why: str


class KeyMade(Event, frozen=True):
    """A program has a key, with these rights at most, until a moment (UTC microseconds). `of_register` is "" where it
    is tied to none; what it is called, the shop alone knows."""

    key: str
    rights: tuple[str, ...]
    of_register: str
    ends_us: int


class KeyRevoked(Event, frozen=True):
    """That key lets nobody in any more: somebody said so, or whoever made it was retired."""

    key: str


class FactorPolicySet(Event, frozen=True):
    """The people of a role need this second factor on the manager's pages: `totp`, `otp` or `none`."""

    role: str
    factor: str


class FactorSet(Event, frozen=True):
    """A user has a second factor, or another one."""

    id: str


class FactorDropped(Event, frozen=True):
    """A user has no second factor any more."""

    id: str


class RecoveryCodesMade(Event, frozen=True):
    """A user has recovery codes; none from before is worth anything."""

    id: str


class RecoveryCodeUsed(Event, frozen=True):
    """A user came with a recovery code; so many are left."""

    id: str
    left: int


EVENTS: tuple[type[Event], ...] = (
    PinChanged,
    UserSet,
    UserRetired,
    PinsWrong,
    RoleSet,
    RoleRetired,
    BrowserPaired,
    PairingEnded,
    KeyMade,
    KeyRevoked,
    FactorPolicySet,
    FactorSet,
    FactorDropped,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    PasswordSet,
    SetupCodeGiven,
    UserSuspended,
)
