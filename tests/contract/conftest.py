"""The real servers: one Postgres for all tests, with a database for each; a broker of one's own.

Where `EDGE_TEST_CITUS` names a Postgres with Citus, the hub's database is spread over three machines in every test.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import asyncpg
import pytest

from edge.app import hub
from sim.broker import Broker
from sim.postgres import Postgres
from tests import citus

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres(durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def machines() -> Iterator[citus.Machines]:
    """Skips where there is no Citus."""
    binaries = citus.binaries()
    if binaries is None:
        pytest.skip("missing: Citus (EDGE_TEST_CITUS names no Postgres that has it)")
    with citus.some_machines(binaries) as found:
        yield found


@contextmanager
def a_database(server: Postgres, template: str = "template1") -> Iterator[str]:
    """The address of a copy, file by file. It is gone afterwards: hundreds of them, a thousand files each, take minutes
    to delete."""
    name = f"test_{next(_numbers)}"
    asyncio.run(citus.say(server.dsn, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    yield server.dsn_of(name)
    with suppress(OSError, asyncpg.PostgresError):  # its test may have ended the server
        asyncio.run(citus.say(server.dsn, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def empty_database(postgres: Postgres) -> Iterator[str]:
    """The address of a database without tables."""
    with a_database(postgres) as address:
        yield address


@pytest.fixture
def spread_database(machines: citus.Machines) -> Iterator[str]:
    """The address of a hub's database on a Citus, its tables made and spread."""
    name = f"test_{next(_numbers)}"
    dsn = asyncio.run(machines.make(name))
    asyncio.run(machines.spread(name))
    yield dsn
    asyncio.run(machines.drop(name))


@pytest.fixture(scope="session")
def made_database(postgres: Postgres) -> str:
    """The name of a database with the hub's tables, which take half a second of the processor to make. To be copied."""
    name = "test_made"
    asyncio.run(citus.say(postgres.dsn, f"CREATE DATABASE {name}"))
    asyncio.run(hub.bring_up_to_date(postgres.dsn_of(name)))
    return name


@pytest.fixture
def copied_database(postgres: Postgres, made_database: str) -> Iterator[str]:
    """The address of a database with the hub's tables, and nothing in them."""
    with a_database(postgres, made_database) as address:
        yield address


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The address of the hub's database; where there is a Citus, of one that is spread."""
    found: str = request.getfixturevalue("spread_database" if citus.binaries() else "copied_database")
    return found


@pytest.fixture
def broker() -> Iterator[Broker]:
    with Broker() as server:
        yield server
