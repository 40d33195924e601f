"""Take recognised speech as a turn, from a page's or a shop's microphone."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from typing import Any, NamedTuple, cast

import msgspec

from edge.conversation.assistant.microphone_groups import ears_of
from edge.conversation.assistant.phrasing import say
from edge.conversation.assistant.queries import ChatSession, read_chat
from edge.conversation.assistant.recording import HeardSound, VoiceRecorder, recorder_of
from edge.conversation.assistant.roster import speaker_at
from edge.conversation.assistant.settings import live, settings_of
from edge.conversation.assistant.turns.answer_matching import Chosen, match_answer
from edge.conversation.assistant.turns.chat_turns import ChatMessage, new_session, take
from edge.conversation.assistant.turns.clarification import ANOTHER
from edge.conversation.assistant.turns.dialogue import AnswerOption, ChatAnswer
from edge.conversation.understanding.lexicon import wants_another
from edge.conversation.understanding.sentence import Sentence, understand
from edge.conversation.understanding.speech_input import (
    SURE,
    acts,
    answers_only,
    expected_phrases,
    is_noise,
    means_something,
    repeat_request,
    says_pin,
)
from edge.conversation.understanding.staff_questions import asks_fact
from edge.conversation.voice.second_reading import is_worth_reading_again, likelier, settle
from edge.conversation.voice.voice_line import HeardText, Reply, VoiceMessage
from edge.core.messages import Actor, Refused
from edge.foundation.access.rights import without_approvals
from edge.web.context import PanelContext
from edge.web.problem import Problem

_SIGNS = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F]")
_CODES = {"missing": "no_stt", "unusable": "no_stt"}
CANNOT_SAY = 1.0
"""The confidence of a recogniser that never reports less, and so can't tell when it's unsure.

