"""Shows the last line and the amount due on the customer display, then the change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from drivers.roles import CustomerDisplay, DeviceError
from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Done, Outcome
from edge.counter.basket.basket import Basket
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided
from edge.counter.till.practice.training import read_trainings
from edge.counter.till.queries import read_basket
from edge.counter.till.rules import customer_display
from edge.counter.till.settings import TillSettings
from edge.foundation.settings.queries import texts_at
from edge.lib.errors import DeviceLost

_ENDING = (SaleCompleted, SaleRefunded, SaleVoided)
AGAIN_S = 3.0
"""Seconds between refreshes, so that a disconnected display is noticed and recovers."""


TRIAL_S = 5.0
"""Seconds that a display test waits for the display."""


class DisplayPart:
    """Shows one register's basket in its current state. A slow display skips outdated states."""

    def __init__(
        self, shop: CommandBus, display: CustomerDisplay, register: str, settings: Callable[[], TillSettings]
    ) -> None:
        self._display = display
        self._register = register
        self._shop = shop
        self._settings = settings
        self._screen = customer_display.Screen(display.columns, display.has)
        self._basket = read_basket(shop.reader, register)
        self._due = asyncio.Event()
        self._tried: asyncio.Future[None] | None = None
        self._shown = self._current_view(Basket(register))
        shop.listen(self._on_outcome)
        shop.on_uncertain_commit(self._read_again)

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled. Raises `DeviceLost` if the display is gone; sales continue without it."""
        try:
            await self._display.open()
            ready()
            while True:
                self._due.clear()
                if self._idle:
                    self._shown = self._current_view(self._basket)
                tried, self._tried = self._tried, None
                trial = customer_display.of_trial(self._settings(), self._screen)
                await self._display.show(*(trial if tried else self._shown))
                if tried and not tried.done():
                    tried.set_result(None)
                with suppress(TimeoutError):
                    async with asyncio.timeout(AGAIN_S):
                        await self._due.wait()
        except DeviceError as error:
            raise DeviceLost(error.what, error.advice, f"device.{error.code or 'failed'}") from error
        finally:
            await self._display.close()

    async def try_out(self) -> None:
        """Show a test text for `AGAIN_S` or until the next sale.

        Raises `DeviceError` if the display doesn't respond.
        """
        if self._tried is None:
            self._tried = asyncio.get_running_loop().create_future()
        tried = self._tried
        self._due.set()
        try:
            async with asyncio.timeout(TRIAL_S):
                await asyncio.shield(tried)  # others may be waiting for the same test
        except TimeoutError:
            raise DeviceError("The display isn't responding.", "Check its cable and power.", "failed") from None

    def _on_outcome(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        if not isinstance(outcome, Done):
            return
        up = outcome.result.up if isinstance(outcome.result, Basket) else None
        if actor.register != self._register:
            if up and up.taken_from == self._register and getattr(command, "take_over", False):
                self._basket, before = Basket(self._register), self._basket  # another register took over this basket
                self._shown = self._current_view(before)
                self._due.set()
            return
        before = self._basket
        if isinstance(outcome.result, Basket):
            self._basket = outcome.result
        match next((event for event in outcome.events if isinstance(event, _ENDING)), None):
            case SaleCompleted() as sale:
                self._idle = False
                self._shown = customer_display.of_sale(sale, self._settings(), self._screen)
            case SaleRefunded() as refund:
                self._idle = False
                self._shown = customer_display.of_refund(refund, self._settings(), self._screen)
            case SaleVoided() as void:
                self._idle = False
                self._shown = customer_display.of_void(void, self._settings(), self._screen)
            case None if self._basket is not before:
                self._shown = self._current_view(before)
        self._due.set()

    def _read_again(self) -> None:
        """Reload the basket from disk."""
        before, self._basket = self._basket, read_basket(self._shop.reader, self._register)
        if self._basket != before:
            self._shown = self._current_view(before)
            self._due.set()

    def _current_view(self, before: Basket) -> customer_display.Shown:
        """The current view: the basket, or the shop's message between customers."""
        self._idle = not self._basket.lines
        settings = self._settings()
        if self._idle:
            if any(one.register == self._register for one in read_trainings(self._shop.reader)):
                return customer_display.practice_screen(settings, self._screen)
            texts = texts_at(self._shop.reader, "display", self._shop.now_us())
            return customer_display.idle(settings, self._screen, texts[-1] if texts else {})
        return customer_display.of_basket(self._basket, before, settings, self._screen)
