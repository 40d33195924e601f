"""What was heard, taken as a turn of its conversation: by a page's microphone, or by one of the shop's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

import msgspec

from edge.core.messages import Actor, Refused
from edge.shop.assistant.dialogue import AnswerOption, ChatAnswer
from edge.shop.assistant.phrasing import say
from edge.shop.assistant.queries import ChatSession, read_chat
from edge.shop.assistant.routes import ChatMessage, Language, new_session, take
from edge.shop.assistant.sentence import understand
from edge.shop.assistant.speech_input import SURE, acts, agree, expected, is_noise, means_something
from edge.shop.assistant.voice_line import HeardText, Reply, VoiceMessage
from edge.web.context import PanelContext
from edge.web.problem import Problem

_SIGNS = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F]")
_CODES = {"missing": "no_stt", "unusable": "no_stt"}
CANNOT_SAY = 1.0
"""A recogniser that is never less sure than that cannot say that it knows nothing: what it hears is only proposed."""
OWN = frozenset({"voice_long", "voice_late", "nothing_heard", "voice_frame"})


class VoiceTurns:
    """The turns of one microphone. `who` says who speaks now; None: they may not any more."""

    def __init__(self, site: PanelContext, who: Callable[[], Actor | None], language: str, session: str = "") -> None:
        self._site, self._who, self._language = site, who, language
        self.session = session
        self._doubted = ""

    async def expected(self) -> tuple[str, tuple[str, ...]]:
        """The language of the conversation, and what may be said: answers to its question first."""
        chat = await self._chat()
        language = chat.language if chat else self._language
        question = chat.state.question if chat else None
        return language, expected(language, [option.label for option in question.options] if question else [])

    async def answer(self, heard: HeardText) -> Reply | None:
        """See `VoiceLine`."""
        actor = self._who()
        if actor is None:
            return self.refused(Refused("chat_needs_person"))
        chat = await self._chat()
        language = chat.language if chat else self._language
        text, sure, proposes = heard.text, heard.sure, False
        said, doubted = understand(text, language), self._doubted
        self._doubted = ""
        if doubted and said.kind == "yes" and sure >= SURE and not is_noise(text):
            text = doubted
        elif not actor.anonymous:
            if not (heard.held or means_something(said, chat is not None and chat.state.question is not None)):
                return None
            if sure < SURE:
                self._doubted = text
                return self._told(self._doubt(text, language))
            sayable = sure < CANNOT_SAY  # else it is asked, not read again: that takes as long as the speech
            proposes = acts(text, language) and not (sayable and agree(text, await heard.again(), language))
        message = ChatMessage(text, self.session, "", cast(Language, language))
        try:
            outcome = await take(self._site, actor, message, spoken=True, propose=proposes)
        except Problem as problem:
            return self.refused(problem.refused)
        if isinstance(outcome, ChatAnswer):
            self.session = outcome.session
            return self._told(outcome)
        if isinstance(outcome, Refused):
            if outcome.code in ("question_over", "no_chat"):
                self.session = ""  # what is said next begins anew
            return self.refused(outcome)
        return self.refused(Refused("chat_slow"))

    def worded(self, message: VoiceMessage) -> VoiceMessage:
        """A fault in the words of the language."""
        if message.kind != "error" or (message.message and message.code not in _CODES):
            return message
        code = message.code if message.code in OWN else _CODES.get(message.code, "chat_slow")
        return self.refused(Refused(code)).message

    def refused(self, refusal: Refused) -> Reply:
        """A refusal, shown and said."""
        texts = self._site.renderer.texts[self._language]
        told = texts.refusal(refusal)
        return Reply(VoiceMessage("error", code=refusal.code, message=told), (told,), self._language)

    def _told(self, answer: ChatAnswer) -> Reply:
        lines = (_SIGNS.sub("", line).replace(" / ", ", ").strip() for line in answer.text.split("\n"))
        return Reply(VoiceMessage("answer", answer=answer), tuple(line for line in lines if line), answer.language)

    def _doubt(self, text: str, language: str) -> ChatAnswer:
        self.session = self.session or new_session()
        return doubted(self.session, text, language)

    async def _chat(self) -> ChatSession | None:
        """The conversation, where it is this person's."""
        session, actor = self.session, self._who()
        if not session or actor is None:
            return None
        chat = await self._site.asker.read(lambda db: read_chat(db, session))
        return chat if chat is not None and chat.belongs_to(actor) else None


def doubted(session: str, text: str, language: str) -> ChatAnswer:
    """What was understood, to be said right: a tap sends it as text."""
    options = (AnswerOption(f"say:{text}"[:80], say(language, "yes"), "✅"),)
    return ChatAnswer(session, "", "confirming", say(language, "heard_right", text=text), language, text, "", options)


def voice_of(actor: Actor) -> Actor:
    """Whoever speaks, aloud."""
    return msgspec.structs.replace(actor, surface="voice")
