"""A receipt printer that stalls, runs out of paper, is switched off or loses its connection, and its printed paper.

Every job prints its name, so that the paper can be checked for it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from zlib import crc32

import msgspec

from drivers.printers.escpos_replies import ASK_PROCESSED, ASK_STATUS, OPEN_DRAWER_NOW
from drivers.roles import DeviceError, SendFailed
from edge.foundation.printing.printers.actions import DrawnJob
from edge.foundation.printing.printers.part import PrinterPart
from edge.foundation.printing.queries import PrintJob
from tests.simulation.process import current
from tests.simulation.trace import Trace

WELL, OUT_OF_PAPER, PRINTED = b"\x12\x12\x12\x12", b"\x1a\x32\x12\x72", b"\x00"
JOB_BYTES = 60


def name_of(job: PrintJob) -> bytes:
    """Return a name that is unique to a job, even if a restore reuses its number. If the clock stood still too, the
    document differs.
    """
    paper = f"{crc32(msgspec.json.encode(job.document)):x}"
    return f"{job.register}/{job.kind}/{job.id}/{job.copy}/{job.queued_us}/{job.boot_id.hex()[-4:]}/{paper}".encode()


class NamingPart(PrinterPart):
    """The product's printer part, except that the printed data is short and names its job."""

    async def _draw_job(self, job: PrintJob) -> DrawnJob:
        drawn = await super()._draw_job(job)
        data = b"<" + name_of(job).ljust(JOB_BYTES, b" ") + b">"
        return drawn if drawn.problem else msgspec.structs.replace(drawn, data=data)

    def _pulse(self, job: PrintJob) -> DrawnJob:
        pulse = super()._pulse(job)
        return msgspec.structs.replace(pulse, data=pulse.data + name_of(job))


class Paper:
    """The paper of all printers: how often each job was begun, and how often it was printed in full."""

    def __init__(self) -> None:
        self.begun: Counter[str] = Counter()
        self.whole: Counter[str] = Counter()

    def shows(self, job: PrintJob) -> bool:
        return self.whole[name_of(job).decode()] > 0


class SimPrinter:
    """A printer. `answers`: it reports its status and finished jobs; other printers send nothing back."""

    def __init__(self, name: str, paper: Paper, trace: Trace, chance: Random, answers: bool) -> None:
        self.name = name
        self.paper = paper
        self.on = True
        self.has_paper = True
        self.breaks = 0.0
        self.delay_s = 0.02
        self.answers = answers
        self.trace = trace
        self.chance = chance
        self._held = b""

    async def open(self) -> None:
        if not self.on:
            raise _gone()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[SimLine]:
        await self.open()
        yield SimLine(self)

    async def send(self, data: bytes) -> None:
        async with self.turn() as line:
            await line.write(data)

    async def close(self) -> None:
        """Do nothing: no connection is held."""

    def switch_off(self) -> None:
        """Switch off; data that was received but not printed is lost."""
        self.on = False
        self._held = b""

    def take(self, data: bytes) -> bytes:
        """Receive bytes, and return the printer's reply."""
        said = b""
        if data.startswith(ASK_STATUS):
            said, data = WELL if self.has_paper else OUT_OF_PAPER, data[len(ASK_STATUS) :]
        if data.startswith(OPEN_DRAWER_NOW):
            self._print(data.removeprefix(OPEN_DRAWER_NOW).decode())
        else:
            self._held += data
        said += self.work()
        return said if self.answers else b""

    def take_part(self, data: bytes, sent: int) -> bytes:
        """Receive only the first `sent` bytes. For the check of duplicates, a job that was begun counts as printed."""
        if sent == len(data):
            return self.take(data)
        if data.startswith(b"<") and sent:
            name = data[1:].partition(b">")[0].decode().strip()
            self.paper.begun[name] += 1
            self.trace.add(self.name, f"tears {name}")
        return b""

    def work(self) -> bytes:
        """Print the received jobs if there is paper; returns the replies."""
        if not self.has_paper:
            return b""
        *jobs, self._held = self._held.split(b">")
        for job in jobs:
            self._print(job.rpartition(b"<")[2].decode().strip())
        said = PRINTED * sum(part.count(ASK_PROCESSED) for part in (*jobs, self._held))
        self._held = self._held.replace(ASK_PROCESSED, b"")
        return said

    def _print(self, name: str) -> None:
        self.paper.begun[name] += 1
        self.paper.whole[name] += 1
        self.trace.add(self.name, f"prints {name}")


class SimLine:
    """A connection to the printer for one turn."""

    def __init__(self, printer: SimPrinter) -> None:
        self._printer = printer
        self._said = b""

    @property
    def reads(self) -> bool:
        return self._printer.answers

    @property
    def shared(self) -> bool:
        return False

    async def write(self, data: bytes) -> None:
        printer, process = self._printer, current()
        process.point("before print")
        await asyncio.sleep(printer.chance.expovariate(1 / printer.delay_s))
        if not printer.on:
            raise SendFailed("The printer is gone.", "Switch it on.", 0, "gone")
        if printer.chance.random() < printer.breaks:
            sent = printer.chance.randrange(len(data) + 1)
            self._said += printer.take_part(data, sent)
            raise SendFailed("The line broke.", "Look at the cable.", sent, "gone")
        self._said += printer.take(data)
        process.point("after print")

    async def read(self, timeout_ms: int) -> bytes:
        if not self._said:
            await asyncio.sleep(timeout_ms / 1000)
            self._said += self._printer.work() if self._printer.on else b""
        if not self._printer.on:
            raise _gone()
        said, self._said = self._said, b""
        return said

    async def finish(self) -> None:
        """Do nothing: there is nothing to clean up."""


def _gone() -> DeviceError:
    return DeviceError("The printer cannot be reached.", "Switch it on.", "gone")
