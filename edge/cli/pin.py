"""`edge pin`: set the PIN that guards overrides; or print what head office may publish of one."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from pathlib import Path

from edge import config
from edge.access.commands import SetPin
from edge.access.pin import PIN, hash_pin
from edge.cli.say import say
from edge.cli.shop import reach
from edge.core.errors import ConfigError


def run(args: argparse.Namespace) -> int:
    if args.hash:
        say(hash_pin(_asked()))
        return 0
    loaded = config.load(Path(args.config))
    asyncio.run(_set(loaded, _asked()))
    say("The PIN is set.")
    return 0


def _asked() -> str:
    """A new PIN, typed twice, or the first line of standard input."""
    pin = getpass.getpass("New PIN (4 to 12 digits): ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    if not PIN.fullmatch(pin):
        raise ConfigError("A PIN is 4 to 12 digits.")
    if sys.stdin.isatty() and getpass.getpass("Once more: ") != pin:
        raise ConfigError("The two are not the same; nothing was changed.")
    return pin


async def _set(loaded: config.Config, pin: str) -> None:
    async with reach(loaded) as shop:
        await shop.do(SetPin(hash_pin(pin)))
