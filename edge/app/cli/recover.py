"""`edge recover`: rebuild a new box's ledger from head office's copy."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from edge.app.cli.output import finish_progress, progress, say
from edge.app.cli.restore import print_unused_numbers, say_own
from edge.backoffice.directives.service.sync_part import broker_of
from edge.core.clock import SystemClock
from edge.core.storage.permissions import chown_to_owner
from edge.lib.errors import ConfigError
from edge.operations.maintenance.restoring.recover import recover
from edge.runtime import config
from edge.runtime.secrets import secrets_of


def run(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    if loaded.sync is None:
        raise ConfigError(
            "The section [sync] is missing in the configuration.", "Set the address of head office's broker."
        )
    work = recover(loaded, broker_of(loaded.sync, secrets_of(loaded.folder)), SystemClock(), args.replace, show)
    recovered = asyncio.run(work)
    chown_to_owner(loaded.folder)
    took = f"{recovered.seconds:.1f} s ({recovered.fetch_s:.1f} s of it downloading)"
    finish_progress(f"Entries #1 to #{recovered.rows} were recovered in {took}.")
    if recovered.rejoined:
        say(f"{recovered.rejoined} of them had been left out by a restore; later sales follow them.")
    say_own(recovered.own, loaded, recovered.aside)
    say(f"The shop continues in epoch {recovered.head.epoch}. Head office blocks the old box if it connects again.")
    say("Set again what head office doesn't store: the PIN (edge pin), pending printouts and open baskets.")
    print_unused_numbers(loaded)
    if recovered.aside:
        say(f"The previous ledger is in {recovered.aside}.")
    return 0


def show(here: int, through: int) -> None:
    progress(f"#{here} of #{through}")
