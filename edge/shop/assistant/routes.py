"""Conversations over HTTP: a turn, what was said before, and forgetting it."""

from __future__ import annotations

import hashlib
import os
import time
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from edge.core import ids
from edge.core.endpoints import Answer, Body, Endpoint, Schema
from edge.core.messages import Actor, Done, OutcomeUnknown, Refused
from edge.core.storage.database import Connection
from edge.shop.access.rights import BASKET, MANAGE, STOCK
from edge.shop.assistant.commands import EndChat, FoundProducts, OptionId, Seat, TakeTurn
from edge.shop.assistant.dialogue import ChatAnswer
from edge.shop.assistant.handlers import IDLE_US
from edge.shop.assistant.lookup import look_up
from edge.shop.assistant.model_verb import verb_of
from edge.shop.assistant.queries import ChatSession, ChatTurn, chats_of, living_chat, read_chat, read_turn, read_turns
from edge.shop.assistant.sentence import TEXT_CHARS, clean, understand
from edge.shop.search.queries import Search
from edge.web.actors import actor_of
from edge.web.context import SITE, PanelContext
from edge.web.problem import Problem
from edge.web.responses import STATUS_OF, answer_json, answer_outcome, answer_problem, texts_of

FEWEST_WORDS = 2
"""A single word is no sentence that a model should be asked about."""
STATUS = {"question_over": 409, "turn_conflict": 409, "chat_elsewhere": 409, "no_chat": 404, "too_many_turns": 429}

_HEX, _LETTERS = "0123456789abcdef", "abcdefghijklmnop"
_TO_LETTERS, _TO_HEX = str.maketrans(_HEX, _LETTERS), str.maketrans(_LETTERS, _HEX)


Language = Literal["", "en", "fr", "he"]


class ChatMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A turn: what was said, or the `option` that was tapped of a `question`. Without a `session` a new one begins.

    The same `turn` again gives the same answer, and moves nothing twice. `seat` names the page it is said at: with
    `joins` what this person talked about last goes on there, if it is not over, and `session` begins only otherwise.
    """

    text: Annotated[str, msgspec.Meta(max_length=4 * TEXT_CHARS)] = ""
    session: Annotated[str, msgspec.Meta(pattern="^([a-p]{32})?$")] = ""
    turn: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{0,64}$")] = ""
    language: Language = ""
    option: OptionId = ""
    question: OptionId = ""
    seat: Seat = ""
    joins: bool = False


class ChatShown(msgspec.Struct, frozen=True):
    """A conversation in the list."""

    session: str
    who: str
    surface: str
    agent: str
    language: str
    state: str
    begun_us: int
    touched_us: int


class ChatHistory(msgspec.Struct, frozen=True):
    """What was said in a conversation, the newest first; `before`: the number from which to go on (None: no more)."""

    session: str
    turns: list[ChatTurn]
    before: int | None


async def message(request: web.Request) -> web.Response:
    """`POST chat/message`: take a turn of a conversation about the stock, or at a kiosk about shopping."""
    said = await said_in(request)
    return told(request, await take(request.app[SITE], speaker(request), said))


async def said_in(request: web.Request) -> ChatMessage:
    """The turn in a request, in the page's language where it names none. `Problem` 400: it is none."""
    try:
        said = msgspec.json.decode(await request.read(), type=ChatMessage)
    except msgspec.MsgspecError as error:
        raise Problem(400, "body_wrong", where="$", why=str(error)) from error
    return spoken_in(request, said)


def told(request: web.Request, outcome: ChatAnswer | Refused | OutcomeUnknown) -> web.Response:
    """What a turn is answered with."""
    if isinstance(outcome, ChatAnswer):
        return answer_json(outcome)
    if isinstance(outcome, Refused):
        return refused(request, outcome)
    return answer_outcome(outcome, texts_of(request))


def speaker(request: web.Request) -> Actor:
    """Who speaks: a person by name, or whoever stands at a kiosk. `Problem` 401: nobody has signed in."""
    actor = actor_of(request, assumed=True)
    if actor.anonymous and actor.surface != "kiosk":
        raise Problem(401, "chat_needs_person")
    return msgspec.structs.replace(actor, surface="chat")


