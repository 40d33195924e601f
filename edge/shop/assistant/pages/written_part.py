"""What people write to the shop's number, answered: the same conversation as on `/chat`, by whoever the number is of.

Each message is taken once, whenever it comes again: its conversation is noted before it is taken, and a turn that was
taken gives its first answer. What came a day late is not done, and said to be.
"""

from __future__ import annotations

import asyncio
import hashlib

from edge.core.messages import Actor, Command, Done, Outcome, Refused
from edge.core.process.parts import Ready
from edge.core.storage.database import Connection
from edge.lib.i18n import translate
from edge.shop.access.queries import actor_for, is_active_user
from edge.shop.access.rights import STOCK, system
from edge.shop.assistant.chat_turns import ChatMessage, new_session, take
from edge.shop.assistant.dialogue import ChatAnswer, marked
from edge.shop.assistant.queries import living_chat
from edge.shop.notify.commands import ANSWER_CHARS, AnswerWritten, BeginAnswer, TakeWritten
from edge.shop.notify.queries import Written, spoken_to, unanswered_messages
from edge.web.context import PanelContext

LATE_US = 23 * 3_600_000_000
"""Meta takes an answer without a template for a day."""
AGAIN_S = 30.0
SEAT = "whatsapp"
TOO_MANY = "too_many_turns"
"""Said faster than it is taken: it waits."""


class WrittenPart:
    """Takes what waits, in the order in which it came."""

    def __init__(self, site: PanelContext) -> None:
        self._site = site
        self._wake = asyncio.Event()
        site.shop.listen(self._answered)

    async def run(self, ready: Ready) -> None:
        """Until cancelled."""
        ready()
        while True:
            self._wake.clear()
            await self.answer_all()
            try:
                async with asyncio.timeout(AGAIN_S):
                    await self._wake.wait()
            except TimeoutError:
                continue  # what could not be taken before is tried again

    async def answer_all(self) -> None:
        """What waits now. What nobody knows the outcome of holds up what its person wrote behind it."""
        held = set[str]()
        for one in await self._site.asker.read(unanswered_messages):
            if one.person not in held and not await self._answer(one):
                held.add(one.person)

    def _answered(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        if isinstance(command, TakeWritten):
            self._wake.set()

    async def _answer(self, one: Written) -> bool:
        """Whether it is answered, for good."""
        site, now_us = self._site, self._site.shop.now_us()
        language, actor = await site.asker.read(lambda db: _speaker(db, one.person, site.settings.language))
        text: str | None
        if actor is None:
            text = ""  # they work here no more, or may not: nothing is said to their phone
        elif now_us - one.said_us > LATE_US:
            text = translate(language, "notify.chat_late")
        elif one.kind != "text":
            text = translate(language, f"notify.chat_{one.kind}")
        else:
            text = await self._taken(one, actor, language)
        if text is None:
            return False
        return isinstance(await site.shop.do(AnswerWritten(one.id, text[:ANSWER_CHARS]), system()), Done)

    async def _taken(self, one: Written, actor: Actor, language: str) -> str | None:
        """What it is answered with; None: it has to be taken once more."""
        site, session = self._site, one.session
        if not session:
            now = marked(site.shop.clock.read())
            living = await site.asker.read(lambda db: living_chat(db, actor, now))
            session = living.id if living else new_session()
            if not isinstance(await site.shop.do(BeginAnswer(one.id, session), system()), Done):
                return None
        turn = hashlib.sha256(one.id.encode()).hexdigest()[:32]
        answer = await take(site, actor, ChatMessage(one.text, session, turn, language, seat=SEAT))
        if isinstance(answer, ChatAnswer):
            numbered = (f"{number}. {each.label}" for number, each in enumerate(answer.options, 1))
            return "\n".join((answer.text, *numbered))
        if isinstance(answer, Refused) and answer.code != TOO_MANY:
            return site.renderer.texts[language].refusal(answer)
        return None


def _speaker(db: Connection, person: str, shops: str) -> tuple[str, Actor | None]:
    """How somebody is spoken to, and who they are now; None: nobody who may talk of the stock."""
    language = spoken_to(db, person) or shops
    actor = actor_for(db, person, "chat", "") if is_active_user(db, person) else None
    return language, actor if actor and actor.may(STOCK) else None
