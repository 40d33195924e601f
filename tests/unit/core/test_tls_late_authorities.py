"""The system's certificate authorities are loaded late, and trusted anyway."""

from __future__ import annotations

import ssl
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge.core.tls.authority import KeyPair, make_authority, vouch
from edge.core.tls.context import from_memory
from edge.core.tls.late_authorities import LateContext, late_authorities

NOW = datetime.now(UTC)
NAME = "till.example.com"
LOADS = """
from edge.core.process.tuning import loading
with loading():
    from aiohttp import connector
print(connector._SSL_CONTEXT_VERIFIED.cert_store_stats()["x509"])
"""


def connect(client: ssl.SSLContext, server: ssl.SSLContext) -> None:
    """A handshake in memory (ssl, "Memory BIO Support"). Raises `ssl.SSLCertVerificationError`."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(back, there, server_hostname=NAME)
    theirs = server.wrap_bio(there, back, server_side=True)
    left = [ours, theirs]
    while left:
        for one in tuple(left):
            try:
                one.do_handshake()
                left.remove(one)
            except ssl.SSLWantReadError:
                pass


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeyPair:
    """The one authority that the system knows."""
    made = make_authority("system", [NAME], NOW)
    file = tmp_path / "authorities.pem"
    file.write_bytes(made.certificate_pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    return made


def test_the_systems_authorities_are_loaded_with_the_first_connection(system: KeyPair) -> None:
    with late_authorities():
        context = ssl.create_default_context()
    assert isinstance(context, LateContext)
    assert context.cert_store_stats()["x509"] == 0
    connect(context, from_memory(vouch(system, [NAME], NOW).pem))
    assert context.cert_store_stats()["x509"] == 1


def test_a_server_of_another_authority_is_refused(system: KeyPair) -> None:
    with late_authorities():
        context = ssl.create_default_context()
    stranger = make_authority("stranger", [NAME], NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(context, from_memory(vouch(stranger, [NAME], NOW).pem))


def test_contexts_made_after_modules_have_loaded_know_the_authorities_at_once(system: KeyPair) -> None:
    with late_authorities():
        pass
    assert ssl.create_default_context().cert_store_stats()["x509"] == 1


def test_the_clients_of_a_shop_that_starts_have_loaded_none(system: KeyPair) -> None:
    done = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
