"""Processes face pictures with the shop's own models and the thresholds of its own trials. No picture is kept."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from edge.core.endpoints import Body
from edge.core.messages import Refusal
from edge.core.services import Service
from edge.ordering.recognition.commands import EnrolTemplate
from edge.ordering.recognition.handlers import may_be_known
from edge.ordering.recognition.means import Means
from edge.ordering.recognition.pages.hearing import VoiceModels, threshold_trials
from edge.ordering.recognition.pages.person_hint import enrolled_by, nearest_template
from edge.ordering.recognition.template import Template, read_one
from edge.ordering.recognition.trials import VoiceTrials, rows_of
from edge.ordering.recognition.voice_desk import FaceDesk
from edge.runtime.models_state import RUNNING
from edge.web.context import SITE, now_us
from edge.web.request_body import body_within
from models.errors import ModelError
from models.runtime.priority import Priority

if TYPE_CHECKING:
    from models.kinds import FaceFound

PICTURE_BYTES = 1024 * 1024
PICTURE = Body(media="image/jpeg", limit_bytes=PICTURE_BYTES)
SIDE_PX = 80
"""Minimum width of a face, in pixels."""
SHARP = 40.0
"""Minimum variance of the Laplacian. Blurred pictures have less."""
SEE_S = 5.0
FACES = Service("faces", lambda site: FaceDesk(now_us))
CUSTOMER_FACES = Service("customer_faces", lambda site: FaceDesk(now_us))


class SeenFace(msgspec.Struct, frozen=True):
    """A face's vector, and the model that made it."""

    vector: tuple[float, ...]
    made_by: str


async def picture_of(request: web.Request) -> bytes:
    """The request's JPEG or PNG file, kept in memory only."""
    return await body_within(request, PICTURE_BYTES)


async def see_face(request: web.Request, picture: bytes, trials: VoiceTrials) -> SeenFace:
    """Find the only face in a picture.

    Raises `Refusal` for no face, several faces, or a small or blurred one, and if there is no model or the trials used
    another.
    """
    from models.kinds import EmbedFace, Picture
    from models.tensor import Tensor

    models: object = request.app[SITE].services.of(RUNNING)
    if not isinstance(models, VoiceModels) or not models.has("embed_face"):
        raise Refusal("face_no_model")
    asked = EmbedFace(Picture(Tensor(picture, (len(picture),)), "file"))
    try:
        async with models.ask(asked, SEE_S, Priority.LIVE) as reply:
            found: FaceFound = await reply
    except ModelError as error:
        raise Refusal("face_picture" if error.code == "refused" else "face_no_model") from error
    if found.made_by != trials.model:
        raise Refusal("face_model")
    require_one(found)
    rows = rows_of(found.values.shape, found.values.data)
    return SeenFace(tuple(rows[0]), found.made_by)


async def known_face(request: web.Request, desk: FaceDesk, place: str, means: Means) -> Template:
    """The template that matches the face at a `place` (a seat, a register).

    Raises `Refusal` if it's unknown, or if too many unknown faces were there, so that recognition is paused.
    """
    trials = await threshold_trials(request, means)
    if desk.rests(place):
        raise Refusal(means.wait)
    found = await face_of(request, desk, trials, means)
    if found is None:
        desk.note_failure(place)
        raise Refusal(means.wait if desk.rests(place) else means.unknown)
    desk.note_success(place)
    return found


async def face_of(request: web.Request, desk: FaceDesk, trials: VoiceTrials, means: Means) -> Template | None:
    """The template that matches the request's picture, among those allowed now; None if none does.

    A repeated picture isn't processed again while its template exists. Raises `Refusal` for a fault of the picture.
    """
    site, picture = request.app[SITE], await picture_of(request)
    digest = hashlib.sha256(picture).hexdigest()
    person, created_us = desk.recall(digest)
    found = await site.asker.read(lambda db: read_one(db, person, means.name)) if person else None
    if found is None or found.model != trials.model or found.created_us != created_us:
        face = await see_face(request, picture, trials)
        found = await nearest_template(site, face.vector, face.made_by, trials, means)
        if found is None:
            return None
        desk.remember(digest, found.person, found.created_us)
    whose, at_us = found.person, site.shop.now_us()
    return found if await site.asker.read(lambda db: may_be_known(db, whose, means, at_us)) else None


async def face_enrolled(
    request: web.Request, desk: FaceDesk, person: str, trials: VoiceTrials, command: type[EnrolTemplate], means: Means
) -> web.Response:
    """Add a picture to an enrolment. Raises `Refusal` for a fault of the picture."""
    face = await see_face(request, await picture_of(request), trials)
    return await enrolled_by(request, desk, person, face.made_by, (face.vector,), trials, command, means)


def require_one(found: FaceFound) -> None:
    """Raise `Refusal` for a fault of the picture that the person can correct."""
    if not found.faces:
        raise Refusal("face_none")
    if found.faces > 1:
        raise Refusal("face_several")
    if found.side_px < SIDE_PX:
        raise Refusal("face_small")
    if found.sharpness < SHARP:
        raise Refusal("face_blurred")
