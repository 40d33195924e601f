"""Connect to the primary among several servers, and recognise transient Postgres errors."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

Connection = Any
"""asyncpg's connection: the library has no types."""

_PASSING = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby that hasn't been promoted yet
    asyncpg.exceptions.TargetServerAttributeNotMatched,  # none of the servers is the primary yet
)


def is_passing(error: Exception) -> bool:
    """Whether Postgres is unavailable or busy, so that the transaction may succeed later."""
    return isinstance(error, _PASSING) and not isinstance(error, ValueError)  # a ValueError means wrong arguments


async def connect_to_any(dsn: str, *, timeout: float, **how: Any) -> Connection:  # noqa: ASYNC109 - so the pool names it
    """Connect to the first server of the address in the required role (`target_session_attrs`).

    Each server gets a share of the time, in seconds. The library gives all of it to the first one, and an unresponsive
    server would keep us from its standby forever.
    """
    alone = _each(dsn)
    error: Exception | None = None
    for one in alone:
        try:
            return await asyncpg.connect(one, timeout=timeout / len(alone), **how)
        except Exception as its:
            if not is_passing(its):
                raise
            error = its
    assert error is not None
    raise error


def _each(dsn: str) -> list[str]:
    """The address of each server. An address that prefers a standby must see all of them."""
    parts = urlsplit(dsn)
    who, at, hosts = parts.netloc.rpartition("@")
    if "," not in hosts or "prefer-standby" in parts.query:
        return [dsn]
    return [urlunsplit(parts._replace(netloc=f"{who}{at}{host}")) for host in hosts.split(",")]
