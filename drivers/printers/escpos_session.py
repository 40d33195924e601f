"""Talking with an ESC/POS printer during one turn: how it is, and whether it has printed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from drivers.printers.escpos_replies import (
    ASK_MODEL,
    ASK_PROCESSED,
    ASK_STATUS,
    TELL_CHANGES,
    Automatic,
    Named,
    Noise,
    Parser,
    Processed,
    Realtime,
    ask_processed,
    status_of,
)
from drivers.roles import DeviceError, PrinterConnection, PrinterStatus

Confirms = Literal["none", "status", "process_id"]
"""How a printer says that it has printed: never; by answering GS r behind the job; by the job's process ID."""
OPEN_DRAWER_NOW = b"\x10\x14\x01\x00\x01"
"""DLE DC4 1 0 1: 100 ms on the drawer's pin 2 as soon as it comes in, also while nothing can be printed (Epson, ESC/POS
Command Reference)."""
ANSWER_MS = 1_000
"""How long a printer that answers at all may take to do so."""
QUIET_MS = 20
"""How long nothing comes behind the last of several answers that were owed."""
ASK_AGAIN_MS = 500
"""How often a printer is asked how it is while it prints."""
SILENT_TIMES = 3
"""So often in a row it may not answer that before somebody is told."""
CONFIRM_MS = 10_000
"""How long a printer in which nothing is wrong may take for a job, beside the time for its bytes."""
SLOWEST_BYTES_S = 500
"""What the slowest printers make of text: 50 mm, 13 lines, in a second."""
CONFIRM_MOST_MS = 60_000


class Unconfirmed(DeviceError):
    """All bytes were sent, and the printer did not say that it has printed them."""


class EscposSession:
    """One turn's conversation. `thing` is for messages. `tells`: the printer knows how to tell of changes by itself."""

    def __init__(self, line: PrinterConnection, thing: str, tells: bool = False) -> None:
        self._line = line
        self._thing = thing
        self._ask_status = ASK_STATUS + (TELL_CHANGES if tells else b"")
        self._parser = Parser()
        self._realtime: list[Realtime] = []
        self._processed: list[bytes] = []
        self._status: PrinterStatus | None = None
        self._model: str | None = None
        self._tell: Callable[[PrinterStatus], bool] = _nobody
        self._enough = False

    async def status(self) -> PrinterStatus | None:
        """How it is; None when it does not answer. Raises DeviceError, also where no printer answers."""
        if not self._line.reads:
            return None
        self._status = None
        self._realtime.clear()
        await self._line.write(self._ask_status)
        return self._status if await self._hears(lambda: self._status is not None, ANSWER_MS) else None

    async def meet(self) -> tuple[str, bool]:
        """What it calls itself, empty when it does not say; and whether it gets round to what it is sent, as it does
        to this: neither is said at once. Raises DeviceError."""
        self._model = None
        works = await self._gets_round_to(ASK_MODEL + ASK_PROCESSED)
        return self._model or "", works

    async def listen(self, tell: Callable[[PrinterStatus], bool], within_s: float) -> None:
        """Hear what it tells by itself until `tell` says that it is enough, or for so long. Raises DeviceError."""
        self._tell, self._enough = tell, False
        await self._hears(lambda: self._enough, round(within_s * 1000))

    async def works(self) -> bool:
        """Whether it gets round to what it is sent: nothing is printed for that. Raises DeviceError."""
        return await self._gets_round_to(ASK_PROCESSED)

    async def _gets_round_to(self, questions: bytes) -> bool:
        self._processed.clear()
        await self._line.write(questions)
        if not await self._hears(lambda: bool(self._processed), ANSWER_MS):
            return False
        while await self._hear(QUIET_MS):
            pass  # answers that it owed from before: none of them may pass for the next job's
        self._processed.clear()
        return True

    async def print(
        self,
        data: bytes,
        confirms: Confirms,
        mark: bytes,
        tell: Callable[[PrinterStatus | None], bool],
        stuck: Callable[[], Awaitable[None]] | None = None,
    ) -> Literal["sent", "printed"]:
        """Send a job and wait for what the printer can say of it; `tell` hears how it is meanwhile.

        While a person must help it, `stuck` is called now and then.
        Raises SendFailed (of the job's bytes), Unconfirmed.
        """
        ask = {"none": b"", "status": ASK_PROCESSED, "process_id": ask_processed(mark)}[confirms]
        awaited = mark if confirms == "process_id" else b""
        self._tell = tell
        self._status = None
        self._processed.clear()
        await self._line.write(data + ask)
        if confirms == "none":
            return "sent"
        limit_ms = min(CONFIRM_MS + len(data) * 1000 // SLOWEST_BYTES_S, CONFIRM_MOST_MS)
        try:
            await self._until_printed(awaited, limit_ms, tell, stuck)
        except Unconfirmed:
            raise
        except DeviceError as error:
            raise Unconfirmed(error.what, error.advice, error.code) from error
        return "printed"

    async def _until_printed(
        self,
        awaited: bytes,
        limit_ms: int,
        tell: Callable[[PrinterStatus | None], bool],
        stuck: Callable[[], Awaitable[None]] | None,
    ) -> None:
        """Trouble that a person can end (paper, lid) is waited for: then the printer goes on by itself."""
        now = asyncio.get_running_loop().time
        deadline = now() + limit_ms / 1000
        silent = 0
        while not await self._hears(lambda: awaited in self._processed, ASK_AGAIN_MS):
            silent = 0 if self._status else silent + 1
            if self._status or silent > SILENT_TIMES:
                tell(self._status)
            if self._status and not self._status.online:
                deadline = now() + limit_ms / 1000
                if stuck:
                    await stuck()
            if now() > deadline:
                what = f"The {self._thing} took a job and did not say that it was printed."
                raise Unconfirmed(what, "Look at its paper, and switch it off and on.", "unconfirmed")
            self._status = None
            self._realtime.clear()
            await self._line.write(ASK_STATUS)

    async def _hears(self, enough: Callable[[], bool], within_ms: int) -> bool:
        """Listen until it is enough; False when it is not in time."""
        now = asyncio.get_running_loop().time
        deadline = now() + within_ms / 1000
        while not enough():
            left_ms = int((deadline - now()) * 1000)
            if left_ms <= 0:
                return False
            await self._hear(left_ms)
        return True

    async def _hear(self, within_ms: int) -> bool:
        """Take in what the printer says next; False when it says nothing in time."""
        data = await self._line.read(within_ms)
        for answer in self._parser.feed(data):
            match answer:
                case Realtime():
                    self._realtime.append(answer)
                    if len(self._realtime) == len(ASK_STATUS) // 3:
                        self._status = status_of(self._realtime)
                        self._realtime.clear()
                case Automatic(status):
                    self._enough = self._tell(status) or self._enough
                case Named(name):
                    self._model = name
                case Processed(mark):
                    self._processed.append(mark)
                case Noise():
                    what = f"What answers in place of the {self._thing} is not a receipt printer."
                    raise DeviceError(what, "Check its address or path, and its speed.", "not_a_printer")
        return bool(data)


def _nobody(status: PrinterStatus) -> bool:
    """Nobody listens: how it is will be asked."""
    return False
