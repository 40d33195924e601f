"""`edge paper label`: print product labels on a register's printer."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

import msgspec

from edge.app.cli.output import say
from edge.app.cli.shop_access import reach
from edge.foundation.printing.commands import PrintLabels
from edge.lib.errors import ConfigError
from edge.lib.units.quantity import parse_quantity
from edge.runtime import config
from edge.runtime.config import Config


def run(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    register = args.register or loaded.registers[0]
    if register not in loaded.registers:
        raise ConfigError(f"Register {register!r} doesn't exist.", f"Available: {', '.join(loaded.registers)}.")
    command = _command(args)
    count = asyncio.run(_queue(loaded, register, command))
    say(f"{count} {'label waiting' if count == 1 else 'labels waiting'} for the printer of register {register}.")
    return 0


def _command(args: argparse.Namespace) -> PrintLabels:
    try:
        quantity = parse_quantity(args.quantity) if args.quantity else None
        labels = [{"product": product, "copies": args.copies, "quantity": quantity} for product in args.product]
        return msgspec.convert({"labels": labels, "kind": args.kind}, PrintLabels)
    except ValueError as error:  # includes msgspec's ValidationError
        raise ConfigError(f"This can't be printed: {error}.") from error


async def _queue(loaded: Config, register: str, command: PrintLabels) -> int:
    async with reach(loaded, register) as shop:
        done = await shop.do(command)
    return len(done.result)
