"""What a server speaks TLS with."""

from __future__ import annotations

import os
import ssl
from pathlib import Path


def from_files(certificate: Path, key: Path) -> ssl.SSLContext:
    """With a certificate in files (PEM). `OSError`: they cannot be read, or do not belong together."""
    context = _context()
    context.load_cert_chain(certificate, key, password=_no_password)
    return context


def from_memory(pem: bytes) -> ssl.SSLContext:
    """With a key and certificate that no disk sees: Python takes them from files alone, so it gets one in memory."""
    context = _context()
    file = os.memfd_create("certificate", os.MFD_CLOEXEC)
    try:
        os.write(file, pem)
        context.load_cert_chain(f"/proc/self/fd/{file}")
    finally:
        os.close(file)
    return context


def _no_password() -> str:
    """OpenSSL would ask at a terminal for that of an encrypted key."""
    raise OSError("the key is encrypted; use one without a password")


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION  # which a stranger could ask for again and again
    context.set_alpn_protocols(["http/1.1"])
    return context
