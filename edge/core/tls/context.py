"""TLS contexts for servers."""

from __future__ import annotations

import os
import ssl
from pathlib import Path


def from_files(certificate: Path, key: Path) -> ssl.SSLContext:
    """Create a TLS context from certificate files (PEM). Raises `OSError` if they are unreadable or don't match."""
    context = _context()
    context.load_cert_chain(certificate, key, password=_reject_encrypted_key)
    return context


def from_memory(pem: bytes) -> ssl.SSLContext:
    """Create a TLS context from a key and certificate in memory: Python loads files only, so this uses an in-memory
    file."""
    context = _context()
    file = os.memfd_create("certificate", os.MFD_CLOEXEC)
    try:
        os.write(file, pem)
        context.load_cert_chain(f"/proc/self/fd/{file}")
    finally:
        os.close(file)
    return context


def _reject_encrypted_key() -> str:
    """Reject an encrypted key: OpenSSL would otherwise prompt on the terminal."""
    raise OSError("the key is encrypted; use one without a password")


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION  # otherwise a stranger could request it endlessly
    context.set_alpn_protocols(["http/1.1"])
    return context
