"""The real servers: one Postgres for all tests, with a database for each test, and a separate broker for each test.

If `EDGE_TEST_CITUS` names a Postgres with Citus, the hub's database is spread over three machines in every test.
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
    """Machines with Citus; skips without Citus."""
    binaries = citus.binaries()
    if binaries is None:
        pytest.skip("missing: Citus (EDGE_TEST_CITUS names no Postgres that has it)")
    with citus.some_machines(binaries) as found:
        yield found


@contextmanager
def a_database(server: Postgres, template: str = "template1") -> Iterator[str]:
    """Yield the address of a copy of a database, made file by file.

    It is deleted afterwards: deleting hundreds at the end, with a thousand files each, would take minutes.
    """
    name = f"test_{next(_numbers)}"
    asyncio.run(citus.say(server.dsn, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    yield server.dsn_of(name)
    with suppress(OSError, asyncpg.PostgresError):  # the test may have ended the server
        asyncio.run(citus.say(server.dsn, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def empty_database(postgres: Postgres) -> Iterator[str]:
    """The address of a database without tables."""
    with a_database(postgres) as address:
        yield address


@pytest.fixture(scope="session")
def spread_template(machines: citus.Machines) -> str:
    """Return the name of a hub's database on Citus, to be copied (distributing its tables takes many seconds)."""
    name = "test_spread"
    asyncio.run(machines.make(name))
    asyncio.run(machines.spread(name))
    return name


@pytest.fixture
def spread_database(machines: citus.Machines, spread_template: str) -> Iterator[str]:
    """Yield the address of a hub's database on Citus, with its tables created and distributed."""
    name = f"test_{next(_numbers)}"
    yield asyncio.run(machines.copy(name, spread_template))
    asyncio.run(machines.drop(name))


@pytest.fixture(scope="session")
def made_database(postgres: Postgres) -> str:
    """Return the name of a database with the hub's tables, to be copied (creating them takes half a second)."""
    name = "test_made"
    asyncio.run(citus.say(postgres.dsn, f"CREATE DATABASE {name}"))
    asyncio.run(hub.bring_up_to_date(postgres.dsn_of(name)))
    return name


@pytest.fixture
def copied_database(postgres: Postgres, made_database: str) -> Iterator[str]:
    """Yield the address of a database with the hub's empty tables."""
    with a_database(postgres, made_database) as address:
        yield address


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Return the address of the hub's database; with Citus, of a distributed one."""
    found: str = request.getfixturevalue("spread_database" if citus.binaries() else "copied_database")
    return found


@pytest.fixture
def broker() -> Iterator[Broker]:
    with Broker() as server:
        yield server
