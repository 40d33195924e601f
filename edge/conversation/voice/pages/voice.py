"""HTTP API for a spoken turn, recognised locally with the catalogue and the open question as grammar."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.conversation.assistant.microphone_groups import ears_of
from edge.conversation.assistant.queries import read_chat
from edge.conversation.assistant.routes import answer_refused_turn, speaker
from edge.conversation.assistant.turns.chat_turns import ChatMessage, new_session
from edge.conversation.assistant.turns.dialogue import ChatAnswer
from edge.conversation.voice.pages.recorded_turn import hear, take_heard
from edge.conversation.voice.pages.voice_turns import ask_to_confirm, voice_of
from edge.conversation.voice.voice_line import SpeechModels
from edge.core.endpoints import NOTHING, Answer, Body, Endpoint
from edge.core.messages import Refused
from edge.foundation.access.rights import BASKET, STOCK
from edge.lib.i18n import LANGUAGES
from edge.lib.sound.wav import SOUND_BYTES, SOUND_S
from edge.runtime.models_state import RUNNING
from edge.web.actors import register_of
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.recorded_sound import SOUNDS, sound_of
from edge.web.request_body import body_within
from edge.web.responses import answer_json, answer_outcome, texts_of


async def voice(request: web.Request) -> web.Response:
    """`POST chat/voice?session=&language=`: a recording of at most 60 s (formats: `sound_of`); answered like a
    message, or with the recognised text to confirm if that is uncertain."""
    actor = voice_of(speaker(request))
    models = request.app[SITE].services.of(RUNNING)
    try:
        asked = msgspec.convert({"session": request.query.get("session", "")}, ChatMessage)
    except msgspec.ValidationError as error:
        raise Problem(400, "argument_wrong", name="session", why=str(error)) from error
    chat = await request.app[SITE].asker.read(lambda db: read_chat(db, asked.session)) if asked.session else None
    if chat is not None and not chat.belongs_to(actor):
        raise Problem(404, "no_chat")
    language = chat.language if chat else request.query.get("language") or texts_of(request).language
    if not isinstance(models, SpeechModels) or not models.has("stt", language):
        raise Problem(503, "no_stt")
    sound = await sound_of(request.app[SITE], await body_within(request, SOUND_BYTES))
    if sound is None:
        raise Problem(400, "voice_wrong", seconds=SOUND_S)
    message = msgspec.structs.replace(asked, language=language)
    heard = await hear(models, sound, language, chat)
    if not heard.is_sure:
        return answer_json(ask_to_confirm(asked.session or new_session(), heard.text, language))
    outcome = await take_heard(request.app[SITE], actor, message, sound, models, heard)
    if isinstance(outcome, ChatAnswer):
        return answer_json(outcome)
    return (
        answer_refused_turn(request, outcome)
        if isinstance(outcome, Refused)
        else answer_outcome(outcome, texts_of(request))
    )


async def listen_here(request: web.Request) -> web.Response:
    """`POST chat/listen`: start listening at this register's microphone, as after the wake word. 404 without one."""
    speaker(request)
    ear = ears_of(request.app[SITE]).at.get(register_of(request, assumed=True))
    if ear is None:
        raise Problem(404, "no_microphone")
    if not ear.listen():
        raise Problem(503, "no_stt")
    return answer_json({})


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/chat/voice",
        handler=voice,
        name="chatVoice",
        answer=Answer(ChatAnswer),
        right=BASKET,
        also=STOCK,
        tag="assistant",
        query={"session": {"type": "string"}, "language": {"enum": [*LANGUAGES]}},
        body=Body(media=SOUNDS, limit_bytes=SOUND_BYTES),
        statuses=(404, 409, 413, 422),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/chat/listen",
        handler=listen_here,
        name="chatListen",
        answer=NOTHING,
        right=BASKET,
        also=STOCK,
        tag="assistant",
        statuses=(404,),
    ),
)
