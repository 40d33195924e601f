"""Reads that prepare a turn, as questions for the reader process."""

from __future__ import annotations

from typing import NamedTuple

from edge.conversation.assistant.queries import read_chat
from edge.conversation.assistant.turns.dialogue import TalkState
from edge.conversation.assistant.turns.heard_turn import HeardTurn
from edge.conversation.assistant.turns.turn_words import goods_text, hear_turn, with_inexact
from edge.conversation.understanding.figures_wish import Asks, asks_figures
from edge.conversation.understanding.last_look import looked_over
from edge.conversation.understanding.lookup import LookedUp
from edge.conversation.understanding.modifier_lookup import look_up_goods
from edge.conversation.understanding.quotes.quoted_lines import QuotedSpan
from edge.conversation.understanding.quotes.quoted_reading import OpenWords, is_open, open_words, with_quotes
from edge.conversation.understanding.reading.linking import TurnSearch
from edge.conversation.understanding.whereabouts import PlacedSentence
from edge.core.process.reading_process import ReadQuestion
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.goods.search.queries import Search


class ReadTurn(NamedTuple):
    """The reading of a sentence: names looked up, meaning by grammar, and whether it asks for figures. `open`: the
    words a language model may be asked about; `unseen`: the names before the final check."""

    looked_up: LookedUp
    heard: HeardTurn
    asks: Asks = "no"
    open: OpenWords | None = None
    unseen: LookedUp | None = None


class LookUpTurn(ReadQuestion[ReadTurn], frozen=True, tag=True):
    """Read a sentence of a conversation and look up its names."""

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
        looked_up = look_up_goods(db, search, self.text, language, agent, state.product, self.business_date)
        text = goods_text(self.text, looked_up.modifiers, state)
        heard = hear_turn(db, text, language, agent, looked_up.found, self.business_date, looked_up.heard)
        looked_up = looked_up._replace(heard=None)
        asks = state.question is None and agent == "stock" and is_open(looked_up)
        words = open_words(db, search, self.text, language) if asks else None
        return self.look_over(looked_up, heard, state)._replace(open=words, unseen=looked_up)

    def look_over(self, looked_up: LookedUp, heard: HeardTurn, state: TalkState) -> ReadTurn:
        """The turn after a final check against the conversation's `state`."""
        placed = PlacedSentence(heard.said, self.text, heard.where)
        looked_up = looked_over(looked_up, placed, heard.language, self.agent)
        asks: Asks = "no"
        if self.agent == "stock":
            heard = with_inexact(heard, looked_up.found, looked_up.reading)
            if state.question is None:
                asks = asks_figures(looked_up.stock_kind, looked_up, bool(state.deeds))
        return ReadTurn(looked_up, heard, asks)


class ReadQuotes(ReadQuestion[ReadTurn], frozen=True, tag=True):
    """Complete the `turn` with the phrases a model `quoted` from its open words."""

    turn: LookUpTurn
    first: ReadTurn
    quoted: tuple[QuotedSpan, ...]

    def read(self, db: Connection, registry: Registry) -> ReadTurn:
        if self.first.open is None or self.first.unseen is None:
            return self.first
        search = TurnSearch.of(Search(self.turn.currency))
        looked_up = with_quotes(db, search, self.first.unseen, self.first.open, self.quoted)
        chat = read_chat(db, self.turn.session)
        return self.turn.look_over(looked_up, self.first.heard, chat.state if chat else TalkState())
