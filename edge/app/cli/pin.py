"""`edge pin`: set the manager PIN, print the public data that head office may publish, or remove a lost second
factor."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from pathlib import Path

from edge.app.cli.output import say
from edge.app.cli.shop_access import reach
from edge.core.messages import Command
from edge.foundation.access.commands import DropFactor, SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.credentials.pin_rules import LEAST, LEAST_MANAGING, why_not
from edge.lib.errors import ConfigError
from edge.runtime import config


def run(args: argparse.Namespace) -> int:
    if args.hash:
        say(hash_pin(_ask_pin(manages=False)))
        return 0
    loaded = config.load(Path(args.config))
    if args.drop_factor:
        asyncio.run(_do(loaded, DropFactor(args.drop_factor)))
        say(f"{args.drop_factor} no longer has a second factor. They set up another one on the page /manager/factor.")
        return 0
    asyncio.run(_do(loaded, SetPin(hash_pin(_ask_pin(manages=True)))))
    say("PIN saved.")
    return 0


def _ask_pin(manages: bool) -> str:
    """Ask for a new PIN twice, or read the first line of standard input."""
    least = LEAST_MANAGING if manages else LEAST
    asked = f"New PIN ({least} to 12 digits): "
    pin = getpass.getpass(asked) if sys.stdin.isatty() else sys.stdin.readline().strip()
    if why := why_not(pin, manages):
        form = f"{'The set-up PIN' if manages else 'A PIN'} is {least} to 12 digits."
        raise ConfigError("This PIN is too easy to guess. Choose another one." if why == "pin_refused" else form)
    if sys.stdin.isatty() and getpass.getpass("Once more: ") != pin:
        raise ConfigError("The PINs don't match. Nothing was changed.")
    return pin


async def _do(loaded: config.Config, command: Command) -> None:
    async with reach(loaded) as shop:
        await shop.do(command)
