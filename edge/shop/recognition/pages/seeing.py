"""What is seen of a face: asked of the shop's own models, judged by its own trials. No picture is kept."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from edge.core.messages import Refusal
from edge.core.services import Service
from edge.services.models_state import RUNNING
from edge.shop.recognition.pages.hearing import VoiceModels
from edge.shop.recognition.trials import VoiceTrials, rows_of
from edge.shop.recognition.voice_desk import FaceDesk
from edge.web.context import SITE, now_us
from edge.web.request_body import body_within
from models.errors import ModelError
from models.runtime.priority import Priority

if TYPE_CHECKING:
    from models.kinds import FaceFound

PICTURE_BYTES = 1024 * 1024
SIDE_PX = 80
"""Of a face at least, across."""
SHARP = 40.0
"""Variance of the Laplacian at least: what is blurred is less."""
SEE_S = 5.0
FACES = Service("faces", lambda site: FaceDesk(now_us))


class SeenFace(msgspec.Struct, frozen=True):
    """A face's vector, and which model made it; `digest`: SHA-256 of the picture."""

    vector: tuple[float, ...]
    made_by: str
    digest: str


async def picture_of(request: web.Request) -> bytes:
    """The JPEG or PNG file of the request, in memory alone."""
    return await body_within(request, PICTURE_BYTES)


async def seen(request: web.Request, picture: bytes, trials: VoiceTrials) -> SeenFace:
    """The one face in a picture. `Refusal`: none, several, too small, blurred; no model, or another than was tried."""
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
    return SeenFace(tuple(rows[0]), found.made_by, hashlib.sha256(picture).hexdigest())


def require_one(found: FaceFound) -> None:
    """Raises what is wrong with a picture, so that whoever stands there can do something about it."""
    if not found.faces:
        raise Refusal("face_none")
    if found.faces > 1:
        raise Refusal("face_several")
    if found.side_px < SIDE_PX:
        raise Refusal("face_small")
    if found.sharpness < SHARP:
        raise Refusal("face_blurred")
