"""`edge catalog import`: a file of products and prices into the shop."""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path

from edge import config
from edge.cli.say import done, progress, say
from edge.cli.shop import finish, reach
from edge.core.errors import ConfigError
from edge.core.jobs import Job
from edge.ingest.commands import ImportCatalog

NOTES_SHOWN = 20
"""Faults are listed up to here; the page shows all that are kept."""


def take(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    file = Path(args.file).resolve()
    if not file.is_file():
        raise ConfigError(f"There is no file {file}.")
    mapping = str(Path(args.mapping).resolve()) if args.mapping else None
    return asyncio.run(_take(loaded, ImportCatalog(str(file), mapping)))


async def _take(loaded: config.Config, command: ImportCatalog) -> int:
    started = time.monotonic()
    async with reach(loaded) as shop:
        queued = await shop.do(command)
        job, notes = await finish(shop, queued.result, _show)
    done(f"{job.cursor} rows read, {job.refused} faults reported, in {time.monotonic() - started:.1f} s.")
    for note in notes[:NOTES_SHOWN]:
        say(f"  line {note.line}, {note.field} {note.value!r}: {note.reason}")
    if len(notes) > NOTES_SHOWN:
        say(f"  ... and {job.refused - NOTES_SHOWN} more (job {job.id} on the manager's page)")
    if job.state != "done":
        say(f"The import {job.state}: {job.message}")
        return 1
    return 0


def _show(job: Job) -> None:
    if job.total:
        progress(f"{job.cursor * 100 // job.total:3d}%  {job.cursor} of {job.total} rows")
