"""Processes voice recordings with the shop's own models and the thresholds of its own trials. No audio is kept."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import msgspec
from aiohttp import web

from edge.core.messages import Refusal
from edge.core.services import Service
from edge.core.storage.database import Connection
from edge.lib.sound.wav import Sound
from edge.ordering.recognition import settings_of
from edge.ordering.recognition.challenge import words_of
from edge.ordering.recognition.handlers import require_open
from edge.ordering.recognition.means import CUSTOMER_FACE, FACE, VOICE, Means
from edge.ordering.recognition.queries import RecognitionHint, is_switched_on, read_hint
from edge.ordering.recognition.settings import RecognitionSettings
from edge.ordering.recognition.trials import Rows, VoiceTrials, rows_of
from edge.ordering.recognition.voice_desk import VoiceDesk
from edge.runtime.config import CONFIG
from edge.runtime.models_state import RUNNING
from edge.web import recorded_sound
from edge.web.context import SITE, now_us, today_of
from edge.web.request_body import body_within
from models.errors import ModelError
from models.runtime.priority import Priority

if TYPE_CHECKING:
    from models.kinds import Request
    from models.runtime.pending_reply import PendingReply

SOUND_BYTES = 2 * 1024 * 1024
SPEECH_S = 2
"""The minimum speech for recognition, in seconds."""
ENROL_S = 3
"""The minimum speech per utterance of an enrolment, in seconds."""
ENROL_MOST_S = 30
HEAR_S = 8.0
VOICES = Service("voices", lambda site: VoiceDesk(now_us))


@runtime_checkable
class VoiceModels(Protocol):
    """The interface of the voice models, as in `edge.runtime.inference.Inference`."""

    def has(self, kind: str, language: str = "") -> bool: ...
    def ask(
        self, request: Request[Any, Any], within_s: float, priority: Priority = ..., model: str = ""
    ) -> PendingReply[Any, Any]: ...


class HeardVoice(msgspec.Struct, frozen=True):
    """A voice in a recording.

    `rows` as in `models.kinds.VoiceFound`; `made_by`: the model; `text`: the transcript.
    """

    rows: Rows
    speech_s: float
    made_by: str
    text: str = ""


async def hint_here(request: web.Request, means: Means = VOICE) -> RecognitionHint:
    """The shop's setting and legal state of recognition today."""
    return await request.app[SITE].asker.read(lambda db: _hint(request, db, means))


def recognition_settings(request: web.Request) -> RecognitionSettings:
    """The shop's recognition settings."""
    config = request.app[SITE].services.of(CONFIG)
    return settings_of(config, config.customer_channels())


def is_open_here(request: web.Request, means: Means = VOICE) -> bool:
    """Whether recognition by voice or face is available now.

    Used by the till's page; costs nothing if recognition is off.
    """
    site = request.app[SITE]
    db = site.shop.reader
    return is_switched_on(db, means) and _hint(request, db, means).is_open


def are_faces_open(request: web.Request) -> bool:
    """Whether staff can sign in with their face."""
    return is_open_here(request, FACE)


def are_customer_faces_open(request: web.Request) -> bool:
    """Whether a customer's face can open their cart at the kiosk."""
    return is_open_here(request, CUSTOMER_FACE)


def _hint(request: web.Request, db: Connection, means: Means) -> RecognitionHint:
    return read_hint(db, recognition_settings(request), date.fromisoformat(today_of(request)), means)


async def threshold_trials(request: web.Request, means: Means = VOICE) -> VoiceTrials:
    """The trials from which the thresholds are taken. Raises `Refusal` if recognition isn't available here."""
    hint = await hint_here(request, means)
    require_open(hint, means)
    assert hint.trials is not None
    return hint.trials


def models_here(request: web.Request, language: str = "") -> VoiceModels:
    """The voice models; with a `language`, also those that transcribe it. Raises `Refusal` if there are none."""
    models: object = request.app[SITE].services.of(RUNNING)
    if not isinstance(models, VoiceModels) or not models.has("embed_voice"):
        raise Refusal("voice_no_model")
    if language and not (words_of(language) and models.has("stt", language)):
        raise Refusal("voice_no_model")
    return models


async def sound_of(request: web.Request, most_s: int) -> Sound:
    """The request's recording. Raises `Refusal` if it's invalid or too long."""
    sound = await recorded_sound.sound_of(request.app[SITE], await body_within(request, SOUND_BYTES))
    if sound is None or sound.seconds > most_s:
        raise Refusal("voice_sound", {"seconds": most_s})
    return sound


async def hear_voice(models: VoiceModels, sound: Sound, trials: VoiceTrials, language: str = "") -> HeardVoice | None:
    """Embed a recording; with a `language`, also recognise which challenge words were said. None if no speech was
    found.

    Raises `Refusal` if the models failed or the trials were made with another model.
    """
    from models.kinds import EmbedVoice, Listen

    asked: list[Request[Any, Any]] = [EmbedVoice(sound.rate_hz)]
    if language:
        asked.append(Listen(language, sound.rate_hz, words_of(language)))
    try:
        voice, *said = await asyncio.gather(*(_ask_model(models, request, sound) for request in asked))
    except ModelError as error:
        if error.code == "refused":
            return None
        raise Refusal("voice_no_model") from error
    if voice.made_by != trials.model:
        raise Refusal("voice_model")
    rows = rows_of(voice.values.shape, voice.values.data)
    text = " ".join(said[0].text.split()) if said else ""
    return HeardVoice(rows, voice.speech_ms / 1000, voice.made_by, text)


async def _ask_model(models: VoiceModels, request: Request[Any, Any], sound: Sound) -> Any:
    async with models.ask(request, HEAR_S + sound.seconds / 2, Priority.LIVE) as reply:
        reply.feed(sound.samples)
        reply.end()
        return await reply
