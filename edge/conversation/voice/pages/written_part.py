"""Answer messages to the shop's number: the `/chat` conversation, as the person with that number.

A message is handled once even if delivered again. Its conversation is stored first, and a repeated turn gets its first
answer. A message over a day late isn't carried out, and the reply says so.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress

import msgspec

from edge.analytics.notify.commands import ANSWER_CHARS, AnswerWritten, BeginAnswer, TakeWritten
from edge.analytics.notify.queries import Written, spoken_to, unanswered_messages
from edge.conversation.assistant.queries import living_chat, read_chat
from edge.conversation.assistant.turns.chat_turns import ChatMessage, new_session, take
from edge.conversation.assistant.turns.dialogue import OPENS, ChatAnswer, clock_mark
from edge.conversation.voice.pages.recorded_turn import hear, take_heard
from edge.conversation.voice.pages.whatsapp_sound import fetch_sound
from edge.conversation.voice.voice_line import SpeechModels
from edge.core.messages import Actor, Command, Done, Outcome, Refused
from edge.core.process.parts import Ready
from edge.core.storage.database import Connection
from edge.foundation.access.queries import actor_for, is_active_user
from edge.foundation.access.rights import STOCK, system
from edge.lib.i18n import translate
from edge.runtime.config import CONFIG
from edge.runtime.models_state import RUNNING
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.secrets import SECRETS, secret_of
from edge.web.context import PanelContext
from edge.web.problem import Problem
from edge.web.recorded_sound import sound_of

LATE_US = 23 * 3_600_000_000
"""Meta accepts a reply without a template for a day; this is slightly less, in microseconds."""
AGAIN_S = 30.0
SEAT = "whatsapp"
TOO_MANY = "too_many_turns"
"""The code for messages that arrive faster than they are processed; they have to wait."""

AGAIN = ("later", "busy", "chat_slow")
"""Codes of recordings that can't be fetched or recognised now; they are retried until they are too late."""


class NotHeard(Exception):
    """A recording couldn't be handled. `code`: a text of [notify] `chat_…`, or `later`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WrittenPart:
    """Handles waiting messages in order of arrival."""

    def __init__(self, site: PanelContext) -> None:
        self._site = site
        self._wake = asyncio.Event()
        site.shop.listen(self._on_outcome)

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        ready()
        while True:
            self._wake.clear()
            await self.answer_all()
            with suppress(TimeoutError):  # then the messages that couldn't be answered are retried
                async with asyncio.timeout(AGAIN_S):
                    await self._wake.wait()

    async def answer_all(self) -> None:
        """Answer all waiting messages. A message with an unknown outcome delays later ones from the same person."""
        held = set[str]()
        for one in await self._site.asker.read(unanswered_messages):
            if one.person not in held and not await self._answer(one):
                held.add(one.person)

    def _on_outcome(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        if isinstance(command, TakeWritten):
            self._wake.set()

    async def _answer(self, one: Written) -> bool:
        """Answer a message. Returns whether it needs no retry."""
        site, now_us = self._site, self._site.shop.now_us()
        language, actor = await site.asker.read(lambda db: _speaker(db, one.person, site.settings.language))
        text: str | None
        if actor is None:
            text = ""  # no longer employed or allowed: send no reply
        elif now_us - one.said_us > LATE_US:
            text = translate(language, "notify.chat_late")
        elif one.kind == "other":
            text = translate(language, "notify.chat_other")
        else:
            text = await self._answer_message(one, actor, language)
        if text is None:
            return False
        return isinstance(await site.shop.do(AnswerWritten(one.id, text[:ANSWER_CHARS]), system()), Done)

    async def _answer_message(self, one: Written, actor: Actor, language: str) -> str | None:
        """The answer to a message; None if it must be retried."""
        site, session = self._site, one.session
        if not session:
            now = clock_mark(site.shop.clock.read())
            living = await site.asker.read(lambda db: living_chat(db, actor, now))
            session = living.id if living else new_session()
            if not isinstance(await site.shop.do(BeginAnswer(one.id, session), system()), Done):
                return None
        turn = hashlib.sha256(one.id.encode()).hexdigest()[:32]
        message = ChatMessage(one.text, session, turn, language, seat=SEAT)
        if one.kind == "text":
            return self._answer_text(await take(site, actor, message), language)
        try:
            return await self._answer_recording(msgspec.structs.replace(message, text=""), one.text, actor)
        except (NotHeard, Problem) as error:
            why = error.refused.code if isinstance(error, Problem) else error.code
            return None if why in AGAIN else translate(language, f"notify.chat_{why}")

    async def _answer_recording(self, message: ChatMessage, id: str, actor: Actor) -> str | None:
        """The answer to a recording, with its transcript. Raises `NotHeard` or `Problem` if that failed."""
        site, language = self._site, message.language
        models = site.services.of(RUNNING)
        if not isinstance(models, SpeechModels) or not models.has("stt", language):
            raise NotHeard("sound")
        sound = await sound_of(site, await fetch_recording(site, id))
        if sound is None:
            raise NotHeard("sound_wrong")
        chat = await site.asker.read(lambda db: read_chat(db, message.session))
        heard = await hear(models, sound, language, chat)
        if not heard.is_sure:
            return translate(language, "notify.chat_doubted", text=heard.text)
        actor = msgspec.structs.replace(actor, surface="voice")
        told = self._answer_text(await take_heard(site, actor, message, sound, models, heard), language)
        return told and f"« {heard.text} »\n{told}"

    def _answer_text(self, answer: ChatAnswer | Outcome, language: str) -> str | None:
        if isinstance(answer, ChatAnswer):
            said = (each for each in answer.options if not each.id.startswith(OPENS))
            numbered = (f"{number}. {each.label}" for number, each in enumerate(said, 1))
            return "\n".join((answer.text, *numbered))
        if isinstance(answer, Refused) and answer.code != TOO_MANY:
            return self._site.renderer.texts[language].refusal(answer)
        return None


async def fetch_recording(site: PanelContext, id: str) -> bytes:
    """Fetch a recording sent to the shop's number. Raises `NotHeard` if it's unavailable, now or for good."""
    config = site.services.of(CONFIG)
    if (entry := config.notify.whatsapp) is None:
        raise NotHeard("sound_lost")
    token = secret_of(site.services.of(SECRETS), entry.token, entry.token_file, config.file.parent)
    try:
        return await fetch_sound(entry.url, token, id, config.notify.allow)
    except MaybeSent as error:
        raise NotHeard("later") from error
    except Undelivered as error:
        raise NotHeard("sound_lost" if error.permanent and not error.credentials else "later") from error


def _speaker(db: Connection, person: str, shops: str) -> tuple[str, Actor | None]:
    """A person's language, and their current actor; None if they may not talk about stock."""
    language = spoken_to(db, person) or shops
    actor = actor_for(db, person, "chat", "") if is_active_user(db, person) else None
    return language, actor if actor and actor.may(STOCK) else None
