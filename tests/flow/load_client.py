"""A process that sells at several registers as fast as it can, says what was done, and waits to be killed.

Each register counts its commands; command `n` is the same at every attempt, and so is its
id: three scans and a payment. Lines on standard output: `register n done|line`. Projections follow, as in a shop.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import structlog

from edge.core import ids
from edge.core.clock import SystemClock
from edge.core.command_bus import CommandBus
from edge.core.journal.projections import Follower, FollowersTogether
from edge.core.messages import Command, Done
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.access.rights import anonymous_actor
from edge.operations.ledger import Ledger
from tests.shop_fixture import CONFIG, MILK, config

REGISTERS = tuple(str(number) for number in range(1, 9))
TEXT = CONFIG.replace('["1", "2"]', str(list(REGISTERS)).replace("'", '"'))
PAYS_EVERY = 4


def command(number: int) -> Command:
    return Pay("cash", 1000) if number % PAYS_EVERY == PAYS_EVERY - 1 else AddLine(MILK)


def command_id(register: str, number: int) -> ids.CommandId:
    return ids.command_id(1_800_000_000_000_000, int(register).to_bytes(2, "big") + number.to_bytes(8, "big"))


async def serve(shop: CommandBus, register: str, number: int) -> None:
    """Customer after customer, from a command on: it may have been done before the last crash."""
    actor = anonymous_actor(register)
    while True:
        outcome = await shop.do(command(number), actor, command_id(register, number))
        if not isinstance(outcome, Done):
            raise SystemExit(f"{register} {number} {outcome}")
        sys.stdout.write(f"{register} {number}\n")
        sys.stdout.flush()
        number += 1


async def main(folder: Path, begin: list[int]) -> None:
    ledger = Ledger(config(folder, TEXT), SystemClock())
    shop = ledger.shop()
    shop.start()
    together = FollowersTogether()
    following = [one for one in ledger.registry.projectors if not one.strict]
    await asyncio.gather(
        *(serve(shop, register, number) for register, number in zip(REGISTERS, begin, strict=True)),
        *(Follower(shop, one, together).run(lambda: None) for one in following),
    )


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("error"))  # what it prints is told apart
    asyncio.run(main(Path(sys.argv[1]), [int(number) for number in sys.argv[2:]]))
