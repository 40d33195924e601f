"""What can be asked about access."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from edge.core.messages import Command
from edge.foundation.access.api_key import DAYS, DAYS_MOST
from edge.foundation.access.pairing import Kind
from sync.identity.totp import RECOVERY_CODES

UserId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$(?!\n)")]
UserName = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f]*$(?!\n)")]
"""Not blank, and one line."""
Role = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,30}$(?!\n)")]
"""`cashier`, `manager` (whose PIN gives the rights that the set-up PIN gives), or one of the shop's own."""
Email = Annotated[
    str, msgspec.Meta(max_length=254, pattern=r"^([^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+\.[^@\s.]+)?$(?!\n)")
]
"""One address, or nothing; whether there is such a box, only a message to it tells."""
Phone = Annotated[str, msgspec.Meta(pattern=r"^(\+[1-9][0-9]{6,14})?$(?!\n)")]
"""As ITU-T E.164 writes it, with the country first: +33123456789; or nothing."""
EMPLOYEE_NUMBER = r"[A-Za-z0-9][A-Za-z0-9._/-]{0,31}"
EmployeeNumber = Annotated[str, msgspec.Meta(pattern=rf"^({EMPLOYEE_NUMBER})?$(?!\n)")]
KeyId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}$(?!\n)")]
RightsOfKey = Annotated[
    tuple[Annotated[str, msgspec.Meta(max_length=40)], ...], msgspec.Meta(min_length=1, max_length=40)
]
Days = Annotated[int, msgspec.Meta(ge=1, le=DAYS_MOST)]
PairingId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}$(?!\n)")]
By = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
"""Whose word it is, in a name: `manager`, or `head office`, which only head office itself may say."""


class SetPin(Command, frozen=True):
    """Set the PIN that guards overrides. The surface hashes it (`access.pin.hash_pin`): a PIN never travels."""

    pin_hash: str


class NotePinsWrong(Command, frozen=True):
    """Write down that PINs are being guessed. Only the surface that compares them does."""

    tries: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
    wait_s: Annotated[int, msgspec.Meta(ge=0, le=86_400)]


class NoteDenied(Command, frozen=True):
    """Write down that a read (`query NAME`) or an address (`GET /path`) was refused for want of a right, `count` times,
    to nobody in particular from these `networks`. It is refused itself, as what it tells of was."""

    query: Annotated[str, msgspec.Meta(max_length=100)]
    right: Annotated[str, msgspec.Meta(max_length=40)]
    count: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)] = 1
    networks: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=64)], ...], msgspec.Meta(max_length=8)] = ()


class SetUser(Command, frozen=True):
    """Add a user, or change one: what is left out stays as it is; an empty e-mail address, phone or employee number is
    none any more. The surface hashes the PIN.

    What is said of the user is kept under the user's own key: nobody reads it once the user is retired. The
    `id` stays in the journal, so that should not be a name; it is given once: those of head office begin with `h`.
    """

    personal: ClassVar[tuple[str, ...]] = ("name", "email", "phone", "employee_number")

    id: UserId
    name: UserName
    role: Role
    pin_hash: Annotated[str, msgspec.Meta(max_length=300)] = ""
    by: By = "manager"
    email: Email | None = None
    phone: Phone | None = None
    employee_number: EmployeeNumber | None = None


class RetireUser(Command, frozen=True):
    """Let a user sign in no more, and forget the person (`ForgetPerson`): name, PIN and the rest. The id is never given
    again."""

    id: UserId
    by: By = "manager"


class SuspendUser(Command, frozen=True):
    """Let a user sign in nowhere until they have another PIN or a code on paper: PIN, password and codes are gone at
    once, and so is what they are signed in by. Nothing else of them is forgotten."""

    id: UserId


