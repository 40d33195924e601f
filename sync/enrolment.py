"""Credentials of a box for the broker: issued by the hub, passed on as one line, taken by the box.

The line is `edge1:` and base64url of JSON. It contains the password, so it's shown once and never stored. Alternatively
head office's page shows a code that a box trades for the same, once within an hour: `hub.example:8443 K7QM-2XPD-9R4T`.
With head office's own authority, four more groups identify it: the first 80 bits of its SHA-256, for which no other
certificate can be found within the hour.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from sync.wire import Name, WireError

MARK: Final = "edge1:"
LINE_CHARS = 64 * 1024
"""Maximum length of a line; longer ones are refused unread."""
CA_CHARS = 32 * 1024
"""Maximum length of the certificates to trust (PEM)."""
OFFICE_CHARS = 400
"""Maximum length of the typed text with head office's address and a code; longer text is refused unread."""
SECRET_CHARS = 12
"""Length of a code's secret: 60 bits, which can't be guessed within an hour at head office's rate limit."""
AUTHORITY_CHARS = 16
"""Length of the part that follows if head office uses its own authority: 80 bits of its SHA-256."""
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Characters of codes, five bits each, without similar-looking ones (Crockford's base 32)."""
_MISREAD = str.maketrans("OIL", "011", "-")
_PLACE = r"(?:https://)?(?P<at>[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::[0-9]{1,5})?)/?"


OTHERS_MOST: Final = 3
Others = Annotated[
    tuple[
        Annotated[
            str, Meta(pattern=r"^[^\s:/]{1,253}:[0-9]{1,5}$(?!\n)", description="host:port", examples=["two:8883"])
        ],
        ...,
    ],
    Meta(max_length=OTHERS_MOST),
]
"""Further brokers, which a box tries one after the other."""


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """A box's credentials: the broker's address, the authority to trust, and the box's identity.

    `ca`: the authority as PEM, empty for the system's authorities. `others`: further brokers, which a box tries in
    turn. `signing_key`: the key that must sign directives (Ed25519, hexadecimal); empty if head office signs none.
    """

    tenant: Name
    store: Name
    device: Name
    host: Annotated[str, Meta(min_length=1, max_length=253)]
    port: Annotated[int, Meta(ge=1, le=65535)] = 8883
    others: Others = ()
    tls: bool = True
    ca: Annotated[str, Meta(max_length=CA_CHARS)] = ""
    password: Annotated[str, Meta(min_length=16, max_length=200)]
    signing_key: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")] = ""

    @property
    def user(self) -> str:
        """The user name at the broker, on which its access list is based."""
        return f"{self.tenant}/{self.store}/{self.device}"


def to_line(enrolment: Enrolment) -> str:
    """The line for the box."""
    return MARK + base64.urlsafe_b64encode(msgspec.json.encode(enrolment)).decode()


def from_line(text: str) -> Enrolment:
    """Parse a line, possibly with spaces or broken by a mail program. Raises `WireError`."""
    if len(text) > LINE_CHARS:
        raise WireError(f"{len(text)} characters; an enrolment has at most {LINE_CHARS}")
    line = "".join(text.split())
    if not line.startswith(MARK):
        raise WireError(f"it doesn't begin with {MARK}")
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(line.removeprefix(MARK)), type=Enrolment)
    except (binascii.Error, ValueError) as error:  # msgspec's errors are ValueErrors
        raise WireError(f"it is damaged ({error})") from error


class OfficeCode(msgspec.Struct, frozen=True):
    """Head office's address (host or host:port), a one-time secret, and the beginning of its authority's fingerprint;
    "" if the system trusts its certificate."""

    at: str
    secret: str
    authority: str = ""


class Trade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/enrolment`: the secret of a code, and the box that trades it; "" if it has no identity yet."""

    secret: Annotated[str, Meta(pattern=rf"^[{ALPHABET}]{{{SECRET_CHARS}}}$(?!\n)", examples=["K7QM4TZ0PA12"])]
    box: Annotated[str, Meta(max_length=200)] = ""


TRADE = "/v1/enrolment"
AUTHORITY = "/v1/enrolment/authority"
"""Path at which head office serves the certificate (PEM) of its own authority."""


def new_secret() -> str:
    """A new secret for a code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SECRET_CHARS))


def authority_mark(sha256: bytes) -> str:
    """The beginning of an authority's fingerprint, as in a code."""
    bits = int.from_bytes(sha256[: AUTHORITY_CHARS * 5 // 8])
    return "".join(ALPHABET[bits >> at & 31] for at in range(AUTHORITY_CHARS * 5 - 5, -5, -5))


def in_groups(secret: str, authority: str = "") -> str:
    """A code as displayed."""
    said = secret + authority
    return "-".join(said[at : at + 4] for at in range(0, len(said), 4))


def read_office(text: str) -> OfficeCode:
    """Parse an address and code that was typed, pasted or scanned. Raises `WireError`."""
    found = re.fullmatch(rf"\s*{_PLACE}\s+(?P<code>[A-Za-z0-9\s-]+)", text) if len(text) <= OFFICE_CHARS else None
    if found is None:
        raise WireError("it isn't an address followed by a code")
    code = "".join(found["code"].split()).upper().translate(_MISREAD)
    if len(code) not in (SECRET_CHARS, SECRET_CHARS + AUTHORITY_CHARS) or set(code) - set(ALPHABET):
        raise WireError(f"its code has {len(code)} characters, or invalid ones")
    return OfficeCode(found["at"].lower(), code[:SECRET_CHARS], code[SECRET_CHARS:])
