"""Events of access."""

from __future__ import annotations

from typing import ClassVar

from edge.core.messages import Ciphertext, Event, Sealed


class PinChanged(Event, frozen=True):
    """The set-up PIN was set or changed; its value is never recorded."""

    first: bool


class UserSet(Event, frozen=True):
    """A user may sign in with a role; `by`: the source; `new_pin`: with a new PIN."""

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
    """A user can no longer sign in."""

    id: str
    by: str


class UserSuspended(Event, frozen=True):
    """A user can't sign in until they receive another PIN."""

    id: str


class PinsWrong(Event, frozen=True):
    """Wrong PINs were entered `tries` times at one place, most recently at this register.

    The next attempt must wait `wait_s` seconds. The event names no user.
    """

    tries: int
    wait_s: int


class PasswordSet(Event, frozen=True):
    """A user set or changed the password for their own devices."""

    id: str


class SetupCodeGiven(Event, frozen=True):
    """A user received a paper code to set a PIN and a password."""

    id: str


class RoleSet(Event, frozen=True):
    """A custom role with these rights, some limited to an amount in minor units."""

    id: str
    name: str
    rights: tuple[str, ...]
    limits: dict[str, int]


class RoleRetired(Event, frozen=True):
    """A custom role was removed."""

    id: str


class BrowserPaired(Event, frozen=True):
    """A browser was paired: its `kind` (till, manager, kiosk, phone) and register, if tied to one. Its label stays in
    the shop."""

    pairing: str
    kind: str
    of_register: str


class PairingEnded(Event, frozen=True):
    """A browser was unpaired. `why`: `ended` by a user, or `copied`: its cookie was used elsewhere."""

    pairing: str
    why: str


class KeyMade(Event, frozen=True):
    """A program received a key with these maximum rights, until a moment (UTC microseconds). `of_register` is "" if not
    tied to one; its label stays in the shop."""

    key: str
    rights: tuple[str, ...]
    of_register: str
    ends_us: int


class KeyRevoked(Event, frozen=True):
    """A key was revoked, by a user or because its maker was retired."""

    key: str


class FactorPolicySet(Event, frozen=True):
    """A role requires this second factor on manager pages: `totp`, `otp` or `none`."""

    role: str
    factor: str


class FactorSet(Event, frozen=True):
    """A user activated or replaced a second factor."""

    id: str


class FactorDropped(Event, frozen=True):
    """A user no longer has a second factor."""

    id: str


class RecoveryCodesMade(Event, frozen=True):
    """A user received recovery codes; earlier ones are invalid."""

    id: str


class RecoveryCodeUsed(Event, frozen=True):
    """A user used a recovery code; `left` remain."""

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
