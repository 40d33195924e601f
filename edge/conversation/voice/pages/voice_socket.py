"""Voice conversation over a WebSocket: audio in; recognised text, answers and speech out.

Text messages are JSON. First `begin` with the sample rate; then `listen` (each pause ends a sentence), or `hold` and
`release` (a button). `stop` ends speech, else listening; `lost`: no microphone. Binary messages are 16-bit mono
samples, at most a tenth of a second; outgoing ones follow a `sound` message. Audio isn't kept.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from typing import Annotated, Literal
from weakref import WeakKeyDictionary

import msgspec
from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from edge.conversation.voice.pages.voice_turns import HearingPlace, VoiceTurns, voice_of
from edge.conversation.voice.voice_line import SpeechModels, VoiceMessage
from edge.conversation.voice.voice_talk import VoiceTalk
from edge.core.endpoints import Endpoint
from edge.core.messages import Actor, Refused
from edge.core.process.parts import TaskSet
from edge.foundation.access.queries import actor_for
from edge.foundation.access.rights import BASKET, STOCK
from edge.runtime.models_state import RUNNING
from edge.web.actors import permission_check, register_of, session_of, viewer_of
from edge.web.context import SITE
from edge.web.limits import CLOSE_S, HEARTBEAT_S
from edge.web.problem import Problem
from edge.web.responses import texts_of

OPEN_LIMIT = 4
"""Simultaneous microphones, as many as the speech detector has."""
FRAME_MS = 100
MESSAGE_BYTES = 16 * 1024
FAULTS_LIMIT = 3
_NUMBERS = itertools.count(1)
"""Unique numbers for the pages' microphones."""
LOOK_S = 0.5
"""Seconds between checks of the session: sockets close within a second of signing out."""
_open: WeakKeyDictionary[web.Application, set[web.WebSocketResponse]] = WeakKeyDictionary()


class VoiceRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page's message; `rate_hz` is used with `begin`; `session`: the conversation to continue, "" for a new one."""

    kind: Literal["begin", "listen", "hold", "release", "stop", "lost"]
    rate_hz: Annotated[int, msgspec.Meta(ge=8_000, le=48_000)] = 16_000
    session: Annotated[str, msgspec.Meta(pattern=r"^([a-p]{32})?$(?!\n)")] = ""


class WrongMessage(Exception):
    """A message that isn't valid on this connection, or not yet."""


class PageVoice(VoiceTurns):
    """A page's microphone and loudspeaker."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse, session: str) -> None:
        self._request, self._socket, self._still = request, socket, permission_check(request)
        self._register = register_of(request, assumed=True)
        ear = HearingPlace(f"page {next(_NUMBERS)}", self._register, self._register)
        super().__init__(request.app[SITE], self._speaker, texts_of(request).language, ear, session)

    def _speaker(self) -> Actor | None:
        try:
            return voice_of(talker(self._request)) if self._still() else None
        except Problem:  # they signed out, and no one else has signed in
            return None

    async def until_out(self) -> None:
        """Watch the speaker's permissions until they end, then notify the page and close."""
        while self._speaker() is not None and not self._socket.closed:
            await self.warn()
            await asyncio.sleep(LOOK_S)
        await self.tell(self.refusal_reply(Refused("chat_needs_person")).message)
        await self._socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"signed out")

    async def warn(self) -> None:
        """Notify the page whether speech is being recorded; audio is kept only afterwards."""
        recorded = self.recorder.left_s(self._register) > 0
        if recorded != math.isfinite(self.warned_s):
            self.warned_s = math.inf
            await self.tell(VoiceMessage("recording", text=self.recording_words() if recorded else ""))
            self.warned_s = time.monotonic() if recorded else math.inf

    async def tell(self, message: VoiceMessage) -> None:
        if not self._socket.closed:
            await self._socket.send_str(msgspec.json.encode(self.translate_error(message)).decode())

    async def play(self, samples: bytes, rate_hz: int) -> None:
        await self.tell(VoiceMessage("sound", rate_hz=rate_hz))
        if not self._socket.closed:
            await self._socket.send_bytes(samples)


