"""Handle a turn: interpret the sentence outside the writer thread, then submit it once as a command.

A prepared turn can still be cancelled. A submitted one is carried out even if the client is gone.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Annotated, NamedTuple, Protocol, TypeVar

import msgspec

from edge.conversation.assistant.commands import SPEECH_EXTENSION_US, OptionId, Seat, TakeTurn
from edge.conversation.assistant.followers import followers_of
from edge.conversation.assistant.queries import ChatSession, ChatTurn, living_chat, read_chat, read_turn
from edge.conversation.assistant.small_talk import load_words
from edge.conversation.assistant.stock.figures_asked import FIGURES
from edge.conversation.assistant.stock.told_figures import ToldFigures
from edge.conversation.assistant.turns.dialogue import ChatAnswer, clock_mark
from edge.conversation.understanding.language_models import MODELS
from edge.conversation.understanding.lookup import LookedUp
from edge.conversation.understanding.quotes.model_quotes import model_quotes
from edge.conversation.understanding.tokens import TEXT_CHARS, clean
from edge.core import ids
from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Done, OutcomeUnknown, Refused
from edge.core.process.reading_process import ReadQuestion, answer_decoder
from edge.core.services import Services
from edge.core.storage.database import Connection
from edge.lib.i18n import LanguageOrNone

if TYPE_CHECKING:
    from edge.conversation.assistant.turns.turn_reads import ReadTurn

_HEX, _LETTERS = "0123456789abcdef", "abcdefghijklmnop"
_TO_LETTERS, _TO_HEX = str.maketrans(_HEX, _LETTERS), str.maketrans(_LETTERS, _HEX)

T = TypeVar("T")
Language = LanguageOrNone


class ChatMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A turn: the text, or the `option` chosen for a `question`. Without a `session`, a new one begins.

    Repeating a `turn` returns the same answer and moves nothing twice. `seat` names the page. With `joins`, the
    person's last conversation continues there if it isn't over; otherwise `session` begins.
    """

    text: Annotated[str, msgspec.Meta(max_length=4 * TEXT_CHARS)] = ""
    session: Annotated[str, msgspec.Meta(max_length=80)] = ""
    turn: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{0,64}$(?!\n)")] = ""
    language: Language = ""
    option: OptionId = ""
    question: OptionId = ""
    seat: Seat = ""
    joins: bool = False


class Asker(Protocol):
    """Runs reads outside the writer thread."""

    async def read(self, read: Callable[[Connection], T], /) -> T: ...
    async def read_beside(self, question: ReadQuestion[T], /) -> T: ...


class ShopWays(Protocol):
    """Language and currency settings of the shop."""

    @property
    def language(self) -> str: ...
    @property
    def currency(self) -> str: ...


class ShopDays(Protocol):
    """Source of the current business day."""

    def business_date(self, at_us: int, /) -> str: ...


class TurnSite(Protocol):
    """The part of the shop's panel context that a turn uses."""

    @property
    def config(self) -> ShopDays: ...
    @property
    def shop(self) -> CommandBus: ...
    @property
    def settings(self) -> ShopWays: ...
    @property
    def asker(self) -> Asker: ...
    @property
    def services(self) -> Services: ...


class PreparedTurn(NamedTuple):
    """A turn that was interpreted but not yet submitted."""

    command: TakeTurn
    actor: Actor


Outcome = ChatAnswer | Refused | OutcomeUnknown


async def take(
    site: TurnSite,
    actor: Actor,
    said: ChatMessage,
    spoken: bool = False,
    propose: bool = False,
    cart: str = "",
    still_us: int = 0,
) -> Outcome:
    """The answer to a turn; a repeated turn gets its first answer. `still_us`: see `TakeTurn`."""
    ready = await prepare(site, actor, said, spoken, propose, cart)
    if not isinstance(ready, PreparedTurn):
        return ready
    command = msgspec.structs.replace(ready.command, still_us=min(still_us, SPEECH_EXTENSION_US))
    return await put(site, PreparedTurn(command, ready.actor))


async def prepare(
    site: TurnSite, actor: Actor, said: ChatMessage, spoken: bool = False, propose: bool = False, cart: str = ""
) -> PreparedTurn | ChatAnswer | Refused:
    """Interpret a turn, or return its earlier answer or a refusal. Changes nothing and may be cancelled."""
    began_us = time.monotonic_ns() // 1000
    await expect_turn()
    text = clean(said.text).strip()
    if len(text) > TEXT_CHARS or not (text or said.option):
        return Refused("chat_text", {"most": TEXT_CHARS})
    session, turn = await _session_of(site, actor, said), said.turn or to_letters(os.urandom(12))
    language = said.language or site.settings.language
    if earlier := await _earlier(site, actor, session, turn, said.option, text):
        return earlier
    agent = "shopping" if actor.anonymous else "stock"
    read = await _read_sentence(site, session, text, language, agent) if text else None
    looked_up, heard = (read.looked_up, read.heard) if read else (LookedUp(()), None)
    command = TakeTurn(session, turn, agent, language, text, said.option, said.question, looked_up.found, heard=heard)
    command = msgspec.structs.replace(command, seat=said.seat, moves=said.joins, reading=looked_up.reading)
    command = msgspec.structs.replace(command, correction=looked_up.correction)
    command = msgspec.structs.replace(command, errand=looked_up.errand, advice=looked_up.advice)
    command = msgspec.structs.replace(command, basket=looked_up.basket, modifiers=looked_up.modifiers)
    if read and read.asks != "no":
        figures = await _figures(site, actor, command, surely=read.asks == "surely")
        command = msgspec.structs.replace(command, figures=figures)
    command = msgspec.structs.replace(command, spoken=spoken, propose=propose, cart=cart, began_mono_us=began_us)
    command = msgspec.structs.replace(command, shown_first=looked_up.proposed)
    return PreparedTurn(command, actor)


