"""Monitors the demo's servers and restarts any that stop, with a message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import msgspec

from edge.app.cli.output import say
from sim.child import ServerError

LOOK_S = 1.0
REVIVALS = 20
"""Most restarts of a server. If it stops again, it isn't restarted, and one message reports it."""


class Watched(msgspec.Struct):
    """A server: its address, whether it has stopped, and how to restart it."""

    name: str
    address: str
    ended: Callable[[], bool]
    revive: Callable[[], object]
    revivals: int = 0


async def watch(servers: list[Watched], stop: asyncio.Event) -> None:
    """Monitor the servers until `stop`. They are restarted on this thread, because child processes end with the thread
    that started them."""
    while not stop.is_set():
        for server in servers:
            if server.ended():
                _again(server)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK_S)


def _again(server: Watched) -> None:
    server.revivals += 1
    if server.revivals > REVIVALS:
        if server.revivals == REVIVALS + 1:
            say(f"  {server.name} keeps crashing and isn't restarted. Its log is in the demo's folder.")
        return
    say(f"  {server.name} stopped unexpectedly and is restarted.")
    try:
        server.revive()
    except ServerError as error:
        say(f"  {server.name} could not be started again: {error}")
