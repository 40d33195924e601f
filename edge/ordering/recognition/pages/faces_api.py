"""Faces over HTTP: recognition at a till, and one's own enrolment."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer
from edge.core.messages import Refusal
from edge.ordering.recognition.commands import EnrolFace, NoteFaceKnown
from edge.ordering.recognition.handlers import has_released
from edge.ordering.recognition.means import FACE
from edge.ordering.recognition.pages.hearing import threshold_trials
from edge.ordering.recognition.pages.person_hint import own_endpoint, record_recognition, refusing, till_endpoint
from edge.ordering.recognition.pages.seeing import FACES, PICTURE, face_enrolled, known_face
from edge.web.actors import actor_of, seat_of
from edge.web.context import SITE
from edge.web.responses import answer_json


class FaceProposal(msgspec.Struct, frozen=True):
    """A proposed person. The proposal opens nothing; the person must still enter their PIN."""

    person: str
    name: str


@refusing
async def propose(request: web.Request) -> web.Response:
    """`POST recognition/face`: a name proposed for a picture (JPEG or PNG, 1 MiB) taken on a tap, or none."""
    site, seat = request.app[SITE], seat_of(request)
    found = await known_face(request, site.services.of(FACES), seat, FACE)
    called = await record_recognition(site, NoteFaceKnown(found.person, found.created_us))
    return answer_json(FaceProposal(found.person, called))


@refusing
async def enrol(request: web.Request) -> web.Response:
    """`POST recognition/face/own`: one of three pictures (JPEG or PNG, 1 MiB) of the person who signed the release."""
    site, person = request.app[SITE], actor_of(request, assumed=True).name
    trials = await threshold_trials(request, FACE)
    if not await site.asker.read(lambda db: has_released(db, person, FACE)):  # before any processing
        raise Refusal("face_not_released")
    return await face_enrolled(request, site.services.of(FACES), person, trials, EnrolFace, FACE)


ENDPOINTS = (
    till_endpoint(
        path="/api/v1/recognition/face",
        handler=propose,
        name="proposeByFace",
        answer=Answer(FaceProposal),
        body=PICTURE,
        statuses=(413, 422),
    ),
    own_endpoint(path="/api/v1/recognition/face/own", handler=enrol, name="enrolOwnFace", body=PICTURE),
)
