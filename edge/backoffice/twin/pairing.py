"""Letting another machine in: both show the same digits, a person compares them, and each knows the other's key.

The digits are of both keys and of a random number of each side, made for this knock alone. The box that is asked first
says a digest of its number, its `commitment`; then the machine that asks says its own, and is answered the number. So
who stands between them has to choose all of its numbers before it knows theirs, and hits the same digits once in a
hundred million knocks, however long it reckoned before (Bluetooth Core, vol. 2, part H, numeric comparison).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from edge.backoffice.twin import box_tls, members, promises
from edge.backoffice.twin.members import FOLDER, Member, Members
from edge.backoffice.twin.promises import Promises
from twin.records import Stored

FIRST, SECOND = "1", "2"
KNOCKS, KNOCK_S = 4, 600.0
"""So many wait at once, so long; one more is not heard."""
DIGITS = 8

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Host = Annotated[str, msgspec.Meta(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9.:_-]+$(?!\n)")]


class BoxKnock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A machine asks to be let in. `dialled`: under which name or address it reached this box; `page`: the port of its
    own pages (0: a witness has none)."""

    role: Literal["box", "witness"]
    dialled: Host
    port: Port
    page: Annotated[int, msgspec.Meta(ge=0, le=65535)]
    certificate: Annotated[str, msgspec.Meta(max_length=4096)]


class BoxHeard(msgspec.Struct, frozen=True):
    """The answer to it: under which number to ask again, this box's key (PEM), and the digest of its random number."""

    id: str
    certificate: str
    commitment: str


class KnockNonce(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The random number of one side, 16 bytes in hex."""

    nonce: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]


class BoxGrant(msgspec.Struct, frozen=True):
    """What a machine needs that was let in; `signature` (base64): over `content`, by the box that let it in."""

    content: str
    signature: str


class GrantContent(msgspec.Struct, frozen=True):
    """`config`: config.toml, for a box that has none yet."""

    members: Members
    stored: Stored
    config: str = ""


class PendingKnock(msgspec.Struct):
    """One that waits for a person. `nonce`: this box's; `theirs`: that of the machine, empty until it said it."""

    knock: BoxKnock
    host: str
    at_s: float
    nonce: str
    theirs: str = ""
    grant: BoxGrant | None = None


def new_nonce() -> str:
    """A number that nobody can guess."""
    return secrets.token_hex(16)


def commitment_of(first: str, second: str, nonce: str) -> str:
    """What binds the box that is asked to its number, for these two keys (PEM)."""
    return _digest("commitment", first, second, nonce).hex()


def digits_of(first: str, second: str, nonce: str, theirs: str) -> str:
    """What people compare: of the keys (PEM) and numbers of the box that is asked and of the machine that asks."""
    shown = f"{int.from_bytes(_digest('digits', first, second, nonce, theirs)) % 10**DIGITS:0{DIGITS}d}"
    return f"{shown[:4]} {shown[4:]}"


def _digest(what: str, first: str, second: str, *nonces: str) -> bytes:
    """Of parts that each have one length, so that no two lists of them are joined to the same text."""
    parts = ("edge twin", what, box_tls.fingerprint(first), box_tls.fingerprint(second), *nonces)
    return hashlib.sha256("\n".join(parts).encode()).digest()


class PairingDesk:
    """Who knocked at this box. On the event loop's thread, but for what is said to wait for the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.pending: dict[str, PendingKnock] = {}

    def certificate(self) -> str:
        """This box's own (PEM), made now if it has none. It waits for the disk."""
        return box_tls.certificate_of(self._folder / FOLDER, FIRST)

    def knock(self, knock: BoxKnock, host: str, own: str) -> BoxHeard | None:
        """Remember it, instead of an older one of that machine; None: too many wait already. `ValueError`: that is no
        key."""
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
        """This box's number, for the machine's; None: nobody knocked so, or it has said another one before."""
        one = self.pending.get(id)
        if one is None or one.theirs not in ("", theirs):
            return None
        one.theirs = theirs
        return one.nonce

    def with_knock(self, id: str, mine: Members | None, port: int, page: int, tls: bool) -> Members | None:
        """All members with that machine among them, where this box is heard at `port` if it was alone; None: nobody
        knocked so, or there are as many of its kind as may be."""
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
        """Leave for it what it needs. It waits for the disk."""
        name = all.all[-1].name
        theirs = msgspec.structs.replace(all, me=name)
        content = GrantContent(theirs, promises.of_one_who_joins(stored), config if all.all[-1].role == "box" else "")
        text = msgspec.json.encode(content)
        signed = base64.b64encode(box_tls.sign(self._folder / FOLDER, text)).decode()
        self.pending[id].grant = BoxGrant(text.decode(), signed)


def take_grant(folder: Path, grant: BoxGrant, certificate: str) -> GrantContent:
    """Be the member that `grant` makes of this machine. `ValueError`: it is not signed by the key whose digits were
    compared."""
    text = grant.content.encode()
    if not box_tls.is_signed(certificate, text, base64.b64decode(grant.signature)):
        raise ValueError("it isn't signed by the box whose digits were compared")
    content = msgspec.json.decode(text, type=GrantContent)
    Promises(folder / FOLDER).keep(content.stored)
    members.save(folder, content.members)
    return content


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
