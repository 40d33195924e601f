"""`edge hub fence` and `unfence`: block a box (stolen, cloned, replaced), and readmit it."""

from __future__ import annotations

import argparse
import asyncio

from edge.app import hub
from edge.app.cli.hub import box_of, tell
from edge.app.cli.hub_places import broker_of, dsn_of
from edge.app.cli.output import say
from edge.lib.errors import ConfigError
from sync.hub.model import Key
from sync.session import LinkLost
from sync.wire import Down, ResendRequest, Stopped


def fence(args: argparse.Namespace) -> int:
    device, stopped = _set(args, args.why)
    _tell(args, device, stopped)
    say(f"{args.device} is blocked and shows a notice. To unblock it: edge hub unfence")
    return 0


def unfence(args: argparse.Namespace) -> int:
    device, stopped = _set(args, "")
    _tell(args, device, ResendRequest(stopped.epoch, 1, 1))
    say(f"{args.device} is unblocked and can connect if its history matches.")
    return 0


def _tell(args: argparse.Namespace, device: Key, message: Down) -> None:
    try:
        asyncio.run(tell(broker_of(args), [device], message))
    except (LinkLost, TimeoutError) as error:
        say(f"The box can't be notified now. It checks automatically within 15 minutes. {error}")


def _set(args: argparse.Namespace, why: str) -> tuple[Key, Stopped]:
    device = box_of(args.device)
    stopped = asyncio.run(_bar(dsn_of(args), device, why))
    if stopped is None:
        raise ConfigError(f"The hub doesn't know {args.device}.", "See known boxes with: edge hub status")
    return device, stopped


async def _bar(dsn: str, key: Key, why: str) -> Stopped | None:
    async with hub.open_hub(dsn) as store:
        return await store.bar(key, why)
