"""Handle turns inside the transaction: load, decide, act, store."""

from __future__ import annotations

import msgspec

from edge.conversation.assistant.commands import EndChat, SwitchRecording, TakeTurn
from edge.conversation.assistant.conversation_limit import begin_conversation
from edge.conversation.assistant.events import VoiceRecordingSwitched
from edge.conversation.assistant.figures import count_turn, tell_office
from edge.conversation.assistant.kept_conversations import keep_turns
from edge.conversation.assistant.kiosk.shopping_changes import as_in_basket, may_change
from edge.conversation.assistant.kiosk.shopping_facts import ShopFacts
from edge.conversation.assistant.kiosk.shopping_talk import ShoppingTalk
from edge.conversation.assistant.kiosk.shopping_turn import lines_in_cart
from edge.conversation.assistant.phrasing import full_name, speaking_as
from edge.conversation.assistant.queries import ChatSession, read_chat, turns_since
from edge.conversation.assistant.retention import forget_chats
from edge.conversation.assistant.roster import speaker_at
from edge.conversation.assistant.settings import AssistantSettings, Place
from edge.conversation.assistant.stock import stock_actions
from edge.conversation.assistant.stock.stock_talk import StockTalk
from edge.conversation.assistant.turns.dialogue import (
    ChatAnswer,
    ClockMark,
    Deed,
    MovementShown,
    ProductShown,
    StockShown,
    TalkState,
    place_of,
    remembering,
    waited_s,
)
from edge.conversation.assistant.turns.turn_words import goods_text, hear_turn, with_inexact
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.reading.modality import percents_in
from edge.conversation.understanding.reading.model import Reading
from edge.conversation.understanding.sentence import Sentence
from edge.conversation.understanding.speech_input import is_noise
from edge.conversation.understanding.tokens import clean
from edge.conversation.understanding.whereabouts import Whereabouts
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.settings.queries import LiveSettings
from edge.goods.catalog.queries import find_by_sku

PER_MIN = 20
"""Maximum turns per minute of one conversation."""
MINUTE_US = 60_000_000
ABOUT_GOODS = frozenset({"act", "fact", "stock", "correct", "other"})
"""Kinds of sentences about goods, which change the product mentioned last."""
SWITCHING_WORDS = 3
"""A sentence with this many words in another language changes the conversation's language."""

_encode = msgspec.json.Encoder().encode


def take_turn(live: LiveSettings[AssistantSettings], tx: Transaction, command: TakeTurn) -> ChatAnswer:
    """Process a turn: interpret, act or ask, answer, store."""
    chat = _chat(tx, command)
    _too_many(tx, chat)
    whole, command = command, _with_own_basket(tx, _without_modifiers(command, chat), chat)
    said, where = _understand_turn(tx, command, chat)
    if command.spoken and said.kind == "yes" and is_noise(command.text):
        said = msgspec.structs.replace(said, kind="other")
    settings = live.of(tx)
    guessed = command.shown_first and chat.state.question is None
    if guessed or settings.confirms(chat.agent):
        command = msgspec.structs.replace(command, propose=True)
    language = _language(chat, said)
    personality, agent = speaker_at(settings, place_of(command.agent, command.cart))
    talk = _talk(tx, command, chat, language, settings, agent.tools, where)
    now = _now(tx)
    talk.state = remembering(talk.state, now)
    with speaking_as(personality.sentences):
        talk.take(said)
    if talk.state.product and (talk.state.product != chat.state.product or said.kind in ABOUT_GOODS):
        talk.state = msgspec.structs.replace(talk.state, spoken_of=now)
    talk.state = _with_wait(talk.state, chat.state, place_of(command.agent, command.cart))
    talk.state = msgspec.structs.replace(talk.state, touched=now)
    answer = _answer(tx, whole, chat, talk, language)
    _count(tx, command, said, talk, answer)
    _keep(tx, whole, chat, talk.state, language, answer)
    if isinstance(talk, ShoppingTalk) and (customer := talk.customer()):
        keep_turns(tx, chat.id, customer)
    return answer


def _without_modifiers(command: TakeTurn, chat: ChatSession) -> TakeTurn:
    """The turn reduced to its product words. If modifiers were just asked for, all words are the answer."""
    text = goods_text(command.text, command.modifiers, chat.state)
    modifiers = None if chat.state.name == "choosing_modifier" else command.modifiers
    return msgspec.structs.replace(command, text=text, modifiers=modifiers)


