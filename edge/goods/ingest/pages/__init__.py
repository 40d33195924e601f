"""Page of product files, import and export, and the job list."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.core.command_bus import COMMITTED
from edge.core.endpoints import Page
from edge.core.jobs.store import JOBS, Job, read_job_notes, read_jobs
from edge.foundation.access.rights import MANAGE
from edge.goods.ingest.pages import columns
from edge.goods.ingest.take_back import LOOKED_BACK
from edge.web.limits import JOBS_SHOWN, NOTES_SHOWN
from edge.web.live.fragments import Fragment, FragmentSource, Values
from edge.web.pages.shell import page


async def importing(request: web.Request) -> web.Response:
    """`GET /import`: import and export of product files."""
    return page(request, "import")


def jobs(views: FragmentSource, register: str) -> Values:
    """Newest jobs, mostly imports."""
    jobs = read_jobs(views.shop.reader, JOBS_SHOWN)
    notes = {job.id: read_job_notes(views.shop.reader, job.id, NOTES_SHOWN) for job in jobs}
    return {
        "jobs": jobs,
        "notes": notes,
        "input": _input,
        "decode": msgspec.json.decode,
        "looked_back": LOOKED_BACK,
        "taken_back": {kind.name for kind in views.shop.registry.jobs.values() if kind.taken_back},
    }


def _input(job: Job) -> str:
    """Input file name of a job."""
    return str(msgspec.json.decode(job.params).get("path", "")).rpartition("/")[2]


PAGES = (
    Page(
        path="/import",
        name="import",
        group="goods",
        place=40,
        handler=importing,
        right=MANAGE,
        fragments=("alerts", "clock", "jobs"),
        menu="manager.files",
    ),
)
FRAGMENTS = (Fragment("jobs", jobs, follows=(COMMITTED, JOBS)),)
TEMPLATE_WORDS = columns.TEMPLATE_WORDS
