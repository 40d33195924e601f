"""The part that drives a register's receipt printer: print jobs in, bytes out, what became of them back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from drivers.roles import DeviceError, ReceiptPrinter, SendFailed
from edge.access.rights import system
from edge.core.clock import Clock
from edge.core.door import COMMITTED, Shop
from edge.core.errors import DeviceLost
from edge.core.shapes import Done, Refused
from edge.paper.commands import SettlePrint
from edge.paper.escpos import PaperOptions, render
from edge.paper.queries import PrintJob, next_print_job


class PrinterPart:
    """Prints a register's jobs in order, each once. Selling never waits for it."""

    def __init__(self, shop: Shop, printer: ReceiptPrinter, register: str, options: PaperOptions, clock: Clock) -> None:
        self._shop = shop
        self._printer = printer
        self._register = register
        self._options = options
        self._clock = clock
        self._unsaved: SettlePrint | None = None

    async def run(self, ready: Callable[[], None]) -> None:
        """Until cancelled. `DeviceLost`: the printer cannot be reached; its jobs wait in the queue."""
        subscription = self._shop.bus.subscribe(COMMITTED)
        try:
            await self._save()
            await self._printer.open()
            ready()
            while True:
                while job := next_print_job(self._shop.reader, self._register):
                    await self._print(job)
                await subscription.next()
        except DeviceError as error:
            raise DeviceLost(error.what, error.advice) from error
        finally:
            self._shop.bus.unsubscribe(subscription)
            await self._printer.close()

    async def _print(self, job: PrintJob) -> None:
        now = self._clock.read()
        if job.expired(now.mono_us, now.boot_id):
            await self._settle(SettlePrint(job.id, "failed", "too late"))
            return
        data = await asyncio.to_thread(render, job.document, self._options)
        try:
            await self._printer.send(data)
        except SendFailed as error:
            if error.sent_bytes:
                # Some of it may be on paper: printing it again by itself could double a receipt.
                await self._settle(SettlePrint(job.id, "failed", error.what))
            raise
        await self._settle(SettlePrint(job.id, "sent"))

    async def _settle(self, command: SettlePrint) -> None:
        self._unsaved = command
        await self._save()

    async def _save(self) -> None:
        """Write down what became of the last job: before the next one, or it would be printed again."""
        if self._unsaved is None:
            return
        outcome = await self._shop.do(self._unsaved, system())
        if not isinstance(outcome, Done) and outcome != Refused("print_job_over", {"job": self._unsaved.job}):
            raise DeviceLost("What became of a print job cannot be saved.", "See what the till says about its disk.")
        self._unsaved = None
