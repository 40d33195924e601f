"""The real servers: one Postgres for all tests, with a database for each; a broker of one's own.

Where `EDGE_TEST_CITUS` names a Postgres with Citus, the hub's database is spread over three machines in every test.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

import pytest

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


@pytest.fixture
def empty_database(postgres: Postgres) -> str:
    """The address of a database without tables."""
    name = f"test_{next(_numbers)}"
    asyncio.run(citus.say(postgres.dsn, f"CREATE DATABASE {name}"))
    return postgres.dsn_of(name)


@pytest.fixture
def spread_database(machines: citus.Machines) -> Iterator[str]:
    """The address of a hub's database on a Citus, its tables made and spread."""
    name = f"test_{next(_numbers)}"
    dsn = asyncio.run(machines.make(name))
    asyncio.run(machines.spread(name))
    yield dsn
    asyncio.run(machines.drop(name))


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The address of a database for the hub: an empty one, or, where there is a Citus, one that is spread."""
    found: str = request.getfixturevalue("spread_database" if citus.binaries() else "empty_database")
    return found


@pytest.fixture
def broker() -> Iterator[Broker]:
    with Broker() as server:
        yield server
