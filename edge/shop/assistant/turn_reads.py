"""What a turn has read before it is taken, as questions that a process beside the till can answer."""

from __future__ import annotations

from typing import NamedTuple

from edge.core.process.reading_process import ReadQuestion
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.shop.assistant.dialogue import TalkState
from edge.shop.assistant.heard_turn import HeardTurn
from edge.shop.assistant.queries import read_chat
from edge.shop.assistant.turn_words import goods_text, hear_turn, with_inexact
from edge.shop.search.queries import Search
from edge.shop.turn_reading.figures_wish import Asks, asks_figures
from edge.shop.turn_reading.last_look import looked_over
from edge.shop.turn_reading.lookup import LookedUp
from edge.shop.turn_reading.modifier_lookup import look_up_goods
from edge.shop.turn_reading.second_reader.second_reading import (
    MarkedWords,
    asks_second,
    is_open,
    marked_words,
    with_second,
)
from edge.shop.understanding.reading.linking import TurnSearch
from edge.shop.understanding.sentence import understand
from edge.shop.understanding.whereabouts import PlacedSentence
from models.kinds import Tagged


class ReadTurn(NamedTuple):
    """What the names in a sentence mean, what it says by phrases alone, and whether it asks for figures. `marked`: its
    words, where somebody else is to read them, too; what is `looked_up` is not looked over before."""

    looked_up: LookedUp
    heard: HeardTurn
    asks: Asks = "no"
    marked: MarkedWords | None = None


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
        search = TurnSearch.of(Search(self.currency))
        looked_up = look_up_goods(db, search, self.text, language, agent, state.product)
        text = goods_text(self.text, looked_up.modifiers, state)
        heard = hear_turn(db, text, language, agent, looked_up.found, self.business_date)
        if state.question is None and asks_second(looked_up):
            marked = marked_words(db, search, self.text, language, self.agent)
            if marked is not None:
                return ReadTurn(looked_up, heard, marked=marked)
        return self.look_over(looked_up, heard, state)

    def look_over(self, looked_up: LookedUp, heard: HeardTurn, state: TalkState) -> ReadTurn:
        """The turn after a last look at it, where `state` is what its conversation is about."""
        placed = PlacedSentence(heard.said, self.text, heard.where)
        looked_up = looked_over(looked_up, placed, heard.language, self.agent)
        asks: Asks = "no"
        if self.agent == "stock":
            heard = with_inexact(heard, looked_up.found, looked_up.reading)
            if state.question is None:
                asks = asks_figures(understand(self.text, heard.language), looked_up, bool(state.deeds))
        return ReadTurn(looked_up, heard, asks)


class ReadSecond(ReadQuestion[ReadTurn], frozen=True, tag=True):
    """The turn that was `read`, with what each of those whose `tags` these are adds to it; none of them adds nothing.
    Its words are `marked` where a language model may be asked behind them."""

    turn: LookUpTurn
    first: ReadTurn
    tags: tuple[Tagged, ...]

    def read(self, db: Connection, registry: Registry) -> ReadTurn:
        looked_up, heard, _, marked = self.first
        search = TurnSearch.of(Search(self.turn.currency))
        for tagged in self.tags:
            if marked is not None:
                looked_up = with_second(db, search, looked_up, marked, tagged)
        chat = read_chat(db, self.turn.session)
        open = self.turn.agent == "stock" and is_open(looked_up)
        read = self.turn.look_over(looked_up, heard, chat.state if chat else TalkState())
        return read._replace(marked=marked if open else None)
