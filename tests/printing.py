"""A small shop with its receipt printer, for tests: the real part, the real driver, a simulated printer on TCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from drivers import registry
from drivers.roles import ReceiptPrinter
from edge.core.command_bus import CommandBus
from edge.core.messages import Command, Done
from edge.core.process.parts import Part, PartState, Supervisor
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.printing.commands import State
from edge.foundation.printing.printers.actions import PrinterTimeouts
from edge.foundation.printing.printers.part import PrinterAssignment, PrinterPart
from edge.foundation.printing.queries import PrintJob, read_print_job
from edge.runtime.config.device_uses import PaperOptions, Printing
from sim.printer.server import SimPrinter
from tests.shop_fixture import CASHIER, MILK, FakeClock, open_shop

MAIN = PrinterAssignment()
USUAL = Printing()
WIDE = PaperOptions(columns=48)
PATIENT = PrinterTimeouts()
IN_HASTE = PrinterTimeouts(confirm_s=0.3, slowest_bytes_s=1_000_000)
"""A job that is not confirmed is in doubt soon."""
POLL_S = 0.01
BACK_S = 20.0
"""How soon a printer must be back once the cause of its trouble is gone."""


class Desk:
    """The till, its printer, and a look at what became of the paper."""

    def __init__(self, shop: CommandBus, supervisor: Supervisor, clock: FakeClock) -> None:
        self.shop = shop
        self.clock = clock
        self._supervisor = supervisor
        self.parts: dict[str, PrinterPart] = {}

    def plug(
        self,
        port: int,
        place: PrinterAssignment = MAIN,
        printing: Printing = USUAL,
        wrap: Callable[[ReceiptPrinter], ReceiptPrinter] = lambda made: made,
        paper: PaperOptions = WIDE,
        timeouts: PrinterTimeouts = PATIENT,
        **options: object,
    ) -> None:
        """Put a printer at a port of this machine to work; `wrap` may stand between."""
        fast = {"host": "127.0.0.1", "port": port, "close_wait_ms": 50, **options}
        driver = wrap(registry.create("receipt_printer", "network", fast))
        part = PrinterPart(self.shop, driver, place, paper, printing, self.clock, timeouts)
        self.parts[place.name] = part
        self._supervisor.start(Part(place.name, part.run))

    async def unplug(self, name: str = "printer") -> None:
        await self._supervisor.stop_part(name)

    def lost(self, name: str) -> Callable[[], bool]:
        return lambda: self._supervisor.states[name].state == "lost"

    async def do(self, command: Command) -> Done:
        done = await self.shop.do(command, CASHIER)
        assert isinstance(done, Done), done
        return done

    async def sell(self, kind: str = "card") -> int:
        """Sell a bottle of milk; the job of its receipt."""
        await self.do(AddLine(MILK))
        await self.do(Pay(kind))  # type: ignore[arg-type]
        (job,) = self.shop.reader.execute("SELECT max(id) FROM print_job").fetchone()
        return int(job)

    def job(self, id: int) -> PrintJob:
        job = read_print_job(self.shop.reader, id)
        assert job is not None
        return job

    async def becomes(self, id: int, state: State, within_s: float = BACK_S) -> PrintJob:
        """The job, once it is in this state."""
        await self.when(lambda: self.job(id).state == state, lambda: f"{state}, and not {self.job(id).state}", within_s)
        return self.job(id)

    async def says(self, key: str, state: str = "lost", name: str = "printer", within_s: float = 20.0) -> PartState:
        """The printer's part, once it says this."""
        wanted = f"printer.{key}" if key else ""

        def good() -> bool:
            now = self._supervisor.states[name]
            return (now.state, now.key) == (state, wanted)

        await self.when(good, lambda: f"{state} {key}, and not {self._supervisor.states[name]}", within_s)
        return self._supervisor.states[name]

    async def when(self, true: Callable[[], object], what: Callable[[], str], within_s: float) -> None:
        deadline = asyncio.get_running_loop().time() + within_s
        while not true():
            assert asyncio.get_running_loop().time() < deadline, f"not within {within_s} s: {what()}"
            await asyncio.sleep(POLL_S)


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[Desk]:
    """A shop without a printer yet."""
    clock = FakeClock()
    async with open_shop(folder, clock) as shop:
        supervisor = Supervisor(shop.bus)
        try:
            yield Desk(shop, supervisor, clock)
        finally:
            await supervisor.stop()


def receipts_on(printer: SimPrinter, *numbers: int) -> None:
    """These receipts came out, each once, in this order, whole, and nothing else."""
    texts = [receipt.text for receipt in printer.receipts]
    assert [text.count("Milk") for text in texts] == [1] * len(numbers), texts
    for text, number in zip(texts, numbers, strict=True):
        assert f"Receipt 1-{number:06d}" in text, (number, text)
