"""A pending request: its partial results, its reply, and cancellation."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Generator
from functools import cache
from typing import Any, Generic

import msgspec

from models.errors import Code, ModelError
from models.kinds import KINDS, Partial, Reply, Request
from models.limits import FEED_BYTES, PARTIALS_WAITING
from models.runtime.priority import Priority
from models.worker.memory import found_inline


class PendingReply(Generic[Partial, Reply]):
    """A request in progress: `await` it for the reply, or iterate over it for partial results.

    Leaving `async with` cancels an unfinished request. Both raise ModelError if there is no reply. Cancelling the await
    cancels the request.
    """

    def __init__(self, id: int, model: str, kind: str, request: Request[Partial, Reply], priority: Priority) -> None:
        self.id = id
        self.model = model
        self.request = request
        self.priority = priority
        self.asked_ns = time.monotonic_ns()
        self.until_ns = 0
        self._on_feed: Callable[[bytes, bool], None] | None = None
        self.on_settled: Callable[[], None] = _nothing
        self._partial, self._whole = _decoders(kind)
        self._partials: deque[Partial] = deque()
        self._read = False
        self._outcome: Reply | ModelError | None = None
        self._changed = asyncio.Event()
        self._held: list[tuple[bytes, bool]] = []
        self._held_bytes = 0

    # -- for the asker

    @property
    def is_settled(self) -> bool:
        """Whether there is a reply or an error."""
        return self._outcome is not None

    @property
    def error(self) -> ModelError | None:
        """The error, if the request ended without a reply."""
        return self._outcome if isinstance(self._outcome, ModelError) else None

    def __await__(self) -> Generator[Any, None, Reply]:
        return self._reply().__await__()

    async def __aiter__(self) -> AsyncIterator[Partial]:
        """Yield partial results until the end; raises the error, if any."""
        self._read = True
        while True:
            while self._partials:
                yield self._partials.popleft()
            if isinstance(self._outcome, ModelError):
                raise self._outcome
            if self._outcome is not None:
                return
            await self._change()

    async def __aenter__(self) -> PendingReply[Partial, Reply]:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cancel()

    def feed(self, sound: bytes) -> None:
        """Feed sound, for kinds with `fed`: whole samples of two bytes. Dropped once settled."""
        if len(sound) % 2:
            raise ValueError(f"{len(sound)} bytes of sound: half a sample")
        self._feed(sound, False)

    def end(self) -> None:
        """Signal the end of the sound, after which the reply follows."""
        self._feed(b"", True)

    def cancel(self) -> None:
        """Cancel the request; no effect if it's settled or was cancelled before."""
        self.fail("cancelled", "The request was cancelled.")

    # -- for the side that answers

    def add_partial(self, body: bytes) -> None:
        """Add a partial result. Raises msgspec's errors if it's invalid."""
        if self._late() or self.is_settled:
            return
        self._partials.append(self._partial.decode(body))
        if len(self._partials) > PARTIALS_WAITING:
            if self._read:
                self.fail("behind", "The answer wasn't read fast enough.")
            else:
                self._partials.popleft()
        self._changed.set()

    def set_reply(self, body: bytes) -> Reply | None:
        """Set the reply and return it; None if the request was settled before, or the reply came too late."""
        if self._late() or self.is_settled:
            return None
        reply: Reply = self._whole.decode(body)
        self._settle(reply)
        return reply

    def fail(self, code: Code, what: str, advice: str = "", keys: dict[str, str] | None = None) -> None:
        if not self.is_settled:
            self._settle(ModelError(code, what, advice, self.model, keys))

    def on_begun(self, feed: Callable[[bytes, bool], None]) -> None:
        """Note that a worker has started the request, and send the sound held back."""
        self._on_feed = feed
        held, self._held, self._held_bytes = self._held, [], 0
        for data, last in held:
            feed(data, last)

    def _late(self) -> bool:
        if not self.is_settled and time.monotonic_ns() > self.until_ns:
            self.fail("late", f"{self.model} didn't answer in time.")
            return True
        return False

    def _settle(self, outcome: Reply | ModelError) -> None:
        self._outcome = outcome
        self._changed.set()
        self._held.clear()
        self.on_settled()

    def _feed(self, data: bytes, last: bool) -> None:
        if self.is_settled:
            return
        if self._held_bytes + len(data) > FEED_BYTES:
            self.fail("behind", f"{self.model} couldn't process so much sound at once.")
        elif self._on_feed:
            self._on_feed(data, last)
        else:
            self._held.append((data, last))
            self._held_bytes += len(data)

    async def _reply(self) -> Reply:
        while self._outcome is None:
            await self._change()
        if isinstance(self._outcome, ModelError):
            raise self._outcome
        return self._outcome

    async def _change(self) -> None:
        self._changed.clear()
        try:
            await self._changed.wait()
        except asyncio.CancelledError:
            self.cancel()
            raise


@cache
def _decoders(kind: str) -> tuple[msgspec.msgpack.Decoder[Any], msgspec.msgpack.Decoder[Any]]:
    """Decoders of partial results and of the reply."""
    known = KINDS[kind]
    partial: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(known.partial, dec_hook=found_inline)
    return partial, msgspec.msgpack.Decoder(known.reply, dec_hook=found_inline)


def _nothing() -> None:
    pass
