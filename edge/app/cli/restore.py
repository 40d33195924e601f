"""`edge restore`: restore the ledger from a backup, in a new epoch."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from edge.app.cli.output import finish_progress as said
from edge.app.cli.output import progress, say
from edge.app.cli.recovery_code import secret_for, typed_for
from edge.backoffice.directives.service.sync_part import broker_of
from edge.core.clock import SystemClock
from edge.core.journal.highwater import day
from edge.core.secrets import keys
from edge.core.secrets.store import SecretStore
from edge.core.storage.database import open_reader
from edge.core.storage.permissions import chown_to_owner
from edge.counter.till.after_sale.receipt_numbers import SERIES, explained_gaps
from edge.lib.errors import ConfigError, EdgeError, NeedsHuman
from edge.lib.units.written_money import written_money
from edge.operations.maintenance.backups import backup, encrypted_file, pictures
from edge.operations.maintenance.backups.extract import configuration
from edge.operations.maintenance.restoring.hub_remainder import Rest
from edge.operations.maintenance.restoring.preview import preview
from edge.operations.maintenance.restoring.prior_state import PriorState
from edge.operations.maintenance.restoring.restore import go_on_as_is, restore
from edge.operations.maintenance.restoring.salvage import damage, salvage
from edge.operations.maintenance.restoring.set_aside import Remainder
from edge.runtime import config
from edge.runtime.backup_state import status, waiting_rows
from edge.runtime.config import Config, Sync
from edge.runtime.secrets import secrets_by, secrets_of
from sync.mqtt import BrokerConfig


def run(args: argparse.Namespace) -> int:
    if args.look and not args.as_is:
        return look(args)
    if args.pictures and not args.as_is:
        return bring_pictures(args)
    typed = b"" if Path(args.config).exists() else settings_from_backup(args)
    loaded = config.load(Path(args.config))
    if args.as_is:
        known = broker_of(loaded.sync, secrets_of(loaded.folder)) if loaded.sync else None
        return as_is(loaded, known, args.replace, not args.without_the_rest)
    path = newest(loaded) if args.newest else there(args.file)
    secret = typed or secret_for(loaded, encrypted_file.read_label(path).key)
    secrets = secrets_by(loaded.folder, secret)
    broker = broker_of(loaded.sync, secrets) if loaded.sync else None
    rest = not args.without_the_rest
    done = restore(loaded, path, secret, SystemClock(), args.replace, broker, with_the_rest=rest, show=show)
    if keys.read_stored_secret(loaded.folder) != secret:  # it was typed in, so someone has it on paper
        keys.store(loaded.folder, secret)
        status.note(loaded.folder, code_kept_us=SystemClock().read().at_us)
    chown_to_owner(loaded.folder, done.put)
    said(f"{path.name}: entries #1 to #{done.label.seq} restored and verified in {done.seconds:.1f} s.")
    say_rest(done.rest)
    say_own(done.own, loaded, done.aside)
    say(f"The shop continues in epoch {done.head.epoch}. Head office blocks any box that still has the old one.")
    say_numbers(loaded, done.past)
    if done.settings:
        say(f"The configuration from the backup is in {done.settings}; {loaded.file} is unchanged. Compare them.")
    if done.aside:
        say(f"The previous ledger is in {done.aside}.")
    if done.people:
        say(f"It is unknown who was erased since that backup, so its {done.people} people are hidden and")
        say("their PINs don't work. Repeat any erasures (edge person forget ID), then: edge person show")
    for put in done.put:
        say(f"{put} was restored.")
    for lacking in done.lacking:
        say(f"{lacking} is set in {loaded.file} but isn't here or in the backup. Add it.")
    if loaded.sync and _without_password(loaded.sync, secrets, done.lacking):
        say("Without that password the shop can sell but not sync. Get a new one from head office: edge hub enrol")
    say_pictures(loaded, path, secret)
    return 0


def _without_password(sync: Sync, secrets: SecretStore, lacking: Sequence[Path]) -> bool:
    """Whether the broker's password is missing."""
    try:
        secrets.resolve(sync.password or "")
    except EdgeError:
        return True
    return any(str(name) == sync.password_file for name in lacking)


def look(args: argparse.Namespace) -> int:
    """Open and verify a backup next to the shop, and print what it has. The recovery code is read if it's another."""
    loaded = config.load(Path(args.config))
    if args.json:
        seen = preview(loaded, Path(args.file), sys.stdin.readline())
        say(msgspec.json.encode(seen).decode())
        return 1 if seen.fault else 0
    path = newest(loaded) if args.newest else there(args.file)
    secret = secret_for(loaded, encrypted_file.read_label(path).key)
    seen = preview(loaded, path, keys.show(secret))
    if seen.fault:
        raise NeedsHuman(seen.fault.what, seen.fault.advice)
    say(f"{path.name}: entries #1 to #{seen.entries} from {day(seen.made_at_us)}, verified.")
    if seen.receipt:
        say(f"Its last receipt is {seen.receipt.number} of register {seen.receipt.register}.")
    money = written_money(seen.since_minor, seen.currency, loaded.store.language) if seen.currency else "0"
    say(f"This box has {seen.since} more entries, among them {seen.since_sales} sales of {money} in total.")
    return 0


