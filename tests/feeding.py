"""Feeds in tests: a file is brought, and its job done to the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge.backoffice.feeds.commands import IngestFile
from edge.backoffice.feeds.queries import FeedJob, read_feed_job
from edge.backoffice.feeds.staging import SavedRecord, read_records
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.goods.ingest.import_folders import bring
from tests.importing import job_runner, until
from tests.shop_fixture import SYSTEM


async def ingest(shop: CommandBus, path: Path, **how: Any) -> FeedJob:
    """Bring a file and take it in; the job at its end."""
    outcome = await shop.do(IngestFile(str(bring(shop.path.parent, path)), **how), SYSTEM)
    assert isinstance(outcome, Done), outcome
    return await finished(shop, int(outcome.result))


async def finished(shop: CommandBus, job: int) -> FeedJob:
    """A job that was begun, at its end."""
    async with job_runner(shop):
        await until(shop, job)
    found = read_feed_job(shop.reader, job)
    assert found is not None
    return found


def records(shop: CommandBus, job: FeedJob) -> list[SavedRecord]:
    """What was staged of a run."""
    return read_records(shop.reader, job.run, 0, 500)
