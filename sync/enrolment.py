"""What a box needs to speak to the broker as itself: made by the hub, carried as one line, taken by the box.

The line is `edge1:` and base64url of JSON. It holds the password: it is shown once and kept by nobody.
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from sync.wire import Name, WireError

MARK: Final = "edge1:"
LINE_CHARS = 64 * 1024
"""A whole line. More is refused unread."""
CA_CHARS = 32 * 1024
"""The certificates to trust, as PEM."""


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """Where the broker is, whom to trust there (`ca`: PEM, empty for the system's authorities), and who we are.

    `signing_key`: whose signature directives must have (Ed25519, hexadecimal); empty where head office signs none.
    """

    tenant: Name
    store: Name
    device: Name
    host: Annotated[str, Meta(min_length=1, max_length=253)]
    port: Annotated[int, Meta(ge=1, le=65535)] = 8883
    tls: bool = True
    ca: Annotated[str, Meta(max_length=CA_CHARS)] = ""
    password: Annotated[str, Meta(min_length=16, max_length=200)]
    signing_key: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")] = ""

    @property
    def user(self) -> str:
        """The name at the broker; the access list is made of it."""
        return f"{self.tenant}/{self.store}/{self.device}"


def to_line(enrolment: Enrolment) -> str:
    """The line for the box."""
    return MARK + base64.urlsafe_b64encode(msgspec.json.encode(enrolment)).decode()


def from_line(text: str) -> Enrolment:
    """What a line says, with space around it or broken by a mail. Raises `WireError`."""
    if len(text) > LINE_CHARS:
        raise WireError(f"{len(text)} characters; an enrolment has at most {LINE_CHARS}")
    line = "".join(text.split())
    if not line.startswith(MARK):
        raise WireError(f"it does not begin with {MARK}")
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(line.removeprefix(MARK)), type=Enrolment)
    except (binascii.Error, ValueError) as error:  # msgspec's errors are ValueErrors
        raise WireError(f"it is damaged ({error})") from error
