"""The hub only connects to a database and a broker that prove their identity."""

from __future__ import annotations

import argparse
import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from edge.app.cli.hub_places import broker_of, dsn_of
from edge.lib.errors import ConfigError
from tests.authority import Authority

SSL_REQUEST_BYTES = 8
"""Size of PostgreSQL's SSLRequest, which is answered with one byte, S or N (manual, Message Flow)."""
PIECE = 64 * 1024


def args(*, database: str | None = None, broker: str | None = None, no_tls: bool = False) -> argparse.Namespace:
    return argparse.Namespace(database=database, broker=broker, no_tls=no_tls)


@pytest.fixture(autouse=True)
def nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE", "BROKER", "CA", "PASSWORD_FILE", "DATABASE_PASSWORD_FILE", "TLS"):
        monkeypatch.delenv(f"EDGE_HUB_{name}", raising=False)
    for name in ("PGSSLMODE", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_password_for_the_broker_the_hub_says_how_to_get_one() -> None:
    with pytest.raises(ConfigError) as told:
        broker_of(args(broker="broker.internal:8883"))
    assert "EDGE_HUB_PASSWORD_FILE" in told.value.advice and "--no-tls" in told.value.advice


def test_several_brokers_have_one_account_and_each_is_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGE_HUB_BROKER", "one.internal:8883, two.internal:8884")
    brokers = broker_of(args(no_tls=True)).each
    assert [one.place for one in brokers] == ["one.internal:8883", "two.internal:8884"]
    assert all(not one.others for one in brokers)
    for wrong in ("one.internal:8883,", "one.internal:8883,two.internal", ":8883"):
        with pytest.raises(ConfigError, match="isn't a broker address"):
            broker_of(args(broker=wrong, no_tls=True))


def test_tls_is_the_rule_and_the_clear_has_to_be_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret")
    monkeypatch.setenv("EDGE_HUB_PASSWORD_FILE", str(tmp_path / "password"))
    assert (broker_of(args()).tls, broker_of(args()).port) == (True, 8883)
    monkeypatch.delenv("EDGE_HUB_PASSWORD_FILE")
    plain = broker_of(args(no_tls=True))
    assert (plain.tls, plain.port, plain.user) == (False, 1883, "")
    monkeypatch.setenv("EDGE_HUB_TLS", "off")
    assert not broker_of(args()).tls


@pytest.mark.parametrize(
    "database",
    [
        "postgresql://hub@db.internal/edge",
        "postgresql://hub@db.internal/edge?sslmode=require",  # encrypted, but the server's identity isn't checked
        "postgresql://hub@127.0.0.1,10.0.0.2/edge",
        "postgresql:///edge?host=db.internal",
    ],
)
def test_a_database_elsewhere_that_need_not_prove_itself_is_not_taken(database: str) -> None:
    with pytest.raises(ConfigError, match="certificate") as told:
        dsn_of(args(database=database))
    assert "sslmode=verify-full&sslrootcert=" in told.value.advice
    assert dsn_of(args(database=database, no_tls=True)) == database


@pytest.mark.parametrize(
    "database",
    [
        "postgresql://hub@db1,db2/edge?target_session_attrs=primary&sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "postgresql://hub@[::1]:5432/edge",
        "postgresql://hub@localhost/edge",
        "postgresql:///edge?host=/run/postgresql",
    ],
)
def test_one_that_proves_itself_or_is_on_this_machine_is(database: str) -> None:
    assert dsn_of(args(database=database)) == database


@asynccontextmanager
async def behind_tls(dsn: str, authority: Authority) -> AsyncIterator[int]:
    """Put a proxy with TLS in front of the server of `dsn`, which has no TLS; yields the proxy's port."""
    place = urlsplit(dsn)
    certificate, key = (line.split()[1] for line in authority.issue().splitlines())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
        writer.close()

    async def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(SSL_REQUEST_BYTES)
        writer.write(b"S")
        await writer.drain()
        try:
            await writer.start_tls(context)
        except (OSError, ssl.SSLError):  # the caller rejected our certificate
            writer.close()
            return
        inner, outer = await asyncio.open_connection(place.hostname, place.port)
        await asyncio.gather(pass_on(reader, outer), pass_on(inner, writer), return_exceptions=True)

    async with await asyncio.start_server(welcome, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


def test_the_database_s_certificate_is_looked_at(empty_database: str, tmp_path: Path) -> None:
    mine, another = Authority(tmp_path / "mine"), Authority(tmp_path / "another", "Another Authority")

    async def answered_by(port: int, authority: Authority) -> int:
        place = urlsplit(empty_database)
        netloc = f"{place.username}:{place.password}@127.0.0.1:{port}"
        proven = place._replace(netloc=netloc, query=f"sslmode=verify-full&sslrootcert={authority.ca}").geturl()
        connection = await asyncpg.connect(dsn_of(args(database=proven)))
        try:
            return int(await connection.fetchval("SELECT 1"))
        finally:
            await connection.close()

    async def scenario() -> None:
        async with behind_tls(empty_database, mine) as port:
            assert await answered_by(port, mine) == 1
            with pytest.raises(ssl.SSLCertVerificationError):
                await answered_by(port, another)

    asyncio.run(scenario())
