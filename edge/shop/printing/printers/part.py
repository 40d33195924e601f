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

from drivers.printers.escpos_session import OPEN_DRAWER_NOW, EscposSession, Unconfirmed
from drivers.roles import DeviceError, PrinterConnection, PrinterStatus, ReceiptPrinter, SendFailed
from edge.core.bus import Subscription
from edge.core.clock import Clock
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.messages import Done, Refused
from edge.core.process.parts import PARTS, PartState, Ready
from edge.lib.errors import DeviceLost, EdgeError
from edge.shop.access.rights import system
from edge.shop.printing.commands import SettlePrint, State
from edge.shop.printing.printers.escpos import PaperOptions, render, warm_up
from edge.shop.printing.printers.printer_state import TROUBLE_LOOK_S, PrinterState
from edge.shop.printing.printers.status import Printing, key_of
from edge.shop.printing.queries import PrintJob, has_confirmed, interrupted_prints, next_print_job

_log = structlog.get_logger(__name__)

IDLE_LOOK_S = 5.0
"""How often a printer that has nothing to do is asked how it is."""
WARM_UP_S = 1.0
"""After so long without a job the first paper is prepared."""
JOBS_A_TURN = 4
"""Jobs that go in one turn; then another computer may have its own."""


class PrinterLost(DeviceLost):
    """A printer cannot be reached: its jobs wait in the queue."""

    again_s = TROUBLE_LOOK_S


class PrinterAssignment(msgspec.Struct, frozen=True):
    """Where a printer stands: its name as a device, its register and the language of the shop.

    It also prints what is meant for the printer `stands_in_for`, and for the register `covers` (its own, for a
    mere spare), while `covered` says that the printer it stands in for is lost. A printer without a
    register prints what is meant for it alone.
    """

    name: str = "printer"
    register: str | None = "1"
    covers: str | None = None
    covered: Callable[[], bool] = lambda: False
    stands_in_for: str = ""
    language: str = "en"