def bring_pictures(args: argparse.Namespace) -> int:
    """Restore only the product pictures, leaving the ledger unchanged."""
    loaded = config.load(Path(args.config))
    if not loaded.ledger.exists():
        raise NeedsHuman(
            f"No ledger found at {loaded.ledger}.", "Omit --pictures: images are restored with the backup."
        )
    path = newest(loaded) if args.newest else there(args.file)
    say_pictures(loaded, path, secret_for(loaded, encrypted_file.read_label(path).key))
    return 0


def say_pictures(loaded: Config, path: Path, secret: bytes) -> None:
    """Restore a backup's pictures. The shop may start before they are complete."""
    brought = pictures.put_back(loaded, path, secret)
    chown_to_owner(loaded.folder)
    if brought.put:
        say(f"Product images restored: {brought.put}.")
    if brought.lacking:
        say(f"Missing product images: {brought.lacking}. {brought.why}".rstrip())
        say(f"They are in the folder {pictures.FOLDER} next to the backup. To try again: edge restore FILE --pictures")


def as_is(loaded: Config, broker: BrokerConfig | None, replace: bool, wanted: bool) -> int:
    """Continue with the existing ledger. If it is damaged, continue with its intact part, but only with `replace`."""
    aside = None
    damaged = damage(loaded)
    if damaged and not replace:
        raise damaged
    if damaged:
        head, past, rest, aside = salvage(loaded, SystemClock(), broker, with_the_rest=wanted)
    else:
        head, past, rest = go_on_as_is(loaded, SystemClock(), broker, with_the_rest=wanted)
    chown_to_owner(loaded.folder)
    say(f"The shop continues from #{head.seq - 1} in epoch {head.epoch}. Lost entries after it can't be recovered.")
    say_rest(rest)
    say_numbers(loaded, past)
    if aside:
        say("Set again what isn't in the journal: the PIN (edge pin), pending printouts and open baskets.")
        say(f"The previous ledger is in {aside}.")
        for waiting in (one for one in waiting_rows.load(loaded.folder) if one.folder == aside.name):
            say(f"{waiting.what(loaded.store.language)} {waiting.advice}")
    return 0


def settings_from_backup(args: argparse.Namespace) -> bytes:
    """Install the backup's configuration on an empty box; return the backup's secret."""
    target = Path(args.config)
    if not args.file:
        raise ConfigError(
            f"Configuration file {target} with the backup folder not found.",
            "Name a backup to use the configuration inside it: edge restore FILE",
        )
    path = there(args.file)
    secret = typed_for(encrypted_file.read_label(path).key)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(configuration(path, secret, target.parent))
    say(f"{target} is the configuration from the backup.")
    return secret


def there(file: str) -> Path:
    """Check that the named backup exists."""
    if not Path(file).is_file():
        raise NeedsHuman(f"File {file} not found.", "List backups: edge backup list")
    return Path(file)


def say_rest(rest: Rest | None) -> None:
    """Print the data that head office had in addition to the backup, and where it was stored."""
    if rest and rest.brought:
        say(f"Head office had {rest.what}. They were restored too.")
    elif rest:
        say(f"Head office has {rest.what}. They are NOT in this ledger, but stay in head office's books.")
        say("The box keeps showing this notice. To get them, stop the shop and run: edge recover --replace")


def say_own(own: Remainder, loaded: Config, aside: Path | None) -> None:
    """Print the facts that only the replaced ledger had, and those that couldn't be restored."""
    language = loaded.store.language
    if own.brought.rows:
        money = written_money(own.brought.sum_minor, own.brought.currency, language)
        say(f"The previous ledger had {own.brought.rows} more entries ({own.brought.sales} sales of {money}).")
        say("They were restored too.")
    if own.left is not None and aside is not None:
        left = msgspec.structs.replace(own.left, folder=aside.name)
        say(f"{left.what(language)} They are NOT in this ledger. The box keeps showing this notice.")
        say(left.advice)


def show(here: int, through: int) -> None:
    progress(f"from head office: #{here} of #{through}")


def say_numbers(loaded: Config, past: PriorState) -> None:
    """Print the skipped receipt numbers, and head office's response."""
    if not past.asked:
        say(f"Head office couldn't be asked for later entries: {past.why_not}")
        say("If it reports a newer epoch and this is the right box: edge restore --as-is")
    print_unused_numbers(loaded)


def print_unused_numbers(loaded: Config) -> None:
    """Print the newest unused receipt numbers of each register."""
    db = open_reader(loaded.ledger)
    try:
        newest = {(gap.register, gap.series): gap for gap in explained_gaps(db)}
    finally:
        db.close()
    for gap in newest.values():
        what = f"{SERIES[gap.series]} {gap.first} to {gap.last}"
        say(f"Register {gap.register}: {what} are skipped because they may have been used.")


def newest(loaded: Config) -> Path:
    found = backup.list_backups(backup.place_of(loaded), loaded.header)
    if not found:
        raise NeedsHuman("The backup folder has no backups of this shop.", "Name the file: edge restore FILE")
    return found[0].path
