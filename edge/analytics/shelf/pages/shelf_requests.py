"""Shared helpers of the shelf endpoints: cameras by name, picture preparation, errors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from aiohttp import web

from edge.analytics.shelf.camera_part import CameraPart, look_of
from edge.analytics.shelf.events import PlanogramSet
from edge.analytics.shelf.pictures import StoredPicture
from edge.analytics.shelf.shelf_service import SHELF
from edge.analytics.shelf.sight_process import SightError
from edge.lib.errors import DeviceLost
from edge.lib.sight.kinds import CheckLayout, LayoutChecked, Prepare, Prepared, Question
from edge.web.context import SITE
from edge.web.problem import Problem

A = TypeVar("A")
UPLOAD_SIDE = 4_000
"""Maximum side of an uploaded picture in pixels; if scaled down further, label barcodes become unreadable."""
STATUS_OF = {"busy": 503, "picture_too_many_bytes": 413, "sight_ended": 503, "sight_too_slow": 503}


def camera_of(request: web.Request) -> CameraPart:
    """The camera named in the URL. Raises `Problem` 404 if it's unknown."""
    return camera_named(request, request.match_info["camera"])


def hour_of(day: str, hour: str, zone: ZoneInfo) -> tuple[float, float]:
    """An hour in local time, in seconds since 1970. Raises `Problem` 400 if it's invalid."""
    try:
        begin = datetime.fromisoformat(f"{day[:10]}T{int(hour):02}:00:00").replace(tzinfo=zone).timestamp()
    except ValueError:
        raise Problem(
            400, "argument_wrong", name="day, hour", why="a day such as 2027-01-31, an hour 0 to 23"
        ) from None
    return begin, begin + 3600


async def stored_pictures(request: web.Request, day: str, hour: str) -> list[StoredPicture]:
    """The pictures stored in an hour."""
    shelf = request.app[SITE].services.of(SHELF)
    return await asyncio.to_thread(shelf.pictures.list_stored, *hour_of(day, hour, shelf.settings.place))


async def seen_now(camera: CameraPart, side: int = 1280) -> Prepared:
    """The camera's current picture. Raises `Problem` 503 if it can't be reached."""
    return await of_camera(camera.picture(side))


async def of_camera(asked: Awaitable[A]) -> A:
    """Await a camera request.

    Raises `Problem` if the camera can't be reached, its picture is unusable, or storage fails.
    """
    try:
        return await asked
    except DeviceLost as lost:
        raise Problem(503, "camera_lost", why=str(lost)) from None
    except SightError as error:
        raise problem_of(error) from None
    except OSError as error:
        raise Problem(503, "no_room_for_pictures", why=error.strerror or str(error)) from None


async def prepare_picture(request: web.Request, data: bytes) -> Prepared:
    """Prepare an uploaded picture. Raises `Problem` 4xx if it's unusable."""
    return await look_at_picture(request, Prepare(data, side=UPLOAD_SIDE), Prepared)


async def brought_picture(request: web.Request, name: str) -> bytes:
    """A picture uploaded earlier (`POST shelf/pictures`). Raises `Problem` 404 if it's unknown."""
    data = await asyncio.to_thread(request.app[SITE].services.of(SHELF).pictures.read, name)
    if data is None:
        raise Problem(404, "no_such_picture", picture=name[:40])
    return data


async def look_at_picture(request: web.Request, question: Question, type: type[A]) -> A:
    """Analyse a picture. Raises `Problem` if that fails."""
    try:
        return await request.app[SITE].services.of(SHELF).eyes.ask(question, type)
    except SightError as error:
        raise problem_of(error) from None


def require_pictures(request: web.Request, *names: str) -> None:
    """Raise `Problem` 404 if one of these pictures isn't stored ("" is ignored)."""
    pictures = request.app[SITE].services.of(SHELF).pictures
    for name in names:
        if name and not pictures.path(name).exists():
            raise Problem(404, "no_such_picture", picture=name[:40])


async def unjudged_in_plan(request: web.Request, plan: PlanogramSet) -> tuple[str, ...]:
    """Facings of a planogram that can't be judged. Raises `Problem` if its pictures can't be read."""
    shelf = request.app[SITE].services.of(SHELF)
    camera = shelf.cameras.get(plan.camera)
    of = look_of(plan, b"", shelf.pictures, camera.use.mask if camera else ())
    key = of.key if plan.edition else ""  # don't cache the result of an unsaved version
    ask = CheckLayout(b"", of.layout, of.full, of.bare, key, of.masks)
    return (await look_at_picture(request, ask, LayoutChecked)).cannot_judge


def problem_of(error: SightError) -> Problem:
    """The response for a failed picture request."""
    return Problem(STATUS_OF.get(error.code, 422), error.code, **error.values)


def camera_named(request: web.Request, name: str) -> CameraPart:
    """A camera by name. Raises `Problem` 404 if it's unknown."""
    part = request.app[SITE].services.of(SHELF).cameras.get(name)
    if part is None:
        known = ", ".join(request.app[SITE].services.of(SHELF).cameras) or "-"
        raise Problem(404, "no_such_camera", camera=name[:60], known=known[:300])
    return part
