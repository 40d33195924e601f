"""A conversation over a WebSocket: turns in, answers out to all followers (`chat_wire.py`).

A broken connection ends nothing: a submitted turn is carried out, and its answer is sent first on reconnection. Access
is checked at each push and twice a second.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple
from weakref import WeakKeyDictionary

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from edge.conversation.assistant.followers import followers_of
from edge.conversation.assistant.pages.chat_wire import Incoming, Outgoing, pieces, whole
from edge.conversation.assistant.queries import HISTORY_LIMIT, ChatTurn, read_chat, read_turn, read_turns
from edge.conversation.assistant.routes import spoken_in
from edge.conversation.assistant.turns.chat_turns import PreparedTurn, expect_turn, prepare, put, to_letters
from edge.conversation.assistant.turns.dialogue import ChatAnswer
from edge.core.endpoints import ANYBODY, Endpoint
from edge.core.messages import Actor, OutcomeUnknown, Refused
from edge.core.process.parts import TaskSet
from edge.foundation.access.rights import BASKET, STOCK
from edge.ordering.orders.pages.visitor import CART, KIOSK, PHONE, open_cart, visitor
from edge.web.actors import permission_check, viewer_of
from edge.web.caller import caller_of
from edge.web.context import SITE
from edge.web.limits import CLOSE_S, HEARTBEAT_S
from edge.web.problem import Problem
from edge.web.responses import texts_of

MESSAGE_BYTES = 8 * 1024
OPEN_LIMIT, OF_ONE = 16, 4
"""Connections of staff, kiosks, and phones, each; of phones, connections per address."""
TURNS_WAITING = 8
"""Turns queued behind an unanswered one; more are refused."""
FAULTS_LIMIT = 3
"""Invalid messages before the connection is closed."""
LOOK_S = 0.5
"""Seconds between checks of the session's permission."""
WAITING = 200
"""Maximum messages queued for a slow reader. Above it the connection closes, and resuming delivers all of them."""
_open: WeakKeyDictionary[web.Application, dict[str, list[str]]] = WeakKeyDictionary()
"""Addresses of open connections, by purpose."""


async def socket(request: web.Request) -> web.StreamResponse:
    """`GET /ws/chat`: the staff's conversation, or a program's at a kiosk; missed turns are sent again."""
    still = permission_check(request)

    def speaker() -> Actor | None:
        actor = viewer_of(request) if still() else None
        return None if actor is None or (actor.anonymous and actor.surface != "kiosk") else actor

    if speaker() is None:
        raise Problem(401, "chat_needs_person")
    return await _serve(request, "staff", speaker)


async def visitors_socket(request: web.Request) -> web.StreamResponse:
    """`GET /kiosk/ws/chat`, `GET /shop/ws/chat`: the customer's conversation; opens a cart for a phone."""
    who, still = visitor(request), permission_check(request)
    if who.base == KIOSK:
        return await _serve(request, KIOSK, lambda: who.actor if still() else None)
    return await _serve(request, PHONE, lambda: who.actor)


async def _serve(request: web.Request, kind: str, speaker: Callable[[], Actor | None]) -> web.StreamResponse:
    taken, address = _open.setdefault(request.app, {}).setdefault(kind, []), caller_of(request).address
    if len(taken) >= OPEN_LIMIT or (kind == PHONE and taken.count(address) >= OF_ONE):
        raise Problem(503, "busy")
    connection = web.WebSocketResponse(
        timeout=CLOSE_S, heartbeat=HEARTBEAT_S, max_msg_size=MESSAGE_BYTES, compress=False
    )
    if not connection.can_prepare(request).ok:  # refuse before a cart is created
        raise Problem(426, "websocket_alone")
    taken.append(address)
    try:
        cart = ""
        if kind == PHONE:
            found = await open_cart(request, visitor(request))
            if isinstance(found, Refused):
                raise Problem(503, found.code)
            cart = found.id
            CART.set(request, connection, cart)
        request.app[SITE].asker.expect_question()
        await expect_turn()
        await connection.prepare(request)
        line = ChatLine(request, connection, speaker, cart)
        try:
            await line.converse()
        finally:
            await line.close()
    finally:
        taken.remove(address)
    return connection


class SaidTurn(NamedTuple):
    """A sentence under its turn id, and the number of `stops` received before it."""

    said: Incoming
    turn: str
    stops: int


