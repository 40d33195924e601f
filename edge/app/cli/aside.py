"""`edge aside`: sales that exist only in a replaced ledger, until someone imports or settles them."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from edge.app.cli.output import say
from edge.app.cli.restore import print_unused_numbers, say_own
from edge.app.cli.shop_access import reach
from edge.backoffice.office.commands import WriteOffLeftOut
from edge.core.clock import SystemClock
from edge.core.messages import Command
from edge.core.storage.permissions import chown_to_owner
from edge.operations.maintenance.restoring.restore import bring_aside, lock_data_folder
from edge.runtime import config
from edge.runtime.backup_state import waiting_rows
from edge.runtime.config import Config


def show_waiting(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    waiting = waiting_rows.load(loaded.folder)
    for one in waiting:
        say(f"{one.what(loaded.store.language)}\n{one.advice}")
    if not waiting:
        say("Nothing to do: all sales from replaced ledgers were imported or settled.")
    return 0


def bring(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    own = bring_aside(loaded, SystemClock(), args.folder)
    chown_to_owner(loaded.folder)
    say_own(own, loaded, loaded.folder / Path(args.folder).name)
    print_unused_numbers(loaded)
    return 0


def settle(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    found = waiting_rows.require(loaded.folder, args.folder)
    facts = (found.folder, found.rows, found.sales, found.sum_minor, found.currency)
    _record(loaded, WriteOffLeftOut(*facts, args.reason))
    settled = waiting_rows.settle(loaded.folder, args.folder)
    chown_to_owner(loaded.folder)
    say(f"Settled: {settled.folder} is no longer listed. Its ledger is kept until you delete it on the Backups page.")
    return 0


def _record(loaded: Config, command: Command) -> None:
    """Run a command in the ledger. Raises `NeedsHuman` if the shop is running."""
    with lock_data_folder(loaded):
        pass

    async def do() -> None:
        async with reach(loaded) as shop:
            await shop.do(command)

    asyncio.run(do())