async def expect_turn() -> None:
    """Load the code and vocabulary for turns once. A shop without conversations saves 8 MB and 0.15 s."""
    if not _load_for_turns.cache_info().currsize:
        await asyncio.to_thread(_load_for_turns)


@cache
def _load_for_turns() -> None:
    """Load the vocabulary, which the writer would wait for, and the reads for the reading process."""
    from edge.conversation.assistant.turns.turn_reads import LookUpTurn, ReadQuotes  # not needed at startup

    load_words()
    for question in (LookUpTurn, ReadQuotes):
        answer_decoder(question)


async def put(site: TurnSite, ready: PreparedTurn, wanted: Callable[[], bool] | None = None) -> Outcome:
    """Submit a turn if it's still `wanted`, and notify the conversation's followers."""
    command, actor = ready
    outcome = await site.shop.do(command, actor, turn_id(command.session, command.turn), wanted)
    if not isinstance(outcome, Done):
        return outcome
    if not isinstance(outcome.result, ChatAnswer):
        again = await _earlier(site, actor, command.session, command.turn, command.option, command.text)
        return again or Refused("no_chat")
    followers = followers_of(site)
    if followers.anybody(command.session):
        turn = await site.asker.read(lambda db: read_turn(db, command.session, command.turn))
        if turn is not None:
            followers.tell(command.session, turn, command.seat)
    return outcome.result


async def _session_of(site: TurnSite, actor: Actor, said: ChatMessage) -> str:
    """The conversation of a turn: the one it names, or the person's current one."""
    if said.joins and said.seat and not actor.anonymous:
        now = clock_mark(site.shop.clock.read())
        if living := await site.asker.read(lambda db: living_chat(db, actor, now)):
            return living.id
    return said.session or new_session()


async def _earlier(
    site: TurnSite, actor: Actor, session: str, turn: str, option: str, text: str
) -> ChatAnswer | Refused | None:
    """The earlier answer to this turn; None if it's new.

    Refused if the conversation is another person's, or the turn id had different text.
    """
    found = await site.asker.read(lambda db: _read(db, session, turn))
    chat, earlier = found
    if chat is not None and not chat.belongs_to(actor):
        return Refused("no_chat")
    if earlier is None:
        return None
    same = (earlier.heard, earlier.option) == (text, option)
    return earlier.answer if same else Refused("turn_conflict")


def _read(db: Connection, session: str, turn: str) -> tuple[ChatSession | None, ChatTurn | None]:
    return read_chat(db, session), read_turn(db, session, turn)


async def _read_sentence(site: TurnSite, session: str, text: str, language: str, agent: str) -> ReadTurn:
    """Interpret a sentence and look up its names, outside the writer thread. Where the grammar leaves something open, a
    language model helps by quoting."""
    from edge.conversation.assistant.turns.turn_reads import LookUpTurn, ReadQuotes  # not needed at startup

    today = site.config.business_date(site.shop.now_us())
    turn = LookUpTurn(site.settings.currency, session, text, language, agent, today)
    first = await site.asker.read_beside(turn)
    if first.open and (quoted := await model_quotes(site.services.of(MODELS), text, first.open)):
        return await site.asker.read_beside(ReadQuotes(turn, first, quoted))
    return first


async def _figures(site: TurnSite, actor: Actor, command: TakeTurn, surely: bool) -> ToldFigures | None:
    """The answer to a manager's question about figures; None if it isn't one or the person may not ask it."""
    chat = await site.asker.read(lambda db: read_chat(db, command.session))
    before, language = (chat.state.figures, chat.language) if chat else ("", command.language)
    return await site.services.of(FIGURES).answer_question(site, actor, command.text, language, before, surely=surely)


def new_session() -> str:
    """A new conversation id; it begins with the time."""
    return to_letters(ids.command_id(time.time_ns() // 1000, os.urandom(10)))


def to_letters(data: bytes) -> str:
    """Bytes as letters from a to p.

    >>> to_letters(bytes((0, 255)))
    'aapp'
    """
    return data.hex().translate(_TO_LETTERS)


def from_letters(text: str) -> bytes:
    """Decode the letters of `to_letters`."""
    return bytes.fromhex(text.translate(_TO_HEX))


def turn_id(session: str, turn: str) -> ids.CommandId:
    """The command id of a turn; the same each time it is sent."""
    digest = hashlib.sha256(f"{session}/{turn}".encode()).digest()
    return ids.child_id(ids.CommandId(from_letters(session)[:6] + digest[:10]), 0)
