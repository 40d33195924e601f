"""A device's message queue at the hub, in order of arrival; consecutive rows share a commit.

The worker decodes messages while Postgres stores the ones before; otherwise each would wait half the time.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Protocol, TypeVar

import msgspec

from sync import limits, wire
from sync.hub import digest_server, history_server
from sync.hub.gap_requests import Asking, ask
from sync.hub.model import Block, Key, Outcome
from sync.hub.recurring import PostgresAway, retry
from sync.hub.row_verifier import open_rows
from sync.hub.store import Connection, Store
from sync.session import Incoming
from sync.wire import (
    Answered,
    Ask,
    Digest,
    Digests,
    Directives,
    Down,
    Fetch,
    Fetched,
    Hello,
    Pull,
    ResendRequest,
    Rows,
    Stopped,
    WireError,
)

log = logging.getLogger(__name__)

TOGETHER = limits.EDGE_UNACKED
"""Maximum row messages per commit."""

Send = Callable[[Key, Down], Awaitable[object]]
Committed = Callable[[Key], None]
Room = Callable[[], int]
Answer = Callable[[Connection, Key, bytes], Awaitable[bytes]]
"""Returns a room's answer to a box's question, within a transaction."""
NO_ANSWERS: Mapping[str, Answer] = MappingProxyType({})
Got = TypeVar("Got")


class Damaged(msgspec.Struct, frozen=True):
    """Rows that couldn't be decoded; `stopped`: the message for the device."""

    stopped: Stopped


class DecodedMessage(msgspec.Struct, frozen=True):
    """A decoded message. `done` tells the broker that it may send another."""

    content: Hello | Block | Pull | Stopped | Damaged | Fetch | Digest | Ask
    done: Callable[[], None]


def open_letter(key: Key, incoming: Incoming) -> DecodedMessage | None:
    """Decode a device's message and verify row hashes; None if it isn't one of ours."""
    try:
        message = wire.decode_up(incoming.payload)
    except WireError as error:
        log.warning("hub: from %s: %s", key, error)
        incoming.done()
        return None
    if not isinstance(message, Rows):
        return DecodedMessage(message, incoming.done)
    try:
        return DecodedMessage(open_rows(message), incoming.done)
    except WireError as error:
        log.warning("hub: from %s: %s", key, error)
        text = f"The hub can't accept rows from {message.from_seq} on: {error}."[: limits.TEXT_CHARS]
        return DecodedMessage(Damaged(Stopped(message.epoch, "unreadable", text)), incoming.done)


def _ours() -> int:
    return limits.MESSAGE_BYTES


class Sharing(Protocol):
    """How a worker shares its time among devices."""

    def credit(self) -> int:
        """The number of rows a device may have in transit."""
        ...

    def rest(self, key: Key, took_s: float, rows: int) -> float:
        """Seconds to pause a device after its `rows` took `took_s`."""
        ...

    def hold(self, size: int) -> bool:
        """Whether there is room for a message of this size from a device with many waiting.

        If so, call `release` once it's processed.
        """
        ...

    def release(self, size: int) -> None:
        """Release the room of a processed message."""
        ...


