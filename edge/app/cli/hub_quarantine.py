"""`edge hub quarantine`: events that the hub couldn't apply to head office's tables."""

from __future__ import annotations

import argparse
import asyncio

from edge.app import hub
from edge.app.cli.hub_places import dsn_of
from edge.app.cli.output import say
from edge.lib.errors import ConfigError
from sync.hub import quarantine
from sync.hub.quarantine import Again, Where


def show_quarantine(args: argparse.Namespace) -> int:
    """Print one line per event. Returns exit status 1 if there are any."""
    return 1 if asyncio.run(_show(dsn_of(args), _scope_of(args), args.limit, args.body)) else 0


def retry(args: argparse.Namespace) -> int:
    found = asyncio.run(_retry(dsn_of(args), _scope_of(args)))
    if not found:
        say("Nothing is in quarantine.")
    for again in found:
        text = f"{again.key}: {again.projector} starts again from the first row."
        if again.archived:
            text += " Some of its rows are only in archives; restore them first with `edge hub bring-back`."
        say(text)
    return 0


async def _show(dsn: str, where: Where, limit: int, bodies: bool) -> int:
    async with hub.open_hub(dsn) as store:
        number = 0
        async for bad in quarantine.read_quarantine(store.pool, where):
            if number == limit:
                break
            number += 1
            place = f"{bad.key} #{bad.seq} (epoch {bad.epoch})"
            say(f"{place} {bad.type} version {bad.version}, for {bad.projector}, at {bad.at:%F %T}: {bad.reason}")
            if bodies:
                say(f"    {bad.body.decode(errors='replace')}")
        total = await quarantine.count(store.pool, where)
    say(f"{total} events in quarantine" + (f"; showing the first {number}." if total > number else "."))
    return total


async def _retry(dsn: str, where: Where) -> list[Again]:
    async with hub.open_hub(dsn) as store:
        return await quarantine.retry(store.pool, where)


def _scope_of(args: argparse.Namespace) -> Where:
    parts = args.where.split("/") if args.where else []
    if len(parts) > 3 or not all(parts):
        raise ConfigError(
            f"{args.where!r} isn't a tenant, store or device.",
            "Write it as tenant, tenant/store or tenant/store/device.",
        )
    return Where(*parts)