def talker(request: web.Request) -> Actor:
    """Return the speaker on a page: the signed-in user, or the customer at a kiosk.

    Raises `Problem` 401 for anyone else.
    """
    session = session_of(request)
    if session is not None:
        site = request.app[SITE]
        return actor_for(site.shop.reader, session.user, "panel", register_of(request, assumed=True))
    actor = viewer_of(request)
    if actor.anonymous and actor.surface != "kiosk":
        raise Problem(401, "chat_needs_person")
    return actor


async def socket(request: web.Request) -> web.StreamResponse:
    """`GET /ws/voice`: a voice conversation."""
    talker(request)
    models = request.app[SITE].services.of(RUNNING)
    if not isinstance(models, SpeechModels) or not models.has("stt", texts_of(request).language):
        raise Problem(503, "no_stt")
    opened = _open.setdefault(request.app, set())
    if len(opened) >= OPEN_LIMIT:
        raise Problem(503, "busy")
    connection = web.WebSocketResponse(
        timeout=CLOSE_S, heartbeat=HEARTBEAT_S, max_msg_size=MESSAGE_BYTES, compress=False
    )
    opened.add(connection)
    try:
        request.app[SITE].asker.expect_question()
        await connection.prepare(request)
        await _converse(request, connection, models)
    finally:
        opened.discard(connection)
    return connection


async def _converse(request: web.Request, connection: web.WebSocketResponse, models: SpeechModels) -> None:
    wire = _Wire(request, connection, models)
    faults = 0
    try:
        async for message in connection:
            try:
                await wire.take(message)
            except (WrongMessage, msgspec.MsgspecError) as error:
                faults += 1
                text = msgspec.json.encode(VoiceMessage("error", code="message_wrong", message=str(error)[:200]))
                await connection.send_str(text.decode())
                if faults >= FAULTS_LIMIT:
                    await connection.close(code=WSCloseCode.UNSUPPORTED_DATA, message=b"not understood")
    finally:
        await wire.tasks.stop()
        if wire.talk is not None:
            await wire.talk.close()  # a sentence cut off by a lost connection isn't acted on
        wire.leave()


class _Wire:
    """Routes the messages of one connection to its talk."""

    def __init__(self, request: web.Request, connection: web.WebSocketResponse, models: SpeechModels) -> None:
        self._request, self._connection, self._models = request, connection, models
        self.talk: VoiceTalk | None = None
        self._line: PageVoice | None = None
        self._rate_hz = 0
        self.tasks = TaskSet(1)

    def leave(self) -> None:
        """The connection was closed."""
        if self._line is not None:
            self._line.leave()

    async def take(self, message: WSMessage) -> None:
        """Handle a message. Raises WrongMessage or msgspec's errors."""
        if message.type is WSMsgType.BINARY:
            return self._sound(message.data)
        if message.type is not WSMsgType.TEXT:
            raise WrongMessage("neither text nor sound")
        asked = msgspec.json.decode(message.data, type=VoiceRequest)
        if asked.kind == "begin":
            return await self._begin(asked)
        if self.talk is None or self._line is None:
            raise WrongMessage("`begin` comes first")
        self._line.session = asked.session or self._line.session
        ways = {
            "listen": self.talk.listen,
            "hold": self.talk.hold,
            "release": self.talk.release,
            "stop": self.talk.stop,
            "lost": self.talk.on_microphone_lost,
        }
        return await ways[asked.kind]()

    async def _begin(self, asked: VoiceRequest) -> None:
        if self.talk is not None:
            if asked.rate_hz != self._rate_hz:
                raise WrongMessage("the sample rate can't change during a recording")
            return
        self._rate_hz = asked.rate_hz
        self._line = PageVoice(self._request, self._connection, asked.session)
        self.talk = VoiceTalk(self._models, self._line, asked.rate_hz)
        await self._line.tell(VoiceMessage("state", state="off"))
        self.tasks.start(self._line.until_out(), "voice of a page")

    def _sound(self, samples: bytes) -> None:
        if self.talk is None:
            raise WrongMessage("`begin` comes before sound")
        if len(samples) % 2:
            raise WrongMessage("half a sample")
        if len(samples) > FRAME_MS * self._rate_hz // 500:
            raise WrongMessage(f"more than {FRAME_MS} ms of sound at a time")
        self.talk.feed(samples)


ENDPOINTS = (Endpoint(method="GET", path="/ws/voice", handler=socket, right=BASKET, also=STOCK, rate="none"),)
