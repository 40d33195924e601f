"""Pairing of machines: both show the same digits, a person compares them, and each learns the other's key.

The digits depend on both keys and on a random number of each side, used for this request only. The box first sends a
digest of its number, the `commitment`. Then the machine sends its number and receives the box's. A man in the middle
must therefore choose all numbers before knowing the others. Their digits match once in a hundred million requests,
whatever their computing power (Bluetooth Core, vol. 2, part H, numeric comparison).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from edge.backoffice.twin.copy import promises
from edge.backoffice.twin.copy.promises import Promises
from edge.backoffice.twin.membership import members
from edge.backoffice.twin.membership.members import FOLDER, Member, Members
from edge.backoffice.twin.wire import box_tls
from twin.records import Stored

FIRST, SECOND = "1", "2"
KNOCKS, KNOCK_S = 4, 600.0
"""Maximum waiting requests (further ones are ignored), and how long each waits, in seconds."""
DIGITS = 8

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Host = Annotated[str, msgspec.Meta(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9.:_-]+$(?!\n)")]


class BoxKnock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A machine's request to join. `dialled`: the name or address it used for this box; `page`: the port of its pages
    (0: a witness has none)."""

    role: Literal["box", "witness"]
    dialled: Host
    port: Port
    page: Annotated[int, msgspec.Meta(ge=0, le=65535)]
    certificate: Annotated[str, msgspec.Meta(max_length=4096)]


class BoxHeard(msgspec.Struct, frozen=True):
    """The answer: the id to continue with, this box's certificate (PEM), and the digest of its random number."""

    id: str
    certificate: str
    commitment: str


class KnockNonce(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One side's random number, 16 bytes in hex."""

    nonce: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]


class BoxGrant(msgspec.Struct, frozen=True):
    """The credentials of an accepted machine. `signature`: the accepting box's signature of `content` (base64)."""

    content: str
    signature: str


class GrantContent(msgspec.Struct, frozen=True):
    """The signed content of a grant. `config`: config.toml, for a box that has none."""

    members: Members
    stored: Stored
    config: str = ""


class PendingKnock(msgspec.Struct):
    """A request waiting for a person. `nonce`: this box's random number; `theirs`: the machine's, "" until received."""

    knock: BoxKnock
    host: str
    at_s: float
    nonce: str
    theirs: str = ""
    grant: BoxGrant | None = None


def new_nonce() -> str:
    """A random number, as 16 bytes in hex."""
    return secrets.token_hex(16)


def commitment_of(first: str, second: str, nonce: str) -> str:
    """The box's commitment to its random number, for these two certificates (PEM)."""
    return _digest("commitment", first, second, nonce).hex()


def digits_of(first: str, second: str, nonce: str, theirs: str) -> str:
    """The digits to compare, from the certificates (PEM) and numbers of both sides."""
    shown = f"{int.from_bytes(_digest('digits', first, second, nonce, theirs)) % 10**DIGITS:0{DIGITS}d}"
    return f"{shown[:4]} {shown[4:]}"


def _digest(what: str, first: str, second: str, *nonces: str) -> bytes:
    """A digest of parts of fixed length, so that no two lists of parts give the same text."""
    parts = ("edge twin", what, box_tls.fingerprint(first), box_tls.fingerprint(second), *nonces)
    return hashlib.sha256("\n".join(parts).encode()).digest()


class PairingDesk:
    """Requests to join this box. Call the methods on the event loop's thread, except those that may block on disk
    access."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.pending: dict[str, PendingKnock] = {}

    def certificate(self) -> str:
        """This box's certificate (PEM), created if missing. May block on disk access."""
        return box_tls.certificate_of(self._folder / FOLDER, FIRST)

    def knock(self, knock: BoxKnock, host: str, own: str) -> BoxHeard | None:
        """Remember a request, replacing the machine's older one. Returns None if too many are waiting. Raises
        `ValueError` if the key is invalid."""
        box_tls.fingerprint(knock.certificate)
        now_s = time.monotonic()
        self.pending = {
            id: one
            for id, one in self.pending.items()
            if now_s - one.at_s < KNOCK_S and (one.grant or (one.host, one.knock.role) != (host, knock.role))
        }
        if len(self.pending) >= KNOCKS:
            return None
        id = secrets.token_hex(8)
        made = self.pending[id] = PendingKnock(knock, host, now_s, new_nonce())
        return BoxHeard(id, own, commitment_of(own, knock.certificate, made.nonce))

    def reveal(self, id: str, theirs: str) -> str | None:
        """Exchange this box's random number for the machine's. None if there is no such request, or if the machine sent
        a different number before."""
        one = self.pending.get(id)
        if one is None or one.theirs not in ("", theirs):
            return None
        one.theirs = theirs
        return one.nonce

    def with_knock(self, id: str, mine: Members | None, port: int, page: int, tls: bool) -> Members | None:
        """All members including the requesting machine; None if there is no such request, or its role's limit is
        reached. `port`: the link's port of this box, if it was alone."""
        one = self.pending.get(id)
        if one is None or not one.theirs:
            return None
        scheme = "https" if tls else "http"
        if mine is None:
            me = Member(FIRST, "box", one.knock.dialled, port, f"{scheme}://{_in_url(one.knock.dialled)}:{page}")
            mine = Members(FIRST, (msgspec.structs.replace(me, certificate=self.certificate()),))
        names = members.WITNESSES if one.knock.role == "witness" else (SECOND if mine.me == FIRST else FIRST,)
        name = next((name for name in names if all(other.name != name for other in mine.all)), "")
        if not name or (one.knock.role == "witness" and len(mine.peers.boxes) < 2):
            return None
        at = f"{scheme}://{_in_url(one.host)}:{one.knock.page}" if one.knock.page else ""
        added = Member(name, one.knock.role, one.host, one.knock.port, at, one.knock.certificate)
        return msgspec.structs.replace(mine, all=(*mine.all, added))

    def let_in(self, id: str, all: Members, stored: Stored, config: str) -> None:
        """Prepare the credentials of an accepted machine. May block on disk access."""
        name = all.all[-1].name
        theirs = msgspec.structs.replace(all, me=name)
        content = GrantContent(theirs, promises.joining_promises(stored), config if all.all[-1].role == "box" else "")
        text = msgspec.json.encode(content)
        signed = base64.b64encode(box_tls.sign(self._folder / FOLDER, text)).decode()
        self.pending[id].grant = BoxGrant(text.decode(), signed)


def take_grant(folder: Path, grant: BoxGrant, certificate: str) -> GrantContent:
    """Make this machine the member described by `grant`. Raises `ValueError` if the grant isn't signed by the key whose
    digits were compared."""
    text = grant.content.encode()
    if not box_tls.is_signed(certificate, text, base64.b64decode(grant.signature)):
        raise ValueError("it isn't signed by the box whose digits were compared")
    content = msgspec.json.decode(text, type=GrantContent)
    Promises(folder / FOLDER).keep(content.stored)
    members.save(folder, content.members)
    return content


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