def _with_own_basket(tx: Transaction, command: TakeTurn, chat: ChatSession) -> TakeTurn:
    """Return the turn without a basket change that matches nothing in the basket.

    The sentence is then read as a request.
    """
    if command.basket is None:
        return command
    lines = lines_in_cart(tx, command.cart)
    goods = [one for line in lines if line.quantity and (one := find_by_sku(tx.db, line.sku))]
    change = as_in_basket(command.basket, goods)
    basket = change if may_change(change, chat.state, lines) else None
    supposed = basket is None and command.basket.loose and command.reading is None
    shown_first = (command.shown_first and not supposed) or change.change != command.basket.change
    return msgspec.structs.replace(command, basket=basket, shown_first=shown_first)


def _now(tx: Transaction) -> ClockMark:
    return ClockMark(tx.mono_us, tx.boot_id.hex(), tx.at_us)


def _with_wait(state: TalkState, before: TalkState, place: Place) -> TalkState:
    """The state with its waiting time. Extra patience applies to one question only."""
    if state.question and before.question and state.question.id != before.question.id:
        state = msgspec.structs.replace(state, patience=1)
    return msgspec.structs.replace(state, waits_s=waited_s(state, place))


def _count(
    tx: Transaction, command: TakeTurn, said: Sentence, talk: StockTalk | ShoppingTalk, answer: ChatAnswer
) -> None:
    """Count the turn: intent, tools used, result, duration."""
    tell_office(tx)
    verb = said.clauses[0].verb if said.clauses else ""
    intent = "tap" if command.option else (verb or said.kind) if said.kind in ("act", "fact") else said.kind
    end = "asked" if talk.end == "answered" and answer.question else talk.end
    ms = (tx.mono_us - command.began_mono_us) / 1000 if command.began_mono_us else None
    place = place_of(command.agent, command.cart)
    count_turn(tx, place, answer.language, intent, talk.tools_used, end, command.spoken, ms)


def _understand_turn(tx: Transaction, command: TakeTurn, chat: ChatSession) -> tuple[Sentence, Whereabouts]:
    """Interpret a turn: its sentence, and the places and lots it names."""
    if not command.text:
        return Sentence("other", chat.language), Whereabouts()
    heard = command.heard
    if heard is None or not heard.is_of(command.text, chat.language, tx.business_date):
        heard = hear_turn(tx.db, command.text, chat.language, chat.agent, command.found, tx.business_date)
        heard = with_inexact(heard, command.found, command.reading)
    said, where = heard.said, heard.where
    if command.reading is not None and chat.agent == "stock" and _takes(command, command.reading, said, chat):
        said = _sentence_of(command.reading, len(command.text.split()))
    elif said.kind == "act" and chat.agent == "stock":
        said = msgspec.structs.replace(said, kind="other")  # reports of staff are read with the catalogue or not at all
    if command.advice is not None and (command.advice.open or chat.state.question is None):
        words = len(command.text.split())
        said = Sentence("act", command.advice.language, (Clause("recommend"),), words=words)
    elif command.basket is not None and chat.state.question is None:
        said = Sentence("act", command.basket.language, (Clause("change"),), words=len(command.text.split()))
    if not where.expiry:
        inexact, percents = said.language in heard.inexact, percents_in(command.text)
        doubted = tuple(
            msgspec.structs.replace(one, doubt=one.doubt or "numbers")
            if inexact or (one.amount in percents and not any(found.text == f"={one.whole}" for found in command.found))
            else one
            for one in said.clauses
        )
        said = msgspec.structs.replace(said, clauses=doubted)
    return said, where


def _takes(command: TakeTurn, reading: Reading, said: Sentence, chat: ChatSession) -> bool:
    """Whether to use the reading made with the catalogue. An answer to an open question takes precedence."""
    open_question = chat.state.question is not None
    if reading.clauses[0].verb in ("stock", "held"):
        return not open_question
    if reading.proposed:
        return not open_question
    if not reading.told and (said.kind == "act" or not all(reading.links.values())):
        return False
    return not open_question or (reading.told and all(reading.links.values()) and said.kind in ("act", "other"))


def _sentence_of(reading: Reading, words: int) -> Sentence:
    """A reading as a sentence of the conversation."""
    if reading.clauses[0].verb == "held":
        return Sentence("held", reading.language, words=words)
    if reading.clauses[0].verb == "stock":
        return Sentence("stock", reading.language, reading.clauses, words=words)
    marks = {"note": reading.context, "unsure": not reading.sure, "unowned": reading.unowned, "either": reading.either}
    clauses = tuple(msgspec.structs.replace(one, **marks) for one in reading.clauses)
    return Sentence("act", reading.language, clauses, words=words)