def refused(request: web.Request, refusal: Refused) -> web.Response:
    """A refusal with its status: what is over is a conflict, what is another's is not there."""
    message = texts_of(request).refusal(refusal)
    said = {"code": refusal.code, "message": message, "values": refusal.values}
    status = STATUS.get(refusal.code, STATUS_OF.get(refusal.code, 422))
    answer = answer_problem(status, refusal, message, refused=said)
    if status == 429:
        answer.headers["Retry-After"] = str(refusal.values["seconds"])
    return answer


def spoken_in(request: web.Request, said: ChatMessage) -> ChatMessage:
    """A turn in the page's language, where it names none."""
    return said if said.language else msgspec.structs.replace(said, language=texts_of(request).language)


async def take(
    site: PanelContext, actor: Actor, said: ChatMessage, spoken: bool = False, propose: bool = False, cart: str = ""
) -> ChatAnswer | Refused | OutcomeUnknown:
    """The answer to a turn, as it was given first where the turn was taken before."""
    text = clean(said.text).strip()
    if len(text) > TEXT_CHARS or not (text or said.option):
        raise Problem(400, "chat_text", most=TEXT_CHARS)
    session, turn = await _session_of(site, actor, said), said.turn or lettered(os.urandom(12))
    language = said.language or site.settings.language
    if earlier := await _earlier(site, actor, session, turn, said.option, text):
        return earlier
    agent = "shopping" if actor.anonymous else "stock"
    found = await _found(site, session, text, language, agent)
    command = TakeTurn(session, turn, agent, language, text, said.option, said.question, found)
    command = msgspec.structs.replace(command, seat=said.seat, moves=said.joins)
    verb = await _verb(site, session, text, language) if agent == "stock" else ""
    command = msgspec.structs.replace(command, spoken=spoken, propose=propose, cart=cart, verb=verb)
    outcome = await site.shop.do(command, actor, turn_id(session, turn))
    if not isinstance(outcome, Done):
        return outcome
    if isinstance(outcome.result, ChatAnswer):
        return outcome.result
    return await _earlier(site, actor, session, turn, said.option, text) or Refused("no_chat")


async def _session_of(site: PanelContext, actor: Actor, said: ChatMessage) -> str:
    """The conversation that a turn belongs to: the one it names, or the one that its person is in the middle of."""
    if said.joins and said.seat and not actor.anonymous:
        since_us = site.shop.now_us() - IDLE_US["stock"]
        if living := await site.asker.read(lambda db: living_chat(db, actor, since_us)):
            return living.id
    return said.session or new_session()


async def _earlier(
    site: PanelContext, actor: Actor, session: str, turn: str, option: str, text: str
) -> ChatAnswer | Refused | None:
    """What this turn was answered with before; a turn that said something else is a conflict."""
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


async def _found(site: PanelContext, session: str, text: str, language: str, agent: str) -> tuple[FoundProducts, ...]:
    """What the names in a sentence mean, read beside the till."""
    if not text:
        return ()
    search = Search(site.settings.currency)

    def read(db: Connection) -> tuple[FoundProducts, ...]:
        chat = read_chat(db, session)
        return look_up(db, search, text, chat.language if chat else language, agent)

    return await site.asker.read(read)


async def _verb(site: PanelContext, session: str, text: str, language: str) -> str:
    """What a model takes a sentence for in which no rule found a verb, and that names something."""
    said = understand(text, language)
    if said.kind != "other" or said.words < FEWEST_WORDS or not any(clause.text for clause in said.clauses):
        return ""
    chat = await site.asker.read(lambda db: read_chat(db, session))
    if chat is not None and chat.state.question is not None:
        return ""
    return await verb_of(site.models, text)


