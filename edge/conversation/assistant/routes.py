"""HTTP API of conversations: a turn, the history, and deletion."""

from __future__ import annotations

import re

import msgspec
from aiohttp import web

from edge.conversation.assistant.commands import EndChat
from edge.conversation.assistant.queries import ChatSession, ChatTurn, chats_of, read_chat, read_turns
from edge.conversation.assistant.turns.chat_turns import ChatMessage, take
from edge.conversation.assistant.turns.dialogue import ChatAnswer
from edge.core.endpoints import DONE, Answer, Body, Endpoint, Schema
from edge.core.messages import Actor, OutcomeUnknown, Refused
from edge.core.storage.database import Connection
from edge.foundation.access.rights import BASKET, MANAGE, STOCK
from edge.web.actors import actor_of
from edge.web.context import SITE
from edge.web.problem import Problem, body_wrong
from edge.web.responses import answer_json, answer_outcome, texts_of

STATUS = {
    "chat_text": 400,
    "question_over": 409,
    "turn_conflict": 409,
    "chat_elsewhere": 409,
    "no_chat": 404,
    "too_many_turns": 429,
    "chat_limit": 403,
}


_SESSION = re.compile("[a-p]{32}")


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
    """A conversation's turns, newest first; `before`: the number to continue from (None: the end)."""

    session: str
    turns: list[ChatTurn]
    before: int | None


async def message(request: web.Request) -> web.Response:
    """`POST chat/message`: take a turn of a stock conversation, or of a shopping one at a kiosk."""
    actor, said = speaker(request), await parse_turn(request)
    named = bool(said.seat and _SESSION.fullmatch(said.session))
    if said.session and not named and not await _has_begun(request, said.session):
        return answer_turn(request, Refused("no_chat"))  # the same reply as for someone else's conversation
    return answer_turn(request, await take(request.app[SITE], actor, said))


async def _has_begun(request: web.Request, session: str) -> bool:
    """Whether the conversation exists. A page (`seat`) may name one before it begins; a program may only name one it
    was given."""
    return await request.app[SITE].asker.read(lambda db: read_chat(db, session) is not None)


async def parse_turn(request: web.Request) -> ChatMessage:
    """The turn in a request, in the page's language by default. Raises `Problem` 400 if it's invalid."""
    try:
        said = msgspec.json.decode(await request.read(), type=ChatMessage)
    except msgspec.MsgspecError as error:
        raise body_wrong(error) from error
    return spoken_in(request, said)


def answer_turn(request: web.Request, outcome: ChatAnswer | Refused | OutcomeUnknown) -> web.Response:
    """The response to a turn."""
    if isinstance(outcome, ChatAnswer):
        return answer_json(outcome)
    if isinstance(outcome, Refused):
        return answer_refused_turn(request, outcome)
    return answer_outcome(outcome, texts_of(request))


def speaker(request: web.Request) -> Actor:
    """The speaker: a signed-in user, or an anonymous customer at a kiosk. Raises `Problem` 401 otherwise."""
    actor = actor_of(request, assumed=True)
    if actor.anonymous and actor.surface != "kiosk":
        raise Problem(401, "chat_needs_person")
    return msgspec.structs.replace(actor, surface="chat")


def answer_refused_turn(request: web.Request, refusal: Refused) -> web.Response:
    """Return a refusal with its status in `STATUS`: not found for another person's conversation, for example."""
    return answer_outcome(refusal, texts_of(request), STATUS)


def spoken_in(request: web.Request, said: ChatMessage) -> ChatMessage:
    """The turn, with the page's language if it names none."""
    return said if said.language else msgspec.structs.replace(said, language=texts_of(request).language)


async def sessions(request: web.Request) -> web.Response:
    """`GET chat/sessions`: the user's own conversations, newest first; a manager gets everyone's with `?all=yes`."""
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
    """`GET chat/history?session=&before=&limit=`: turns, newest first; managers may read everyone's."""
    return await history_for(request, speaker(request))


async def history_for(request: web.Request, actor: Actor) -> web.Response:
    """A conversation's turns, if the actor may read them. Raises `Problem` 404 otherwise."""
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
    """`DELETE chat/session/{id}`: delete one's own conversation."""
    try:
        command = msgspec.convert({"session": request.match_info["id"]}, EndChat)
    except msgspec.ValidationError as error:
        raise Problem(404, "no_chat") from error
    outcome = await request.app[SITE].shop.do(command, speaker(request))
    if isinstance(outcome, Refused):
        return answer_refused_turn(request, outcome)
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
        answer=DONE,
        right=BASKET,
        also=STOCK,
        tag=_TAG,
        statuses=(404, 422),
    ),
)
