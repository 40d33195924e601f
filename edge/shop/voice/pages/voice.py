"""A turn that is spoken: heard by the shop's own recogniser, held to its catalogue and to the open question."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.core.endpoints import NOTHING, Answer, Body, Endpoint
from edge.core.messages import Refused
from edge.lib.i18n import LANGUAGES
from edge.services.models_state import RUNNING
from edge.shop.access.rights import BASKET, STOCK
from edge.shop.assistant.chat_turns import ChatMessage, new_session, take
from edge.shop.assistant.dialogue import ChatAnswer
from edge.shop.assistant.microphone_groups import ears_of
from edge.shop.assistant.queries import ChatSession, read_chat
from edge.shop.assistant.routes import refused, speaker
from edge.shop.understanding.speech_input import SOUND_BYTES, SOUND_S, SURE, Sound, acts, agree, expected, read_wav
from edge.shop.voice.pages.voice_turns import CANNOT_SAY, doubted, voice_of
from edge.shop.voice.voice_line import SpeechModels
from edge.shop.voice.voice_talk import HEAR_S
from edge.web.actors import register_of
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_within
from edge.web.responses import answer_json, answer_outcome, texts_of
from models.errors import ModelError


async def voice(request: web.Request) -> web.Response:
    """`POST chat/voice?session=&language=`: a WAV file of 16 bits, mono, 60 s at most; the same answer as to a message.

    What was heard badly is only repeated: nothing is done before it comes again as text. No sound is kept.
    """
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
    sound = read_wav(await body_within(request, SOUND_BYTES))
    if sound is None:
        raise Problem(400, "voice_wrong", seconds=SOUND_S)
    text, sure = await _heard(models, sound, language, chat)
    if not text:
        raise Problem(422, "nothing_heard")
    if sure < SURE:
        return answer_json(doubted(asked.session or new_session(), text, language))
    message = msgspec.structs.replace(asked, text=text, language=language)
    unsure = not actor.anonymous and acts(text, language)
    if unsure and sure < CANNOT_SAY:
        unsure = not agree(text, await _freely(models, sound, language), language)
    outcome = await take(request.app[SITE], actor, message, spoken=True, propose=unsure)
    if isinstance(outcome, ChatAnswer):
        return answer_json(outcome)
    return refused(request, outcome) if isinstance(outcome, Refused) else answer_outcome(outcome, texts_of(request))


async def listen_here(request: web.Request) -> web.Response:
    """`POST chat/listen`: the shop's microphone at this register listens, as if its words had been said."""
    speaker(request)
    ear = ears_of(request.app[SITE]).at.get(register_of(request, assumed=True))
    if ear is None:
        raise Problem(404, "no_microphone")
    if not ear.listen():
        raise Problem(503, "no_stt")
    return answer_json({})


async def _heard(models: SpeechModels, sound: Sound, language: str, chat: ChatSession | None) -> tuple[str, float]:
    """What was said, and how surely; silence is "". `Problem` 503: recognition failed, or was late."""
    question = chat.state.question if chat else None
    labels = [option.label for option in question.options] if question else []
    try:
        async with await models.listen(language, sound.rate_hz, _within_s(sound), expected(language, labels)) as reply:
            reply.feed(sound.samples)
            reply.end()
            heard = await reply
    except ModelError as error:
        raise Problem(503, "chat_slow") from error
    words = heard.words
    sure = min((word.confidence for word in words), default=1.0)
    return " ".join(heard.text.split()), sure


def _within_s(sound: Sound) -> float:
    """How long recognition may take: half as long as it was spoken, and what a sentence is given."""
    return HEAR_S + sound.seconds / 2


async def _freely(models: SpeechModels, sound: Sound, language: str) -> str:
    """The same sound, held to no words; "" where that failed."""
    try:
        async with await models.listen(language, sound.rate_hz, _within_s(sound), free=True) as reply:
            reply.feed(sound.samples)
            reply.end()
            return " ".join((await reply).text.split())
    except ModelError:
        return ""


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
        body=Body(media="audio/wav", limit_bytes=SOUND_BYTES),
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
