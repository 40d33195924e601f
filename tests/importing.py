"""Catalogue files for tests, and the job that takes them."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from edge.core.command_bus import CommandBus
from edge.core.jobs.runner import JobRunner
from edge.core.jobs.store import JOBS, Job, JobNote, read_job, read_job_notes
from edge.core.messages import Done
from edge.foundation.access.rights import ALL
from edge.goods.catalog.codes import check_digit
from edge.goods.ingest.commands import ImportCatalog
from edge.goods.ingest.import_folders import bring, new_place
from tests.shop_fixture import SYSTEM

ROOT = Path(__file__).resolve().parents[1]
FIVE_CHAINS = "shared/data/catalogue/israel_he/israeli_prices_2026-08-14.csv.gz"


def five_chains() -> Path:
    """The real file of five Israeli chains, where it is at hand."""
    found = five_chains_or_none()
    if found is None:
        pytest.skip(f"missing: {FIVE_CHAINS}")
    return found


def five_chains_or_none() -> Path | None:
    found = (folder / FIVE_CHAINS for folder in (ROOT, ROOT.parent))
    return next((path for path in found if path.exists()), None)


def ean(number: int) -> str:
    """A valid EAN-13."""
    digits = f"729{number:09d}"
    return digits + str(check_digit(digits))


def csv_file(folder: Path, text: str, encoding: str = "utf-8", name: str = "prices.csv", zipped: bool = False) -> Path:
    path = folder / name
    data = text.encode(encoding)
    path.write_bytes(gzip.compress(data) if zipped else data)
    return path


def many(folder: Path, count: int, price: str = "1.00", wrong: Iterable[int] = ()) -> Path:
    """A file of `count` products; the rows (from 0) in `wrong` have no price that can be read."""
    bad = set(wrong)
    lines = (f"{ean(row)},Thing {row},{'free' if row in bad else price}\n" for row in range(count))
    return csv_file(folder, "barcode,name,price\n" + "".join(lines))


@asynccontextmanager
async def job_runner(shop: CommandBus) -> AsyncIterator[asyncio.Task[None]]:
    """The part that does jobs, while this lasts. What it dies of is raised."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(JobRunner(shop, shop.bus, ALL).run(lambda: None))
        yield task
        task.cancel()


def asked(shop: CommandBus, path: Path, mapping: Path | str | None = None, **how: Any) -> ImportCatalog:
    """Bring a file (one that is not there: say where it would be): the command that takes it into the shop."""
    data = shop.path.parent
    brought = bring(data, path) if path.exists() else new_place(data, path.name)
    text = mapping.read_text("utf-8") if isinstance(mapping, Path) else mapping
    return ImportCatalog(str(brought), text, **how)


async def queue_import(shop: CommandBus, path: Path, mapping: Path | None = None, **how: Any) -> int:
    done = await shop.do(asked(shop, path, mapping, **how), SYSTEM)
    assert isinstance(done, Done), done
    return int(done.result)


async def until(shop: CommandBus, id: int, state: str = "", cursor: int = 0) -> Job:
    """The job, once it is in `state` (or has ended) and behind `cursor`."""
    subscription = shop.bus.subscribe(JOBS)
    while True:
        job = read_job(shop.reader, id)
        assert job is not None
        over = job.state not in ("queued", "running")
        if over or (job.state == state and job.cursor >= cursor):
            shop.bus.unsubscribe(subscription)
            return job
        await subscription.next()


async def import_file(shop: CommandBus, path: Path, mapping: Path | None = None) -> tuple[Job, list[JobNote]]:
    """Take a file into the shop; the ended job and its notes."""
    id = await queue_import(shop, path, mapping)
    async with job_runner(shop):
        job = await until(shop, id)
    return job, read_job_notes(shop.reader, id)
