"""`edge hub directives`: recent publications to a store, and their result in each box."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from edge.app import hub
from edge.app.cli.hub import store_of
from edge.app.cli.hub_places import dsn_of
from edge.app.cli.output import say

UNKNOWN_SHOWN = 5
"""Products unknown to a store to list. The API lists all of them."""

_PUBLISHED = """
    SELECT version, kind, at FROM directive WHERE tenant = $1 AND store = $2 ORDER BY version DESC LIMIT $3
"""
_OUTCOMES = """
    SELECT device, outcome, changed, unknown, reason, at
    FROM directive_outcome
    WHERE tenant = $1 AND store = $2 AND version = $3
    UNION ALL
    SELECT device, CASE WHEN applied < $3 THEN 'on its way' ELSE 'taken' END, 0, '', '', NULL
    FROM device
    WHERE tenant = $1 AND store = $2 AND NOT EXISTS (
        SELECT FROM directive_outcome AS known
        WHERE known.tenant = device.tenant AND known.store = device.store AND known.device = device.device
            AND known.version = $3)
    ORDER BY device
"""


def run(args: argparse.Namespace) -> int:
    """List directives, newest first. The exit status is 1 if any was refused or failed."""
    return 1 if asyncio.run(_show(dsn_of(args), *store_of(args.store), args.limit)) else 0


async def _show(dsn: str, tenant: str, store: str, limit: int) -> int:
    bad = 0
    async with hub.open_hub(dsn) as opened:
        published = await opened.pool.fetch(_PUBLISHED, tenant, store, limit)
        for version, kind, at in published:
            say(f"{version} {kind}, published at {at:%F %T} UTC")
            for device, *outcome in await opened.pool.fetch(_OUTCOMES, tenant, store, version):
                bad += outcome[0] in ("refused", "failed")
                say(f"    {device}: {_sentence(*outcome)}")
    if not published:
        say(f"Nothing has been published to {tenant}/{store}.")
    return bad


def _sentence(outcome: str, changed: int, unknown: str, reason: str, at: Any) -> str:
    if at is None:
        return outcome
    parts = [f"{outcome} at {at:%F %T} UTC, {changed} changes"]
    if unknown:
        names = unknown.split("\n")
        more = f" and {len(names) - UNKNOWN_SHOWN} more" if len(names) > UNKNOWN_SHOWN else ""
        parts.append(f"not in the store: {', '.join(names[:UNKNOWN_SHOWN])}{more}")
    if reason:
        parts.append(reason)
    return "; ".join(parts)
