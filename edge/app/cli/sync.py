"""`edge sync verify`: check whether head office has everything this box has."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from edge.app.cli.output import say
from edge.backoffice.directives.service.sync_part import broker_of
from edge.core.clock import SystemClock
from edge.lib.errors import ConfigError, NeedsHuman
from edge.runtime import config
from edge.runtime.backup_state import restore_gap
from edge.runtime.backup_state.replica_check import prove
from edge.runtime.secrets import secrets_of

SHOWN = 20
"""Ranges to list. If there are more, only the first ones are listed."""


def verify(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    if loaded.sync is None:
        raise ConfigError(
            "The section [sync] is missing in the configuration.", "Set the address of head office's broker."
        )
    if not loaded.ledger.exists():
        raise NeedsHuman(f"No ledger found at {loaded.ledger}.", "Start the shop once: edge run")
    proved = asyncio.run(prove(loaded, broker_of(loaded.sync, secrets_of(loaded.folder)), SystemClock()))
    proof = proved.proof
    if proof.first > 1:
        say(f"Rows before #{proof.first} are archived and weren't compared.")
    verb = "matches" if proof.holds and not proved.set_back else "DIFFERS FROM"
    say(f"Hub {verb} store to #{proof.through}, {proof.missing} missing, {proof.different} different.")
    for first, last in proof.wrong[:SHOWN]:
        say(f"    #{first}" if first == last else f"    #{first} to #{last}")
    if len(proof.wrong) > SHOWN or proof.unseen:
        say(f"    and more: {max(0, len(proof.wrong) - SHOWN)} ranges, {proof.unseen} ranges not compared row by row")
    if proved.unheard:
        say("This box was restored, and head office doesn't know yet:")
        say("later rows are compared once they are sent.")
    if waiting := proved.head - proof.through - proved.set_back:
        say(f"Rows not received there yet: {waiting}.")
    if proved.set_back:
        say(f"Rows that head office had acknowledged but no longer has: {proved.set_back}.")
        say("Its database was restored from a backup. They are sent again while the shop runs.")
    if not proof.holds or proved.set_back:
        say("No data is lost here. Call head office: its copy was changed or damaged.")
    if proved.lacking:
        say(f"{proved.lacking.what} {restore_gap.ADVICE}")
    return 0 if proved.holds else 1