def _talk(
    tx: Transaction,
    command: TakeTurn,
    chat: ChatSession,
    language: str,
    settings: AssistantSettings,
    tools: frozenset[str],
    where: Whereabouts,
) -> StockTalk | ShoppingTalk:
    when = (settings.zone, tx.business_date, tx.at_us)
    facts = ShopFacts(tx.db, language, settings.currency, *when, settings.here, settings.suggesting)
    if chat.agent == "stock":
        return StockTalk(tx, command, chat.state, language, facts, tools, where)
    return ShoppingTalk(tx, command, chat.state, language, facts, tools)


def end_chat(tx: Transaction, command: EndChat) -> None:
    chat = read_chat(tx.db, command.session)
    if chat is None or not chat.belongs_to(tx.actor):
        raise Refusal("no_chat")
    forget_chats(tx.db, (command.session,))


def switch_recording(tx: Transaction, command: SwitchRecording) -> None:
    """Journal the person who had microphones recorded; the audio is never journalled."""
    tx.append(VoiceRecordingSwitched(command.register, command.minutes))


def _chat(tx: Transaction, command: TakeTurn) -> ChatSession:
    """The stored conversation, or a new one."""
    actor = tx.actor
    chat = read_chat(tx.db, command.session)
    if chat is None:
        if not command.propose:  # a copilot's suggestion belongs to a conversation already counted there
            begin_conversation(tx)
        session = (command.session, actor.name, actor.surface, actor.register, command.agent, command.language)
        return ChatSession(*session, TalkState(), tx.at_us, tx.at_us)
    if not chat.belongs_to(actor):
        raise Refusal("no_chat")
    if command.seat and chat.seat not in ("", command.seat) and not command.moves:
        raise Refusal("chat_elsewhere")
    if chat.is_over(_now(tx), command.still_us):
        raise Refusal("question_over", {"chosen": chat.state.settled_as})
    return chat


def _too_many(tx: Transaction, chat: ChatSession) -> None:
    count, first_us = turns_since(tx.db, chat.id, tx.at_us - MINUTE_US)
    if count < PER_MIN:
        return
    raise Refusal("too_many_turns", {"seconds": max(1, (first_us + MINUTE_US - tx.at_us) // 1_000_000)})


def _language(chat: ChatSession, said: Sentence) -> str:
    """The conversation's language from this turn on: by request, or by a whole sentence in another language."""
    if said.kind == "language":
        return said.wish
    whole = said.kind in ("act", "fact", "stock", "low", "expiring") and said.words >= SWITCHING_WORDS
    return said.language if whole else chat.language


def _answer(
    tx: Transaction, command: TakeTurn, chat: ChatSession, talk: StockTalk | ShoppingTalk, language: str
) -> ChatAnswer:
    state = talk.state
    product = find_by_sku(tx.db, state.product) if state.product else None
    shown = [stock_actions.as_shown(deed) for deed in talk.deeds] or [_back(deed) for deed in talk.undone]
    question = state.question
    return ChatAnswer(
        command.session,
        command.turn,
        state.name,
        "\n".join(talk.lines),
        language,
        clean(command.text) or _option_label(chat, command.option),
        question.id if question else "",
        question.options if question else talk.offers,
        ProductShown(product.sku, full_name(product, language)) if product else None,
        shown[-1] if shown else None,
        _stock(tx, product.sku) if product else None,
        tuple(shown),
        tx.at_us,
        state.waits_s,
    )


def _option_label(chat: ChatSession, option: str) -> str:
    """Return the label of the tapped option."""
    offered = chat.state.question.options if chat.state.question else ()
    return next((one.label for one in offered if one.id == option), option)


def _back(deed: Deed) -> MovementShown:
    shown = stock_actions.as_shown(deed, undone=True)
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
        "INSERT INTO chat_session (id, actor, surface, register, agent, language, state, begun_us, touched_us, seat)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
        " state = excluded.state, language = excluded.language, touched_us = excluded.touched_us, seat = excluded.seat",
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
            command.seat or chat.seat,
        ),
    )
    tx.db.execute(
        "INSERT INTO chat_turn (session, turn, at_us, heard, option, answer) VALUES (?, ?, ?, ?, ?, ?)",
        (chat.id, command.turn, tx.at_us, clean(command.text), command.option, _encode(answer)),
    )
