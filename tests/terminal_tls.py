"""Certificates of terminals that speak HTTPS, for tests: an authority, and what it issued."""

from __future__ import annotations

import ssl
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.authority import Authority


class TerminalTls(NamedTuple):
    """`authority` is what a till trusts (PEM), `server` what the terminal shows."""

    authority: str
    server: ssl.SSLContext


@cache
def tls_of(name: str) -> TerminalTls:
    """A certificate of this name or address."""
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        authority.issue(name=name)
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(Path(folder) / "broker.pem", Path(folder) / "broker.key")
        return TerminalTls(authority.ca.read_text(), server)
