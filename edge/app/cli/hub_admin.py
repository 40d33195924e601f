"""`edge hub migrate`, `archive` and `bring-back`: administration by the owner of the hub's tables."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from edge.app import hub
from edge.app.cli.hub_places import dsn_of
from edge.app.cli.output import say
from edge.lib.errors import ConfigError, NeedsHuman
from sync.hub.primary import Connection
from sync.hub.retention import RetentionError, archive, bring_back, old_months

MIB = 1 << 20


def migrate(args: argparse.Namespace) -> int:
    asyncio.run(hub.bring_up_to_date(dsn_of(args)))
    say("The hub's database schema is up to date.")
    return 0


def show_archives(args: argparse.Namespace) -> int:
    folder = Path(args.folder)
    if not folder.is_dir():
        raise ConfigError(
            f"Folder {folder} not found.", "Create it. It needs space for the months moved out of Postgres."
        )
    asyncio.run(_archive(dsn_of(args), folder, args.keep_months, args.dry_run))
    return 0


def brought_back(args: argparse.Namespace) -> int:
    try:
        month = datetime.strptime(args.month, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        raise ConfigError(f"{args.month!r} isn't a month.", "Enter it like 2026-01.") from None
    rows = asyncio.run(_bring_back(dsn_of(args), month, Path(args.file)))
    say(f"{rows} rows of {args.month} are in Postgres again. The file can be deleted or kept for later.")
    return 0


async def _archive(dsn: str, folder: Path, keep_months: int, dry_run: bool) -> None:
    async with _owner(dsn) as connection:
        months = await old_months(connection, datetime.now(UTC).date(), keep_months)
        for month in months:
            if dry_run:
                say(f"{month:%Y-%m} would be archived.")
                continue
            done = await archive(connection, month, folder)
            size = f"{done.size_bytes / MIB:.1f} MiB"
            say(f"{month:%Y-%m}: {done.rows} rows moved to {done.file} ({size}).")
    if not months:
        say(f"Nothing in the journal is older than {keep_months} months.")


async def _bring_back(dsn: str, month: date, file: Path) -> int:
    if not await asyncio.to_thread(file.is_file):
        raise ConfigError(f"File {file} not found.")
    async with _owner(dsn) as connection:
        return await bring_back(connection, month, file)


@asynccontextmanager
async def _owner(dsn: str) -> AsyncIterator[Connection]:
    async with hub.open_as_owner(dsn) as connection:
        try:
            yield connection
        except RetentionError as error:
            raise NeedsHuman(str(error)) from error