class OwnRole(msgspec.Struct, frozen=True):
    """A role of the shop's own: which rights it holds, and up to which amount (`limits`, in minor units) those that
    give money away."""

    id: Role
    name: UserName
    rights: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=40)], ...], msgspec.Meta(max_length=40)]
    limits: Annotated[dict[str, Annotated[int, msgspec.Meta(ge=0, le=10**12)]], msgspec.Meta(max_length=40)] = (
        msgspec.field(default_factory=dict)
    )


class SetRole(Command, OwnRole, frozen=True):
    """Add a role of the shop's own, or change one. Nobody lends a right that they do not have."""


class ConfirmPairing(Command, frozen=True):
    """Let in the browser that shows these digits: as a till's at a register, a manager's own device, a kiosk, or a
    customer's phone."""

    digits: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}$(?!\n)")]
    kind: Kind
    register: Annotated[str, msgspec.Meta(max_length=40)] = ""
    label: Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")] = ""


class RenamePairing(Command, frozen=True):
    """Call a paired browser something else, in this shop."""

    id: PairingId
    label: UserName


class EndPairing(Command, frozen=True):
    """Let a paired browser in no more, from its next request on. Only the appliance itself says `why`."""

    id: PairingId
    why: Annotated[str, msgspec.Meta(max_length=20)] = "ended"


class MakeKey(Command, frozen=True):
    """Make a key for a program, with these rights, which never go beyond its maker's, for so many days; at one register
    or at any. The surface makes its secret, and hands in SHA-256 of that: it is shown once and kept nowhere."""

    id: KeyId
    name: UserName
    rights: RightsOfKey
    secret_sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    register: Annotated[str, msgspec.Meta(max_length=40)] = ""
    days: Days = DAYS


class RevokeKey(Command, frozen=True):
    """Let no program in with this key any more, from its next request on."""

    id: KeyId


FactorKind = Literal["none", "totp", "otp"]
Hex32 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
Hex64 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
Hashes = Annotated[tuple[Hex64, ...], msgspec.Meta(min_length=1, max_length=RECOVERY_CODES)]


class SetFactorPolicy(Command, frozen=True):
    """Say which second factor the people of a role need on the manager's pages."""

    role: Role
    factor: FactorKind


class ConfirmFactor(Command, frozen=True):
    """Let a second factor count: the surface saw its first right code, of this step of 30 s. With it come recovery
    codes, of which the surface hands in hashes (32 bytes) with one salt (16 bytes)."""

    id: UserId
    step: Annotated[int, msgspec.Meta(ge=1, le=2**62)]
    salt: Hex32
    hashes: Hashes


class MakeRecoveryCodes(Command, frozen=True):
    """Give somebody other recovery codes; those before are worth nothing any more."""

    id: UserId
    salt: Hex32
    hashes: Hashes


class UseRecoveryCode(Command, frozen=True):
    """Take a recovery code, once, in the place of a second factor."""

    id: UserId
    hash: Hex64


class DropFactor(Command, frozen=True):
    """Let somebody have no second factor any more: they said so themselves, or whoever is at the appliance's shell."""

    id: UserId


class SetSecrets(Command, frozen=True):
    """Set a person's own PIN, password or both, which they chose themselves: once, by the code on paper that the
    surface has compared. The surface hashes them."""

    id: UserId
    pin_hash: Annotated[str, msgspec.Meta(max_length=300)] = ""
    password_hash: Annotated[str, msgspec.Meta(max_length=300)] = ""


class SetPassword(Command, frozen=True):
    """Set a person's own password in place of the one before, which the surface has compared. The surface hashes it."""

    id: UserId
    password_hash: Annotated[str, msgspec.Meta(max_length=300)]


class GiveCode(Command, frozen=True):
    """Give a person a code on paper, good once, for ten minutes: to set a PIN and a password by, or in the place of a
    second factor. The surface makes it, and hands in its hash."""

    id: UserId
    code_hash: Annotated[str, msgspec.Meta(max_length=300)]


class RetireRole(Command, frozen=True):
    """Take back a role of the shop's own that nobody has any more."""

    id: Role
