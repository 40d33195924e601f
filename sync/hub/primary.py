"""Connecting to the primary of several servers, and which errors of Postgres pass by themselves."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

Connection = Any
"""asyncpg's: the library has no types."""

_PASSING = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby, which will be the primary
    asyncpg.exceptions.TargetServerAttributeNotMatched,  # none of the servers is the primary yet
)


def is_passing(error: Exception) -> bool:
    """Postgres is away or busy: the same transaction may succeed later."""
    return isinstance(error, _PASSING) and not isinstance(error, ValueError)  # a ValueError: wrong arguments


async def connect_to_any(dsn: str, *, timeout: float, **how: Any) -> Connection:  # noqa: ASYNC109 - so the pool names it
    """A connection to the first of the address's servers that is as it wants (`target_session_attrs`). Each has a share
    of the time, in seconds: the library gives the whole of it to the first, and a server whose machine is gone without
    a word would keep us from its standby for good."""
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
    """The address of each server of an address. One that prefers a standby wants to see all of them."""
    parts = urlsplit(dsn)
    who, at, hosts = parts.netloc.rpartition("@")
    if "," not in hosts or "prefer-standby" in parts.query:
        return [dsn]
    return [urlunsplit(parts._replace(netloc=f"{who}{at}{host}")) for host in hosts.split(",")]
