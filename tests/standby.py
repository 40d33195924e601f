"""A streaming standby of a private Postgres, for tests of failover."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from sim.child import unprivileged_account
from sim.postgres import Postgres, programs

COPY_S = 60.0


@contextmanager
def standby_of(primary: Postgres, folder: Path) -> Iterator[Postgres]:
    """A server in `folder` that follows `primary` (pg_basebackup(1), --write-recovery-conf), until it is promoted."""
    folder.mkdir()
    program = programs(None) / "pg_basebackup"
    copy = [str(program), "--pgdata", str(folder / "data"), "--dbname", primary.dsn, "--write-recovery-conf"]
    subprocess.run([*copy, "--checkpoint=fast", "--no-sync"], check=True, timeout=COPY_S, capture_output=True)
    (folder / "password").write_text(primary.password)
    account = unprivileged_account()
    if account is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid)
    try:
        with Postgres(folder, durable=False) as standby:
            yield standby
    finally:
        shutil.rmtree(folder)


def either(first: Postgres, second: Postgres) -> str:
    """The address of whichever of them is the primary (asyncpg takes what libpq does)."""
    hosts = f"127.0.0.1:{first.port},127.0.0.1:{second.port}"
    return f"postgresql://edge:{first.password}@{hosts}/postgres?target_session_attrs=primary"


async def say(server: Postgres, *statements: str) -> None:
    connection = await asyncpg.connect(server.dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
