"""Faces over HTTP: whose face that may be at a till, and one's own enrolment."""

from __future__ import annotations

import hashlib

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.messages import Done, Refusal
from edge.shop.access.rights import SELL, system
from edge.shop.recognition.commands import EnrolFace, NoteFaceKnown
from edge.shop.recognition.handlers import has_released
from edge.shop.recognition.means import FACE
from edge.shop.recognition.pages import seeing
from edge.shop.recognition.pages.hearing import trials_here
from edge.shop.recognition.pages.person_hint import (
    enrolment_of,
    may_be_proposed,
    nearest_template,
    note_known,
    refusing,
)
from edge.shop.recognition.pages.seeing import FACES, picture_of, seen
from edge.shop.recognition.template import Template, read_one
from edge.shop.recognition.trials import VoiceTrials
from edge.shop.recognition.voice_desk import UTTERANCES
from edge.web.actors import actor_of, seat_of
from edge.web.context import SITE
from edge.web.responses import answer_json, answer_outcome, texts_of


class FaceProposal(msgspec.Struct, frozen=True):
    """Who it may be. Nothing is open by that: their PIN follows."""

    person: str
    name: str


class FaceTaken(msgspec.Struct, frozen=True):
    """How many pictures were taken, of how many; with the last of them the face is enrolled."""

    taken: int
    needed: int


@refusing
async def propose(request: web.Request) -> web.Response:
    """`POST recognition/face`: one picture (JPEG or PNG, 1 MiB), taken on a touch: a name is proposed, or none."""
    site, seat = request.app[SITE], seat_of(request)
    desk = site.services.of(FACES)
    trials = await trials_here(request, FACE)
    if desk.rests(seat):
        raise Refusal("face_wait")
    picture = await picture_of(request)
    person = desk.recall(hashlib.sha256(picture).hexdigest())
    found = await site.asker.read(lambda db: read_one(db, person, FACE.name)) if person else None
    if found is None or found.model != trials.model:
        found = await _whose(request, picture, trials)
    if found is None or not await site.asker.read(lambda db: may_be_proposed(db, found.person, FACE)):
        desk.missed(seat)
        raise Refusal("face_wait" if desk.rests(seat) else "face_unknown")
    desk.known(seat)
    called = await note_known(site, NoteFaceKnown(found.person, found.created_us))
    return answer_json(FaceProposal(found.person, called))


async def _whose(request: web.Request, picture: bytes, trials: VoiceTrials) -> Template | None:
    """Whose face it may be; templates that cannot be read are let go."""
    site = request.app[SITE]
    face = await seen(request, picture, trials)
    found = await nearest_template(site, face.vector, face.made_by, trials, FACE)
    if found is not None:
        site.services.of(FACES).remember(face.digest, found.person)
    return found


@refusing
async def enrol(request: web.Request) -> web.Response:
    """`POST recognition/face/own`: one of three pictures (JPEG or PNG, 1 MiB) of who signed for it."""
    site, person = request.app[SITE], actor_of(request, assumed=True).name
    desk = site.services.of(FACES)
    trials = await trials_here(request, FACE)
    if not await site.asker.read(lambda db: has_released(db, person, FACE)):  # before anything is looked at
        raise Refusal("face_not_released")
    face = await seen(request, await picture_of(request), trials)
    held = desk.utter(person, face.made_by, (face.vector,))
    taken = len(held.utterances)
    if taken >= UTTERANCES:
        desk.end(person)
        made = enrolment_of(EnrolFace, person, face.made_by, held.utterances, trials)
        if made is None:
            raise Refusal("face_differs")
        outcome = await site.shop.do(made, system("panel"))
        if not isinstance(outcome, Done):
            return answer_outcome(outcome, texts_of(request))
    return answer_json(FaceTaken(taken, UTTERANCES))


_PICTURE = Body(media="image/jpeg", limit_bytes=seeing.PICTURE_BYTES)
ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/recognition/face",
        handler=propose,
        name="proposeByFace",
        answer=Answer(FaceProposal),
        right=SELL,
        surfaces=("cashier",),
        tag="recognition",
        body=_PICTURE,
        statuses=(413, 422),
        rate="sign_in",
        programs=False,
        at_register=True,
    ),
    Endpoint(
        method="POST",
        path="/api/v1/recognition/face/own",
        handler=enrol,
        name="enrolOwnFace",
        answer=Answer(FaceTaken),
        right=SELL,
        surfaces=("cashier", "panel"),
        tag="recognition",
        body=_PICTURE,
        statuses=(413, 422),
        programs=False,
    ),
)