class ChatLine:
    """An open connection: turns are taken one at a time; a slow reader delays only itself."""

    def __init__(
        self,
        request: web.Request,
        connection: web.WebSocketResponse,
        speaker: Callable[[], Actor | None],
        cart: str,
    ) -> None:
        self._request, self._connection, self._speaker, self._cart = request, connection, speaker, cart
        self._site = request.app[SITE]
        self._followers = followers_of(self._site)
        self._session = self._seat = ""
        self._epoch = 0
        self._out: asyncio.Queue[Outgoing] = asyncio.Queue(WAITING)
        self._tasks, self._turns = TaskSet(2), TaskSet(2)
        self._preparing: asyncio.Timeout | None = None
        self._own = ""
        self._stops = 0
        self._said: deque[SaidTurn] = deque()
        self._idle = asyncio.Event()
        self._idle.set()

    async def converse(self) -> None:
        """Serve the connection until it closes."""
        self._tasks.start(self._write(), "chat line")
        self._tasks.start(self._until_out(), "chat line")
        faults = 0
        async for message in self._connection:
            if self._speaker() is None:
                return await self._out_of_here()
            try:
                if message.type is not WSMsgType.TEXT:
                    raise msgspec.ValidationError("not text")
                said = msgspec.json.decode(message.data, type=Incoming)
            except msgspec.MsgspecError as error:
                faults += 1
                wrong = Outgoing("error", code="message_wrong", message=str(error)[:200])
                await self._connection.send_str(msgspec.json.encode(wrong).decode())
                if faults >= FAULTS_LIMIT:
                    await self._connection.close(code=WSCloseCode.UNSUPPORTED_DATA, message=b"not understood")
                continue
            await self._take(said)
        return None

    async def close(self) -> None:
        """Close the connection. Turns already received run to their end, as they may have been submitted."""
        self._followers.leave(self._session, self)
        await self._tasks.stop()
        await self._idle.wait()
        await self._turns.stop()

    def tell(self, turn: ChatTurn, seat: str) -> None:
        """See `ConversationFollower`."""
        if seat and self._seat and seat != self._seat:
            # The conversation moved to another page; this one only says so.
            self._followers.leave(self._session, self)
            self._session = ""
            return self._refuse(Refused("chat_elsewhere"), "", turn.answer.session)
        if turn.turn != self._own:
            self._show(turn, 0)
        return None

    # -- incoming messages

    async def _take(self, said: Incoming) -> None:
        if said.kind == "resume":
            return await self._resume(said)
        if said.kind == "stop":
            if self._preparing is not None:
                self._preparing.reschedule(0)
            self._stops += 1  # drops earlier sentences that aren't submitted yet
            if self._idle.is_set():
                self._send(Outgoing("done", turn=said.id, session=said.session, stopped=True))
            return None
        turn = said.id or to_letters(os.urandom(12))
        if len(self._said) >= TURNS_WAITING:
            return self._refuse(Refused("busy"), turn, said.session)
        self._send(Outgoing("taken", turn=turn, session=said.session))
        self._said.append(SaidTurn(said, turn, self._stops))
        if self._idle.is_set():
            self._idle.clear()
            self._turns.start(self._work(), "chat turn")
        return None

    async def _work(self) -> None:
        """Answer received turns in order."""
        try:
            while self._said:
                await self._answer(self._said.popleft())
        finally:
            self._idle.set()

    async def _answer(self, one: SaidTurn) -> None:
        said, turn, self._own = one.said, one.turn, one.turn
        began_s = time.perf_counter()
        try:
            outcome = await self._outcome(one)
        except Problem as problem:
            outcome = problem.refused
        finally:
            self._own = ""
        if isinstance(outcome, ChatAnswer):
            session = outcome.session
            kept = await self._site.asker.read(lambda db: read_turn(db, session, turn))
            if kept is not None:
                await self._follow(session, said.seat)
                self._show(kept, round((time.perf_counter() - began_s) * 1000), one.stops != self._stops)
        elif isinstance(outcome, Refused) and outcome.code != "superseded":
            self._refuse(outcome, turn, said.session)
        elif isinstance(outcome, OutcomeUnknown):
            # The outcome is unknown: the turn isn't finished, and is sent again with its id.
            self._refuse(Refused("chat_slow"), "", said.session)
        else:
            self._send(Outgoing("done", turn=turn, session=said.session, stopped=True))

    async def _outcome(self, one: SaidTurn) -> ChatAnswer | Refused | OutcomeUnknown | None:
        """The outcome of a turn; None or `superseded` if it was stopped in time."""
        if one.stops != self._stops:
            return None
        actor = self._speaker()
        if actor is None:
            return Refused("chat_needs_person")
        if self._cart and not await self._has_cart():
            await self._connection.close(code=WSCloseCode.SERVICE_RESTART, message=b"another cart")
            return None  # the page reconnects with an open cart and resends it with its id
        actor = msgspec.structs.replace(actor, surface="chat")
        asked = spoken_in(self._request, one.said.as_turn(one.turn))
        try:
            async with asyncio.timeout(None) as self._preparing:
                ready = await prepare(self._site, actor, asked, cart=self._cart)
        except TimeoutError:
            return None
        finally:
            self._preparing = None
        if not isinstance(ready, PreparedTurn):
            return ready
        return await put(self._site, ready, lambda: one.stops == self._stops)

    async def _has_cart(self) -> bool:
        who = msgspec.structs.replace(visitor(self._request), cart=self._cart)
        found = await open_cart(self._request, who)
        return isinstance(found, Refused) or found.id == self._cart

    async def _resume(self, said: Incoming) -> None:
        """Send the answers after a number, oldest first; all of them for another epoch."""
        chat, turns = await self._site.asker.read(
            lambda db: (read_chat(db, said.session), read_turns(db, said.session, None, HISTORY_LIMIT))
        )
        actor = self._speaker()
        if actor is None or chat is None or not chat.belongs_to(msgspec.structs.replace(actor, surface="chat")):
            return self._refuse(Refused("no_chat"), "", said.session)
        if said.seat and chat.seat not in ("", said.seat):
            return self._refuse(Refused("chat_elsewhere"), "", said.session)
        self._listen(said.session, chat.begun_us, said.seat)
        missed = [turn for turn in reversed(turns) if turn.number > said.after or said.epoch != chat.begun_us]
        other = said.epoch != chat.begun_us
        self._send(Outgoing("resumed", session=said.session, epoch=chat.begun_us, whole=other))
        for turn in missed:
            self._send(whole(turn, chat.begun_us))
        return None

    # -- outgoing messages

    async def _follow(self, session: str, seat: str) -> None:
        if session != self._session or not self._epoch:
            chat = await self._site.asker.read(lambda db: read_chat(db, session))
            if chat is not None:
                self._listen(session, chat.begun_us, seat)

    def _listen(self, session: str, epoch: int, seat: str) -> None:
        self._followers.leave(self._session, self)
        self._session, self._epoch, self._seat = session, epoch, seat or self._seat
        self._followers.follow(session, self)

    def _show(self, turn: ChatTurn, ms: int, stopped: bool = False) -> None:
        if not stopped:
            for piece in pieces(turn):
                self._send(piece)
        self._send(whole(turn, self._epoch, ms, stopped))

    def _refuse(self, refused: Refused, turn: str, session: str) -> None:
        told = texts_of(self._request).refusal(refused)
        self._send(Outgoing("error", turn=turn, session=session, code=refused.code, message=told))

    def _send(self, out: Outgoing) -> None:
        waiting = self._out.qsize()
        if waiting >= WAITING - 1:
            self._turns.start(self._connection.close(code=WSCloseCode.TRY_AGAIN_LATER), "chat line")
        elif out.is_required or waiting < WAITING // 2:
            self._out.put_nowait(out)

    async def _write(self) -> None:
        while True:
            out = await self._out.get()
            if self._speaker() is None:
                return await self._out_of_here()
            if not self._connection.closed:
                await self._connection.send_str(msgspec.json.encode(out).decode())

    async def _until_out(self) -> None:
        while self._speaker() is not None and not self._connection.closed:  # noqa: ASYNC110 - rights are looked up
            await asyncio.sleep(LOOK_S)
        await self._out_of_here()

    async def _out_of_here(self) -> None:
        """Access was withdrawn: send only that, and close."""
        if self._connection.closed:
            return
        refused = Refused("chat_needs_person")
        told = Outgoing("error", code=refused.code, message=texts_of(self._request).refusal(refused))
        await self._connection.send_str(msgspec.json.encode(told).decode())
        await self._connection.close(code=WSCloseCode.POLICY_VIOLATION, message=b"signed out")


ENDPOINTS = (
    Endpoint(method="GET", path="/ws/chat", handler=socket, right=BASKET, also=STOCK, rate="none"),
    Endpoint(method="GET", path=f"{KIOSK}/ws/chat", handler=visitors_socket, right=BASKET, rate="none"),
    Endpoint(method="GET", path=f"{PHONE}/ws/chat", handler=visitors_socket, right=ANYBODY, rate="command"),
)
