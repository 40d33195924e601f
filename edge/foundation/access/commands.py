"""Commands of access."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from edge.core.messages import Command
from edge.foundation.access.browsers.pairing import Kind
from edge.foundation.access.programs.api_key import DAYS, DAYS_MOST
from sync.identity.totp import RECOVERY_CODES

UserId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$(?!\n)")]
UserName = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f]*$(?!\n)")]
"""A name of one line that isn't blank."""
Role = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,30}$(?!\n)")]
"""`cashier`, `manager` (whose PIN grants the same rights as the set-up PIN), or one of the shop's own."""
Email = Annotated[
    str, msgspec.Meta(max_length=254, pattern=r"^([^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+\.[^@\s.]+)?$(?!\n)")
]
"""An email address, or empty. Only a message to it shows whether the mailbox exists."""
Phone = Annotated[str, msgspec.Meta(pattern=r"^(\+[1-9][0-9]{6,14})?$(?!\n)")]
"""A phone number in ITU-T E.164 form with its country code, such as +33123456789, or empty."""
EMPLOYEE_NUMBER = r"[A-Za-z0-9][A-Za-z0-9._/-]{0,31}"
EmployeeNumber = Annotated[str, msgspec.Meta(pattern=rf"^({EMPLOYEE_NUMBER})?$(?!\n)")]
KeyId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}$(?!\n)")]
RightsOfKey = Annotated[
    tuple[Annotated[str, msgspec.Meta(max_length=40)], ...], msgspec.Meta(min_length=1, max_length=40)
]
Days = Annotated[int, msgspec.Meta(ge=1, le=DAYS_MOST)]
PairingId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}$(?!\n)")]
By = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
"""Origin of the decision: `manager`, or `head office`, which only head office itself may use."""


class SetPin(Command, frozen=True):
    """Set the PIN for overrides. The surface hashes it, so that a PIN is never transmitted."""

    pin_hash: str


class NotePinsWrong(Command, frozen=True):
    """Record that PINs are being guessed. Sent only by the surface that verifies them."""

    tries: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
    wait_s: Annotated[int, msgspec.Meta(ge=0, le=86_400)]


class NoteDenied(Command, frozen=True):
    """Record that a read (`query NAME`) or an address (`GET /path`) was denied `count` times to anonymous callers from
    these `networks`.

    The command itself is always refused: its refusal is what the journal records.
    """

    query: Annotated[str, msgspec.Meta(max_length=100)]
    right: Annotated[str, msgspec.Meta(max_length=40)]
    count: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)] = 1
    networks: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=64)], ...], msgspec.Meta(max_length=8)] = ()


class SetUser(Command, frozen=True):
    """Add or change a user. Omitted fields stay unchanged; an empty email address, phone or employee number is removed.
    The surface hashes the PIN. Users from head office or another system may have none yet: they choose one with a paper
    code, or receive one here.

    Personal data is encrypted with the user's own key and becomes unreadable when the user is retired. The `id` stays
    in the journal, so it should not be a name; it is never reused, and head office's ids begin with `h`.
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
    """Disable a user's sign-in and forget the person (`ForgetPerson`): name, PIN and other data. The id is never
    reused."""

    id: UserId
    by: By = "manager"


class SuspendUser(Command, frozen=True):
    """Block a user's sign-in until they receive another PIN or a paper code: PIN, password, codes and sessions are
    deleted at once. Nothing else is forgotten."""

    id: UserId


class OwnRole(msgspec.Struct, frozen=True):
    """A custom role: its rights, and maximum amounts (`limits`, in minor units) of those that give money away."""

    id: Role
    name: UserName
    rights: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=40)], ...], msgspec.Meta(max_length=40)]
    limits: Annotated[dict[str, Annotated[int, msgspec.Meta(ge=0, le=10**12)]], msgspec.Meta(max_length=40)] = (
        msgspec.field(default_factory=dict)
    )


class SetRole(Command, OwnRole, frozen=True):
    """Add or change a custom role. Users can only grant rights that they have."""


class ConfirmPairing(Command, frozen=True):
    """Admit the browser that shows these digits: as a till at a register, a manager's own device, a kiosk, or a
    customer's phone."""

    digits: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}$(?!\n)")]
    kind: Kind
    register: Annotated[str, msgspec.Meta(max_length=40)] = ""
    label: Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")] = ""


class RenamePairing(Command, frozen=True):
    """Rename a paired browser in this shop."""

    id: PairingId
    label: UserName


class EndPairing(Command, frozen=True):
    """Unpair a browser, from its next request on. Only the appliance sets `why`."""

    id: PairingId
    why: Annotated[str, msgspec.Meta(max_length=20)] = "ended"


class MakeKey(Command, frozen=True):
    """Create an API key with these rights (never beyond its maker's) for `days` days, for one register or all. The
    surface creates the secret and sends its SHA-256: the key is shown once and never stored."""

    id: KeyId
    name: UserName
    rights: RightsOfKey
    secret_sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    register: Annotated[str, msgspec.Meta(max_length=40)] = ""
    days: Days = DAYS


class RevokeKey(Command, frozen=True):
    """Revoke an API key, from its next request on."""

    id: KeyId


FactorKind = Literal["none", "totp", "otp"]
Hex32 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
Hex64 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
Hashes = Annotated[tuple[Hex64, ...], msgspec.Meta(min_length=1, max_length=RECOVERY_CODES)]


class SetFactorPolicy(Command, frozen=True):
    """Set the second factor that a role requires on manager pages."""

    role: Role
    factor: FactorKind


class ConfirmFactor(Command, frozen=True):
    """Activate a second factor after its first correct code, from this 30 s step. Includes hashes (32 bytes) of
    recovery codes with one salt (16 bytes)."""

    id: UserId
    step: Annotated[int, msgspec.Meta(ge=1, le=2**62)]
    salt: Hex32
    hashes: Hashes


class MakeRecoveryCodes(Command, frozen=True):
    """Replace a user's recovery codes; earlier ones become invalid."""

    id: UserId
    salt: Hex32
    hashes: Hashes


class UseRecoveryCode(Command, frozen=True):
    """Use a recovery code, once, instead of a second factor."""

    id: UserId
    hash: Hex64


class DropFactor(Command, frozen=True):
    """Remove a user's second factor, on their own request or from the appliance's shell."""

    id: UserId


class SetSecrets(Command, frozen=True):
    """Set a user's self-chosen PIN, password or both, with a one-time paper code that the surface has verified. The
    surface hashes them."""

    id: UserId
    pin_hash: Annotated[str, msgspec.Meta(max_length=300)] = ""
    password_hash: Annotated[str, msgspec.Meta(max_length=300)] = ""


class SetPassword(Command, frozen=True):
    """Replace a user's own password, after the surface has verified the old one. The surface hashes it."""

    id: UserId
    password_hash: Annotated[str, msgspec.Meta(max_length=300)]


class GiveCode(Command, frozen=True):
    """Give a user a one-time paper code, valid for ten minutes: to set a PIN and password, or instead of a second
    factor. The surface creates it and sends its hash."""

    id: UserId
    code_hash: Annotated[str, msgspec.Meta(max_length=300)]


class RetireRole(Command, frozen=True):
    """Remove a custom role that no one has."""

    id: Role
