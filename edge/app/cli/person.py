"""`edge person list`, `export`, `forget` and `show`: people with stored personal data."""

from __future__ import annotations

import argparse
import asyncio
import time
from contextlib import closing
from pathlib import Path

import msgspec

from edge.app.cli.ledger_reader import reading
from edge.app.cli.output import say
from edge.app.cli.shop_access import reach
from edge.core.clock import SystemClock
from edge.core.journal.rows import read_head
from edge.core.people import key_rotation
from edge.core.people.forgetting import ForgetPerson
from edge.core.people.personal_export import export, people
from edge.core.secrets import keys
from edge.core.storage.database import ProcessLock, open_writer
from edge.core.storage.permissions import chown_to_owner
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import build_registry
from edge.operations.maintenance.backups import backup
from edge.operations.maintenance.key_erasure import pending, update_key_copies
from edge.operations.maintenance.restoring.people import show
from edge.runtime import config
from edge.runtime.config import Config

WAIT_S = 30.0
"""How long to wait while a running shop re-encrypts personal keys. After that, the command reports that the shop is
still working."""
LOOK_S = 0.2


def list_people(args: argparse.Namespace) -> int:
    with reading(config.load(Path(args.config))) as db:
        for person in people(db):
            say(person)
    return 0


def export_person(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    with reading(loaded) as db:
        found = export(db, build_registry(loaded), args.id)
    say(msgspec.json.format(msgspec.json.encode(found)).decode())
    return 0


def forget_person(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    asyncio.run(_forget(loaded, args.id))
    try:
        left = _erase(loaded)
    finally:
        chown_to_owner(loaded.folder)
    say(f"{args.id} was erased. Their data here and at head office can no longer be read.")
    if not left:
        say("The key was destroyed everywhere it could be reached.")
    if loaded.backup.is_wanted:
        say("Other backup disks keep a copy of the key until the next backup to them.")
    for where in left:
        say(f"PENDING  {where}")
    return 1 if left else 0


def show_person(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    lock = ProcessLock(loaded.folder)
    alone = lock.take()
    try:
        count = show(loaded, _place(loaded), keys.stored_or_made(loaded.folder), alone)
    finally:
        lock.release()
    chown_to_owner(loaded.folder)
    say(f"Personal data is visible again for {count} people.")
    if not alone:
        say("If names are still missing, stop the shop and run this again.")
    return 0


def _place(loaded: Config) -> Path | None:
    """Return the backup destination; None if it can't be reached."""
    try:
        return backup.place_of(loaded) if loaded.backup.is_wanted else None
    except NeedsHuman as error:
        say(f"Only with the keys on this box: {error.what}")
        return None


async def _forget(loaded: Config, person: str) -> None:
    async with reach(loaded) as shop:
        await shop.do(ForgetPerson(person))


def _erase(loaded: Config) -> list[str]:
    """Wait for the running shop to erase all copies of the key, or erase them here; return the places where that
    failed."""
    clock, until_s = SystemClock(), time.monotonic() + WAIT_S
    while left := pending(loaded, clock.read().at_us):
        lock = ProcessLock(loaded.folder)
        if lock.take():
            try:
                _erase_here(loaded, clock.read().at_us)
            finally:
                lock.release()
            return pending(loaded, clock.read().at_us)
        if time.monotonic() > until_s:
            break
        time.sleep(LOOK_S)
    return left


def _erase_here(loaded: Config, now_us: int) -> None:
    with closing(open_writer(loaded.ledger)) as db:
        if key_rotation.due(db, now_us) and not key_rotation.rotate_completely(
            db, loaded.ledger, read_head(db), now_us
        ):
            raise NeedsHuman(
                "The ledger is in use, so the old key stays for now.", "It is removed at the next start. Or try again."
            )
    update_key_copies(loaded, now_us)