class DeviceQueue:
    """See the module. `sharing`: the device's share of the worker; `send` sends it a message of at most `room()` bytes;
    `committed` is called after each commit that advanced its prefix; `answers`: capabilities' answers to questions."""

    def __init__(
        self,
        key: Key,
        store: Store,
        sharing: Sharing,
        send: Send,
        committed: Committed,
        room: Room = _ours,
        answers: Mapping[str, Answer] = NO_ANSWERS,
    ) -> None:
        self._key = key
        self._store = store
        self._sharing = sharing
        self._send = send
        self._room = room
        self._answers = answers
        self._committed = committed
        self._waiting: deque[Incoming] = deque()
        self._next: DecodedMessage | None = None  # decoded already, but can't be processed with the ones before it
        self._held = 0  # messages not yet processed
        self._let_go = False  # whether a message was dropped since the last request for rows
        self._through = 0  # the row up to which `committed` was called
        self._arrived = asyncio.Event()
        self._asking = Asking()

    def put(self, incoming: Incoming) -> None:
        """Add a message for a running `work`.

        For a device with many in transit, the broker is acknowledged at once, so that they don't use up its neighbours'
        room. Beyond the limit they're dropped unread and requested again.
        """
        if self._held >= limits.EDGE_UNACKED:
            size = len(incoming.payload)
            incoming.done()
            if not self._sharing.hold(size):
                self._let_go = True
                return
            incoming = Incoming(incoming.topic, incoming.payload, partial(self._sharing.release, size))
        self._held += 1
        self._waiting.append(incoming)
        self._arrived.set()

    async def work(self) -> None:
        """Process messages until none is waiting and no gap is watched."""
        letters: list[DecodedMessage] = []
        while self._held or self._asking.next_at is not None:
            if self._held:
                letters = await self._turn(letters or await self._take())
            elif not await self._something_arrives():
                found = await self._persist(lambda: self._store.look(self._key))
                if found is not None:
                    await self._finish(found)

    async def _turn(self, letters: list[DecodedMessage]) -> list[DecodedMessage]:
        """Process these messages. While Postgres stores them, decode the next ones and return them."""
        began = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as tasks:
            following = tasks.create_task(self._take())
            await self._deal_with(letters)
            took_s = asyncio.get_running_loop().time() - began
        await self._rest(took_s, letters)
        return following.result()

    async def _something_arrives(self) -> bool:
        """Wait for a message; False if it's time to check the gap again."""
        self._arrived.clear()
        try:
            async with asyncio.timeout_at(self._asking.next_at):
                return await self._arrived.wait()
        except TimeoutError:
            return False

    async def _take(self) -> list[DecodedMessage]:
        """The next message, with consecutive rows; empty if none waiting was one of ours.

        Decoding takes milliseconds, so other devices get a turn in between.
        """
        letters = [self._next] if self._next else []
        self._next = None
        while self._waiting and len(letters) < TOGETHER and (not letters or isinstance(letters[0].content, Block)):
            began = asyncio.get_running_loop().time()
            letter = open_letter(self._key, self._waiting.popleft())
            if letter is None:
                self._held -= 1
            elif letters and not isinstance(letter.content, Block):
                self._next = letter
                break
            else:
                letters.append(letter)
            await self._rest(asyncio.get_running_loop().time() - began, letters[-1:])
        return letters

    async def _rest(self, took_s: float, letters: list[DecodedMessage]) -> None:
        """Give others a turn; the longer, the more time this device used."""
        rows = sum(len(letter.content.records) for letter in letters if isinstance(letter.content, Block))
        await asyncio.sleep(self._sharing.rest(self._key, took_s, rows))

    async def _deal_with(self, letters: list[DecodedMessage]) -> None:
        if not letters:
            return
        try:
            answer = await self._persist(lambda: self._decide(letters))
        finally:
            self._held -= len(letters)
            for letter in letters:
                letter.done()
        if isinstance(answer, Directives | Stopped | Fetched | Digests | Answered):
            await self._send(self._key, answer)
        elif answer is not None:
            await self._finish(answer)

    async def _decide(
        self, letters: list[DecodedMessage]
    ) -> Outcome | Directives | Stopped | Fetched | Digests | Answered:
        key, store, credit = self._key, self._store, self._sharing.credit()
        match letters[0].content:
            case Hello() as hello:
                return await store.hello(key, hello, credit)
            case Pull() as pull:
                return await store.directives(key, pull, self._room())
            case Fetch() as fetch:
                return await history_server.give(store, key, fetch, self._room())
            case Digest() as asked:
                return await digest_server.answer(store, key, asked)
            case Ask() as question:
                return await self._answer_question(question)
            case Stopped() as stopped:
                return await store.stop(key, stopped)
            case Damaged(stopped):
                outcome = await store.stop(key, stopped)
                return msgspec.structs.replace(outcome, replies=[stopped])
            case Block():
                blocks = [letter.content for letter in letters if isinstance(letter.content, Block)]
                return await store.rows(key, blocks, credit)

    async def _answer_question(self, question: Ask) -> Answered:
        answer = self._answers.get(question.room)
        if answer is None:
            return Answered(question.number, b"")
        async with self._store.pool.acquire() as connection, connection.transaction():
            said = await answer(connection, self._key, question.body + question.rest)
        return Answered(question.number, said[: limits.ASK_BYTES], said[limits.ASK_BYTES :])

    async def _finish(self, outcome: Outcome) -> None:
        """Acknowledge committed rows, and request missing ones."""
        now = asyncio.get_running_loop().time()
        device = outcome.device
        self._asking, want = ask(self._asking, device.epoch, outcome.gap, now)
        if self._let_go and not self._held:
            self._let_go = False
            want = ResendRequest(device.epoch, device.through + 1, device.through + limits.WINDOW_ROWS)
        for reply in [*outcome.replies, *([want] if want else [])]:
            await self._send(self._key, reply)
        if device.through != self._through:  # otherwise there is nothing new to project
            self._through = device.through
            self._committed(self._key)

    async def _persist(self, work: Callable[[], Awaitable[Got]]) -> Got | None:
        """The result of `work`; None after repeated failures, when the device will say hello again."""
        try:
            return await retry(f"messages of {self._key}", work)
        except PostgresAway:
            log.error("hub: Postgres stayed unavailable; the messages of %s are dropped", self._key)
        except Exception:
            log.exception("hub: the messages of %s couldn't be stored and are dropped", self._key)
        return None
