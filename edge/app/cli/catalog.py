"""`edge catalog`: import and export of products and prices."""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path

import msgspec

from edge.app.cli.ledger_reader import reading
from edge.app.cli.output import finish_progress, progress, say
from edge.app.cli.shop_access import finish, reach
from edge.core.jobs.store import Job, JobNote
from edge.core.storage.permissions import chown_to_owner
from edge.goods.ingest.catalog_export import export as export_catalog
from edge.goods.ingest.commands import ImportCatalog, TakeBackImport
from edge.goods.ingest.from_config import import_settings
from edge.goods.ingest.import_folders import bring, take_away
from edge.goods.ingest.preview import preview_query
from edge.lib.errors import ConfigError
from edge.lib.i18n import ENGLISH, words
from edge.lib.i18n import translate as word
from edge.lib.tables import FORMATS
from edge.runtime import config

NOTES_SHOWN = 20
"""Faults to list; the page shows all that are stored."""

CHANGES_SHOWN = 500
"""Changes that a dry run lists at most."""

COUNTS = ("new", "changed", "price", "held", "same", "stocked", "superseded", "passed_over", "retired", "categories")


def take(args: argparse.Namespace) -> int:
    """Run `edge catalog import FILE`."""
    loaded = config.load(Path(args.config))
    file = Path(args.file).resolve()
    if not file.is_file():
        raise ConfigError(f"File {file} not found.")
    mapping = _mapping(Path(args.mapping)) if args.mapping else None
    if args.guess or args.preview:
        return _show_preview(loaded, file, mapping, args)
    loaded.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    brought = bring(loaded.folder, file)
    chown_to_owner(loaded.folder)  # the appliance may run under another account
    command = ImportCatalog(
        str(brought), mapping, args.source, args.dry_run, args.retire_missing, max(0, min(100, args.retire_percent))
    )
    status = asyncio.run(_take(loaded, command))
    take_away(brought)  # not done if interrupted: a running appliance still reads the file
    return status


def take_back(args: argparse.Namespace) -> int:
    """Run `edge catalog take-back JOB`."""
    return asyncio.run(_take_back(config.load(Path(args.config)), TakeBackImport(args.job, args.dry_run)))


def export(args: argparse.Namespace) -> int:
    """Run `edge catalog export FILE`."""
    loaded, file = config.load(Path(args.config)), Path(args.file)
    form = next((form for form in FORMATS if file.suffix == f".{form}"), None)
    if form is None:
        raise ConfigError(f"{file.name} has no known file name ending.", f"Use one of: {', '.join(FORMATS)}.")
    with reading(loaded) as db:
        count = export_catalog(db, file, form, loaded.store.currency)
    say(f"{count} products in {file}.")
    return 0


def _mapping(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"Mapping file {path} not found.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name} isn't a mapping: {error}.", "It must be a TOML file in UTF-8.") from None


async def _take(loaded: config.Config, command: ImportCatalog) -> int:
    started = time.monotonic()
    async with reach(loaded) as shop:
        queued = await shop.do(command)
        job, notes = await finish(shop, queued.result, _show)
    finish_progress(f"{job.cursor} rows read, {job.refused} problems reported, in {time.monotonic() - started:.1f} s.")
    if not command.dry_run:
        say(f"To undo this import: edge catalog take-back {job.id}")
    counts = job.counts
    if counts:
        said = (word(ENGLISH, f"import.{name}", count=counts[name]) for name in COUNTS if name in counts)
        say(("Would be: " if command.dry_run else "") + ", ".join(said) + ".")
    shown = CHANGES_SHOWN if command.dry_run else NOTES_SHOWN
    for note in notes[:shown]:
        say("  " + _note_text(note))
    if len(notes) > shown:
        say(f"  ... and {len(notes) - shown} or more (job {job.id} on the manager's page)")
    if job.state != "done":
        say(f"The import {job.state}: {_why(job)}")
        return 1
    return 0


async def _take_back(loaded: config.Config, command: TakeBackImport) -> int:
    async with reach(loaded) as shop:
        queued = await shop.do(command)
        job, notes = await finish(shop, queued.result, _show)
    if not command.dry_run:
        finish_progress(f"{job.cursor - job.refused} restored, {job.refused} left unchanged.")
    shown = CHANGES_SHOWN if command.dry_run else NOTES_SHOWN
    for note in notes[:shown]:
        say(f"  {note.value}: {word(ENGLISH, f'reason.{note.reason}')}")
    if len(notes) > shown:
        say(f"  ... and {len(notes) - shown} or more (job {job.id} on the manager's page)")
    if job.state != "done":
        say(f"Undo {job.state}: {_why(job)}")
        return 1
    return 0


def _show(job: Job) -> None:
    if job.state == "running" and not job.cursor:
        progress(f"reading: {job.total} rows")
    elif job.total:
        progress(f"{job.cursor * 100 // job.total:3d}%  {job.cursor} of {job.total} rows")


def _show_preview(loaded: config.Config, file: Path, mapping: str | None, args: argparse.Namespace) -> int:
    rows = max(1, min(100, args.preview or 10))
    anywhere = msgspec.structs.replace(import_settings(loaded), data="")  # any file that the user can read
    preview = preview_query(anywhere)(None, str(file), mapping or "", rows)
    if args.guess:
        say(f"# {file.name}: {preview.what}; source: {preview.source}")
        if not preview.importable:
            say("# Map the columns with a code (or sku) and a price.")
        elif not preview.complete:
            say("# Some rows can't be read: every row needs a name, a number and a price.")
        for column in preview.unread_money:
            say(f"# {column} looks like money but isn't mapped.")
        say(preview.mapping, end="")
        return 0 if preview.importable else 1
    for row in preview.rows:
        said = msgspec.json.encode(row.product).decode() if row.product else "-"
        say(f"line {row.line}: {said}")
        for note in row.notes:
            say("  " + _note_text(note))
    return 0


def _note_text(note: JobNote) -> str:
    key = f"reason.{note.reason}"
    reason = word(ENGLISH, key, **note.values) if key in words(ENGLISH) else note.reason
    return f"line {note.line}, {note.field} {note.value!r}: {reason}"


def _why(job: Job) -> str:
    told = job.told
    if job.message not in words(ENGLISH):
        return job.message
    advice = f"{job.message}_do"
    return word(ENGLISH, job.message, **told) + (
        " " + word(ENGLISH, advice, **told) if advice in words(ENGLISH) else ""
    )