def new_session() -> str:
    """The id of a new conversation; it begins with the time."""
    return lettered(ids.command_id(time.time_ns() // 1000, os.urandom(10)))


def lettered(data: bytes) -> str:
    """Bytes as letters from a to p.

    >>> lettered(bytes((0, 255)))
    'aapp'
    """
    return data.hex().translate(_TO_LETTERS)


def unlettered(text: str) -> bytes:
    """The bytes again."""
    return bytes.fromhex(text.translate(_TO_HEX))


def turn_id(session: str, turn: str) -> ids.CommandId:
    """The command id of a turn: the same whenever it is sent again."""
    digest = hashlib.sha256(f"{session}/{turn}".encode()).digest()
    return ids.child_id(ids.CommandId(unlettered(session)[:6] + digest[:10]), 0)


async def sessions(request: web.Request) -> web.Response:
    """`GET chat/sessions`: one's own conversations, the newest first; a manager with `?all=yes` sees everybody's."""
    actor = speaker(request)
    everybody = request.query.get("all") == "yes" and actor.may(MANAGE)
    found = await request.app[SITE].asker.read(lambda db: chats_of(db, "" if everybody else actor.name))
    shown = [
        ChatShown(one.id, one.actor, one.surface, one.agent, one.language, one.state.name, one.begun_us, one.touched_us)
        for one in found
        if one.agent == "stock" and (everybody or one.belongs_to(actor))
    ]
    return answer_json({"sessions": shown})


async def chat_history(request: web.Request) -> web.Response:
    """`GET chat/history?session=&before=&limit=`: what was said, the newest first; a manager reads everybody's."""
    return await history_for(request, speaker(request))


async def history_for(request: web.Request, actor: Actor) -> web.Response:
    """What was said in a conversation that this actor may read. `Problem` 404: they may not."""
    session = request.query.get("session", "")
    before, limit = _number(request, "before", 2**62), _number(request, "limit", 50)

    def read(db: Connection) -> tuple[ChatSession | None, list[ChatTurn]]:
        return read_chat(db, session), read_turns(db, session, before, limit)

    chat, turns = await request.app[SITE].asker.read(read)
    readable = chat is not None and (chat.belongs_to(actor) or (actor.may(MANAGE) and chat.agent == "stock"))
    if not readable:
        raise Problem(404, "no_chat")
    further = turns[-1].number if turns and len(turns) >= min(limit, 100) else None
    return answer_json(ChatHistory(session, turns, further))


async def forget(request: web.Request) -> web.Response:
    """`DELETE chat/session/{id}`: what was said in a conversation of one's own is gone."""
    try:
        command = msgspec.convert({"session": request.match_info["id"]}, EndChat)
    except msgspec.ValidationError as error:
        raise Problem(404, "no_chat") from error
    outcome = await request.app[SITE].shop.do(command, speaker(request))
    if isinstance(outcome, Refused):
        return refused(request, outcome)
    return answer_outcome(outcome, texts_of(request))


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isdigit() or not 0 < int(text) < 2**63:
        raise Problem(400, "argument_wrong", name=name, why="a whole number above 0")
    return int(text)


_PAGE: dict[str, Schema] = {
    "session": {"type": "string"},
    "before": {"type": "integer"},
    "limit": {"type": "integer", "maximum": 100},
}
_TAG = "assistant"

ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/chat/message",
        handler=message,
        name="chatMessage",
        right=BASKET,
        also=STOCK,
        tag=_TAG,
        body=Body(ChatMessage),
        answer=Answer(ChatAnswer),
        statuses=(404, 409, 422),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/chat/sessions",
        handler=sessions,
        name="chatSessions",
        right=BASKET,
        also=STOCK,
        tag=_TAG,
        query={"all": {"enum": ["no", "yes"], "default": "no"}},
        answer=Answer(list[ChatShown], under="sessions"),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/chat/history",
        handler=chat_history,
        name="chatHistory",
        right=BASKET,
        also=STOCK,
        tag=_TAG,
        query=_PAGE,
        answer=Answer(ChatHistory),
        statuses=(404,),
    ),
    Endpoint(
        method="DELETE",
        path="/api/v1/chat/session/{id}",
        handler=forget,
        name="forgetChat",
        right=BASKET,
        also=STOCK,
        tag=_TAG,
        statuses=(404, 422),
    ),
)
