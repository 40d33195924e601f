"""A small shop for tests: a configuration, a ledger in a private folder, and the door onto it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pysqlite3

from edge.core.clock import ClockReading
from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, AskingCommand, Command, Done, Outcome, Refused
from edge.foundation.access.rights import anonymous_actor, system
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.operations.ledger import Ledger
from edge.runtime.config import Config, parse

CONFIG = """
registers = ["1", "2"]
[store]
id = "corner"
header = ["Corner Shop", "1 High Street"]
footer = ["Thank you"]
tax_number = "123456789"
currency = "EUR"
language = "en"
zone = "Europe/Paris"
[tax]
inclusive = true
[[tax.class]]
id = "standard"
rates = [{ name = "VAT", percent = "20" }]
[[tax.class]]
id = "reduced"
rates = [{ name = "VAT", percent = "5.5" }]
[panel]
port = 0
"""

BAR = """
[[device]]
role = "receipt_printer"
driver = "network"
name = "bar"
register = ""
host = "127.0.0.1"
[[slip]]
printer = "bar"
when = "sent"
"""
"""Beside CONFIG: a printer in another room, for what is ordered."""

CASHIER = anonymous_actor("1")
MANAGER = CASHIER.with_rights("override", "refund_cash")
"""Whoever entered a manager's PIN."""
SYSTEM = system()

MILK, BEER, TOMATO, MYSTERY = "4006381333931", "5000213101261", "2000000000015", "3014260115531"
PRODUCTS = (
    Product("milk", {"en": "Milk", "fr": "Lait", "he": "חלב"}, (MILK,), 120, "reduced"),
    Product("beer", {"en": "Beer"}, (BEER,), 250, min_age=18),
    Product("tomato", {"en": "Tomatoes"}, (TOMATO,), 399, "reduced", "kg"),
    Product("mystery", {"en": "No price yet"}, (MYSTERY,), None),
)


def sync_fails() -> None:
    """In the place of a writer's `_commit`: the disk takes nothing."""
    error = pysqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
    raise error


def config(folder: Path, text: str = CONFIG) -> Config:
    """A configuration whose data is in `folder`."""
    return parse(text, folder / "config.toml")


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at_us: int = 1_800_000_000_000_000) -> None:
        self.at_us = at_us
        self.mono_us = 1_000_000
        self.boot_id = b"b" * 16
        self.synced = False

    def read(self) -> ClockReading:
        return ClockReading(self.at_us, self.mono_us, self.boot_id, synced=self.synced)

    def advance(self, seconds: float) -> None:
        self.at_us += int(seconds * 1e6)
        self.mono_us += int(seconds * 1e6)


@asynccontextmanager
async def open_shop(
    folder: Path, clock: FakeClock | None = None, stocked: bool = True, text: str = CONFIG
) -> AsyncIterator[CommandBus]:
    """A shop of configuration `text` whose door is open, with PRODUCTS in it."""
    ledger = Ledger(config(folder, text), clock or FakeClock())
    shop = ledger.shop()
    shop.start()
    try:
        if stocked:
            await done(shop, SetProducts(PRODUCTS), SYSTEM)
        yield shop
    finally:
        shop.close()
        ledger.close()


async def done(shop: CommandBus, command: Command, actor: Actor = CASHIER) -> Done:
    """A command that is not refused."""
    outcome = await shop.do(command, actor)
    assert isinstance(outcome, Done), outcome
    return outcome


async def answered(shop: CommandBus, command: Command, actor: Actor = CASHIER) -> Outcome:
    """What a command comes to where whoever asks says yes to each question that it asks back."""
    while isinstance(outcome := await shop.do(command, actor), Refused) and outcome.answer:
        assert isinstance(command, AskingCommand)
        command = msgspec.structs.replace(command, answers=(*command.answers, outcome.answer))
    return outcome


async def agreed(shop: CommandBus, command: Command, actor: Actor = CASHIER) -> Done:
    """A command that is not refused but for its questions."""
    outcome = await answered(shop, command, actor)
    assert isinstance(outcome, Done), outcome
    return outcome


def question_of(outcome: object) -> Refused:
    """A refusal that asks, without what says yes to it."""
    assert isinstance(outcome, Refused) and outcome.answer, outcome
    return Refused(outcome.code, outcome.values)


def run(work: Coroutine[Any, Any, Any], limit_s: float = 300) -> Any:
    """Run an async test; it fails rather than hang. Tests of pages share the loop of their browser."""

    async def limited() -> Any:
        return await asyncio.wait_for(work, limit_s)

    return _on_loop(limited())


_on_loop: Callable[[Coroutine[Any, Any, Any]], Any] = asyncio.run
"""Set by the fixture `one_browser` alone."""
