"""The appliance within a test's own loop: all of its parts, and whatever devices the test plays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from edge.app.appliance import parts_of
from edge.app.leading_box import boxes_desk
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.process.parts import Supervisor
from edge.core.process.watchdog import Watchdog
from edge.counter.till.queries import read_basket
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.operations.ledger import Ledger
from edge.web.token import read_token
from tests.shop_fixture import SYSTEM, config

SHOP = """
[store]
id = "corner"
header = ["Corner Shop"]
currency = "EUR"
[panel]
port = 0
[plugging]
scanners = false
"""


def gtin(number: int) -> str:
    """An EAN-13 of a made-up product."""
    digits = f"761234{number:06}"
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits))
    return digits + str(-total % 10)


CODES = [gtin(number) for number in range(20)]
PRODUCTS = tuple(Product(f"p{number}", {"en": f"Product {number}"}, (code,), 100) for number, code in enumerate(CODES))


class Counter:
    """A shop that is open: its basket, its parts, and what was logged of them."""

    def __init__(
        self, folder: Path, shop: CommandBus, supervisor: Supervisor, said: Sequence[structlog.typing.EventDict]
    ):
        self._folder = folder
        self._said = said
        self.shop = shop
        self.supervisor = supervisor

    @property
    def url(self) -> str:
        return f"http://{read_token(self._folder / 'data')[0]}"

    def basket(self) -> list[str]:
        """The products in it, in order."""
        return [line.sku for line in read_basket(self.shop.reader, "1").lines]

    async def holds(self, products: Sequence[str], within_s: float = 20.0) -> None:
        """Wait until these are in the basket; fail with what is there instead."""
        try:
            async with asyncio.timeout(within_s):
                while self.basket() != list(products):  # noqa: ASYNC110  the deadline is above
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"after {within_s} s there is {self.basket()}, not {list(products)}") from None

    async def part_is(self, name: str, state: str, within_s: float = 20.0) -> None:
        """Wait until a part is in this state."""
        try:
            async with asyncio.timeout(within_s):
                while name not in self.supervisor.states or self.supervisor.states[name].state != state:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"{name} is {self.supervisor.states.get(name)}") from None

    def said(self, part: str) -> list[str]:
        """What was logged of a part for people to see: "lost", "back"."""
        return [
            str(entry["event"])
            for entry in self._said
            if entry.get("part") == part and entry["event"] in ("lost", "back", "plugged in", "pulled out")
        ]


@asynccontextmanager
async def open_counter(folder: Path, devices: str) -> AsyncIterator[Counter]:
    """The appliance with `[[device]]` sections `devices`, selling PRODUCTS."""
    made = config(folder, SHOP + devices)
    ledger = Ledger(made)
    shop = ledger.shop()
    shop.start()
    with structlog.testing.capture_logs() as said:
        supervisor = Supervisor(shop.bus)
        try:
            done = await shop.do(SetProducts(PRODUCTS), SYSTEM)
            assert isinstance(done, Done), done
            desk = boxes_desk(made, None, lambda: None)
            for part in parts_of(made, ledger, shop, supervisor, Watchdog(shop), desk):
                supervisor.start(part)
            counter = Counter(folder, shop, supervisor, said)
            await counter.part_is("panel", "ok")
            yield counter
        finally:
            await supervisor.stop()
            shop.close()
            ledger.close()
