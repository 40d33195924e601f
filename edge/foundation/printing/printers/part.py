"""The part that drives a receipt printer: jobs in, bytes out, results back.

`conversation.py` decides; this module executes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import msgspec
import structlog

from drivers.printers.escpos_replies import OPEN_DRAWER_NOW
from drivers.roles import DeviceError, ReceiptPrinter
from edge.core.bus import Subscription
from edge.core.clock import Clock
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.messages import Done, Refused
from edge.core.process.parts import PARTS, Ready
from edge.foundation.access.rights import system
from edge.foundation.printing.commands import SettlePrint, State
from edge.foundation.printing.personal import NotReadable, readable
from edge.foundation.printing.printers.actions import (
    Action,
    Claim,
    DrawnJob,
    Fail,
    FindJob,
    Pause,
    PrinterTimeouts,
    Settle,
    Show,
)
from edge.foundation.printing.printers.conversation import UNSAVED, Actions, Claimed, Conversation
from edge.foundation.printing.printers.device_shell import DeviceShell
from edge.foundation.printing.printers.escpos import render, warm_up, with_logo
from edge.foundation.printing.printers.printer_state import PrinterState
from edge.foundation.printing.printers.status import key_of
from edge.foundation.printing.printers.unwritten_papers import UnwrittenPapers
from edge.foundation.printing.queries import PrintJob, has_confirmed, interrupted_prints, next_print_job, read_print_job
from edge.lib.errors import DeviceLost, EdgeError
from edge.lib.i18n import ENGLISH
from edge.runtime.config.device_uses import PaperOptions, Printing

_log = structlog.get_logger(__name__)
CALLING = frozenset({"slip", "order", "alert", "test"})
"""Kinds of documents that need immediate attention: a printer with a buzzer beeps."""
UNWRITTEN = "unwritten_papers"
"""The topic that announces a document printed from memory."""


class PrinterLost(DeviceLost):
    """The printer can't be reached; its jobs wait in the queue."""

    again_s = PrinterTimeouts().trouble_look_s


class PrinterAssignment(msgspec.Struct, frozen=True):
    """A printer's assignment: device name, register and shop language.

    While `covered` reports another printer as lost, it also prints that printer's jobs: those of the printer that it
    `stands_in_for`, and of the register it `covers` (for a spare, its own). Without a register, it prints only jobs
    addressed to it. `logo` is the shop's logo file, for printers without their own.
    """

    name: str = "printer"
    register: str | None = "1"
    covers: str | None = None
    covered: Callable[[], bool] = lambda: False
    stands_in_for: str = ""
    language: str = ENGLISH
    logo: str = ""


