"""`edge hub api` and `edge hub key`: the tables of head office over HTTP, and who may ask."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg
import msgspec

from edge import hub
from edge.cli.hub_places import broker_of, dsn_of
from edge.cli.say import say
from edge.core.errors import ConfigError, NeedsHuman
from edge.core.process import log
from sync.hub.api import keys
from sync.wire import Name

Got = TypeVar("Got")


def run(args: argparse.Namespace) -> int:
    log.set_up()
    try:
        asyncio.run(hub.run_api(dsn_of(args), broker_of(args), args.host, args.port))
    except OSError as error:
        raise ConfigError(f"{args.host}:{args.port} cannot be listened on: {error}.", "Choose another port.") from error
    return 0


def add(args: argparse.Namespace) -> int:
    try:
        msgspec.convert(args.tenant, Name)
    except msgspec.ValidationError:
        raise ConfigError(f"{args.tenant!r} is no name of a tenant.") from None
    number, secret = _as_owner(args, lambda owner: keys.add(owner, args.tenant, args.name, args.may or ["read"]))
    say(f"Key {number} of {args.tenant}, for {args.name}. It is shown this once:")
    say(secret)
    return 0


def shown(args: argparse.Namespace) -> int:
    for key in _as_owner(args, keys.listed):
        state = "" if key.revoked_at is None else f", revoked {key.revoked_at:%F %T}"
        say(f"{key.id}: {key.tenant}, {key.name}: may {' and '.join(key.may)}, made {key.made_at:%F %T}{state}")
    return 0


def revoke(args: argparse.Namespace) -> int:
    if not _as_owner(args, lambda owner: keys.revoke(owner, args.number)):
        raise ConfigError(f"There is no key {args.number} in use.", "See `edge hub key list`.")
    say(f"Key {args.number} opens nothing any more.")
    return 0


def _as_owner(args: argparse.Namespace, work: Callable[[Any], Awaitable[Got]]) -> Got:
    dsn = dsn_of(args)

    async def connected() -> Got:
        await hub.bring_up_to_date(dsn)
        connection = await asyncpg.connect(dsn)
        try:
            return await work(connection)
        except asyncpg.InsufficientPrivilegeError as error:
            raise NeedsHuman(f"Keys are made by the owner of the hub's tables: {error}.") from error
        finally:
            await connection.close()

    return asyncio.run(connected())
