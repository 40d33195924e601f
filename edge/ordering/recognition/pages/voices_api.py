"""Voices over HTTP: a challenge at a till, recognition, and one's own enrolment."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Body
from edge.core.messages import Refusal
from edge.lib.i18n import LANGUAGES
from edge.ordering.recognition.challenge import WITHIN_S, was_spoken
from edge.ordering.recognition.commands import EnrolVoice, NoteVoiceKnown
from edge.ordering.recognition.handlers import has_released, may_be_known
from edge.ordering.recognition.matching import split_likeness
from edge.ordering.recognition.means import VOICE
from edge.ordering.recognition.pages import hearing
from edge.ordering.recognition.pages.hearing import (
    VOICES,
    HeardVoice,
    hear_voice,
    models_here,
    sound_of,
    threshold_trials,
)
from edge.ordering.recognition.pages.person_hint import (
    enrolled_by,
    nearest_template,
    own_endpoint,
    record_recognition,
    refusing,
    till_endpoint,
)
from edge.ordering.recognition.template import Template
from edge.ordering.recognition.trials import VoiceTrials
from edge.web.actors import actor_of, seat_of
from edge.web.context import SITE
from edge.web.recorded_sound import SOUNDS
from edge.web.responses import answer_json, texts_of


class VoiceWords(msgspec.Struct, frozen=True):
    """The `words` to say in order, within this many seconds of audio. `challenge` is sent back with the audio."""

    challenge: str
    words: tuple[str, ...]
    seconds: int


class VoiceProposal(msgspec.Struct, frozen=True):
    """A proposed person. The proposal opens nothing; the person must still enter their PIN."""

    person: str
    name: str


@refusing
async def ask(request: web.Request) -> web.Response:
    """`POST recognition/voice/words?language=`: four words to say at this till; refused if voice recognition is off."""
    desk, language = request.app[SITE].services.of(VOICES), _language(request)
    await threshold_trials(request)
    models_here(request, language)
    if desk.rests(seat_of(request)):
        raise Refusal(VOICE.wait)
    made = desk.ask(seat_of(request), language)
    return answer_json(VoiceWords(made.id, made.words, WITHIN_S))


@refusing
async def propose(request: web.Request) -> web.Response:
    """`POST recognition/voice?challenge=`: a name proposed for the spoken words (WAV, 16 bits, mono, 10 s), or none."""
    site, seat = request.app[SITE], seat_of(request)
    desk = site.services.of(VOICES)
    trials = await threshold_trials(request)
    if desk.rests(seat):
        raise Refusal(VOICE.wait)
    asked = desk.take(seat, request.query.get("challenge", ""))
    sound = await sound_of(request, WITHIN_S)
    found = None
    if asked is not None:
        said = await hear_voice(models_here(request, asked.language), sound, trials, asked.language)
        if said is not None and was_spoken(asked.words, said.text) and is_clear(said, trials):
            found = await _best_match(request, said, trials)
    if found is None:
        desk.note_failure(seat)
        raise Refusal(VOICE.wait if desk.rests(seat) else VOICE.unknown)
    desk.note_success(seat)
    called = await record_recognition(site, NoteVoiceKnown(found.person, found.created_us))
    return answer_json(VoiceProposal(found.person, called))


def is_clear(said: HeardVoice, trials: VoiceTrials) -> bool:
    """Whether a recording has enough speech, by a single speaker."""
    return said.speech_s >= hearing.SPEECH_S and split_likeness(said.rows) >= trials.one_speaker


async def _best_match(request: web.Request, said: HeardVoice, trials: VoiceTrials) -> Template | None:
    """The best match among users. Templates that can't be read are deleted."""
    site = request.app[SITE]
    found = await nearest_template(site, said.rows[0], said.made_by, trials, VOICE)
    works_here = found is not None and await site.asker.read(
        lambda db: may_be_known(db, found.person, VOICE, site.shop.now_us())
    )
    return found if works_here else None


@refusing
async def enrol(request: web.Request) -> web.Response:
    """`POST recognition/voice/own`: one of three utterances (WAV, 16 bits, mono, 30 s) of the person who signed the
    release."""
    site, person = request.app[SITE], actor_of(request, assumed=True).name
    desk = site.services.of(VOICES)
    trials = await threshold_trials(request)
    if not await site.asker.read(lambda db: has_released(db, person, VOICE)):  # before any processing
        raise Refusal("voice_not_released")
    said = await hear_voice(models_here(request), await sound_of(request, hearing.ENROL_MOST_S), trials)
    if said is None or said.speech_s < hearing.ENROL_S:
        raise Refusal("voice_short", {"seconds": hearing.ENROL_S})
    if split_likeness(said.rows) < trials.one_speaker:
        raise Refusal("voice_two")
    return await enrolled_by(request, desk, person, said.made_by, said.rows, trials, EnrolVoice, VOICE)


def _language(request: web.Request) -> str:
    asked = request.query.get("language", "")
    return asked if asked in LANGUAGES else texts_of(request).language


_SOUND = Body(media=SOUNDS, limit_bytes=hearing.SOUND_BYTES)
ENDPOINTS = (
    till_endpoint(
        path="/api/v1/recognition/voice/words",
        handler=ask,
        name="askVoiceWords",
        answer=Answer(VoiceWords),
        query={"language": {"enum": [*LANGUAGES]}},
        statuses=(422,),
    ),
    till_endpoint(
        path="/api/v1/recognition/voice",
        handler=propose,
        name="proposeByVoice",
        answer=Answer(VoiceProposal),
        query={"challenge": {"type": "string"}},
        body=_SOUND,
        statuses=(413, 422),
    ),
    own_endpoint(path="/api/v1/recognition/voice/own", handler=enrol, name="enrolOwnVoice", body=_SOUND),
)
