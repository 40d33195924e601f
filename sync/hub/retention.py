"""Move old months of the hub's journal from Postgres to files, and back.

A month's table is dropped only after its file was read back and compared, and if none of its rows is needed: all
acknowledged, projected, and none in quarantine. Nothing is dropped automatically. A file is the output of `COPY ...
(FORMAT binary)`, compressed with zstd.

Runs as the tables' owner, one transaction per month. Archives contain all tenants' rows.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from sync import limits
from sync.hub import sql

LEVEL = 10
PIECE_BYTES = 1 << 20
LEAST_MONTHS = 2
"""Minimum months to keep in Postgres: this one and the previous one, as their rows are still repeated and looked up."""


class RetentionError(Exception):
    """A month can't be archived or restored; the message has the reason and advice. Nothing was changed."""


class Archived(msgspec.Struct, frozen=True):
    """An archived month: its file, number of rows, and size."""

    month: date
    file: Path
    rows: int
    size_bytes: int


def table_of(month: date) -> str:
    return f"journal_{month:%Y_%m}"


def months_back(today: date, months: int) -> date:
    """The first day of the month that many months before `today`'s."""
    number = today.year * 12 + today.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


async def old_months(connection: Any, today: date, keep_months: int) -> list[date]:
    """The months in Postgres older than the last `keep_months` before this one. Raises `RetentionError`."""
    if keep_months < LEAST_MONTHS:
        raise RetentionError(f"Keep at least {LEAST_MONTHS} months: their rows are still needed.")
    first_kept = months_back(today, keep_months)
    found = await connection.fetch(sql.load("retention.sql")["months"])
    return [month for (month,) in found if month < first_kept]


async def archive(connection: Any, month: date, folder: Path) -> Archived:
    """Move `month` to a file in `folder`.

    Raises `RetentionError` if the month is still needed, or the file fails verification.
    """
    statements = sql.load("retention.sql")
    table = table_of(month)
    path = folder / f"{table}.pgcopy.zst"
    if path.exists():
        raise RetentionError(f"{path} already exists. Move it first.")
    async with connection.transaction():
        await connection.execute(sql.IN_TURN)
        await connection.execute(f"LOCK TABLE {table} IN SHARE MODE")  # concurrent writers wait
        tenants = [tenant for (tenant,) in await connection.fetch(statements["tenants"].format(table=table))]
        for reason, what in _REASONS.items():  # a Citus plans them for one tenant only
            asked = statements[reason].format(table=table)
            count = sum([await connection.fetchval(asked, tenant) for tenant in tenants])
            if count:
                raise RetentionError(f"{table} stays: {what.format(count)}")
        rows = await connection.fetchval(f"SELECT count(*) FROM {table}")
        digest = await _write(connection, table, path)
        if _digest_of(path) != digest:
            raise RetentionError(f"{path} doesn't contain what was written to it: check the disk. {table} stays.")
        await connection.execute(statements["note_month"], month, path.name, rows, digest)
        await connection.execute(statements["note_stretches"].format(table=table), month)
        await connection.execute(f"SET LOCAL lock_timeout = '{limits.STATEMENT_S:.0f}s'")
        await connection.execute(f"DROP TABLE {table}")
    return Archived(month, path, rows, path.stat().st_size)


_REASONS = {
    "not_acknowledged": "{} of its rows are waiting for earlier rows. The stores send them when they connect.",
    "not_projected": "{} projections haven't processed it yet. Run the hub until they have.",
    "in_quarantine": "{} of its events are in quarantine. See `edge hub quarantine list`.",
}


async def bring_back(connection: Any, month: date, path: Path) -> int:
    """Restore a table from an archive.

    Returns its number of rows. Raises `RetentionError` if the file isn't the one written.
    """
    statements = sql.load("retention.sql")
    table = table_of(month)
    async with connection.transaction():
        await connection.execute(sql.IN_TURN)
        known = await connection.fetchrow(statements["get_month"], month)
        if known is None:
            raise RetentionError(f"{month:%Y-%m} isn't an archived month.")
        if _digest_of(path) != known["sha256"]:
            raise RetentionError(f"{path} isn't the file written for {month:%Y-%m}, or it is damaged.")
        await connection.execute(f"CREATE TABLE {table} (LIKE journal INCLUDING ALL)")
        await connection.copy_to_table(table, source=_pieces(path), format="binary")
        first, after = months_back(month, 0), months_back(month, -1)
        bounds = f"FOR VALUES FROM ('{first}') TO ('{after}')"
        await connection.execute(f"ALTER TABLE journal ATTACH PARTITION {table} {bounds}")
        await connection.execute(statements["forget_month"], month)
        await connection.execute(statements["go_on"])
        rows: int = await connection.fetchval(f"SELECT count(*) FROM {table}")
    return rows


async def strip(connection: Any, month: date, path: Path, tenant: str) -> int:
    """Rewrite an archived month without a tenant's rows. Returns their number; an interrupted run can be repeated.

    Raises `RetentionError` if the file isn't the one written, or the new one fails verification; the old file then
    stays.
    """
    statements = sql.load("retention.sql")
    known = await connection.fetchrow(statements["get_month"], month)
    anew = path.with_name(f"{path.name}.anew")
    if known and anew.is_file() and _digest_of(anew) == known["sha256"]:
        _put_in_place(anew, path)  # an earlier run stopped between its commit and the rename
    if known is None or _digest_of(path) != known["sha256"]:
        raise RetentionError(f"{path} isn't the file written for {month:%Y-%m}, or it is damaged.")
    async with connection.transaction():
        await connection.execute("CREATE TEMPORARY TABLE month_anew (LIKE journal) ON COMMIT DROP")
        await connection.copy_to_table("month_anew", source=_pieces(path), format="binary")
        done = await connection.execute("DELETE FROM month_anew WHERE tenant = $1", tenant)
        rows = await connection.fetchval("SELECT count(*) FROM month_anew")
        digest = await _write(connection, "month_anew", anew)
        if _digest_of(anew) != digest:
            anew.unlink()
            raise RetentionError(f"{anew} doesn't contain what was written to it: check the disk. {path} stays.")
        await connection.execute(statements["note_anew"], month, rows, digest)
    _put_in_place(anew, path)
    await connection.execute(statements["forget_stretches"], month, tenant)
    return int(done.rpartition(" ")[2])


def _put_in_place(anew: Path, path: Path) -> None:
    anew.rename(path)
    _sync_folder(path.parent)


async def _write(connection: Any, table: str, path: Path) -> bytes:
    """Write the table to a durable file; returns the SHA-256 of the uncompressed content. A partial file is deleted."""
    digest = hashlib.sha256()
    half = path.with_name(f"{path.name}.half")
    try:
        with half.open("wb") as raw:
            with zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).stream_writer(raw, closefd=False) as packed:

                async def take(data: bytes) -> None:
                    digest.update(data)
                    packed.write(data)

                await connection.copy_from_table(table, output=take, format="binary")
            raw.flush()
            os.fsync(raw.fileno())
        half.rename(path)
        _sync_folder(path.parent)
    finally:
        half.unlink(missing_ok=True)
    return digest.digest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as unpacked:
        while piece := unpacked.read(PIECE_BYTES):
            yield piece


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    for piece in _read(path):
        yield piece


def _digest_of(path: Path) -> bytes:
    digest = hashlib.sha256()
    try:
        for piece in _read(path):
            digest.update(piece)
    except zstandard.ZstdError as error:
        raise RetentionError(f"{path} can't be unpacked ({error}): it is damaged.") from error
    return digest.digest()
