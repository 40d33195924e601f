"""The real servers: one Postgres for all tests, with a database for each; a broker of one's own."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

import asyncpg
import pytest

from sim.broker import Broker
from sim.postgres import Postgres

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres(durable=False) as server:
        yield server


@pytest.fixture
def database(postgres: Postgres) -> str:
    """The address of an empty database."""
    name = f"test_{next(_numbers)}"
    asyncio.run(_create(postgres.dsn, name))
    return postgres.dsn_of(name)


async def _create(dsn: str, name: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()


@pytest.fixture
def broker() -> Iterator[Broker]:
    with Broker() as server:
        yield server
