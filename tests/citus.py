"""A Citus of three machines for tests, where `EDGE_TEST_CITUS` names the `bin` of a Postgres that has the extension."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib.resources import files
from pathlib import Path

import asyncpg

from edge.app import hub
from sim.postgres import USER, Postgres
from sync.hub import sql

MACHINES = 3
SHARDS = 4
"""Each is a table of its own for each table of the hub: 64 would take a minute to make for every test."""
COPY_TRIES = 20
ROLES = ("edge_hub_worker", "edge_hub_reader", "edge_hub_publisher")
SETTINGS = {
    "shared_preload_libraries": "citus",
    "citus.node_conninfo": "sslmode=disable",
    "shared_buffers": "32MB",
    "max_connections": "300",
}


def binaries() -> Path | None:
    """Where the Postgres with Citus is; None: no one says."""
    found = os.environ.get("EDGE_TEST_CITUS")
    return Path(found) if found else None


class Machines:
    """Servers with one password, of which the first is the coordinator."""

    def __init__(self, servers: Sequence[Postgres]) -> None:
        self.servers = servers
        self._password = servers[0].password

    def dsns_of(self, database: str) -> list[str]:
        """Its address on each machine, the coordinator's first."""
        login = f"{USER}:{self._password}"
        return [f"postgresql://{login}@127.0.0.1:{server.port}/{database}" for server in self.servers]

    async def make(self, name: str) -> str:
        """The hub's database on the first, which is yet alone; its address."""
        for dsn in self.dsns_of("postgres"):
            await say(dsn, f"CREATE DATABASE {name}")
        coordinator = self.dsns_of(name)[0]
        await hub.bring_up_to_date(coordinator)
        return coordinator

    async def spread(self, name: str) -> None:
        """It becomes one over all of them, as docs/hub-scale.md says."""
        everywhere = self.dsns_of(name)
        coordinator = everywhere[0]
        for dsn in everywhere:
            await say(dsn, "CREATE EXTENSION citus", self._may_log_in(USER))
        here, *others = self.servers
        await say(coordinator, f"SELECT citus_set_coordinator_host('127.0.0.1', {here.port})")
        await say(coordinator, *(f"SELECT citus_add_node('127.0.0.1', {other.port})" for other in others))
        await spread(coordinator)
        await say(coordinator, *(f"ALTER ROLE {role} PASSWORD '{self._password}'" for role in ROLES))
        for dsn in everywhere:
            await say(dsn, *(self._may_log_in(role) for role in ROLES))

    async def copy(self, name: str, template: str) -> str:
        """Copy a spread database to which nobody is connected, file by file on each machine; its address."""
        for dsn in self.dsns_of("postgres"):
            await _copy(dsn, name, template)
        return self.dsns_of(name)[0]

    async def drop(self, name: str) -> None:
        for dsn in self.dsns_of("postgres"):
            await say(dsn, f"DROP DATABASE {name} WITH (FORCE)")

    def _may_log_in(self, role: str) -> str:
        """From one machine to the other."""
        return f"INSERT INTO pg_dist_authinfo VALUES (0, '{role}', 'password={self._password}')"


@contextmanager
def some_machines(bin_: Path) -> Iterator[Machines]:
    """Servers without databases."""
    with ExitStack() as stack:
        servers = [Postgres(durable=False, binaries=bin_, settings=SETTINGS) for _ in range(MACHINES)]
        for server in servers:
            stack.enter_context(server)
            asyncio.run(say(server.dsn, f"ALTER ROLE {USER} PASSWORD '{servers[0].password}'"))
        yield Machines(servers)


async def _copy(dsn: str, name: str, template: str) -> None:
    """Copy a database on one machine. Citus' daemon is connected to it, so it is ended and kept from coming back."""
    await say(dsn, f"ALTER DATABASE {template} ALLOW_CONNECTIONS false")
    for _ in range(COPY_TRIES):
        await say(dsn, f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{template}'")
        with suppress(asyncpg.ObjectInUseError):
            await say(dsn, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
            # this setting of `citus.sql` is the server's, about a database, and isn't copied with it
            await say(dsn, f"ALTER DATABASE {name} SET citus.propagate_set_commands = 'local'")
            return
    raise RuntimeError(f"others stay connected to {template}, so it can't be copied")


async def spread(dsn: str) -> None:
    """The tables that are not spread yet, where there is a Citus."""
    connection = await asyncpg.connect(dsn)
    try:
        if await connection.fetchval("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')"):
            await connection.execute(f"SET edge.shards = {SHARDS}")
            for statement in sql.split_statements(files("sync.hub").joinpath("citus.sql").read_text()):
                await connection.execute(statement)
    finally:
        await connection.close()


async def say(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
