"""What follows the journal, brought up to it."""

from __future__ import annotations

import asyncio

from edge.core.command_bus import CommandBus
from edge.core.journal.projections import Follower


async def catch_up(shop: CommandBus) -> None:
    """Returns once everything that follows has read all of the journal, and done what it had put off."""
    for projector in shop.registry.projectors:
        if projector.strict:
            continue
        done = asyncio.Event()
        task = asyncio.ensure_future(Follower(shop, projector).run(done.set))
        waiting = asyncio.ensure_future(done.wait())
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        for one in (task, waiting):
            one.cancel()
        await asyncio.wait([task, waiting])
