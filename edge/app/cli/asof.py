"""`edge asof TIME FILE`: export the shop as of a minute to an SQLite file, running or not."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from edge.app.cli.ledger_reader import reading
from edge.app.cli.output import say
from edge.backoffice.past.moment import Wrong, read_moment
from edge.core.journal.moments import find_moment
from edge.core.journal.past import PastFiles
from edge.core.storage.migrate import require_known
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import build_registry
from edge.operations.shop_file.export import describe, export
from edge.runtime import config

_WRONG: dict[Wrong, tuple[str, str]] = {
    "unreadable": ("isn't a date and time.", "Write it as 2026-11-20T17:50."),
    "future": ("is in the future.", "Give a time in the past."),
    "skipped": ("didn't exist: the clocks went forward.", "Give another time."),
    "doubled": ("occurred twice, because the clocks went back.", "The first one is used unless you add --second."),
    "before_first": ("is before the first entry.", "Give a later time."),
}


def run(args: argparse.Namespace) -> int:
    loaded, file = config.load(Path(args.config)), Path(args.file)
    then = loaded.folder / "asof.db"
    then.unlink(missing_ok=True)  # a power cut during an earlier export left it
    typed = read_moment(args.time, loaded.store.zone, time.time_ns() // 1000, fold=int(args.second))
    if typed.wrong:
        raise _refusal(args.time, typed.wrong)
    if file.exists():
        raise NeedsHuman(f"{file} already exists.", "Use another file name.")
    with reading(loaded) as db:
        require_known(db)
        files, registry = PastFiles(loaded.ledger), build_registry(loaded)
        moment = find_moment(db, files.folder, typed.at_us)
        if not moment.seq:
            raise _refusal(args.time, "before_first")
        try:
            files.write_ledger(db, registry, moment.seq, then)
            export(loaded, file, with_people=False, ledger=then)
        finally:
            then.unlink(missing_ok=True)
    beside = describe(file, with_people=False)
    doubted = " The clock was wrong at that time, so the minute is uncertain." if moment.is_doubted else ""
    say(f"The shop as of {args.time} in {file}, through row {moment.seq} of the journal.{doubted}")
    say(f"View it with: datasette {file} --metadata {beside}")
    return 0


def _refusal(text: str, wrong: Wrong) -> NeedsHuman:
    why, advice = _WRONG[wrong]
    return NeedsHuman(f"{text} {why}", advice)
