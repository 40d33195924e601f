"""A machine's key, and mutual TLS 1.3 with that key."""

from __future__ import annotations

import hashlib
import os
import ssl
from collections.abc import Iterable
from pathlib import Path

from edge.core.storage.atomic_write import sync_folder, write_whole

KEY = "key.pem"
CERTIFICATE = "-----BEGIN CERTIFICATE"


def certificate_of(folder: Path, name: str) -> str:
    """The certificate (PEM) of the key in `folder`, which is created if missing."""
    path = folder / KEY
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, _make_key(name))
        sync_folder(folder)
    pem = path.read_text()
    return pem[pem.index(CERTIFICATE) :]


def context(folder: Path, trusted: Iterable[str], serves: bool) -> ssl.SSLContext:
    """A TLS context with the key in `folder` that accepts only peers with a certificate of `trusted` (PEM)."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if serves else ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    made.check_hostname = False  # machines are identified by key, not by address
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_verify_locations(cadata="\n".join(trusted))
    made.load_cert_chain(folder / KEY)
    if serves:
        made.num_tickets = 0  # a peer that only sends would never read the tickets
    return made


def is_of(shown: bytes | None, certificate: str) -> bool:
    """Whether a peer's certificate (DER) is this one (PEM)."""
    return shown is not None and shown == ssl.PEM_cert_to_DER_cert(certificate)


def fingerprint(certificate: str) -> str:
    """SHA-256 of a certificate (PEM), hexadecimal."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).hexdigest()


def destroy(folder: Path) -> None:
    """Overwrite and delete the key; the machine is no longer a member."""
    path = folder / KEY
    if path.exists():
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        sync_folder(folder)


def _make_key(name: str) -> bytes:
    from edge.backoffice.twin.wire.box_certificate import make  # imported late: a witness needs this library only once

    return make(name)


def sign(folder: Path, content: bytes) -> bytes:
    """A signature by the key in `folder`."""
    from edge.backoffice.twin.wire.box_certificate import sign_with

    return sign_with((folder / KEY).read_bytes(), content)


def is_signed(certificate: str, content: bytes, signature: bytes) -> bool:
    """Whether the certificate's key (PEM) made this signature."""
    from edge.backoffice.twin.wire.box_certificate import is_signed_by

    return is_signed_by(certificate, content, signature)