class PrinterPart:
    """Prints a register's jobs in order, each once. Selling never waits for it."""

    def __init__(
        self,
        shop: CommandBus,
        printer: ReceiptPrinter,
        place: PrinterAssignment,
        options: PaperOptions,
        printing: Printing,
        clock: Clock,
    ) -> None:
        self._shop = shop
        self._printer = printer
        self._place = place
        self._clock = clock
        self._manner = PrinterState(place.name, options, printing)
        self._unsaved: dict[int, SettlePrint] = {}
        self._begun = False
        self._cold = True

    async def run(self, ready: Ready) -> None:
        """Until cancelled. `PrinterLost`: the printer cannot be reached; its jobs wait in the queue."""
        subscription = self._shop.bus.subscribe(COMMITTED, PARTS)
        try:
            await self._save()
            await self._begin()
            await self._printer.open()
            self._manner.came_back()
            while True:
                job = self._next() if self._manner.met else None
                state = await (self._print(job, ready) if job else self._idle(subscription, ready))
                if state is None:
                    continue
                ready(state)
                if state.state == "lost":
                    await asyncio.sleep(TROUBLE_LOOK_S)
                elif job is None:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(IDLE_LOOK_S):
                            await self._job_waits(subscription)
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
        for job in interrupted_prints(self._shop.reader, self._place.register, self._place.name):
            await self._settle(job, "unknown", "interrupted")
            self._manner.doubt()
        if self._manner.confirms is None and has_confirmed(self._shop.reader, self._place.name):
            self._manner.remember()
        self._begun = True

    def _next(self) -> PrintJob | None:
        place, reader = self._place, self._shop.reader
        job = next_print_job(reader, place.register, place.name)
        if job is None and (place.covers is not None or place.stands_in_for) and place.covered():
            # what expires opens a drawer, which hangs on the other printer
            job = next_print_job(reader, place.covers, place.stands_in_for, expires=False)
        return job

    def _drawer(self) -> PrintJob | None:
        return next_print_job(self._shop.reader, self._place.register, self._place.name, expires=True)

    async def _job_waits(self, subscription: Subscription) -> None:
        """Returns when there is one. The first pause is used to get ready for it: nobody waits for the shop then."""
        with suppress(TimeoutError):
            async with asyncio.timeout(WARM_UP_S if self._cold else None):
                while self._next() is None:
                    await subscription.next()
                return
        self._cold = False
        try:
            await asyncio.to_thread(warm_up, self._manner.options, self._place.language)
        except EdgeError as error:
            _log.warning("papers will not look as they should", why=str(error))
        await self._job_waits(subscription)

    async def _idle(self, subscription: Subscription, ready: Ready) -> PartState | None:
        """Look how the printer is; None once one that tells by itself was listened to until there was a job for it."""
        async with self._printer.turn() as line:
            state = await self._manner.ask(line, self._manner.talk(line), looking=True)
            if self._manner.listens(line):
                await self._manner.listen(line, ready, lambda: self._job_waits(subscription), self._drawer)
                return None
            with suppress(SendFailed):
                await line.finish()
        return state

    async def _print(self, job: PrintJob, ready: Ready) -> PartState | None:
        """How the printer is; None where it was not asked, as the job was not worth it.

        What waits behind the job (a receipt behind its drawer) goes in the same turn, up to JOBS_A_TURN.
        """
        data = await self._drawn(job)
        if data is None:
            return None
        async with self._printer.turn() as line:
            talk = self._manner.talk(line)
            for _ in range(JOBS_A_TURN):
                state = await self._manner.ask(line, talk)
                if state.state == "lost" and self._manner.heard:
                    await self._open_drawer(line)
                if state.state == "lost" or self._late(job) or not await self._claim(job):
                    return state
                ready(state)
                last = self._is_last(job)
                await self._send(job, data, line, talk, ready)
                following = None if last else self._next()
                data = await self._drawn(following) if following else None
                if following is None or data is None:
                    break
                job = following
            if not last:
                with suppress(SendFailed):  # it has printed; how it takes leave is its own affair
                    await line.finish()
        return state

    def _is_last(self, job: PrintJob) -> bool:
        """Whether a turn ends behind this job: how the printer takes leave is all that it says of the paper."""
        return self._manner.confirms in (None, "none") and job.expires_us is None

    async def _send(
        self, job: PrintJob, data: bytes, line: PrinterConnection, talk: EscposSession, ready: Ready
    ) -> None:
        def tell(status: PrinterStatus | None) -> bool:
            ready(self._manner.state(status))
            return False

        async def stuck() -> None:
            with suppress(PrinterLost):  # what became of the drawer; of the job it is yet to be seen
                await self._open_drawer(line)

        manner = self._manner
        try:
            mark = b"%04d" % (job.id % 10_000)
            final = await talk.print(data, manner.confirms or "none", mark, tell, stuck)
            if self._is_last(job):
                await line.finish()
        except SendFailed as error:
            await self._broke_off(job, error)
            if error.sent_bytes:
                manner.doubt()
            raise
        except Unconfirmed as error:
            await self._settle(job, "unknown", key_of(error))
            manner.doubt(unconfirmed=error.code == "unconfirmed")
            raise
        if final == "printed":
            manner.remember()
        await self._settle(job, final)

    async def _open_drawer(self, line: PrinterConnection) -> None:
        """Open the drawers that are waited for, past all that cannot be printed: who gives change needs no paper."""
        while job := self._drawer():
            if self._late(job):
                await self._settle(job, "failed", "too_late")
            elif await self._claim(job):
                try:
                    await line.write(self._pulse(job))
                except SendFailed as error:
                    await self._broke_off(job, error)
                    raise
                await self._settle(job, "sent")

    async def _broke_off(self, job: PrintJob, error: SendFailed) -> None:
        """Some of it may be on paper: printing it again by itself could double a receipt."""
        await self._settle(job, "unknown" if error.sent_bytes else "queued", key_of(error))

    def _pulse(self, _job: PrintJob) -> bytes:
        """What opens a drawer at once."""
        return OPEN_DRAWER_NOW

    async def _drawn(self, job: PrintJob) -> bytes | None:
        """The job's bytes; None, and it has failed, for one that is too late or would hold up all others for ever."""
        problem = "too_late"
        if not self._late(job):
            try:
                return await asyncio.to_thread(render, job.document, self._manner.options)
            except EdgeError:
                raise
            except Exception:  # noqa: BLE001 - a document that cannot be drawn is one job's fault; it is logged
                _log.exception("a print job cannot be drawn", job=job.id, kind=job.kind)
                problem = "not_drawn"
        await self._settle(job, "failed", problem)
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
        # It may have been written down all the same. No byte was sent, so it is ours no longer.
        self._unsaved[job.id] = SettlePrint(job.id, "queued", printer=self._place.name)
        raise _unsaved()

    async def _settle(self, job: PrintJob, state: State, problem: str = "") -> None:
        problem = problem if state in ("unknown", "failed") else ""
        self._unsaved[job.id] = SettlePrint(job.id, state, problem, self._place.name)
        await self._save()

    async def _save(self) -> None:
        """Write down what became of the last job, and of a drawer past it, before the next one."""
        for job, settled in list(self._unsaved.items()):
            outcome = await self._shop.do(settled, system())
            over = isinstance(outcome, Refused) and outcome.code == "print_job_over"
            if not isinstance(outcome, Done) and not over:
                raise _unsaved()
            del self._unsaved[job]


def _unsaved() -> PrinterLost:
    return PrinterLost(
        "What became of a print job cannot be saved.", "See what the till says about its disk.", "printer.unsaved"
    )
