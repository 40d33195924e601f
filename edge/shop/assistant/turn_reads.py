"""What a turn has read before it is taken, as questions that a process beside the till can answer."""

from __future__ import annotations

from typing import NamedTuple

from edge.core.process.reading_process import ReadQuestion
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.shop.assistant.dialogue import TalkState
from edge.shop.assistant.heard_turn import HeardTurn
from edge.shop.assistant.queries import read_chat
from edge.shop.assistant.turn_words import goods_text, hear_turn
from edge.shop.search.queries import Search
from edge.shop.turn_reading.lookup import LookedUp
from edge.shop.turn_reading.modifier_lookup import look_up_goods
from edge.shop.turn_reading.second_reader.second_reading import MarkedWords, marked_words, with_second
from models.kinds import Tagged


class ReadTurn(NamedTuple):
    """What the names in a sentence mean, and what it says by phrases alone."""

    looked_up: LookedUp
    heard: HeardTurn


class LookUpTurn(ReadQuestion[ReadTurn], frozen=True, tag=True):
    """What a sentence of a conversation says, and what the names in it mean."""

    currency: str
    session: str
    text: str
    language: str
    agent: str
    business_date: str

    def read(self, db: Connection, registry: Registry) -> ReadTurn:
        chat = read_chat(db, self.session)
        state = chat.state if chat else TalkState()
        language, agent = (chat.language, chat.agent) if chat else (self.language, self.agent)
        looked_up = look_up_goods(db, Search(self.currency), self.text, language, self.agent, state.product)
        text = goods_text(self.text, looked_up.modifiers, state)
        return ReadTurn(looked_up, hear_turn(db, text, language, agent, looked_up.found, self.business_date))


class MarkWords(ReadQuestion[MarkedWords | None], frozen=True, tag=True):
    """A sentence as the second reader is asked about it; None while a question is open."""

    currency: str
    session: str
    text: str
    language: str
    agent: str

    def read(self, db: Connection, registry: Registry) -> MarkedWords | None:
        chat = read_chat(db, self.session)
        if chat is not None and chat.state.question is not None:
            return None
        language = chat.language if chat else self.language
        return marked_words(db, Search(self.currency), self.text, language, self.agent)


class ReadSecond(ReadQuestion[LookedUp], frozen=True, tag=True):
    """What was looked up, with what the second reader adds."""

    currency: str
    looked_up: LookedUp
    said: MarkedWords
    tagged: Tagged

    def read(self, db: Connection, registry: Registry) -> LookedUp:
        return with_second(db, Search(self.currency), self.looked_up, self.said, self.tagged)
