"""A conversation over a WebSocket: turns in, answers out, each with the number that it has in the ledger.

So whoever comes back asks for what they missed by the last number they saw, also after a restart; and a connection that
breaks ends nothing: a turn that reached the door is done, and its answer is the first thing sent.
"""

from __future__ import annotations

import os
import time
from typing import Annotated, Literal
from weakref import WeakKeyDictionary

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from edge.core.endpoints import Endpoint
from edge.core.messages import Actor, OutcomeUnknown, Refused
from edge.shop.access.rights import BASKET, STOCK
from edge.shop.assistant.dialogue import ChatAnswer
from edge.shop.assistant.queries import HISTORY_LIMIT, ChatTurn, read_chat, read_turn, read_turns
from edge.shop.assistant.routes import ChatMessage, lettered, spoken_in, take
from edge.web.actors import still_in, viewer_of
from edge.web.context import SITE
from edge.web.limits import CLOSE_S, HEARTBEAT_S
from edge.web.problem import Problem
from edge.web.responses import texts_of

MESSAGE_BYTES = 8 * 1024
OPEN_LIMIT = 16
FAULTS_LIMIT = 3
"""Messages that are none; then the connection ends."""
_open: WeakKeyDictionary[web.Application, set[web.WebSocketResponse]] = WeakKeyDictionary()
"""The connections of each panel."""


class Incoming(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may come: `say` something, tap an `option`, answer `yes` or `no`, `stop`, or `resume` behind a number."""

    kind: Literal["say", "option", "yes", "no", "stop", "resume"]
    id: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{0,64}$")] = ""
    text: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    lang: Literal["", "en", "fr", "he"] = ""
    session: Annotated[str, msgspec.Meta(pattern="^([a-p]{32})?$")] = ""
    question: Annotated[str, msgspec.Meta(max_length=80)] = ""
    after: Annotated[int, msgspec.Meta(ge=0, lt=2**62)] = 0


class Outgoing(msgspec.Struct, frozen=True, omit_defaults=True):
    """What goes out: that a turn was `taken`, each command that was done for it (`tool`), its answer sentence by
    sentence (`token`), and then whole (`ask` where it waits for one, else `done`); or what was wrong. `n`: the number
    of the turn, `part` which of its sentences."""

    kind: Literal["taken", "tool", "token", "ask", "done", "stopped", "error"]
    n: int = 0
    part: int = 0
    text: str = ""
    ms: int = 0
    turn: str = ""
    session: str = ""
    answer: ChatAnswer | None = None
    code: str = ""
    message: str = ""


async def socket(request: web.Request) -> web.StreamResponse:
    """`GET /ws/chat`: a conversation by messages; what was missed comes again for whoever resumes."""
    actor = viewer_of(request)
    if actor.anonymous and actor.surface != "kiosk":
        raise Problem(401, "chat_needs_person")
    opened = _open.setdefault(request.app, set())
    if len(opened) >= OPEN_LIMIT:
        raise Problem(503, "busy")
    connection = web.WebSocketResponse(
        timeout=CLOSE_S, heartbeat=HEARTBEAT_S, max_msg_size=MESSAGE_BYTES, compress=False
    )
    opened.add(connection)
    try:
        await connection.prepare(request)
        await _converse(request, connection)
    finally:
        opened.discard(connection)
    return connection


async def _converse(request: web.Request, connection: web.WebSocketResponse) -> None:
    faults, still = 0, still_in(request)
    async for message in connection:
        actor = viewer_of(request) if still() else None  # as they are now, whatever they were when it began
        if actor is None or (actor.anonymous and actor.surface != "kiosk"):
            break
        actor = msgspec.structs.replace(actor, surface="chat")
        try:
            if message.type is not WSMsgType.TEXT:
                raise msgspec.ValidationError("not text")
            said = msgspec.json.decode(message.data, type=Incoming)
        except msgspec.MsgspecError as error:
            faults += 1
            await _send(connection, Outgoing("error", code="message_wrong", message=str(error)[:200]))
            if faults >= FAULTS_LIMIT:
                await connection.close(code=WSCloseCode.UNSUPPORTED_DATA, message=b"not understood")
            continue
        if said.kind not in ("stop", "resume"):
            await _send(connection, Outgoing("taken", turn=said.id, session=said.session))
        for out in await _answers(request, actor, said):
            await _send(connection, out)


async def _send(connection: web.WebSocketResponse, out: Outgoing) -> None:
    if not connection.closed:
        await connection.send_str(msgspec.json.encode(out).decode())


async def _answers(request: web.Request, actor: Actor, said: Incoming) -> list[Outgoing]:
    """What one message is answered with."""
    if said.kind == "stop":
        return [Outgoing("stopped", turn=said.id, session=said.session)]
    if said.kind == "resume":
        return await _missed(request, actor, said)
    option = said.text if said.kind == "option" else said.kind if said.kind in ("yes", "no") else ""
    text = said.text if said.kind == "say" else ""
    turn = said.id or lettered(os.urandom(12))
    began_s = time.perf_counter()
    asked = ChatMessage(text, said.session, turn, said.lang, option, said.question)
    try:
        outcome = await take(request.app[SITE], actor, spoken_in(request, asked))
    except Problem as problem:
        outcome = problem.refused
    if isinstance(outcome, Refused):
        told = texts_of(request).refusal(outcome)
        return [Outgoing("error", turn=turn, session=said.session, code=outcome.code, message=told)]
    if isinstance(outcome, OutcomeUnknown):
        return [Outgoing("error", turn=turn, session=said.session, code="outcome_unknown")]
    kept = await request.app[SITE].asker.read(lambda db: read_turn(db, outcome.session, turn))
    if kept is None:
        return []
    whole = msgspec.structs.replace(_out(kept), ms=round((time.perf_counter() - began_s) * 1000))
    return [*_parts(kept), whole]


async def _missed(request: web.Request, actor: Actor, said: Incoming) -> list[Outgoing]:
    """The answers behind a number, the oldest first."""
    chat, turns = await request.app[SITE].asker.read(
        lambda db: (read_chat(db, said.session), read_turns(db, said.session, None, HISTORY_LIMIT))
    )
    if chat is None or not chat.belongs_to(actor):
        told = texts_of(request).refusal(Refused("no_chat"))
        return [Outgoing("error", session=said.session, code="no_chat", message=told)]
    return [_out(turn) for turn in reversed(turns) if turn.number > said.after]


def _parts(turn: ChatTurn) -> list[Outgoing]:
    """What was done for a turn, and its sentences, as whoever listens is told before all of it is there."""
    answer = turn.answer
    names = {"move": "TransferStock"}
    told = [names.get(one.type, "RecordMovement") for one in answer.movements]
    tools = [Outgoing("tool", turn.number, 0, name, turn=turn.turn, session=answer.session) for name in told]
    lines = enumerate(answer.text.split("\n"), 1)
    return [
        *tools,
        *(Outgoing("token", turn.number, part, line, turn=turn.turn, session=answer.session) for part, line in lines),
    ]


def _out(turn: ChatTurn) -> Outgoing:
    kind: Literal["ask", "done"] = "ask" if turn.answer.question else "done"
    return Outgoing(kind, turn.number, turn=turn.turn, session=turn.answer.session, answer=turn.answer)


ENDPOINTS = (Endpoint(method="GET", path="/ws/chat", handler=socket, right=BASKET, also=STOCK, rate="none"),)
