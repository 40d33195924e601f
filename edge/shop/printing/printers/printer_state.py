"""How one printer behaves, as far as it was told us or has turned out: its model, what it answers, whether it works."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import msgspec
import structlog

from drivers.printers.escpos_session import Confirms, EscposSession
from drivers.roles import PrinterConnection, PrinterStatus, ReceiptPrinter, SendFailed
from edge.core.process.parts import PartState, Ready, first_completed
from edge.shop.printing.printers import profiles
from edge.shop.printing.printers.escpos import PaperOptions
from edge.shop.printing.printers.status import Printing, lost, state_of

_log = structlog.get_logger(__name__)

TROUBLE_LOOK_S = 1.0
"""How often one that cannot print is asked whether it can again."""
LISTEN_S = 15.0
"""How often one that tells by itself is asked all the same: one that was off has forgotten that it should."""
DRAWER_LEFT_S = 30.0
"""A drawer that is open for longer than a customer takes was left open."""


class PrinterState:
    """One printer, called `name` in messages.

    `confirms` is how it says that it has printed, None where that must yet turn out. `met`: it was asked for its
    model, or need not be. `heard`: it answered when it was asked last.
    """

    def __init__(self, name: str, options: PaperOptions, printing: Printing) -> None:
        self.options = options
        self._doubted = False
        self._unmarked = False
        self.met = bool(options.profile)
        self.heard = False
        self.confirms: Confirms | None = None
        self._answers = False
        self._confirmed = False
        self._name = name
        self._given = options
        self._printing = printing
        self._model = options.profile
        self._open_since_s: float | None = None
        self._learn()

    def remember(self) -> None:
        """It has confirmed something."""
        self.confirms, self._answers, self._confirmed = self.confirms or "status", True, True

    def doubt(self, unconfirmed: bool = False) -> None:
        """It must first show that it gets round to what it is sent. `unconfirmed`: it took a job and said nothing."""
        self._doubted = True
        self._unmarked = unconfirmed and self.confirms == "process_id" and self._printing.confirms == "auto"

    def came_back(self) -> None:
        """It was away. Where the configuration names no model, another one may stand there now; one that confirms must
        first show that it still does; one that never did may only have had too much to do when it was asked."""
        self.met = bool(self._given.profile)
        self._doubted = self._doubted or self._confirmed
        if self._answers and self.confirms == "none" and self._printing.confirms == "auto":
            self.confirms = None

    @property
    def well(self) -> PartState:
        """What is said of it while nothing is wrong."""
        return PartState("", "ok", self._model)

    def talk(self, line: PrinterConnection) -> EscposSession:
        """A conversation in a turn."""
        return EscposSession(line, self._name, self.listens(line))

    def listens(self, line: PrinterConnection) -> bool:
        """Whether it tells by itself how it is, on a line that is ours alone: others may not expect to be told."""
        tells = self.options.known.status == "automatic" and self._printing.confirms != "none"
        return tells and line.reads and not line.shared

    async def ask(self, line: PrinterConnection, talk: EscposSession, looking: bool = False) -> PartState:
        """How it is; no byte of a job is sent to one that is not well. Raises DeviceError.

        One that never answers is asked only while there is nothing to do (`looking`): it would make each job wait.
        """
        told_not_to = not line.reads or self._printing.confirms == "none"
        if told_not_to or (self.confirms == "none" and not self._answers and not looking):
            self.met = True
            return self.well
        status = await talk.status()
        self.heard = status is not None
        if status is None:
            if self._answers:
                return lost("silent_shared" if line.shared else "silent")
            self.met, self.confirms = True, "none"
            return self.well
        if not self._answers:
            self._answers, self.confirms = True, None
        state = self.state(status)
        if state.state == "lost":
            return state
        return self.state(status) if await self._known(talk) and await self._believed(talk) else lost("unconfirmed")

    async def _known(self, talk: EscposSession) -> bool:
        """Whether it is known what it is and how it confirms. One that has confirmed before and now says nothing is not
        another one that never does: it may be busy with what it was sent before, and is asked again."""
        works = False
        if not self.met:
            model, works = await talk.meet()
            if self._confirmed and not (model or works):
                return False
            self._meet(model)
        elif self.confirms is None:
            works = await talk.works()
        if works:
            self.remember()
        elif self.confirms is None and not self._confirmed:
            self.confirms = "none"
        return self.confirms is not None

    async def _believed(self, talk: EscposSession) -> bool:
        """Whether, after a doubt, it gets round to what it is sent; one that never confirms anything is believed."""
        if not self._doubted or self.confirms == "none":
            return True
        if not await talk.works():
            return False
        if self._unmarked:  # it works, and does not know jobs by their ids, whatever its profile says
            self.confirms = "status"
        self._doubted = self._unmarked = False
        return True

    async def listen(
        self,
        line: PrinterConnection,
        ready: Ready,
        job_waits: Callable[[], Coroutine[Any, Any, None]],
        drawer_waits: Callable[[], object],
    ) -> None:
        """Hear what it tells by itself, until there is a job and it is well, or a drawer waits. Raises DeviceError."""
        talk = self.talk(line)
        state = PartState("", "ok")

        def changed(status: PrinterStatus) -> bool:
            nonlocal state
            before, state = state, self.state(status)
            ready(state)
            return before.state != state.state

        while True:
            state = await self.ask(line, talk)
            ready(state)
            lost = state.state == "lost"
            heard = talk.listen(changed, TROUBLE_LOOK_S if lost else LISTEN_S)
            if lost:
                await heard
                if drawer_waits():
                    return
            elif await first_completed(heard, job_waits()):
                return

    def state(self, status: PrinterStatus | None) -> PartState:
        """What is said of it; None: it has fallen silent. To be called in the event loop."""
        if status is None:
            return lost("silent")
        now_s = asyncio.get_running_loop().time()
        if status.drawer_pin != self._printing.drawer_open:
            self._open_since_s = None
        elif self._open_since_s is None:
            self._open_since_s = now_s
        left = self._open_since_s is not None and now_s - self._open_since_s >= DRAWER_LEFT_S
        state = state_of(status, left)
        return state if state.key else self.well

    def _meet(self, model: str) -> None:
        """It has said its model, or that it has no name for it: print as that model likes it."""
        self.met = True
        if model == self._model:
            return
        if model:
            self._confirmed = False  # what another one did says nothing of this one
        found = profiles.detect(model)
        self._model, self.confirms = model, None
        self.options = msgspec.structs.replace(self._given, profile=found.name if found else "")
        self._learn()
        _log.info("a printer said what it is", part=self._name, model=model, profile=self.options.known.name)

    def _learn(self) -> None:
        """How it says that it has printed: as configured, or as its model does; otherwise it must turn out."""
        known = self.options.known.confirms
        if self._printing.confirms != "auto":
            self.confirms = self._printing.confirms
        elif known != "none":
            self.confirms = known
        self._answers = self._answers or self.confirms in ("status", "process_id")


async def look(printer: ReceiptPrinter, manner: PrinterState) -> PartState:
    """How an open printer is. Raises DeviceError."""
    async with printer.turn() as line:
        state = await manner.ask(line, manner.talk(line), looking=True)
        with suppress(SendFailed):  # nothing was sent that could be lost
            await line.finish()
    return state
