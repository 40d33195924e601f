"""Page "Move from another system": upload files, review, import, and undo."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from edge.backoffice.switching.commands import MoveIn, TakeBackMove
from edge.backoffice.switching.handlers import MOVE_JOB, TAKE_BACK_JOB
from edge.backoffice.switching.move_job import SPAN, in_order
from edge.backoffice.switching.moved import FILES_MOST
from edge.backoffice.switching.take_back_job import STEPS
from edge.core.command_bus import COMMITTED
from edge.core.endpoints import Page
from edge.core.jobs.store import JOBS, Job, read_job_notes, read_jobs
from edge.foundation.access.rights import MANAGE
from edge.web.limits import NOTES_SHOWN, UPLOAD_BYTES
from edge.web.live.fragments import Fragment, FragmentSource, Values
from edge.web.pages.shell import page

MOVES_SHOWN = 4


async def move(request: web.Request) -> web.Response:
    """`GET /manager/move`: upload files of another system."""
    return page(request, "move", files_most=FILES_MOST, megabytes=UPLOAD_BYTES >> 20)


def moves(views: FragmentSource, register: str) -> Values:
    """The newest imports, and undo jobs."""
    jobs = [job for job in read_jobs(views.shop.reader, 100) if job.kind in (MOVE_JOB, TAKE_BACK_JOB)][:MOVES_SHOWN]
    notes = {job.id: read_job_notes(views.shop.reader, job.id, NOTES_SHOWN) for job in jobs}
    return {"moves": [_move_row(job) for job in jobs], "notes": notes}


def _move_row(job: Job) -> dict[str, Any]:
    """A job with its progress: the number of the current file, and of all files."""
    if job.kind == TAKE_BACK_JOB:
        undone = msgspec.json.decode(job.params, type=TakeBackMove)
        return {
            "job": job,
            "dry": False,
            "of": STEPS,
            "at": min(STEPS, job.cursor // SPAN),
            "name": "",
            "undone": undone.job,
        }
    params = msgspec.json.decode(job.params, type=MoveIn)
    files = in_order(params.files)
    at = min(len(files), job.cursor // SPAN)
    name = files[at].path.rpartition("/")[2] if at < len(files) else ""
    return {"job": job, "dry": params.dry_run, "of": len(files), "at": at, "name": name, "undone": 0}


PAGES = (
    Page(
        path="/manager/move",
        name="move",
        group="goods",
        place=41,
        handler=move,
        right=MANAGE,
        fragments=("alerts", "clock", "moves"),
        menu="switching.title",
    ),
)
FRAGMENTS = (Fragment("moves", moves, follows=(COMMITTED, JOBS)),)
