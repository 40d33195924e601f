"""The tests' own authority makes certificates that today's systems take."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from tests.authority import Authority
from tests.handshake import shake, strict


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_strict_client_takes_its_certificates(tmp_path: Path, name: str) -> None:
    authority = Authority(tmp_path)
    lines = dict(line.split(" ", 1) for line in authority.issue(name=name).splitlines())
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(lines["certfile"], lines["keyfile"])
    shake(server, strict(authority.ca.read_text()), name)
