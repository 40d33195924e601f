"""Software releases as boxes receive them: a file, and a signed manifest.

The key isn't that of directives: it's kept where releases are made, and boxes have its public half in their
`config.toml`. Head office and the broker only transport releases and aren't trusted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

import msgspec

from sync.directive_signing import Signer, is_signed

CONTEXT: Final = b"edge-store release 1\n"
"""Prefix of signed data, so that a directive's signature is never accepted for a release."""
PIECE_BYTES: Final = 64 * 1024
FILE_BYTES: Final = 1280 * 1024 * 1024
"""Maximum size of a release file."""
PIECES: Final = FILE_BYTES // PIECE_BYTES
ReleaseVersion = Annotated[str, msgspec.Meta(pattern=r"^\d{1,4}\.\d{1,4}\.\d{1,4}$(?!\n)")]
ReleaseDigest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class Release(msgspec.Struct, frozen=True):
    """A release's manifest: the SHA-256 of its file (hexadecimal), the ledger schema it writes, and the oldest version
    it can replace (empty: any). Later versions may add fields, which this one ignores."""

    version: ReleaseVersion
    digest: ReleaseDigest
    size_bytes: Annotated[int, msgspec.Meta(ge=1, le=FILE_BYTES)]
    schema: Annotated[int, msgspec.Meta(ge=0, le=2**31)]
    least: Annotated[str, msgspec.Meta(pattern=r"^(\d{1,4}\.\d{1,4}\.\d{1,4})?$(?!\n)")] = ""
    notes: Annotated[str, msgspec.Meta(max_length=2000)] = ""

    @property
    def pieces(self) -> int:
        return -(-self.size_bytes // PIECE_BYTES)


class SignedRelease(msgspec.Struct, frozen=True):
    """A signed release manifest. `said`: the `Release` as signed JSON."""

    said: Annotated[str, msgspec.Meta(max_length=8000)]
    signature: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{128}$(?!\n)")]

    @property
    def release(self) -> Release:
        """Return the manifest. Raises `msgspec.MsgspecError` if this version can't read it."""
        return msgspec.json.decode(self.said, type=Release)

    def is_signed_by(self, publics: Iterable[str]) -> bool:
        """Whether one of these keys (public, hexadecimal) signed the manifest."""
        said = CONTEXT + self.said.encode()
        return any(is_signed(public, bytes.fromhex(self.signature), said) for public in publics)


def sign_release(signer: Signer, release: Release) -> SignedRelease:
    """Sign a release."""
    said = msgspec.json.encode(release).decode()
    return SignedRelease(said, signer.sign(CONTEXT + said.encode()).hex())


def order_of(version: str) -> tuple[int, ...]:
    """The sort key of versions."""
    return tuple(int(number) for number in version.split("."))


def digest_of(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
