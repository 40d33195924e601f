"""A shop whose first register has a payment terminal, on a real wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from drivers.roles import PaymentTerminal
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.process.parts import TaskSet
from edge.counter.till.commands import AddLine
from edge.counter.till.devices.terminal_part import TerminalPart
from edge.counter.till.devices.terminal_screen import BasketScreen
from edge.counter.till.events import SaleCompleted
from edge.counter.till.from_config import till_settings
from edge.counter.till.live_settings import live
from edge.counter.till.paying.card_payments import BeginPayment
from edge.counter.till.queries import read_basket
from edge.counter.till.settings import TillSettings
from edge.money.payments.queries import ListedPayment, read_payments
from sim.terminal.server import SimTerminalServer
from tests.http_client import when
from tests.shop_fixture import CONFIG, MILK, FakeClock, done, open_shop
from tests.shop_fixture import config as loaded
from tests.terminals import AT_US, RIGS

DEVICE = """
[[device]]
role = "payment_terminal"
name = "pad"
driver = "{driver}"
register = "1"
host = "127.0.0.1"
"""


def device_of(driver: str) -> str:
    """Its section of config.toml; where it is reached is said where it is made."""
    said = RIGS[driver]().options()
    return DEVICE.format(driver=driver) + "".join(f"{key} = {json.dumps(value)}\n" for key, value in said.items())


PAUSES_S = (0.02,)
"""Between look-ups: no one waits for a real one."""
SHORT = {"silence_timeout_ms": 300, "cancel_timeout_ms": 300, "answer_timeout_ms": 500, "ready_timeout_ms": 300}
"""What a terminal that is about to say nothing is waited for."""


class CardShop:
    """A shop with a terminal at register 1: the door, the device that is played, and the part between them."""

    def __init__(
        self, shop: CommandBus, device: SimTerminalServer, driver: str, clock: FakeClock, settings: TillSettings
    ) -> None:
        self.shop, self.device, self._driver, self.clock = shop, device, driver, clock
        self._settings = live(settings).at
        self._tasks = TaskSet(4)
        self.part = self.new_part()

    def new_part(self, **options: object) -> TerminalPart:
        rig = RIGS[self._driver]()
        rig.device = self.device
        terminal: PaymentTerminal = rig.terminal(**{**SHORT, **options})
        screen = BasketScreen(self.shop, terminal, "1", lambda: self._settings(self.shop.reader).on("2026-11-01"))
        return TerminalPart(self.shop, terminal, "1", PAUSES_S, PAUSES_S[0], PAUSES_S[0], screen)

    async def start(self, **options: object) -> None:
        """Begin again, as behind a kill."""
        self.part = self.new_part(**options)
        began = asyncio.Event()
        self._tasks.start(self.part.run(began.set), "terminal")
        await began.wait()

    async def kill(self) -> None:
        """End it in the middle, whatever it is at."""
        await self._tasks.stop()

    async def begin(self, *codes: str, minor: int | None = None) -> str:
        """Goods on the counter, and a card that is to pay them: the payment's id."""
        for code in codes or (MILK,):
            await done(self.shop, AddLine(code))
        basket = (await done(self.shop, BeginPayment(minor))).result
        return str(basket.payment)

    @property
    def payments(self) -> list[ListedPayment]:
        return list(read_payments(self.shop.reader))

    async def until(self, good: Callable[[ListedPayment], object], what: str, id: str = "") -> ListedPayment:
        """The newest payment, or the one of an id, once it is so."""

        async def look() -> ListedPayment:
            return next(one for one in self.payments if id in ("", one.id))

        return await when(look, good, what)

    async def ends(self, state: str, id: str = "") -> ListedPayment:
        return await self.until(lambda one: one.state == state, f"the payment is {state}", id)

    def sales(self, since_seq: int = 1) -> list[SaleCompleted]:
        """Those from a row of the journal on."""
        found = (one.event for one in facts(self.shop.reader, self.shop.registry, since_seq))
        return [event for event in found if isinstance(event, SaleCompleted)]

    @property
    def basket(self) -> Any:
        return read_basket(self.shop.reader, "1")


@asynccontextmanager
async def card_shop(
    folder: Path, driver: str = "sim", fault: str = "", config: str = "", base: str = CONFIG
) -> AsyncIterator[CardShop]:
    """A shop whose terminal is on; `fault` is what is about to go wrong there; `config`: more of config.toml, beside
    the `base` of it."""
    rig = RIGS[driver]()
    device = rig.device
    device.fault = fault  # type: ignore[assignment]
    await device.start()
    clock = FakeClock(AT_US)
    text = base + config + device_of(driver)
    async with open_shop(folder, clock, text=text) as shop:
        made = CardShop(shop, device, driver, clock, till_settings(loaded(folder, text)))
        try:
            await made.start()
            yield made
        finally:
            await made.kill()
            await device.stop()
