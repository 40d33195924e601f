"""Take a recorded turn from a page or a phone: recognised locally with the catalogue and the open question as grammar.
The audio isn't kept."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from edge.conversation.assistant.queries import ChatSession
from edge.conversation.assistant.turns.chat_turns import ChatMessage, take
from edge.conversation.assistant.turns.dialogue import ChatAnswer
from edge.conversation.understanding.certainty import certainty
from edge.conversation.understanding.speech_input import SURE, acts, expected_phrases
from edge.conversation.voice.pages.voice_turns import CANNOT_SAY
from edge.conversation.voice.second_reading import is_worth_reading_again, likelier, read_again, settle
from edge.conversation.voice.voice_line import SpeechModels
from edge.conversation.voice.voice_talk import HEAR_S
from edge.core.messages import Actor, Outcome
from edge.lib.sound.wav import Sound
from edge.web.context import PanelContext
from edge.web.problem import Problem
from models.errors import ModelError


class HeardWords(NamedTuple):
    """Recognised text and its confidence (0 to 1)."""

    text: str
    sure: float

    @property
    def is_sure(self) -> bool:
        """Whether the text is reliable enough to act on. Otherwise it's only repeated, to be confirmed."""
        return self.sure >= SURE


async def take_heard(
    site: PanelContext, actor: Actor, asked: ChatMessage, sound: Sound, models: SpeechModels, heard: HeardWords
) -> ChatAnswer | Outcome:
    """Take recognised text as a turn of `asked`'s conversation, in its language.

    A request that would change something is only proposed, unless a second reading agrees or isn't needed.
    """
    text, sure = heard
    unsure = not actor.anonymous and acts(text, asked.language)
    if unsure and (sure < CANNOT_SAY or models.checks(asked.language)):
        second = await read_again(models, sound.samples, sound.rate_hz, asked.language, _within_s(sound), text)
        text, agrees = settle(text, second, asked.language)
        unsure = not agrees
    elif actor.anonymous and models.checks(asked.language) and is_worth_reading_again(text, asked.language):
        second = await read_again(models, sound.samples, sound.rate_hz, asked.language, _within_s(sound), text)
        text = likelier(text, second, asked.language)
    return await take(site, actor, msgspec.structs.replace(asked, text=text), spoken=True, propose=unsure)


async def hear(models: SpeechModels, sound: Sound, language: str, chat: ChatSession | None) -> HeardWords:
    """Recognise a recording in a conversation. Raises `Problem` 422 if it's silent, 503 if recognition failed or was
    late."""
    question = chat.state.question if chat else None
    labels = [option.label for option in question.options] if question else []
    try:
        async with await models.listen(
            language, sound.rate_hz, _within_s(sound), expected_phrases(language, labels)
        ) as reply:
            reply.feed(sound.samples)
            reply.end()
            heard = await reply
    except ModelError as error:
        raise Problem(503, "chat_slow") from error
    if not (text := " ".join(heard.text.split())):
        raise Problem(422, "nothing_heard")
    words = ((word.text, word.confidence) for word in heard.words)
    return HeardWords(text, certainty(text, words, language).least)


def _within_s(sound: Sound) -> float:
    """The time limit of recognition: half the recording's length plus a fixed allowance."""
    return HEAR_S + sound.seconds / 2