class PrinterPart:
    """Prints a register's jobs in order, each once. Sales never wait for it."""

    def __init__(
        self,
        shop: CommandBus,
        printer: ReceiptPrinter,
        place: PrinterAssignment,
        options: PaperOptions,
        printing: Printing,
        clock: Clock,
        timeouts: PrinterTimeouts | None = None,
    ) -> None:
        self._shop = shop
        self._printer = printer
        self._place = place
        self._clock = clock
        self._timeouts = timeouts or PrinterTimeouts()
        self._state = PrinterState(place.name, options, printing)
        self._conversation = Conversation(self._state, self._timeouts)
        self._jobs: dict[int, PrintJob] = {}
        self._unsaved: dict[int, SettlePrint] = {}
        self.unwritten = UnwrittenPapers(lambda: shop.bus.publish(UNWRITTEN))
        self._begun = False
        self._cold = True

    async def run(self, ready: Ready) -> None:
        """Run until cancelled. Raises `PrinterLost` if unreachable; jobs wait in the queue."""
        subscription = self._shop.bus.subscribe(COMMITTED, PARTS, UNWRITTEN)
        try:
            await self._begin()
            await self._printer.open()
            waits, lease = lambda: self._job_waits(subscription), self._shop.wait_for_lease
            async with DeviceShell(self._printer, self._conversation, waits, lease) as shell:
                actions = self._conversation.on_opened()
                while True:
                    actions = await self._do(actions, shell, subscription, ready)
        except DeviceError as error:
            raise PrinterLost(error.what, error.advice, f"printer.{key_of(error)}") from error
        finally:
            self._shop.bus.unsubscribe(subscription)
            await self._printer.close()

    async def _begin(self) -> None:
        """Mark jobs interrupted by the previous exit as unknown, because they may be partly printed."""
        await self._must_save()
        if self._begun:
            return
        for job in interrupted_prints(self._shop.reader, self._place.register, self._place.name):
            self._settle(job.id, "unknown", "interrupted")
            await self._must_save()
            self._state.take_doubt()
        if self._state.confirms is None and has_confirmed(self._shop.reader, self._place.name):
            self._state.has_confirmed()
        self._begun = True

    async def _do(self, actions: Actions, shell: DeviceShell, subscription: Subscription, ready: Ready) -> Actions:
        """Execute actions; return the conversation's next ones."""
        for settled in actions:  # first, before any action can fail
            if isinstance(settled, Settle):
                self._settle(settled.job, settled.state, settled.problem)
        for action in actions:
            answer = await self._act(action, shell, subscription, ready)
            if answer is not None:
                return answer
        raise AssertionError(actions)

    async def _act(
        self, action: Action, shell: DeviceShell, subscription: Subscription, ready: Ready
    ) -> Actions | None:
        conversation = self._conversation
        match action:
            case Show(state):
                ready(state)
            case Settle():
                return None if await self._save() else conversation.on_unsaved()
            case FindJob(drawer):
                job = self._next_drawer() if drawer else self._next()
                drawn = None if job is None else self._pulse(job) if drawer else await self._draw_job(job)
                return conversation.on_job(drawn, asyncio.get_running_loop().time())
            case Claim(job):
                return conversation.on_claimed(await self._claim(job))
            case Pause():
                await self._rest(action, subscription)
                return conversation.woken()
            case Fail():
                raise PrinterLost(action.what, action.advice, action.key)
            case _:
                return await shell.do(action)
        return None

    # ---- jobs

    def _next(self) -> PrintJob | None:
        if self.unwritten:
            return self.unwritten.next()
        place, reader = self._place, self._shop.reader
        job = next_print_job(reader, place.register, place.name)
        if job is None and (place.covers is not None or place.stands_in_for) and place.covered():
            # jobs that expire open a drawer, which is connected to the other printer
            job = next_print_job(reader, place.covers, place.stands_in_for, expires=False)
        return job

    def _next_drawer(self) -> PrintJob | None:
        return next_print_job(self._shop.reader, self._place.register, self._place.name, expires=True)

    async def _job_waits(self, subscription: Subscription) -> None:
        """Wait for a job. The first idle period is used to warm up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timeouts.warm_up_s if self._cold else None):
                while self._next() is None:
                    await subscription.next()
                return
        self._cold = False
        try:
            await asyncio.to_thread(warm_up, self._options, self._place.language)
        except EdgeError as error:
            _log.warning("documents may not print as designed", why=str(error))
        await self._job_waits(subscription)

    @property
    def _options(self) -> PaperOptions:
        """Return the current print options, because the logo may have changed."""
        return with_logo(self._state.options, self._place.logo)

    async def _rest(self, rest: Pause, subscription: Subscription) -> None:
        if not rest.or_job:
            await asyncio.sleep(rest.within_s)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(rest.within_s):
                await self._job_waits(subscription)

    async def _draw_job(self, job: PrintJob) -> DrawnJob:
        """Return the job as bytes, or the reason why it failed: too late, or unprintable."""
        problem = "too_late"
        if not self._late(job):
            try:
                document = readable(self._shop.reader, job.document)
                data = await asyncio.to_thread(render, document, self._options, job.kind in CALLING)
                return DrawnJob(job.id, data, job.expires_us is not None)
            except NotReadable:
                problem = "not_readable"
            except EdgeError:
                raise
            except Exception:  # noqa: BLE001 - a document that cannot be drawn is one job's fault; it is logged
                _log.exception("a print job can't be rendered", job=job.id, kind=job.kind)
                problem = "not_drawn"
        return DrawnJob(job.id, b"", job.expires_us is not None, problem)

    def _pulse(self, job: PrintJob) -> DrawnJob:
        """Bytes that open a drawer immediately."""
        return DrawnJob(job.id, OPEN_DRAWER_NOW, expires=True)

    def _late(self, job: PrintJob) -> bool:
        now = self._clock.read()
        return job.is_expired(now.mono_us, now.boot_id)

    # ---- results of jobs

    async def _claim(self, id: int) -> Claimed:
        """Claim a job on disk. In-memory jobs are always ours."""
        if id < 0:
            return "ours" if self.unwritten.find(id) else "taken"
        job = read_print_job(self._shop.reader, id)
        if job is None:
            return "taken"
        if self._late(job):
            return "late"
        try:
            outcome = await self._shop.do(SettlePrint(id, "sending", printer=self._place.name), system())
        except asyncio.CancelledError:
            self._settle(id, "queued")  # the shop is closing, and no byte was sent
            await self._save()
            raise
        if isinstance(outcome, Done):
            return "ours"
        if isinstance(outcome, Refused) and outcome.code == "print_job_over":
            return "taken"
        self._settle(id, "queued")  # it may have been recorded anyway, but no byte was sent
        return "unsaved"

    def _settle(self, id: int, state: State, problem: str = "") -> None:
        """Note a job's result, saved by `_save` now or later."""
        if id < 0:
            self.unwritten.settle(id, state)
            return
        self._unsaved[id] = SettlePrint(id, state, problem, self._place.name)

    async def _save(self) -> bool:
        """Save results before the next job. Returns False if that is impossible."""
        for id, settled in list(self._unsaved.items()):
            outcome = await self._shop.do(settled, system())
            over = isinstance(outcome, Refused) and outcome.code == "print_job_over"
            if not isinstance(outcome, Done) and not over:
                return False
            del self._unsaved[id]
        return True

    async def _must_save(self) -> None:
        if not await self._save() and not self.unwritten:
            raise PrinterLost(UNSAVED.what, UNSAVED.advice, UNSAVED.key)
