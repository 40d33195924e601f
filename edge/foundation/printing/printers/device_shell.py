"""Executes a conversation's actions on the device: turns, bytes, timeouts."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

from drivers.roles import DeviceError, PrinterConnection, ReceiptPrinter
from edge.core.process.parts import PartState, first_completed
from edge.foundation.printing.printers.actions import (
    Action,
    BeginTurn,
    EndTurn,
    Fail,
    FindJob,
    Finish,
    Hear,
    Show,
    Write,
)
from edge.foundation.printing.printers.conversation import Actions, Conversation
from edge.foundation.printing.printers.printer_state import PrinterState

JobWaits = Callable[[], Coroutine[Any, Any, None]]
"""Returns when a job is waiting."""
Lease = Callable[[], Coroutine[Any, Any, None]]
"""Returns when this box is the leader of the two."""


class DeviceShell:
    """Executes actions on an open printer. As a context manager, it also ends the driver's turn after an exception."""

    def __init__(
        self, printer: ReceiptPrinter, conversation: Conversation, job_waits: JobWaits, wait_for_lease: Lease
    ) -> None:
        self._printer = printer
        self._conversation = conversation
        self._job_waits = job_waits
        self._wait_for_lease = wait_for_lease
        self._turn = AsyncExitStack()
        self._connection: PrinterConnection | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._turn.__aexit__(kind, error, trace)

    async def do(self, action: Action) -> Actions | None:
        """Execute an action; return the conversation's next actions, if any."""
        conversation, now = self._conversation, asyncio.get_running_loop().time
        try:
            match action:
                case BeginTurn():
                    line = self._connection = await self._turn.enter_async_context(self._printer.turn())
                    return conversation.on_connected(line.reads, line.shared, now())
                case EndTurn():
                    await self._turn.aclose()
                case Write(data):
                    await self._wait_for_lease()
                    await self._line.write(data)
                    return conversation.on_written(now())
                case Hear(or_job=True):
                    return await self._read_or_job(action.within_s)
                case Hear(within_s):
                    return conversation.on_data(await self._line.read(_ms(within_s)), now())
                case Finish():
                    await self._line.finish()
                    return conversation.on_finished()
        except DeviceError as error:
            return conversation.on_failed(error)
        return None

    async def _read_or_job(self, within_s: float) -> Actions:
        data = b""

        async def read() -> None:
            nonlocal data
            data = await self._line.read(_ms(within_s))

        if await first_completed(read(), self._job_waits()):
            return self._conversation.woken()
        return self._conversation.on_data(data, asyncio.get_running_loop().time())

    @property
    def _line(self) -> PrinterConnection:
        assert self._connection is not None
        return self._connection


async def look(printer: ReceiptPrinter, state: PrinterState) -> PartState:
    """Status of an open printer. Raises DeviceError."""
    conversation = Conversation(state)
    async with DeviceShell(printer, conversation, _never, _at_once) as shell:
        actions = conversation.on_opened()
        while True:
            for action in actions:
                match action:
                    case Show(shown):
                        return shown
                    case FindJob():
                        actions = conversation.on_job(None, asyncio.get_running_loop().time())
                    case Fail():
                        raise DeviceError(action.what, action.advice, action.key.removeprefix("printer."))
                    case _:
                        actions = await shell.do(action) or actions


async def _never() -> None:
    """Wait forever, as there are no jobs while checking."""
    await asyncio.get_running_loop().create_future()


async def _at_once() -> None:
    """Return immediately, because nothing is printed while checking."""


def _ms(within_s: float) -> int:
    return max(1, math.ceil(within_s * 1000))