Its transcripts are only proposed, unless another recogniser agrees.
"""
SLOWER, LOUDER = 0.8, 1.6
CHOICES_SAID, CHOICE = 3, " / "
"""Choices read aloud, and their separator in a text; the screen shows all."""
OWN = frozenset({"voice_long", "voice_late", "nothing_heard", "voice_frame"})


class HearingPlace(NamedTuple):
    """A microphone: its name, register, group and location ("": another device).

    Microphones of a group are within hearing of each other.
    """

    name: str
    register: str
    group: str
    called: str = ""


class VoiceTurns:
    """The turns of one microphone. `who` returns the current speaker, or None if access ended."""

    def __init__(
        self,
        site: PanelContext,
        who: Callable[[], Actor | None],
        language: str,
        ear: HearingPlace,
        session: str = "",
    ) -> None:
        self._site, self._who, self.language = site, who, language
        self._ear = ear
        ears_of(site).names[ear.name] = ear.called
        self._of = ""
        self.blind = False
        """Whether the answer is only spoken, without a screen."""
        self.warned_s = math.inf
        """When the speaker was told about the recording, on the monotonic clock."""
        self.forget()
        self.session = session

    @property
    def recorder(self) -> VoiceRecorder:
        """The shop's recorder."""
        return recorder_of(self._site, self._site.config.folder)

    def recording_words(self) -> str:
        """The announcement that speech is being recorded."""
        return self._site.renderer.texts[self.language].say("voice.recorded")

    def on_sound(self, heard: HeardSound) -> None:
        """Record a sound; see `VoiceLine`. Sound from before the announcement isn't recorded."""
        if heard.began_s >= self.warned_s:
            self.recorder.keep(self._ear.register, heard, self._site.shop.now_us())

    def forget(self) -> None:
        """Reset for a new speaker, who must not inherit the conversation."""
        self.session = self._doubted = ""
        self._asked_s = self._spoke_s = 0.0
        self._last: Reply | None = None
        self._unsaid: tuple[str, ...] = ()
        self._beyond = False
        """Whether there are more choices than the screen shows."""

    def leave(self) -> None:
        """The microphone is gone."""
        ears_of(self._site).names.pop(self._ear.name, None)

    async def expect_phrases(self) -> tuple[str, tuple[str, ...]]:
        """The conversation's language and expected phrases, answers to its question first."""
        chat = await self._chat()
        language = chat.language if chat else self.language
        question = chat.state.question if chat else None
        return language, expected_phrases(language, [option.label for option in question.options] if question else [])

    async def answer(self, heard: HeardText) -> Reply | None:
        """See `VoiceLine`."""
        if says_pin(heard.text, self.language):
            return self.refusal_reply(Refused("pin_aloud"))
        actor = self._who()
        if actor is None:
            return self.refusal_reply(Refused("chat_needs_person"))
        self._is_of(actor)
        chat = await self._chat()
        language = chat.language if chat else self.language
        text, sure, proposes = heard.text, heard.sure, False
        said, doubted = understand(text, language), self._doubted
        if self._last and (how := repeat_request(text)):
            return self._again(self._last, how)
        if self._unsaid and self._last and wants_another(text) and chat is not None and chat.state.question:
            return self._further(self._last)
        if chat is not None and chat.state.question and heard.began_s < self._asked_s and answers_only(said):
            return None  # spoken before the question was asked, so it isn't an answer
        waits = bool(doubted or (chat is not None and chat.state.question))
        told_no = said.kind == "no"  # a "no" counts however little of the question they heard
        if waits and heard.cut and self._last and self.blind and answers_only(said) and not told_no:
            return self._again(self._last, "again")  # they heard only part of it, and no screen shows the rest
        self._doubted = ""
        if said.kind == "stop" and (chat is None or chat.state.question is None):
            return None  # "stop" ends listening and undoes nothing
        if doubted and said.kind == "yes" and sure >= SURE and not is_noise(text):
            text = doubted
        elif not actor.anonymous:
            asked = chat is not None and chat.state.question is not None
            if not (heard.held or await self._is_meant(chat, said, text, language)):
                return None  # background speech: the question stays open
            if sure < SURE:
                return self._hardly(text, language)
            sayable = sure < CANNOT_SAY or heard.checked  # else ask: the same model would only agree with itself
            other = self._heard_elsewhere(said) if said.kind in ("act", "correct") else ""
            if other:
                self._doubted = text
                return self._build_reply(self._elsewhere(text, other, language))
            agrees = not acts(text, language)
            if sayable and not agrees:
                text, agrees = settle(text, await heard.again(), language)
            if said.kind == "cancel" and not asked and sayable and not agrees:
                # Noise heard as "undo" must undo nothing; if the button was held, ask.
                return self._hardly(text, language) if heard.held else None
            proposes = not agrees
        elif heard.checked and is_worth_reading_again(text, language):
            text = likelier(text, await heard.again(), language)
        message = ChatMessage(text, self.session, "", language)
        try:
            still_us = int(1e6 * max(0.0, heard.spoke_s - self._spoke_s))
            outcome = await take(self._site, actor, message, spoken=True, propose=proposes, still_us=still_us)
        except Problem as problem:
            return self.refusal_reply(problem.refused)
        if isinstance(outcome, ChatAnswer):
            self.session = outcome.session
            self._spoke_s = heard.spoke_s
            self._asked_s = time.monotonic() if outcome.question else 0.0
            return self._build_reply(outcome)
        if isinstance(outcome, Refused):
            if outcome.code in ("question_over", "no_chat"):
                self.session = ""  # the next sentence begins a new conversation
            return self.refusal_reply(outcome)
        return self.refusal_reply(Refused("chat_slow"))

    def _is_of(self, actor: Actor) -> None:
        """Reset the conversation if the speaker changed."""
        if self._of and actor.name != self._of:
            self.forget()
        self._of = actor.name

    async def _is_meant(self, chat: ChatSession | None, said: Sentence, text: str, language: str) -> bool:
        """Whether speech was meant for the assistant: it has a verb, asks something, or answers the open question."""
        question, item = (chat.state.question, chat.state.item) if chat else (None, None)
        if asks_fact(text, language):
            return True
        if not means_something(said, question is not None):
            return False
        if question is None or item is None or said.kind not in ("other", "held"):
            return True
        return await self._site.asker.read(
            lambda db: match_answer(db, question, item, said, text, "", language) != Chosen()
        )

    def _hardly(self, text: str, language: str) -> Reply:
        """Ask whether the recognised text was said."""
        self._doubted = text
        return self._build_reply(self._doubt(text, language))

    async def on_interrupted(self, heard: HeardText) -> Reply | None:
        """See `VoiceLine`."""
        self._doubted, self._unsaid = "", ()
        chat, stop = await self._chat(), heard._replace(sure=1.0, held=True, began_s=math.inf, cut=False)
        return await self.answer(stop) if chat and chat.state.question else None

    def translate_error(self, message: VoiceMessage) -> VoiceMessage:
        """An error in the user's language."""
        if message.kind != "error" or (message.message and message.code not in _CODES):
            return message
        code = message.code if message.code in OWN else _CODES.get(message.code, "chat_slow")
        return self.refusal_reply(Refused(code)).message

    def refusal_reply(self, refusal: Refused) -> Reply:
        """A refusal, shown and spoken."""
        texts = self._site.renderer.texts[self.language]
        told = texts.refusal(refusal)
        return Reply(VoiceMessage("error", code=refusal.code, message=told), (told,), self.language)

    def _build_reply(self, answer: ChatAnswer) -> Reply:
        offered = tuple(option.label for option in answer.options if option.id != ANOTHER)
        spoken, self._unsaid, self._beyond = answer.text, (), len(offered) < len(answer.options)
        named = spoken.split(CHOICE)
        if len(offered) > CHOICES_SAID and len(named) == len(answer.options):
            self._unsaid = tuple(named[CHOICES_SAID : len(offered)])
            spoken = CHOICE.join((*named[:CHOICES_SAID], say(answer.language, "another")))
        lines = (_SIGNS.sub("", line).replace(CHOICE, ", ").strip() for line in spoken.split("\n"))
        aloud, language = tuple(line for line in lines if line), answer.language
        actor, settings = self._who(), live(settings_of(self._site.config)).at(self._site.shop.reader)
        speaker, _ = speaker_at(settings, "kiosk" if actor is None or actor.anonymous else "staff")
        voice = speaker.voice.get(cast(Any, language), "")
        self._last = Reply(VoiceMessage("answer", answer=answer), aloud, language, voice, speaker.speed)
        return self._last

    def _again(self, last: Reply, how: str) -> Reply:
        """Repeat the last answer without running tools again."""
        speed = last.speed * (SLOWER if how == "slower" else 1.0)
        gain = last.gain * (LOUDER if how == "louder" else 1.0)
        self._last = last._replace(speed=max(0.5, speed), gain=min(4.0, gain))
        return self._last

    def _further(self, last: Reply) -> Reply:
        """Read out the next choices already on the screen, without running tools again."""
        few, self._unsaid = self._unsaid[:CHOICES_SAID], self._unsaid[CHOICES_SAID:]
        named = (*few, say(last.language, "another")) if self._unsaid or self._beyond else few
        self._last = last._replace(aloud=(", ".join(named),))
        return self._last

    def _heard_elsewhere(self, said: Sentence) -> str:
        means = tuple((one.verb, one.amount, one.unit, one.text) for one in said.clauses)
        return ears_of(self._site).register_command(self._ear.group, self._ear.name, (said.kind, means))

    def _elsewhere(self, text: str, other: str, language: str) -> ChatAnswer:
        """Ask before repeating a command that another microphone also heard just now."""
        self.session = self.session or new_session()
        ear = ears_of(self._site).names.get(other) or say(language, "another_device")
        options = (AnswerOption(f"say:{text}"[:80], say(language, "yes"), "↻"),)
        told = say(language, "heard_elsewhere", place=ear)
        return ChatAnswer(self.session, "", "confirming", told, language, text, "", options)

    def _doubt(self, text: str, language: str) -> ChatAnswer:
        self.session = self.session or new_session()
        return ask_to_confirm(self.session, text, language)

    async def _chat(self) -> ChatSession | None:
        """Return the conversation, if it's this speaker's."""
        session, actor = self.session, self._who()
        if not session or actor is None:
            return None
        chat = await self._site.asker.read(lambda db: read_chat(db, session))
        return chat if chat is not None and chat.belongs_to(actor) else None


def ask_to_confirm(session: str, text: str, language: str) -> ChatAnswer:
    """Offer the recognised text for confirmation; a tap sends it as text."""
    options = (AnswerOption(f"say:{text}"[:80], say(language, "yes"), "✅"),)
    return ChatAnswer(session, "", "confirming", say(language, "heard_right", text=text), language, text, "", options)


def voice_of(actor: Actor) -> Actor:
    """The actor when speaking: without approvals, at the surface `voice`."""
    return msgspec.structs.replace(without_approvals(actor), surface="voice")
