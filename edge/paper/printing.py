"""The part that drives a receipt printer: print jobs in, bytes out, what became of them back.

A job is marked as `sending` on the disk before its first byte goes out, so that whatever
happens meanwhile, one that may be on paper is never sent again by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import msgspec
import structlog

from drivers.printer_talk import Confirms, Talk, Unconfirmed
from drivers.roles import DeviceError, Line, PrinterStatus, ReceiptPrinter, SendFailed
from edge.access.rights import system
from edge.core.bus import Subscription
from edge.core.clock import Clock
from edge.core.door import COMMITTED, Shop
from edge.core.errors import DeviceLost, EdgeError
from edge.core.parts import PARTS, PartState, Ready
from edge.core.shapes import Done, Refused
from edge.paper import profiles
from edge.paper.commands import SettlePrint, State
from edge.paper.escpos import PaperOptions, render
from edge.paper.queries import PrintJob, has_confirmed, interrupted_prints, next_print_job
from edge.paper.states import Printing, key_of, lost, state_of

_log = structlog.get_logger(__name__)

IDLE_LOOK_S = 5.0
"""How often a printer that has nothing to do is asked how it is."""
TROUBLE_LOOK_S = 1.0
"""How often one that cannot print is asked whether it can again."""
OK = PartState("", "ok")


class PrinterLost(DeviceLost):
    """A printer cannot be reached: its jobs wait in the queue."""

    again_s = TROUBLE_LOOK_S


class Place(msgspec.Struct, frozen=True):
    """Where a printer stands: its name as a device and its register.

    It also prints for the register `covers` (its own, for a mere spare) while `covered` says
    that the printer it stands in for is lost.
    """

    name: str = "printer"
    register: str | None = "1"
    covers: str | None = None
    covered: Callable[[], bool] = lambda: False


class PrinterPart:
    """Prints a register's jobs in order, each once. Selling never waits for it."""

    def __init__(
        self,
        shop: Shop,
        printer: ReceiptPrinter,
        place: Place,
        options: PaperOptions,
        printing: Printing,
        clock: Clock,
    ) -> None:
        self._shop = shop
        self._printer = printer
        self._place = place
        self._options = options
        self._clock = clock
        self._printing = printing
        self._unsaved: SettlePrint | None = None
        self._begun = False
        self._doubted = False
        self._confirms = _confirms(printing, options)

    async def run(self, ready: Ready) -> None:
        """Until cancelled. `PrinterLost`: the printer cannot be reached; its jobs wait in the queue."""
        subscription = self._shop.bus.subscribe(COMMITTED, PARTS)
        try:
            await self._save()
            await self._begin()
            await self._printer.open()
            while True:
                job = self._next()
                state = await (self._print(job, ready) if job else self._look())
                if state is None:
                    continue
                ready(state)
                if state.state == "lost":
                    await asyncio.sleep(TROUBLE_LOOK_S)
                elif job is None:
                    await self._until_job(subscription)
        except DeviceError as error:
            key = key_of(error)
            raise PrinterLost(error.what, error.advice, f"printer.{key}") from error
        finally:
            self._shop.bus.unsubscribe(subscription)
            await self._printer.close()

    async def _begin(self) -> None:
        """What was being sent when the process ended may be on paper, or not."""
        if self._begun:
            return
        for job in interrupted_prints(self._shop.reader, self._place.register or "", self._place.name):
            await self._settle(job, "unknown", "interrupted")
            self._doubted = True
        if self._confirms is None and has_confirmed(self._shop.reader, self._place.name):
            self._confirms = "status"
        self._begun = True

    def _next(self) -> PrintJob | None:
        place, reader = self._place, self._shop.reader
        job = next_print_job(reader, place.register) if place.register is not None else None
        if job is None and place.covers is not None and place.covered():
            job = next_print_job(reader, place.covers, lasting=True)  # the drawer hangs on the other printer
        return job

    async def _until_job(self, subscription: Subscription) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(IDLE_LOOK_S):
                while self._next() is None:
                    await subscription.next()

    async def _look(self) -> PartState:
        async with self._printer.turn() as line:
            state = await self._ask(line, Talk(line, self._place.name)) if self._asks(line, looking=True) else OK
            with suppress(SendFailed):
                await line.finish()
        return state

    async def _print(self, job: PrintJob, ready: Ready) -> PartState | None:
        """How the printer is; None where it was not asked, as the job was not worth it."""
        data = None if self._late(job) else await self._drawn(job)
        if data is None:
            await self._settle(job, "failed", "too_late" if self._late(job) else "not_drawn")
            return None
        async with self._printer.turn() as line:
            talk = Talk(line, self._place.name)
            state = await self._ask(line, talk) if self._asks(line) else OK
            if state.state == "lost" or self._late(job) or not await self._claim(job):
                return state
            ready(state)
            await self._send(job, data, talk, ready)
            if self._confirms != "none":
                with suppress(SendFailed):  # it has printed; how it takes leave is its own affair
                    await line.finish()
        return state

    def _asks(self, line: Line, looking: bool = False) -> bool:
        """Whether there is a point in asking: one that never answers would make each job wait."""
        return line.reads and self._printing.confirms != "none" and (looking or self._confirms != "none")

    async def _ask(self, line: Line, talk: Talk) -> PartState:
        """How the printer is; no byte of a job is sent to one that is not well."""
        status = await talk.status()
        if status is None:
            if self._confirms in (None, "none"):
                self._confirms = "none"
                return OK
            return lost("silent_shared" if line.shared else "silent")
        if self._confirms in (None, "none"):
            self._confirms = "status"
        state = state_of(status, self._printing.drawer_open)
        if state.state != "lost" and self._doubted:
            if not await talk.works():
                return lost("unconfirmed")
            self._doubted = False
        return state

    async def _send(self, job: PrintJob, data: bytes, talk: Talk, ready: Ready) -> None:
        def tell(status: PrinterStatus | None) -> None:
            ready(lost("silent") if status is None else state_of(status, self._printing.drawer_open))

        confirms: Confirms = self._confirms or "none"
        try:
            final = await talk.print(data, confirms, b"%04d" % (job.id % 10_000), tell)
        except SendFailed as error:
            # Some of it may be on paper: printing it again by itself could double a receipt.
            await self._settle(job, "unknown" if error.sent_bytes else "queued", key_of(error))
            self._doubted = bool(error.sent_bytes)
            raise
        except Unconfirmed as error:
            await self._settle(job, "unknown", key_of(error))
            self._doubted = True
            raise
        await self._settle(job, final)

    async def _drawn(self, job: PrintJob) -> bytes | None:
        """The job's bytes; None for one that would hold up all others for ever."""
        try:
            return await asyncio.to_thread(render, job.document, self._options)
        except EdgeError:
            raise
        except Exception:  # noqa: BLE001 - a document that cannot be drawn is one job's fault; it is logged
            _log.exception("a print job cannot be drawn", job=job.id, kind=job.kind)
            return None

    def _late(self, job: PrintJob) -> bool:
        now = self._clock.read()
        return job.expired(now.mono_us, now.boot_id)

    async def _claim(self, job: PrintJob) -> bool:
        """Make the job ours on the disk; False when another printer was quicker."""
        try:
            outcome = await self._shop.do(SettlePrint(job.id, "sending", printer=self._place.name), system())
        except asyncio.CancelledError:
            await self._settle(job, "queued")  # the shop closes, and no byte was sent
            raise
        if isinstance(outcome, Done):
            return True
        if isinstance(outcome, Refused) and outcome.code == "print_job_over":
            return False
        raise _unsaved()

    async def _settle(self, job: PrintJob, state: State, problem: str = "") -> None:
        self._unsaved = SettlePrint(job.id, state, problem if state in ("unknown", "failed") else "", self._place.name)
        await self._save()

    async def _save(self) -> None:
        """Write down what became of the last job, before the next one."""
        if self._unsaved is None:
            return
        outcome = await self._shop.do(self._unsaved, system())
        if not isinstance(outcome, Done) and not (isinstance(outcome, Refused) and outcome.code == "print_job_over"):
            raise _unsaved()
        self._unsaved = None


def _unsaved() -> PrinterLost:
    return PrinterLost(
        "What became of a print job cannot be saved.", "See what the till says about its disk.", "printer.unsaved"
    )


def _confirms(printing: Printing, options: PaperOptions) -> Confirms | None:
    """How the printer says that it has printed; None where that must turn out."""
    if printing.confirms != "auto":
        return printing.confirms
    known = profiles.find(options.profile).confirms
    return None if known == "none" else known
