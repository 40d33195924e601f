"""`edge pair`: admit the browser that shows these digits, from the appliance's shell."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from edge.app.cli.output import say
from edge.app.cli.shop_access import reach
from edge.foundation.access.commands import ConfirmPairing
from edge.lib.errors import ConfigError
from edge.runtime import config


def run(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    register = args.register or (loaded.registers[0] if len(loaded.registers) == 1 else "")
    if args.kind != "manager" and register not in loaded.registers:
        raise ConfigError(
            "Choose the register for this browser.", f"--register is one of: {', '.join(loaded.registers)}."
        )
    asyncio.run(_pair(loaded, ConfirmPairing(args.digits, args.kind, register, args.label)))
    say("The browser is paired.")
    return 0


async def _pair(loaded: config.Config, command: ConfirmPairing) -> None:
    async with reach(loaded) as shop:
        await shop.do(command)
