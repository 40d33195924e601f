"""Software releases stored at head office.

An operator adds a release, a publication rolls it out, and boxes download it in pieces. Head office's version is never
older than a release it serves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from sync.hub import tenants
from sync.hub.tenants import NotTaken
from sync.releases import PIECE_BYTES, SignedRelease, digest_of, order_of

KIND = "software"
"""The kind of directive that makes a box request a release."""
KEPT = 5
"""Number of a tenant's newest releases to keep; older ones are deleted."""
_ADD = """
    INSERT INTO software_release (tenant, version, digest, said, signature, pieces) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (tenant, version) DO UPDATE SET digest = excluded.digest, said = excluded.said,
        signature = excluded.signature, pieces = excluded.pieces, made_at = excluded.made_at
"""
_NO_PIECES = "DELETE FROM software_piece WHERE tenant = $1 AND version = ANY ($2)"
_PIECE = "INSERT INTO software_piece (tenant, version, n, body) VALUES ($1, $2, $3, $4)"
_VERSIONS = "SELECT version FROM software_release WHERE tenant = $1"
_REMOVE = "DELETE FROM software_release WHERE tenant = $1 AND version = ANY ($2)"
_GET = "SELECT said, signature FROM software_release WHERE tenant = $1 AND version = $2"
_DIGEST = "SELECT digest FROM software_release WHERE tenant = $1 AND version = $2"


def require_fit(signed: SignedRelease, file: Path, here: str) -> None:
    """Check that the file is the signed one, and head office (version `here`) isn't older than it.

    Raises `NotTaken`.
    """
    release = signed.release
    if file.stat().st_size != release.size_bytes or digest_of(file) != release.digest:
        raise NotTaken("release_file", f"{file.name} doesn't match its signature")
    if order_of(release.version) > order_of(here):
        raise NotTaken("release_newer", f"head office has version {here}: upgrade it first")


async def add(connection: Any, tenant: str, signed: SignedRelease, pieces: Iterable[bytes]) -> int:
    """Store a release and its file in pieces, within a transaction. Returns the number of pieces.

    Raises `NotTaken` at the tenant's storage limit.
    """
    release = signed.release
    await tenants.require_files(connection, tenant, release.size_bytes)
    await connection.execute(
        _ADD, tenant, release.version, release.digest, signed.said, signed.signature, release.pieces
    )
    await connection.execute(_NO_PIECES, tenant, [release.version])
    for n, piece in enumerate(pieces, 1):
        await connection.execute(_PIECE, tenant, release.version, n, piece)
    known = sorted((version for (version,) in await connection.fetch(_VERSIONS, tenant)), key=order_of)
    for statement in (_NO_PIECES, _REMOVE):
        await connection.execute(statement, tenant, known[:-KEPT])
    noted = {"digest": release.digest}
    await tenants.log(connection, tenant, tenants.OPERATOR, "release", release.version, None, noted)
    return release.pieces


async def signed_release(connection: Any, tenant: str, version: str) -> SignedRelease | None:
    """A release's signed manifest, or None."""
    row = await connection.fetchrow(_GET, tenant, version)
    return SignedRelease(*row) if row else None


async def require_releases(connection: Any, tenant: str, bodies: Iterable[Any]) -> None:
    """Check that head office has the releases requested by `software` directives. Raises `NotTaken`."""
    for wanted in (one for body in bodies for one in body["releases"]):
        if await connection.fetchval(_DIGEST, tenant, wanted["version"]) != wanted["digest"]:
            raise NotTaken("release_unknown", f"release {wanted['version']} with this digest not found")


def pieces_of(file: Path) -> Iterator[bytes]:
    """A file in pieces for download."""
    with file.open("rb") as opened:
        while piece := opened.read(PIECE_BYTES):
            yield piece


def read_signed(file: Path) -> SignedRelease:
    """The manifest next to a release. Raises `msgspec.MsgspecError` or `OSError` if it's missing or invalid."""
    signed = msgspec.json.decode(file.read_bytes(), type=SignedRelease)
    _ = signed.release
    return signed
