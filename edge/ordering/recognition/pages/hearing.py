"""What is heard of a voice: asked of the shop's own models, judged by its own trials. No sound is kept."""

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
"""Of speech at least, to be known by."""
ENROL_S = 3
"""Of speech at least, in each utterance of an enrolment."""
ENROL_MOST_S = 30
HEAR_S = 8.0
VOICES = Service("voices", lambda site: VoiceDesk(now_us))


@runtime_checkable
class VoiceModels(Protocol):
    """Who hears: `edge.runtime.inference.Inference`."""

    def has(self, kind: str, language: str = "") -> bool: ...
    def ask(
        self, request: Request[Any, Any], within_s: float, priority: Priority = ..., model: str = ""
    ) -> PendingReply[Any, Any]: ...


class HeardVoice(msgspec.Struct, frozen=True):
    """`rows` as `models.kinds.VoiceFound` has them, `made_by` which model; `text`: what was said."""

    rows: Rows
    speech_s: float
    made_by: str
    text: str = ""


async def hint_here(request: web.Request, means: Means = VOICE) -> RecognitionHint:
    """What the shop and the law say of it today."""
    return await request.app[SITE].asker.read(lambda db: _hint(request, db, means))


def settings_here(request: web.Request) -> RecognitionSettings:
    """Of the shop that is asked."""
    config = request.app[SITE].services.of(CONFIG)
    return settings_of(config, config.customer_channels())


def is_open_here(request: web.Request, means: Means = VOICE) -> bool:
    """Whether somebody may be known by their voice (or face) now: for the till's page, which waits for nothing if it is
    off."""
    site = request.app[SITE]
    db = site.shop.reader
    return is_switched_on(db, means) and _hint(request, db, means).is_open


def are_faces_open(request: web.Request) -> bool:
    """The same of faces."""
    return is_open_here(request, FACE)


def are_customer_faces_open(request: web.Request) -> bool:
    """Whether a customer's face opens their cart at the kiosk."""
    return is_open_here(request, CUSTOMER_FACE)


def _hint(request: web.Request, db: Connection, means: Means) -> RecognitionHint:
    return read_hint(db, settings_here(request), date.fromisoformat(today_of(request)), means)


async def trials_here(request: web.Request, means: Means = VOICE) -> VoiceTrials:
    """Those that say when somebody is known; raises why nobody is known by their voice (or face) here (`Refusal`)."""
    hint = await hint_here(request, means)
    require_open(hint, means)
    assert hint.trials is not None
    return hint.trials


def models_here(request: web.Request, language: str = "") -> VoiceModels:
    """Who hears; with a `language`, also what is said in it. `Refusal`: nobody."""
    models: object = request.app[SITE].services.of(RUNNING)
    if not isinstance(models, VoiceModels) or not models.has("embed_voice"):
        raise Refusal("voice_no_model")
    if language and not (words_of(language) and models.has("stt", language)):
        raise Refusal("voice_no_model")
    return models


async def sound_of(request: web.Request, most_s: int) -> Sound:
    """The recording of the request. `Refusal`: it is none, or too long."""
    sound = await recorded_sound.sound_of(request.app[SITE], await body_within(request, SOUND_BYTES))
    if sound is None or sound.seconds > most_s:
        raise Refusal("voice_sound", {"seconds": most_s})
    return sound


async def hear_voice(models: VoiceModels, sound: Sound, trials: VoiceTrials, language: str = "") -> HeardVoice | None:
    """What a sound is like; with a `language` what is said, of the words that may be asked for. None: nobody speaks.

    `Refusal`: models failed, or the trials were made with another model than the one in use.
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
