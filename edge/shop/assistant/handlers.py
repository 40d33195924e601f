"""Turns of conversations, inside the transaction: load, decide, do, keep."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.assistant import stock_actions
from edge.shop.assistant.commands import EndChat, TakeTurn
from edge.shop.assistant.dialogue import ChatAnswer, Deed, MovementShown, ProductShown, StockShown, TalkState
from edge.shop.assistant.phrasing import full_name
from edge.shop.assistant.queries import ChatSession, read_chat, turns_since
from edge.shop.assistant.sentence import Sentence, clean, understand
from edge.shop.assistant.shopping import hear
from edge.shop.assistant.shopping_talk import ShoppingTalk
from edge.shop.assistant.speech_input import is_noise
from edge.shop.assistant.stock_talk import StockTalk
from edge.shop.catalog.queries import find_by_sku

IDLE_US = {"shopping": 60_000_000, "stock": 600_000_000}
"""After so long without a turn a conversation is over; a kiosk's next customer begins a new one."""
KEPT_US = 90 * 24 * 3600 * 1_000_000
SESSIONS_LIMIT = 2_000
"""Conversations that are kept; the oldest ones go first."""
PER_MIN = {"shopping": 20, "stock": 30}
MINUTE_US = 60_000_000
SWITCHING_WORDS = 3
"""A sentence of so many words in another language changes the language of the conversation."""

_encode = msgspec.json.Encoder().encode


class Turns:
    """Conversations in a store with this currency."""

    def __init__(self, currency: str) -> None:
        self._currency = currency

    def take(self, tx: Transaction, command: TakeTurn) -> ChatAnswer | Refused:
        """What somebody said: understood, done or asked about, answered, kept."""
        chat = _chat(tx, command)
        if isinstance(chat, Refused):
            return chat
        if refused := _too_many(tx, chat):
            return refused
        listen = understand if chat.agent == "stock" else hear
        said = listen(command.text, chat.language) if command.text else Sentence("other", chat.language)
        if command.spoken and said.kind == "yes" and is_noise(command.text):
            said = msgspec.structs.replace(said, kind="other")
        if command.verb and said.kind == "other" and chat.state.question is None:
            meant = tuple(msgspec.structs.replace(clause, verb=command.verb) for clause in said.clauses)
            said = msgspec.structs.replace(said, kind="act", clauses=meant)
            command = msgspec.structs.replace(command, propose=True)
        language = _language(chat, said)
        talk = self._talk(tx, command, chat, language)
        if refused := talk.take(said):
            return refused
        answer = _answer(tx, command, talk, language)
        _keep(tx, command, chat, talk.state, language, answer)
        return answer

    def _talk(self, tx: Transaction, command: TakeTurn, chat: ChatSession, language: str) -> StockTalk | ShoppingTalk:
        if chat.agent == "stock":
            return StockTalk(tx, command, chat.state, language)
        return ShoppingTalk(tx, command, chat.state, language, self._currency)


def end_chat(tx: Transaction, command: EndChat) -> Refused | None:
    chat = read_chat(tx.db, command.session)
    if chat is None or not chat.belongs_to(tx.actor):
        return Refused("no_chat")
    forget(tx.db, (command.session,))
    return None


def forget(db: Connection, sessions: tuple[str, ...]) -> None:
    """Everything that was said in these."""
    for session in sessions:
        db.execute("DELETE FROM chat_turn WHERE session = ?", (session,))
        db.execute("DELETE FROM chat_session WHERE id = ?", (session,))


def _chat(tx: Transaction, command: TakeTurn) -> ChatSession | Refused:
    """The conversation as it is, or a new one."""
    actor = tx.actor
    chat = read_chat(tx.db, command.session)
    if chat is None:
        _tidy(tx)
        session = (command.session, actor.name, actor.surface, actor.register, command.agent, command.language)
        return ChatSession(*session, TalkState(), tx.at_us, tx.at_us)
    if not chat.belongs_to(actor):
        return Refused("no_chat")
    if abs(tx.at_us - chat.touched_us) > IDLE_US[chat.agent]:
        return Refused("question_over", {"chosen": chat.state.settled_as})
    return chat


def _too_many(tx: Transaction, chat: ChatSession) -> Refused | None:
    count, first_us = turns_since(tx.db, chat.id, tx.at_us - MINUTE_US)
    if count < PER_MIN[chat.agent]:
        return None
    return Refused("too_many_turns", {"seconds": max(1, (first_us + MINUTE_US - tx.at_us) // 1_000_000)})


def _tidy(tx: Transaction) -> None:
    """What is too old, or one too many, goes when a new one begins: a customer's at once when it is over."""
    old = tx.db.execute(
        "SELECT id FROM chat_session WHERE touched_us < ? OR (agent = 'shopping' AND touched_us < ?)"
        " ORDER BY touched_us LIMIT 50",
        (tx.at_us - KEPT_US, tx.at_us - IDLE_US["shopping"]),
    ).fetchall()
    many = tx.db.execute(
        "SELECT id FROM chat_session ORDER BY touched_us DESC LIMIT 50 OFFSET ?", (SESSIONS_LIMIT - 1,)
    ).fetchall()
    forget(tx.db, tuple(id for (id,) in (*old, *many)))


def _language(chat: ChatSession, said: Sentence) -> str:
    """The conversation's language from this turn on: by a wish, or by a whole sentence in another."""
    if said.kind == "language":
        return said.wish
    whole = said.kind in ("act", "stock", "low", "expiring") and said.words >= SWITCHING_WORDS
    return said.language if whole else chat.language


def _answer(tx: Transaction, command: TakeTurn, talk: StockTalk | ShoppingTalk, language: str) -> ChatAnswer:
    state = talk.state
    product = find_by_sku(tx.db, state.product) if state.product else None
    shown = [stock_actions.shown(deed) for deed in talk.deeds] or [_back(deed) for deed in talk.undone]
    question = state.question
    return ChatAnswer(
        command.session,
        command.turn,
        state.name,
        "\n".join(talk.lines),
        language,
        clean(command.text),
        question.id if question else "",
        question.options if question else (),
        ProductShown(product.sku, full_name(product, language)) if product else None,
        shown[-1] if shown else None,
        _stock(tx, product.sku) if product else None,
        tuple(shown),
        tx.at_us,
    )


def _back(deed: Deed) -> MovementShown:
    shown = stock_actions.shown(deed, undone=True)
    return msgspec.structs.replace(shown, boxes=-shown.boxes, units=-shown.units, change=-shown.change)


def _stock(tx: Transaction, sku: str) -> StockShown | None:
    if not (tx.actor.may("manage") or tx.actor.may("stock")):
        return None
    item = stock_actions.item_of(tx, sku)
    return StockShown(item.boxes, item.units, item.on_hand)


def _keep(
    tx: Transaction, command: TakeTurn, chat: ChatSession, state: TalkState, language: str, answer: ChatAnswer
) -> None:
    tx.db.execute(
        "INSERT INTO chat_session (id, actor, surface, register, agent, language, state, begun_us, touched_us)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
        " state = excluded.state, language = excluded.language, touched_us = excluded.touched_us",
        (
            chat.id,
            chat.actor,
            chat.surface,
            chat.register,
            chat.agent,
            language,
            _encode(state),
            chat.begun_us,
            tx.at_us,
        ),
    )
    tx.db.execute(
        "INSERT INTO chat_turn (session, turn, at_us, heard, option, answer) VALUES (?, ?, ?, ?, ?, ?)",
        (chat.id, command.turn, tx.at_us, answer.heard, command.option, _encode(answer)),
    )
