"""`edge recover`: rebuild a new box's ledger from head office's copy."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from edge.app.cli.output import finish_progress, progress, say
from edge.app.cli.restore import say_left_out, say_own
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
    took = f"{recovered.seconds:.1f} s ({recovered.fetch_s:.1f} s of them to fetch)"
    finish_progress(f"Facts #1 to #{recovered.rows} are here again, in {took}.")
    if recovered.rejoined:
        say(f"{recovered.rejoined} facts that a restore had left are among them; what was sold since is behind them.")
    say_own(recovered.own, loaded, recovered.aside)
    say(f"The shop goes on in epoch {recovered.head.epoch}; the old box, should it wake up, is fenced by head office.")
    say("What head office never had is to be set again: edge pin; papers that waited, and baskets that were open.")
    say_left_out(loaded)
    if recovered.aside:
        say(f"The ledger that was there is in {recovered.aside}.")
    return 0


def show(here: int, through: int) -> None:
    progress(f"#{here} of #{through}")
