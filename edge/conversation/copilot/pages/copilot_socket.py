"""The copilot over a WebSocket: each tool call is sent as it completes, then the answer.

A question has an id: repeating it on another connection has no further effect. Access is checked at each push and twice
a second.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal
from weakref import WeakKeyDictionary

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from edge.conversation.assistant.commands import SessionId, TurnId
from edge.conversation.copilot.copilot import CopilotAnswer, ToolCall
from edge.conversation.copilot.pages.copilot import QUERY_CHARS, CopilotQuery, answer_question
from edge.core.endpoints import Endpoint
from edge.core.messages import Actor, Refused
from edge.core.process.parts import TaskSet
from edge.foundation.access.rights import MANAGE, STOCK
from edge.web.actors import permission_check, viewer_of
from edge.web.context import SITE
from edge.web.limits import CLOSE_S, HEARTBEAT_S
from edge.web.problem import Problem
from edge.web.responses import texts_of

MESSAGE_BYTES = 16 * 1024
OPEN_LIMIT = 16
FAULTS_LIMIT = 3
LOOK_S = 0.5
"""Seconds between checks of the session's permission."""
WAITING = 100
"""Messages queued for a slow reader. Then the connection closes, and the result is sent on the next one."""
_open: WeakKeyDictionary[web.Application, set[web.WebSocketResponse]] = WeakKeyDictionary()


class CopilotIncoming(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question with its `id`; an unknown session begins with it."""

    id: TurnId
    session: SessionId
    query: Annotated[str, msgspec.Meta(max_length=4 * QUERY_CHARS)] = ""
    option: Annotated[str, msgspec.Meta(max_length=80)] = ""


class CopilotOutgoing(msgspec.Struct, frozen=True, omit_defaults=True):
    """A `tool` call, the complete answer (`done`), or an error. `turn`: the id of the question."""

    kind: Literal["tool", "done", "error"]
    turn: str = ""
    call: ToolCall | None = None
    answer: CopilotAnswer | None = None
    code: str = ""
    message: str = ""


async def socket(request: web.Request) -> web.StreamResponse:
    """`GET /ws/copilot`: questions in, answers out in parts."""
    line = CopilotLine(request)
    if line.speaker() is None:
        raise Problem(401, "chat_needs_person")
    taken = _open.setdefault(request.app, set())
    if len(taken) >= OPEN_LIMIT:
        raise Problem(503, "busy")
    taken.add(line.connection)
    try:
        request.app[SITE].asker.expect_question()
        await line.connection.prepare(request)
        await line.converse()
    finally:
        taken.discard(line.connection)
        await line.close()
    return line.connection


class CopilotLine:
    """An open connection, which takes one question at a time."""

    def __init__(self, request: web.Request) -> None:
        self.connection = web.WebSocketResponse(
            timeout=CLOSE_S, heartbeat=HEARTBEAT_S, max_msg_size=MESSAGE_BYTES, compress=False
        )
        self._request, self._still = request, permission_check(request)
        self._out: asyncio.Queue[CopilotOutgoing] = asyncio.Queue(WAITING)
        self._tasks = TaskSet(2)

    def speaker(self) -> Actor | None:
        """The asker; None if they may not ask."""
        actor = viewer_of(self._request) if self._still() else None
        known = actor is not None and not actor.anonymous and (actor.may(MANAGE) or actor.may(STOCK))
        return actor if known else None

    async def converse(self) -> None:
        """Serve the connection until it closes."""
        self._tasks.start(self._write(), "copilot line")
        self._tasks.start(self._until_out(), "copilot line")
        faults = 0
        async for message in self.connection:
            try:
                if message.type is not WSMsgType.TEXT:
                    raise msgspec.ValidationError("not text")
                asked = msgspec.json.decode(message.data, type=CopilotIncoming)
            except msgspec.MsgspecError as error:
                faults += 1
                self._send(CopilotOutgoing("error", code="message_wrong", message=str(error)[:200]))
                if faults >= FAULTS_LIMIT:
                    await self.connection.close(code=WSCloseCode.UNSUPPORTED_DATA, message=b"not understood")
                continue
            await self._answer(asked)

    async def close(self) -> None:
        await self._tasks.stop()

    async def _answer(self, asked: CopilotIncoming) -> None:
        actor = self.speaker()
        if actor is None:
            return await self._out_of_here()
        actor = msgspec.structs.replace(actor, surface="chat")

        def send_tool_call(call: ToolCall) -> None:
            self._send(CopilotOutgoing("tool", asked.id, call))

        try:
            query = CopilotQuery(asked.query, asked.session, asked.option)
            outcome = await answer_question(self._request, actor, query, asked.id, send_tool_call)
        except Problem as problem:
            outcome = problem.refused
        if isinstance(outcome, Refused):
            message = texts_of(self._request).refusal(outcome)
            self._send(CopilotOutgoing("error", asked.id, code=outcome.code, message=message))
        else:
            self._send(CopilotOutgoing("done", asked.id, answer=outcome))
        return None

    def _send(self, out: CopilotOutgoing) -> None:
        try:
            self._out.put_nowait(out)
        except asyncio.QueueFull:
            self._tasks.start(self.connection.close(code=WSCloseCode.TRY_AGAIN_LATER), "copilot line")

    async def _write(self) -> None:
        while True:
            out = await self._out.get()
            if self.speaker() is None:
                return await self._out_of_here()
            if not self.connection.closed:
                await self.connection.send_str(msgspec.json.encode(out).decode())

    async def _until_out(self) -> None:
        while self.speaker() is not None and not self.connection.closed:  # noqa: ASYNC110 - rights are looked up
            await asyncio.sleep(LOOK_S)
        await self._out_of_here()

    async def _out_of_here(self) -> None:
        """Access was withdrawn: send only that, and close."""
        if self.connection.closed:
            return
        refused = Refused("chat_needs_person")
        told = CopilotOutgoing("error", code=refused.code, message=texts_of(self._request).refusal(refused))
        await self.connection.send_str(msgspec.json.encode(told).decode())
        await self.connection.close(code=WSCloseCode.POLICY_VIOLATION, message=b"signed out")


ENDPOINTS = (Endpoint(method="GET", path="/ws/copilot", handler=socket, right=MANAGE, also=STOCK, rate="none"),)
