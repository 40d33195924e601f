"""Each possible problem between a box and head office is a state with its own sentence, and loses no row."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from sim import postgres as postgres_module
from sim.broker import Broker
from sim.ports import free_port
from sim.postgres import Postgres
from tests.authority import DAY, YEAR, Authority
from tests.sync_doubles import KEY, History, until
from tests.sync_fixture import Edge, a_hub, an_edge, background, held


@contextmanager
def a_tls_broker(folder: Path, **certificate: object) -> Iterator[tuple[Authority, Broker]]:
    authority = Authority(folder)
    with Broker(extra=authority.issue(**certificate)) as broker:  # type: ignore[arg-type]
        yield authority, broker


async def mended(database: str, broker: Broker, authority: Authority, code: str, **values: str) -> Edge:
    """Check that a box with rows reports `code`, and that all its rows arrive once there is a new certificate."""
    history = History()
    history.append(300)
    tls = {"tls": True, "ca_file": str(authority.ca)}
    edge = Edge(history, broker.port, **tls)
    async with background(edge.link.run()):
        await until(lambda: edge.link.state.trouble.code == code, code)
        assert values.items() <= edge.link.state.trouble.values.items()
        assert edge.link.state.phase == "offline"
        authority.issue()
        broker.restart()
        async with a_hub(database, broker.port, **tls):
            await edge.all_acknowledged()
        assert await held(database, KEY) == history.rows
    return edge


@pytest.mark.parametrize(
    ("code", "begins", "ends"),
    [
        ("expired", -2 * YEAR, -DAY),
        ("expired", -20 * YEAR, -10 * YEAR),  # as seen by a clock ten years ahead
        ("not_begun", DAY, YEAR),
        ("not_begun", 10 * YEAR, 11 * YEAR),  # as seen by a clock ten years behind
    ],
)
def test_a_certificate_out_of_its_time_is_said_with_our_clock(
    database: str, tmp_path: Path, code: str, begins: timedelta, ends: timedelta
) -> None:
    async def scenario(authority: Authority, broker: Broker) -> None:
        await mended(database, broker, authority, code, place=f"127.0.0.1:{broker.port}")

    with a_tls_broker(tmp_path, begins=begins, ends=ends) as (authority, broker):
        asyncio.run(scenario(authority, broker))


def test_a_certificate_for_another_name_is_said(database: str, tmp_path: Path) -> None:
    async def scenario(authority: Authority, broker: Broker) -> None:
        await mended(database, broker, authority, "another_name")

    with a_tls_broker(tmp_path, name="elsewhere.example") as (authority, broker):
        asyncio.run(scenario(authority, broker))


def test_a_certificate_of_an_unknown_authority_is_said(tmp_path: Path) -> None:
    async def scenario(port: int, another: Authority) -> None:
        async with an_edge(History(), port, tls=True, ca_file=str(another.ca)) as edge:
            await until(lambda: edge.link.state.trouble.code == "untrusted", "it is said")

    with a_tls_broker(tmp_path / "one") as (_, broker):
        asyncio.run(scenario(broker.port, Authority(tmp_path / "another", "Another Authority")))


def test_a_broker_without_tls_is_said(broker: Broker, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with an_edge(History(), broker.port, tls=True, ca_file=str(Authority(tmp_path).ca)) as edge:
            await until(lambda: edge.link.state.trouble.code == "no_tls", "it is said")
            assert "Correct [sync]" in edge.link.state.advice

    asyncio.run(scenario())


def test_a_broker_that_wants_tls_and_is_not_spoken_to_so_is_said(tmp_path: Path) -> None:
    async def scenario(broker: Broker) -> None:
        async with an_edge(History(), broker.port) as edge:
            await until(lambda: edge.link.state.trouble.code == "hung_up", "it is said")
            assert "Correct [sync]" in edge.link.state.advice

    with a_tls_broker(tmp_path) as (_, broker):
        asyncio.run(scenario(broker))


def test_secrets_that_are_not_there_are_said_with_their_file(broker: Broker, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with an_edge(History(), broker.port, tls=True, ca_file=str(tmp_path / "ca.pem")) as edge:
            await until(lambda: edge.link.state.trouble.code == "no_trust", "it is said")
            assert str(tmp_path / "ca.pem") in edge.link.state.why
        async with an_edge(History(), broker.port, user="till", password_file=str(tmp_path / "pw")) as edge:
            await until(lambda: edge.link.state.trouble.code == "no_password", "it is said")
            assert str(tmp_path / "pw") in edge.link.state.why

    asyncio.run(scenario())


def test_what_gathered_without_a_broker_drains_when_it_is_back_without_another_row(
    database: str, broker: Broker
) -> None:
    async def scenario() -> None:
        history = History()
        edge = Edge(history, broker.port)
        async with a_hub(database, broker.port), background(edge.link.run()):
            await edge.all_acknowledged()
            broker.stop()
            await until(lambda: edge.link.state.phase == "offline", "the edge notices")
            edge.journal.append(3000)
            await until(lambda: edge.link.state.trouble.code == "no_broker", "it is said")
            broker.restart()
            await edge.all_acknowledged()
        assert await held(database, KEY) == history.rows

    asyncio.run(scenario())


def test_a_postgres_whose_place_another_takes_is_followed(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Failover: the same cluster starts at the second address that the workers have."""
    ports = free_port(), free_port()
    folder = Path(f"/tmp/failover-{uuid4().hex}")  # accessible to an unprivileged server, and unused by earlier runs

    async def scenario(first: Postgres) -> None:
        history = History()
        edge = Edge(history, broker.port)
        both = first.dsn.replace(f":{ports[0]}/", f":{ports[0]},127.0.0.1:{ports[1]}/")
        dsn = f"{both}?target_session_attrs=read-write"
        async with a_hub(dsn, broker.port), background(edge.link.run()), background(edge.sell(5_000)):
            await until(lambda: edge.link.state.through > 1_000, "some rows")
            first.kill()
            monkeypatch.setattr(postgres_module, "free_port", lambda: ports[1])
            with Postgres(folder) as second:
                await until(lambda: history.head.seq >= 5_001, "all sold")
                await edge.all_acknowledged()
                assert await held(second.dsn, KEY) == history.rows

    monkeypatch.setattr(postgres_module, "free_port", lambda: ports[0])
    try:
        with Postgres(folder) as first:
            asyncio.run(scenario(first))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
