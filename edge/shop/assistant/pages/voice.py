"""A turn that is spoken: heard by the shop's own recogniser, held to its catalogue and to the open question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec
from aiohttp import web

from edge.core.endpoints import Body, Endpoint
from edge.core.messages import Refused
from edge.shop.access.rights import BASKET, STOCK
from edge.shop.assistant.dialogue import AnswerOption, ChatAnswer
from edge.shop.assistant.hearing import SOUND_BYTES, SOUND_S, SURE, Sound, expected, read_wav
from edge.shop.assistant.phrasing import say
from edge.shop.assistant.queries import ChatSession, read_chat
from edge.shop.assistant.routes import ChatMessage, new_session, refused, speaker, take
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_within
from edge.web.responses import answer_json, answer_outcome, texts_of
from models.errors import ModelError

if TYPE_CHECKING:
    from models.kinds import Heard, Transcribed
    from models.runtime.pending_reply import PendingReply

HEAR_S = 20.0
"""How long recognition may take; what comes later is not acted on."""


@runtime_checkable
class SpeechListener(Protocol):
    """Who hears: `edge.services.inference.Inference`."""

    def has(self, kind: str, language: str = "") -> bool: ...
    async def listen(
        self, language: str, rate_hz: int, within_s: float, expected: tuple[str, ...] = ()
    ) -> PendingReply[Heard, Transcribed]: ...


async def voice(request: web.Request) -> web.Response:
    """`POST chat/voice?session=&language=`: a WAV file of 16 bits, mono, 30 s at most; the same answer as to a message.

    What was heard badly is only repeated: nothing is done before it comes again as text. No sound is kept.
    """
    actor = msgspec.structs.replace(speaker(request), surface="voice")
    models = request.app[SITE].models
    try:
        asked = msgspec.convert({"session": request.query.get("session", "")}, ChatMessage)
    except msgspec.ValidationError as error:
        raise Problem(400, "argument_wrong", name="session", why=str(error)) from error
    chat = await request.app[SITE].asker.read(lambda db: read_chat(db, asked.session)) if asked.session else None
    if chat is not None and not chat.belongs_to(actor):
        raise Problem(404, "no_chat")
    language = chat.language if chat else request.query.get("language") or texts_of(request).language
    if not isinstance(models, SpeechListener) or not models.has("stt", language):
        raise Problem(503, "no_stt")
    sound = read_wav(await body_within(request, SOUND_BYTES))
    if sound is None:
        raise Problem(400, "voice_wrong", seconds=SOUND_S)
    text, sure = await _heard(models, sound, language, chat)
    if not text:
        raise Problem(422, "nothing_heard")
    if sure < SURE:
        return answer_json(_doubted(asked.session or new_session(), text, language))
    message = msgspec.structs.replace(asked, text=text, language=language)
    outcome = await take(request, actor, message, spoken=True)
    if isinstance(outcome, ChatAnswer):
        return answer_json(outcome)
    return refused(request, outcome) if isinstance(outcome, Refused) else answer_outcome(outcome, texts_of(request))


async def _heard(models: SpeechListener, sound: Sound, language: str, chat: ChatSession | None) -> tuple[str, float]:
    """What was said, and how surely; silence is "". `Problem` 503: recognition failed, or was late."""
    question = chat.state.question if chat else None
    labels = [option.label for option in question.options] if question else []
    try:
        async with await models.listen(language, sound.rate_hz, HEAR_S, expected(language, labels)) as reply:
            reply.feed(sound.samples)
            reply.end()
            heard = await reply
    except ModelError as error:
        raise Problem(503, "chat_slow") from error
    words = heard.words
    sure = min((word.confidence for word in words), default=1.0)
    return " ".join(heard.text.split()), sure


def _doubted(session: str, text: str, language: str) -> ChatAnswer:
    """What was understood, to be said right: a tap sends it as text."""
    options = (AnswerOption(f"say:{text}"[:80], say(language, "yes"), "✅"),)
    return ChatAnswer(session, "", "confirming", say(language, "heard_right", text=text), language, text, "", options)


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/chat/voice",
        handler=voice,
        name="chatVoice",
        right=BASKET,
        also=STOCK,
        tag="assistant",
        query={"session": {"type": "string"}, "language": {"enum": ["en", "fr", "he"]}},
        body=Body(media="audio/wav", limit_bytes=SOUND_BYTES),
        statuses=(404, 409, 413, 422),
    ),
)
