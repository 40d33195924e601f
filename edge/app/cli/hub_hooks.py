"""`edge hub hooks`: webhooks of other vendors' tills as received, for disputes.

A body may name guests. It is encrypted with the till's secret, which is stored only in the file named by
$EDGE_HUB_WEBHOOKS_FILE.
"""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Mapping
from typing import Any

from edge.app import hub
from edge.app.cli.hub_places import dsn_of, webhooks_of
from edge.app.cli.output import say
from edge.lib.errors import ConfigError, NeedsHuman
from sync.hook_bodies import KeptHook, open_hook
from sync.hub.api.till_webhooks import TillPlace

SHOWN_MOST = 1_000
_HEX = re.compile(r"[0-9a-f]{8,64}")
_LISTED = """
    SELECT digest, came_at, length(sealed) AS bytes FROM pos_hook WHERE tenant = $1 AND store = $2 AND pos = $3
    ORDER BY came_at DESC, digest LIMIT $4
"""
_ONE = """
    SELECT digest, came_at, sealed FROM pos_hook WHERE tenant = $1 AND store = $2 AND pos = $3 AND digest LIKE $4
    ORDER BY digest LIMIT 2
"""


def run(args: argparse.Namespace) -> int:
    tenant, store, pos = _till_of(args.till)
    if args.digest:
        return asyncio.run(_show(dsn_of(args), tenant, store, pos, args.digest))
    return asyncio.run(_list(dsn_of(args), tenant, store, pos, min(args.limit, SHOWN_MOST)))


async def _list(dsn: str, *till_and_limit: str | int) -> int:
    async with hub.open_hub(dsn) as opened:
        rows = await opened.pool.fetch(_LISTED, *till_and_limit)
    for row in rows:
        say(f"{row['digest'][:16]}  {row['came_at']:%F %T} UTC  {row['bytes']} bytes")
    if not rows:
        say("No messages from there in the last thirty days.")
    return 0


async def _show(dsn: str, tenant: str, store: str, pos: str, digest: str) -> int:
    if not _HEX.fullmatch(digest):
        raise ConfigError(f"{digest!r} isn't the start of a digest.", "Enter at least 8 of its digits.")
    place = webhooks_of().tills.get((pos, store))
    if place is None or place.tenant != tenant:
        raise ConfigError(
            f"No signing secret is set for {tenant}/{store}/{pos}.",
            "Its [[till]] is missing in the file set in $EDGE_HUB_WEBHOOKS_FILE.",
        )
    async with hub.open_hub(dsn) as opened:
        rows = await opened.pool.fetch(_ONE, tenant, store, pos, f"{digest}%")
    if len(rows) != 1:
        raise NeedsHuman(f"{(len(rows) and 'More than one') or 'None'} messages have a digest starting with {digest}.")
    _say_hook(rows[0], opened_by(place, bytes(rows[0]["sealed"])))
    return 0


def opened_by(place: TillPlace, sealed: bytes) -> KeptHook:
    """Decrypt a stored webhook. Raises `NeedsHuman` if the till's secret was changed afterwards."""
    kept = open_hook(place.secrets, place.owner_name, sealed)
    if kept is None:
        raise NeedsHuman(
            f"None of the secrets of {place.owner_name} can decrypt this message.",
            "It was encrypted with an older secret. While both are listed, messages of either can be opened.",
        )
    return kept


def _say_hook(row: Mapping[str, Any], kept: KeptHook) -> None:
    say(f"{row['digest']}  {row['came_at']:%F %T} UTC")
    for name, value in kept.headers.items():
        say(f"{name}: {value}")
    say("")
    say(kept.body.decode(errors="replace"))


def _till_of(text: str) -> tuple[str, str, str]:
    parts = text.split("/")
    if len(parts) != 3 or not all(parts):
        raise ConfigError(f"{text!r} isn't a till.", "Write it as tenant/store/till.")
    tenant, store, pos = parts
    return tenant, store, pos
