"""`edge hub api` and `edge hub key`: head office's HTTP API and its keys."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from edge.app import hub
from edge.app.cli.hub_places import (
    boxes_of,
    broker_of,
    door_of,
    dsn_of,
    is_unsigned,
    mail_of,
    signer_of,
    verify_token_of,
    webhooks_of,
)
from edge.app.cli.output import say
from edge.backoffice.directives.kinds import KINDS
from edge.core.process import log
from edge.lib.errors import ConfigError
from sync.hub.api import keys
from sync.hub.tenants import NotTaken
from sync.wire import Name

Got = TypeVar("Got")


def run(args: argparse.Namespace) -> int:
    log.set_up()
    place = dsn_of(args), broker_of(args), door_of(args)
    signer = signer_of()
    boxes = boxes_of(args, signer)
    asyncio.run(hub.run_api(*place, signer, is_unsigned(), mail_of(), verify_token_of(), webhooks_of(), boxes))
    return 0


def add(args: argparse.Namespace) -> int:
    try:
        msgspec.convert(args.tenant, Name)
    except msgspec.ValidationError:
        raise ConfigError(f"{args.tenant!r} isn't a tenant name.") from None
    may = args.may or [keys.READ]
    for right in may:
        _check_right(right)
    if not 1 <= args.days <= keys.DAYS_MAX:
        raise ConfigError(f"A key can be valid for 1 to {keys.DAYS_MAX} days.", "Create a new one before it expires.")
    number, secret = as_owner(
        args, lambda owner: keys.add(owner, args.tenant, args.name, may, stores=args.store, days=args.days)
    )
    say(f"Key {number} of {args.tenant}, for {args.name}, valid for {args.days} days. It is shown only once:")
    say(secret)
    return 0


def show_keys(args: argparse.Namespace) -> int:
    for key in as_owner(args, keys.list_keys):
        stores = f" for {', '.join(key.stores)}" if key.stores else ""
        used = f"used {key.used_at:%F %H}h" if key.used_at else "not used"
        say(
            f"{key.id}: {key.tenant}, {key.name}: can {' and '.join(key.may)}{stores}, created {key.made_at:%F %T}, "
            f"{used}, {_end(key)}"
        )
    return 0


def _end(key: keys.Listed) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%F %T}"
    if key.expires_at is None:
        return "never ends"
    return f"{'ended' if key.ended else 'ends'} {key.expires_at:%F}"


def _check_right(right: str) -> None:
    scope, _, kind = right.partition(":")
    areas = (f"{keys.READ}:{area}" for area in (keys.BOXES, keys.TEXTS, keys.AUDIT))
    if right in (keys.READ, keys.PUBLISH, *areas) or (scope == keys.PUBLISH and kind in KINDS):
        return
    own = ", ".join(sorted(hub.GUARDED))
    raise ConfigError(
        f"{right!r} isn't a permission for keys.",
        f"Available: read, read:boxes (only boxes and stores), read:texts, read:audit, publish (all types of "
        f"directives but {own}), and publish:KIND with one of "
        f"{', '.join(KINDS)}.",
    )


def revoke(args: argparse.Namespace) -> int:
    if not as_owner(args, lambda owner: keys.revoke(owner, args.number)):
        raise ConfigError(f"No active key {args.number} found.", "See `edge hub key list`.")
    say(f"Key {args.number} was revoked.")
    return 0


def as_owner(args: argparse.Namespace, work: Callable[[Any], Awaitable[Got]]) -> Got:
    async def run_work() -> Got:
        async with hub.open_as_owner(dsn_of(args)) as connection:
            try:
                return await work(connection)
            except NotTaken as error:
                raise ConfigError(f"Not accepted: {error}.", "See: edge hub tenant list") from None

    return asyncio.run(run_work())
